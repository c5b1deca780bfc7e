"""Deletions are counted, delayed and checked; what changes back and forth by itself is stopped."""

from __future__ import annotations

import shlex
from datetime import timedelta

import pytest

from sync.noted import noted
from sync.plan.actions import Hold
from sync.plan.guard import spend
from sync.state import Standing
from tests.simulation.scene import Scene
from tests.unit.plan.table import GONE, Dated, Table, card, key

DAY = 86400.0


def two(names=("Four", "Jardin", "Puits", "Serre"), *, b=None, **rules):
    """Some cards that stand on two sides."""
    scene = Scene(**rules)
    left = scene.place("a")
    right = scene.place("b", **(b or {}))
    for name in names:
        left.add(name)
    scene.sync(2)
    assert right.titles() == sorted(names)
    return scene, left, right


def obey(scene: Scene, hold: Hold) -> None:
    """Do what a hold says, as a shell would take it."""
    program, verb, subject = shlex.split(hold.command)
    assert (program, verb) == ("jumelage", "release")
    assert scene.engine().release(subject)


def pass_on(scene: Scene, **time: float):
    scene.clock.now += timedelta(**time)
    return scene.sync()


# Budgets


def test_deletions_of_the_cycles_before_count_against_the_number_of_a_run():
    known = Table("ab", card(), card("two"), card("three"), card("four"), budget_count=2)
    assert known.plan(a={"one": GONE}).actions
    known.known.spent.deletions = 2
    made = known.plan(a={"one": GONE})
    assert not made.actions
    assert [hold.subject for hold in made.holds] == ["unit"]


def test_absences_of_the_cycles_before_count_against_the_share_of_a_run():
    cards = [card(name) for name in ("one", "two", "three", "four")]
    known = Table("ab", *cards)
    assert known.plan(a={"one": GONE}).actions
    known.known.spent.absences[key("a")] = 2
    made = known.plan(a={"one": GONE, "two": GONE})
    assert made.collections[key("a")].held


def test_what_left_a_filter_in_the_cycles_before_counts_against_the_share_of_a_run():
    cards = [card(name) for name in ("one", "two")]
    cards += [card(name, due="2026-03-01") for name in ("three", "four")]
    known = Table("ab", *cards, members={"b": {"only": Dated()}})
    known.known.items["one"].sides[key("b")].standing = Standing.OUT
    made = known.plan()
    assert [(a.verb, a.item) for a in made.actions] == [("delete", "two")]
    spend(known.known, made)
    assert known.plan().actions, "what was let go already is not counted twice"
    known.known.spent.filtered[key("b")] = {"one", "zero"}
    made = known.plan()
    assert not made.actions
    assert [hold.subject for hold in made.holds] == ["unit"]
    known.known.collections[key("b")].over_budget = True
    made = known.plan()
    assert [(a.verb, a.item) for a in made.actions] == [("delete", "two")]
    assert not made.collections[key("b")].over_budget


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_side_that_is_found_empty_is_held_whatever_the_share(share):
    scene, a, b = two(budget=share)
    for title in a.titles():
        a.remove(a.ref(title))
    report = pass_on(scene, hours=2)
    assert len(b.titles()) == 4
    (hold,) = report.holds
    assert "4" in hold.cause
    obey(scene, hold)
    scene.later()
    assert not b.titles()


def test_nothing_is_put_where_all_that_stood_is_missing():
    scene, a, b = two()
    with b.blind("list", "get", "find"):
        a.add("Neuf")
        report = pass_on(scene, hours=2)
        assert [hold.subject for hold in report.holds] == [b.member.key]
        assert not b.writes("create") > 4
    scene.later()
    assert b.titles() == ["Four", "Jardin", "Neuf", "Puits", "Serre"]


def test_a_release_of_records_of_one_name_lets_no_deletion_through():
    scene, a, b = two()
    state = scene.store.collections()[a.member.key]
    state.ambiguous = ["r99"]
    with scene.store.transaction() as tx:
        tx.put_collection(state)
    scene.release(a.member.key)
    for title in a.titles():
        a.remove(a.ref(title))
    assert pass_on(scene, hours=2).holds
    assert len(b.titles()) == 4


def test_a_side_that_is_not_held_is_not_released_in_advance():
    scene, a, b = two()
    assert not scene.engine().release(a.member.key)
    for title in a.titles():
        a.remove(a.ref(title))
    assert pass_on(scene, hours=2).holds
    assert len(b.titles()) == 4


def test_deletions_beyond_the_number_go_once_they_are_released():
    scene, a, b = two(budget_count=1)
    for title in ("Four", "Jardin"):
        a.remove(a.ref(title))
    report = pass_on(scene, hours=2)
    (hold,) = report.holds
    assert (hold.subject, len(b.titles())) == ("board", 4)
    obey(scene, hold)
    assert scene.later().ok
    assert b.titles() == ["Puits", "Serre"]


def test_what_was_released_as_missing_is_not_asked_again_for_its_number():
    scene, a, b = two(budget_count=1)
    for title in ("Four", "Jardin", "Puits"):
        a.remove(a.ref(title))
    (hold,) = pass_on(scene, hours=2).holds
    obey(scene, hold)
    assert scene.later().ok
    assert b.titles() == ["Serre"]


# The delay


def doomed(**more):
    """A card that was deleted on one side, of a mapping that waits a day."""
    scene, a, b = two(delay=DAY, **more)
    a.remove(a.ref("Four"))
    report = pass_on(scene, hours=2)
    return scene, a, b, report


