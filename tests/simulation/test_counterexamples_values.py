"""Histories in which a wrong rule for values loses, invents or never rests.

Each was found by a simulator with the wrong rule in place.
"""

from __future__ import annotations

import pytest

from connectors.memory.habits import padded
from connectors.memory.world import Crash
from sync.errors import Ambiguous, Unreachable
from sync.mapping.lens import Truncate, ValueMap
from sync.types import TYPES
from tests.simulation.scene import Scene


def test_a_side_that_adds_a_blank_to_titles_is_not_written_to_for_ever():
    """1."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", habits={"title": padded})
    ref = a.add("Jardin")
    scene.later()
    a.edit(ref, title="Potager")
    scene.later()
    scene.later()
    assert (b.writes("update"), a.writes("update")) == (1, 0)
    assert a.titles() == b.titles() == ["Potager"]


def test_two_sides_that_edit_different_paragraphs_are_both_sent_both():
    """2."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin", description="un\n\ndeux")
    scene.sync()
    a.edit(a.ref("Jardin"), description="un à nous\n\ndeux")
    b.edit(b.ref("Jardin"), description="un\n\ndeux à vous")
    scene.later()
    assert a.values("description") == b.values("description") == ["un à nous\n\ndeux à vous"]


def test_an_edit_on_a_truncating_side_does_not_drop_the_tail_elsewhere():
    """3."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", lenses={"description": Truncate(10)})
    a.add("Jardin", description="0123456789 et la suite")
    scene.sync()
    assert b.values("description") == ["0123456789"]
    b.edit(b.ref("Jardin"), description="012345678X")
    scene.later()
    assert a.values("description") == ["012345678X et la suite"]


def test_a_text_that_was_shortened_where_it_is_cut_shows_what_fits_now():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", lenses={"description": Truncate(10)})
    a.add("Jardin", description="un\n\ndeux\n\ntrois")
    scene.sync()
    assert b.values("description") == ["un\n\ndeux"]
    b.edit(b.ref("Jardin"), description="un\n\nde")
    scene.later()
    assert a.values("description") == ["un\n\nde\n\ntrois"]
    assert b.values("description") == ["un\n\nde\n\ntr"]


def test_a_write_that_crashed_before_it_was_sent_is_sent_later():
    """4."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.at("update", Crash())
    assert scene.sync() is None
    assert b.titles() == ["Jardin"]
    scene.sync()
    assert b.titles() == ["Potager"]


def test_a_hidden_value_that_an_editor_could_not_see_is_kept():
    """5."""
    names = {"ouvert": "open", "en cours": "open", "fini": "done"}
    fields = ("title", "list")
    scene = Scene()
    a = scene.place("a", fields)
    b = scene.place("b", fields, lenses={"list": ValueMap(TYPES["choice"], names)})
    a.add("Jardin", list="en cours")
    scene.sync()
    assert b.values("list") == ["open"]
    b.edit(b.ref("Jardin"), list="done")
    scene.later()
    assert a.values("list") == ["fini"]
    assert "en cours" in scene.kept()


def test_a_paragraph_that_a_merge_pushes_out_of_every_sight_is_kept():
    """6."""
    scene = Scene()
    a = scene.place("a", lenses={"description": Truncate(12)})
    b = scene.place("b", lenses={"description": Truncate(12)})
    scene.place("c", ("title",))
    a.add("Jardin", description="un\n\ndeux")
    scene.sync()
    a.edit(a.ref("Jardin"), description="un\n\nvoisins\n\ndeux"[:12])
    b.edit(b.ref("Jardin"), description="zéro\n\nun\n\ndeux"[:12])
    scene.later()
    shown = str(a.values("description") + b.values("description"))
    for word in ("zéro", "voisi"):
        assert word in shown + scene.kept()


