"""Filters, after a wrong rule let one: what a side takes when people rename what it names.

Each test is a history that broke a promise once, written down by hand.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.mapping.document import Has
from sync.mapping.filters import only
from sync.mapping.unit import Absence
from tests.simulation.scene import Having, Scene

MAPPED = ("title", "description", "list", "labels")


class Board:
    """A board with lists, a side that takes one of them only, and the list that it names."""

    def __init__(
        self, *, comments: bool = False, stubs: bool = False, titles: tuple[str, ...] = ("Jardin",)
    ) -> None:
        self.scene = Scene()
        self.a = self.scene.place("a", MAPPED, options=True, comments=comments)
        takes = {"only": only({"list": "En cours"})}
        self.b = self.scene.place("b", MAPPED, comments=comments, member=takes, stubs=stubs)
        self.doing = self.a.world.add_option("b", "list", "En cours").id
        self.other = self.a.world.add_option("b", "list", "Fait").id
        for title in titles:
            self.a.add(title, list=self.doing)
        self.a.add("Four", list=self.other)
        self.scene.sync(2)
        assert self.b.titles() == sorted(titles)

    def rename(self, name: str, option: str | None = None) -> None:
        self.a.world.rename_option("b", "list", option or self.doing, name)

    def takes(self, **conditions: object) -> None:
        """An admin edits the filter."""
        self.b.member = replace(self.b.member, only=only(conditions))

    def held(self) -> list[str]:
        """What is said of the filtered side when all is at rest."""
        report = self.scene.later()
        return [h.cause for h in report.holds if h.subject == self.b.member.key]


def test_what_stands_behind_a_filter_stays_when_people_rename_the_list_that_it_names():
    board = Board()
    board.rename("Chantier")
    causes = board.held()
    assert board.b.titles() == ["Jardin"]
    assert board.b.writes("delete") == 0
    assert len(causes) == 1
    assert "“En cours”" in causes[0]
    assert "“Chantier”" in causes[0]


def test_nothing_new_goes_behind_a_filter_that_names_what_has_another_name_now():
    board = Board(comments=True)
    board.rename("interne")
    board.a.add("Budget", list=board.doing)
    board.a.edit(board.a.ref("Jardin"), description="secret")
    board.a.comment(board.a.ref("Jardin"), "entre nous")
    board.a.edit(board.a.ref("Four"), list=board.doing)
    assert len(board.held()) == 1
    assert board.b.titles() == ["Jardin"]
    assert board.b.values("description") == [None]
    assert board.b.values("list") == ["En cours"]
    assert board.b.said() == []


def test_all_else_goes_on_while_a_filter_waits_for_a_name():
    board = Board(comments=True, titles=("Jardin", "Cave", "Puits", "Toit", "Haie"))
    board.rename("Chantier")
    board.b.edit(board.b.ref("Jardin"), description="biner")
    board.b.comment(board.b.ref("Jardin"), "vu")
    board.a.remove(board.a.ref("Cave"))
    board.b.remove(board.b.ref("Puits"))
    board.a.edit(board.a.ref("Toit"), list=board.other)
    board.held()
    assert board.a.titles() == ["Four", "Haie", "Jardin", "Toit"]
    assert "biner" in board.a.values("description")
    assert board.a.said() == ["vu"]
    assert board.b.titles() == ["Haie", "Jardin"], "what people deleted, or moved away, goes"


@pytest.mark.parametrize("stubs", [False, True], ids=["records", "stubs"])
@pytest.mark.parametrize("by", ["the admin", "people"])
def test_a_filter_goes_on_by_itself_once_its_name_is_right_again(by, stubs):
    board = Board(comments=True, stubs=stubs)
    board.rename("Chantier")
    board.a.add("Budget", list=board.doing)
    board.a.edit(board.a.ref("Jardin"), description="biner")
    board.a.comment(board.a.ref("Jardin"), "vu")
    board.b.add("Cave", list="En cours")
    assert board.held()
    if by == "people":
        board.rename("En cours")
    else:
        board.takes(list="Chantier")
    assert board.held() == []
    assert board.b.titles() == ["Budget", "Cave", "Jardin"]
    assert board.a.titles() == ["Budget", "Cave", "Four", "Jardin"]
    assert "biner" in board.b.values("description")
    assert board.b.said() == ["vu"]


def test_a_filter_means_the_list_that_has_its_name_now():
    board = Board(titles=("Jardin", "Cave", "Puits"))
    board.a.edit(board.a.ref("Cave"), list=board.other)
    board.scene.later()
    board.rename("Chantier")
    board.a.world.add_option("b", "list", "En cours")
    board.a.edit(board.a.ref("Puits"), list=board.other)
    board.scene.later()
    board.scene.release()
    assert board.held() == []
    assert board.b.titles() == []


def test_a_label_that_people_rename_takes_nothing_away_either():
    scene = Scene()
    a = scene.place("a", MAPPED, options=True)
    takes = {"only": only({"labels": Has(has=["public", "presse"]), "list": "En cours"})}
    b = scene.place("b", MAPPED, member=takes)
    public = a.world.add_option("b", "labels", "public").id
    doing = a.world.add_option("b", "list", "En cours").id
    a.add("Jardin", list=doing, labels=[public])
    scene.sync(2)
    a.world.rename_option("b", "labels", public, "interne")
    a.world.rename_option("b", "list", doing, "Chantier")
    report = scene.later()
    told = " ".join(h.cause for h in report.holds if h.subject == b.member.key)
    assert b.titles() == ["Jardin"]
    assert all(f"“{name}”" in told for name in ("public", "interne", "En cours", "Chantier"))
    b.member = replace(b.member, only=only({"labels": Has(has="interne"), "list": "Chantier"}))
    assert not scene.later().holds
    assert b.values("labels") == [["interne"]]


def test_two_labels_that_had_the_name_one_after_the_other_are_both_told_of():
    scene = Scene()
    a = scene.place("a", MAPPED, options=True)
    b = scene.place("b", MAPPED, member={"only": only({"labels": Has(has="public")})})
    first = a.world.add_option("b", "labels", "public").id
    a.add("Jardin", labels=[first])
    scene.sync(2)
    a.world.rename_option("b", "labels", first, "interne")
    second = a.world.add_option("b", "labels", "public").id
    a.edit(a.ref("Jardin"), labels=[first, second])
    scene.later()
    a.world.rename_option("b", "labels", second, "presse")
    report = scene.later()
    told = [h.cause for h in report.holds if h.subject == b.member.key]
    assert len(told) == 2
    assert all(any(f"“{name}”" in cause for cause in told) for name in ("interne", "presse"))
    assert b.titles() == ["Jardin"]


def test_what_people_took_away_does_not_come_back_because_its_list_was_renamed_for_a_while():
    board = Board(titles=("Jardin", "Cave"))
    board.b.member = replace(board.b.member, on_absence=Absence.LEAVE)
    board.b.remove(board.b.ref("Cave"))
    board.scene.later()
    board.rename("Chantier")
    board.held()
    board.rename("En cours")
    board.held()
    assert board.b.titles() == ["Jardin"]


# How much may leave a filter in one run


def dated(scene: Scene, count: int):
    fields = ("title", "due")
    a = scene.place("a", fields)
    b = scene.place("b", fields, member={"only": Having("due")})
    for number in range(count):
        a.add(f"n{number}", due="2026-03-01")
    scene.sync(2)
    assert len(b.cards()) == count
    return a, b


def test_a_filtered_side_is_not_emptied_by_one_run_unasked():
    scene = Scene()
    a, b = dated(scene, 4)
    for card in a.cards():
        a.edit(card.ref, due=None)
    report = scene.sync()
    assert len(b.cards()) == 4
    assert [hold.subject for hold in report.holds] == ["board"]
    assert b.writes("delete") == 0
    scene.release()
    assert not scene.later().holds
    assert b.cards() == []
    assert len(a.cards()) == 4


def test_nothing_is_said_under_what_left_a_filter_and_waits_to_go():
    scene = Scene()
    fields = ("title", "due")
    a = scene.place("a", fields, comments=True)
    b = scene.place("b", fields, comments=True, member={"only": Having("due")})
    for title in ("Jardin", "Four"):
        a.add(title, due="2026-03-01")
    a.comment(a.ref("Jardin"), "vu")
    scene.sync(2)
    for card in a.cards():
        a.edit(card.ref, due=None)
    a.comment(a.ref("Jardin"), "entre nous")
    b.comment(b.ref("Four"), "chaud")
    assert scene.later().holds
    assert b.said() == ["chaud", "vu"]
    assert a.said() == ["chaud", "entre nous", "vu"]
    a.edit(a.ref("Jardin"), due="2026-04-01")
    assert not scene.later().holds
    assert b.titles() == ["Jardin"]
    assert b.said() == ["entre nous", "vu"]


def test_half_of_a_filtered_side_may_leave_in_one_run_and_one_thing_always_may():
    scene = Scene()
    a, b = dated(scene, 4)
    for number in (0, 1):
        a.edit(a.ref(f"n{number}"), due=None)
    assert not scene.sync().holds
    assert b.titles() == ["n2", "n3"]
    for number in (2, 3):
        a.edit(a.ref(f"n{number}"), due=None)
        assert not scene.sync().holds
    assert b.cards() == []


def test_what_stood_outside_a_filter_all_along_is_no_part_of_what_may_leave_it():
    scene = Scene()
    fields = ("title", "due")
    a = scene.place("a", fields)
    b = scene.place("b", fields, member={"only": Having("due")})
    for number in range(3):
        a.add(f"n{number}", due="2026-03-01")
        b.add(f"own{number}")
    scene.sync(2)
    for number in range(3):
        a.edit(a.ref(f"n{number}"), due=None)
    assert scene.sync().holds
    assert len(b.cards()) == 6