def test_a_deletion_waits_for_its_delay_and_tells_when_it_goes():
    scene, _, b, report = doomed()
    (dying,) = report.dying
    assert dying.title == "Four"
    assert dying.goes.startswith("2026-03-02T02:0")
    assert report.ok
    assert noted(scene.store, "board").dying == (dying,)
    for hours in (8, 8):
        assert pass_on(scene, hours=hours).dying
    assert "Four" in b.titles()
    pass_on(scene, hours=9)
    assert "Four" not in b.titles()
    assert not scene.later().dying


def test_a_clock_that_jumps_ahead_ends_no_delay():
    scene, _, b, _ = doomed()
    pass_on(scene, days=4000)
    pass_on(scene, hours=1)
    assert "Four" in b.titles()
    pass_on(scene, hours=12)
    assert "Four" not in b.titles()


def test_a_clock_that_jumps_back_neither_ends_nor_lengthens_a_delay():
    scene, _, b, _ = doomed()
    pass_on(scene, hours=11)
    pass_on(scene, days=-4000)
    pass_on(scene, hours=11)
    assert "Four" in b.titles()
    pass_on(scene, hours=3)
    assert "Four" not in b.titles()


def test_an_edit_during_the_delay_revives_the_item_on_all_sides():
    scene, a, b, _ = doomed()
    b.edit(b.ref("Four"), description="gardons-le")
    pass_on(scene, hours=2)
    scene.later()
    assert a.ref("Four")
    assert b.ref("Four")
    pass_on(scene, days=3)
    assert not pass_on(scene, days=3).dying
    assert a.ref("Four")


def test_bringing_the_record_back_during_the_delay_revives_it():
    scene = Scene(delay=DAY)
    a, b = scene.place("a", soft_delete=True), scene.place("b")
    for title in ("Four", "Jardin", "Puits"):
        a.add(title)
    scene.sync(2)
    ref = a.ref("Four")
    a.remove(ref)
    assert pass_on(scene, hours=2).dying
    a.world.unarchive("b", ref)
    assert not pass_on(scene, hours=2).dying
    pass_on(scene, days=2)
    pass_on(scene, days=2)
    assert a.titles() == b.titles() == ["Four", "Jardin", "Puits"]


def test_a_deletion_that_was_revived_and_comes_again_waits_from_the_start():
    scene, a, b, _ = doomed()
    pass_on(scene, hours=12)
    b.edit(b.ref("Four"), description="gardons-le")
    scene.later()
    a.remove(a.ref("Four"))
    pass_on(scene, hours=2)
    pass_on(scene, hours=12)
    assert "Four" in b.titles()


# Deletions that can neither be checked nor undone

BLUNT = {"conditional": False, "soft_delete": False, "history": True}


def test_where_a_deletion_cannot_be_checked_nor_undone_it_is_asked_for():
    scene, a, b = two(b=BLUNT)
    a.remove(a.ref("Four"))
    (hold,) = pass_on(scene, hours=2).holds
    assert "Four" in b.titles()
    assert [one.subject for one in noted(scene.store, "board").holds] == [hold.subject]
    obey(scene, hold)
    assert not noted(scene.store, "board").holds
    assert scene.later().ok
    assert "Four" not in b.titles()


def test_a_mapping_may_have_such_deletions_done_all_the_same():
    scene, a, b = two(b=BLUNT, final="delete")
    a.remove(a.ref("Four"))
    assert pass_on(scene, hours=2).ok
    assert "Four" not in b.titles()


def test_an_edit_takes_back_the_word_that_a_deletion_is_meant():
    scene, a, b = two(b=BLUNT)
    a.remove(a.ref("Four"))
    (hold,) = pass_on(scene, hours=2).holds
    obey(scene, hold)
    b.edit(b.ref("Four"), description="gardons-le")
    scene.later()
    a.remove(a.ref("Four"))
    assert pass_on(scene, hours=2).holds
    assert "Four" in b.titles()


# Oscillation


def shouting(value):
    return value if value is None or value.endswith("!") else f"{value}!"


def calm(value):
    return value if value is None else value.rstrip("!")


def growing(value):
    return value if value is None else f"{value}+"


@pytest.mark.parametrize("habit", [calm, growing])
def test_two_sides_that_rewrite_each_others_text_are_stopped(habit):
    scene = Scene()
    a = scene.place("a", habits={"title": habit})
    b = scene.place("b", habits={"title": shouting if habit is calm else growing})
    a.add("Four")
    report = scene.sync(3)
    (hold,) = report.holds
    assert hold.subject.endswith("@title")
    assert "Four" in hold.cause
    wrote = len(a.wrote) + len(b.wrote)
    pass_on(scene, hours=2)
    assert len(a.wrote) + len(b.wrote) == wrote
    obey(scene, hold)
    assert scene.sync().holds  # they do it again: the cause is told again


def test_one_side_with_a_habit_of_its_own_is_not_an_oscillation():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", habits={"title": shouting})
    a.add("Four")
    scene.sync(2)
    for name in ("Puits", "Serre", "Jardin", "Cave"):
        a.edit(a.ref(a.titles()[0]), title=name)
        assert pass_on(scene, minutes=5).ok
    assert a.titles() == b.titles() == ["Cave!"]


def alternate(scene, a, b, times, **time):
    for n in range(times):
        side = (a, b)[n % 2]
        side.edit(side.cards()[0].ref, title=("Four", "Four à pain")[n % 2])
        report = pass_on(scene, **time)
    return report


def test_another_program_on_the_same_collections_is_noticed():
    scene, a, b = two(("Four",))
    (hold,) = alternate(scene, a, b, 6, minutes=5).holds
    assert "Four" in hold.cause
    assert "Four à pain" in hold.cause


def test_people_who_change_their_minds_over_days_are_not_held():
    scene, a, b = two(("Four",))
    assert alternate(scene, a, b, 8, days=1).ok