def test_a_field_that_is_mapped_later_overwrites_nothing_that_people_wrote():
    """7."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", stubs=True)
    ref = a.add("Jardin", due="2026-04-01")
    scene.sync()
    b.edit(b.ref("Jardin"), due="2026-05-05")
    scene.sync()
    for place in (a, b):
        scene.remap(place, "title", "description", "due")
    scene.later()
    assert a.values("due") == b.values("due")
    other = {"2026-04-01", "2026-05-05"} - {str(a.values("due")[0])}
    assert other.pop() in scene.kept()
    assert a.cards()[0].ref == ref


def test_a_field_that_is_mapped_on_one_side_first_is_joined_and_not_emptied():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin", due="2026-04-01")
    scene.sync()
    scene.remap(a, "title", "description", "due")
    scene.sync()
    scene.remap(b, "title", "description", "due")
    scene.later()
    assert a.values("due") == b.values("due") == ["2026-04-01"]


def test_a_create_that_is_found_later_agrees_only_on_what_it_sent():
    """8."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin", due="2026-04-01")
    b.crash_after("create")
    assert scene.sync() is None
    b.edit(b.ref("Jardin"), due="2026-05-05")
    for place in (a, b):
        scene.remap(place, "title", "description", "due")
    scene.later()
    assert a.values("due") == b.values("due")
    other = {"2026-04-01", "2026-05-05"} - {str(a.values("due")[0])}
    assert other.pop() in scene.kept()


def test_an_update_without_an_answer_is_not_taken_for_applied():
    """9."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    ref = a.add("Jardin", labels=["été"])
    scene.sync()
    a.edit(ref, labels=["budget", "été"])
    b.at("update", Ambiguous("no answer came"))
    b.at("get", lambda: b.edit(b.ref("Jardin"), labels=["accueil", "été"]))
    scene.later()
    assert a.values("labels") == b.values("labels") == [["accueil", "budget", "été"]]


def test_an_edit_between_a_write_and_its_reading_back_is_an_edit():
    """10."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", echo=False)
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.at("update", lambda: b.edit(b.ref("Potager"), title="Verger"), when="after")
    scene.later()
    assert a.titles() == b.titles() == ["Verger"]


def test_a_late_write_of_ours_is_no_edit_by_people():
    """30."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False)
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.lands_late("update")
    scene.sync()
    a.edit(ref, title="Verger")
    scene.later()
    assert b.titles() == ["Verger"]
    assert b.world.land() == 1
    scene.later()
    assert a.titles() == b.titles() == ["Verger"]


def test_an_edit_that_a_late_write_replaced_unseen_is_kept():
    """31."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True)
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.lands_late("update")
    scene.sync()
    scene.sync()
    b.edit(b.ref("Potager"), title="Verger")
    b.world.land()
    scene.later()
    assert "Verger" in scene.kept() + str(a.titles())
    assert a.titles() == b.titles()


def test_a_listing_that_lags_behind_is_no_change_back():
    """32."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", lagging=True)
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.world.shelf("b").lag = 1
    scene.later()
    assert a.titles() == b.titles() == ["Potager"]


def test_a_record_that_recovery_adopts_is_folded_from_that_same_read():
    """41."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    ref = a.add("Jardin")
    b.crash_after("create")
    scene.sync()
    b.edit(b.ref("Jardin"), title="Verger")
    a.edit(ref, title="Potager")
    scene.later()
    assert a.titles() == b.titles()
    loser = ({"Verger", "Potager"} - set(a.titles())).pop()
    assert loser in scene.kept()


def test_a_renamed_option_is_sent_as_a_rename_and_edits_no_card():
    scene = Scene()
    fields = ("title", "list")
    a, b = (scene.place(n, fields, options=True) for n in "ab")
    option = a.world.add_option("b", "list", "Idées")
    a.add("Jardin", list=option.id)
    scene.sync()
    a.world.rename_option("b", "list", option.id, "Envies")
    scene.later()
    assert [o.name for o in b.world.shelf("b").options["list"].values()] == ["Envies"]
    assert (a.writes("update"), b.writes("update")) == (0, 0)


@pytest.mark.parametrize("name", ["Idées", "Chantier"])
def test_an_option_of_a_name_that_another_still_has_there_is_no_second_name_of_that_one(name):
    scene = Scene()
    fields = ("title", "list")
    a, b = (scene.place(n, fields, options=True) for n in "ab")
    option = a.world.add_option("b", "list", "Idées")
    a.add("Jardin", list=option.id)
    scene.sync()
    a.world.rename_option("b", "list", option.id, "Envies")
    a.add("Four", list=a.world.add_option("b", "list", name).id)
    b.at("option", Unreachable("down"))
    scene.later()
    names = [o.name for o in b.world.shelf("b").options["list"].values()]
    assert sorted(names) == sorted(["Envies", name])
    assert len(set(map(str, b.values("list")))) == 2


def test_a_foreign_edit_on_a_published_side_is_kept_and_not_taken_in():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", member={"reads": False})
    a.add("Jardin")
    scene.sync()
    b.edit(b.ref("Jardin"), title="Verger")
    scene.later()
    assert a.titles() == ["Jardin"]
    assert "Verger" in scene.kept() + str(b.titles())


def test_the_loser_of_a_conflict_is_kept():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin")
    scene.sync()
    a.edit(a.ref("Jardin"), title="Potager")
    b.edit(b.ref("Jardin"), title="Verger")
    scene.later()
    assert a.titles() == b.titles() == ["Verger"]
    assert "Potager" in scene.kept()


def test_a_history_that_could_not_be_read_after_a_write_is_read_later():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True)
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.at("update", lambda: b.edit(b.ref("Jardin"), title="Verger"))
    with b.failing("history"):
        scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Potager"]
    assert "Verger" in scene.kept()


def test_an_edit_that_only_a_recovery_has_read_is_not_replaced():
    """41."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", stubs=True, conditional=True)
    for title in ("Four", "Jardin", "Toit"):
        a.add(title)
    scene.sync(2)
    a.edit(a.ref("Jardin"), description="au fond")
    b.crash_after("update")
    scene.sync()
    b.edit(b.ref("Jardin"), title="Verger")
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("get", lambda: b.at("get", Unreachable("down")))
    scene.sync()
    scene.later()
    assert "Verger" in [*a.titles(), *scene.kept().split("'")]


def test_a_comment_is_not_taken_for_gone_with_a_card_of_the_same_ref_elsewhere():
    scene = Scene()
    a, b, c = (scene.place(n, comments=n != "b") for n in "abc")
    for title in ("Four", "Jardin", "Toit"):
        a.add(title)
    scene.sync(2)
    a.comment(a.ref("Jardin"), "bonjour")
    scene.sync(3)
    assert b.ref("Jardin") == c.ref("Jardin")
    b.at("delete", lambda: c.edit(c.ref("Jardin"), title="Verger"), when="after")
    a.remove(a.ref("Jardin"))
    scene.sync(2)
    scene.later()
    assert "Verger" in c.titles()
    assert c.said() == ["bonjour"]


def test_a_label_that_people_take_away_leaves_every_card_and_stops_none():
    scene = Scene()
    a = scene.place("a", options=True)
    b = scene.place("b", options=True)
    urgent = a.world.add_option("b", "labels", "Urgent").id
    ref = a.add("Jardin", labels=[urgent])
    scene.sync()
    del a.world.shelf("b").options["labels"][urgent]
    a.edit(ref, labels=None, title="Potager")
    scene.later()
    assert b.titles() == ["Potager"]
    assert b.values("labels") == [None]


@pytest.fixture
def cut_write():
    """We were killed after a cut text was written, and somebody edits another field there."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", lenses={"description": Truncate(14)})
    ref = a.add("Jardin", description="un\n\ndeux\n\ntrois\n\nquatre")
    a.add("Four")
    scene.sync()
    assert b.values("description")[0] != a.values("description")[0]
    a.edit(ref, description="un\n\nplus\n\ndeux\n\ntrois\n\nquatre")
    b.crash_after("update")
    scene.sync()
    b.edit(b.ref("Jardin"), title="Potager")
    return scene


def still_whole(scene):
    scene.later()
    assert scene.places["a"].values("description")[0] == "un\n\nplus\n\ndeux\n\ntrois\n\nquatre"


def test_what_our_own_cut_write_no_longer_shows_is_not_deleted_if_it_was_called_gone(cut_write):
    with cut_write.places["b"].blind("list", "get", "find"):
        cut_write.sync()
    still_whole(cut_write)


def test_what_our_own_cut_write_no_longer_shows_is_not_deleted_if_it_could_not_be_read(cut_write):
    b = cut_write.places["b"]
    b.at("get", Unreachable("down"))
    cut_write.sync()
    still_whole(cut_write)
