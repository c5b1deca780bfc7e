"""Undo on several sides: what it spares, what comes back with what, and what it leaves alone."""

from __future__ import annotations

import pytest

from sync.errors import ConfigError
from tests.simulation.scene import Having, Scene

EDITED = "edited since the run that was to be undone"


def mirrored(*names, rules=None, **powers):
    scene = Scene(**(rules or {}))
    for name in names or ("a", "b"):
        scene.place(name, comments=True, **powers)
    for title in ("Four", "Jardin", "Toit"):
        scene.places["a"].add(title, description=f"Du {title}", labels=["Budget"])
    scene.sync(2)
    return scene


def undo(scene, run):
    return scene.engine().undo(run)


def one(place, title):
    (found,) = [s for s in place.cards() if str(s.fields["title"]) == title]
    return found.fields


def test_of_two_fields_the_one_that_somebody_edited_since_is_spared_and_held_alone():
    scene = mirrored()
    a, b = scene.places.values()
    a.edit(a.ref("Four"), description="Neuf", labels=["Budget", "Urgent"])
    run = scene.sync().run
    b.edit(b.ref("Four"), description="Neuf, vu par b")
    report = undo(scene, run)
    assert (one(b, "Four")["description"], one(b, "Four")["labels"]) == (
        "Neuf, vu par b",
        ["Budget"],
    )
    (hold,) = report.holds
    assert hold.cause == EDITED
    assert hold.subject.endswith("@description")
    assert hold.command == f"jumelage release '{hold.subject}'"
    scene.sync()
    assert one(a, "Four")["description"] == "Neuf", "held"
    scene.release(hold.subject)
    scene.later()
    assert one(a, "Four")["description"] == "Neuf, vu par b"
    assert one(b, "Four")["labels"] == ["Budget"], "still undone"


def test_an_edit_that_was_taken_in_since_is_spared_too():
    scene = mirrored()
    a, b = scene.places.values()
    a.edit(a.ref("Four"), title="Le four")
    run = scene.sync().run
    b.edit(b.ref("Le four"), title="LE FOUR")
    scene.sync()
    assert [h.cause for h in undo(scene, run).holds] == [EDITED]
    for place in (a, b):
        assert "LE FOUR" in place.titles()


def test_who_adds_to_an_undone_field_takes_nothing_away_elsewhere():
    scene = mirrored()
    a, b = scene.places.values()
    a.edit(a.ref("Four"), description="Du Four\n\nUn mot de a", labels=["Budget", "Urgent"])
    assert undo(scene, scene.sync().run).ok
    b.edit(b.ref("Four"), description="Du Four, dit b", labels=["Accueil", "Budget"])
    scene.later()
    for place in (a, b):
        assert one(place, "Four")["description"] == "Du Four, dit b\n\nUn mot de a"
        assert one(place, "Four")["labels"] == ["Accueil", "Budget", "Urgent"]


def test_an_undone_field_takes_the_next_value_and_then_the_undone_one_again():
    scene = mirrored()
    a, b = scene.places.values()
    a.edit(a.ref("Four"), title="Le four")
    assert undo(scene, scene.sync().run).ok
    scene.later()
    assert "Four" in b.titles()
    for title in ("Fournil", "Le four"):
        ref = next(iter(a.world.all("b"))).ref
        a.edit(ref, title=title)
        scene.sync()
        assert title in b.titles()


def test_an_undo_can_be_undone_and_done_twice():
    scene = mirrored("a", "b", "c")
    a, b, c = scene.places.values()
    a.edit(a.ref("Four"), title="Le four")
    a.remove(a.ref("Toit"))
    a.add("Cave")
    run = scene.sync().run
    undone = undo(scene, run)
    assert undone.ok
    assert undo(scene, run).written == 0
    for place in (b, c):
        assert place.titles() == ["Four", "Jardin", "Toit"]
    assert undo(scene, undone.run).ok
    for place in (a, b, c):
        assert place.titles() == ["Cave", "Jardin", "Le four"]
    assert scene.later().written == 0


def test_what_people_delete_again_after_an_undo_stays_deleted():
    scene = mirrored("a", "b", "c")
    a, b, c = scene.places.values()
    a.remove(a.ref("Toit"))
    run = scene.sync().run
    undo(scene, run)
    b.remove(b.ref("Toit"))
    scene.later()
    assert "Toit" not in c.titles()
    assert undo(scene, run).written == 0


@pytest.mark.parametrize("soft", [False, True], ids=["for good", "to a bin"])
def test_an_undone_first_mirror_leaves_the_sides_as_they_were(soft):
    scene = Scene()
    a, b, c = (scene.place(n, comments=True, soft_delete=soft) for n in "abc")
    for title in ("Four", "Jardin", "Toit"):
        a.comment(a.add(title), f"Mot sur {title}")
    run = scene.sync().run
    assert (b.titles(), len(c.said())) == (["Four", "Jardin", "Toit"], 3)
    assert undo(scene, run).ok
    assert (b.titles(), c.titles(), b.said(), c.said()) == ([], [], [], [])
    assert (a.titles(), len(a.said())) == (["Four", "Jardin", "Toit"], 3)
    assert scene.later().written == 0
    b.add("Cave")
    scene.sync()
    assert a.titles() == ["Cave", "Four", "Jardin", "Toit"]


def test_where_the_mapping_archives_an_undone_copy_is_archived():
    scene = Scene(deletions="archive")
    fields = ("title", "description", "archived")
    a, b = (scene.place(n, fields) for n in "ab")
    a.add("Four")
    run = scene.sync().run
    assert undo(scene, run).ok
    assert [c.fields.get("archived") for c in b.cards()] == [True]
    assert scene.later().written == 0
    assert not any(c.fields.get("archived") for c in a.cards())
    assert undo(scene, run).written == 0
    b.edit(b.ref("Four"), archived=None)
    assert scene.later().ok


def test_where_a_deletion_can_be_neither_undone_nor_checked_a_copy_is_held_and_stays():
    scene = mirrored(conditional=False, history=False)
    a, b = scene.places.values()
    a.add("Cave")
    report = undo(scene, scene.sync().run)
    assert [h.cause for h in report.holds] == ["a deletion here could not be undone or checked"]
    assert "Cave" in b.titles()


@pytest.mark.parametrize("synced", [False, True], ids=["not taken in yet", "taken in"])
def test_a_copy_under_which_somebody_wrote_is_spared(synced):
    scene = mirrored()
    a, b = scene.places.values()
    a.add("Cave")
    run = scene.sync().run
    b.comment(b.ref("Cave"), "Par qui ?")
    if synced:
        scene.sync()
    report = undo(scene, run)
    assert not report.ok
    assert "Cave" in b.titles()
    assert b.said() == ["Par qui ?"]


@pytest.mark.parametrize("soft", [False, True], ids=["for good", "to a bin"])
def test_what_comes_back_brings_back_what_was_said_under_it(soft):
    scene = mirrored("a", "b", "c", soft_delete=soft)
    a, b, c = scene.places.values()
    a.comment(a.ref("Toit"), "Une tuile")
    scene.sync()
    a.remove(a.ref("Toit"))
    run = scene.sync().run
    assert (b.titles(), b.said(), c.said()) == (["Four", "Jardin"], [], [])
    assert undo(scene, run).ok
    scene.later()
    for place in (b, c):
        assert (place.titles(), place.said()) == (["Four", "Jardin", "Toit"], ["Une tuile"])
    assert a.titles() == ["Four", "Jardin"], "a person deleted it there"


def test_what_left_a_filter_and_was_brought_back_is_not_taken_away_again():
    scene = Scene()
    fields = ("title", "due")
    a = scene.place("a", fields)
    b = scene.place("b", fields, member={"only": Having("due")})
    a.add("Four", due="2026-03-01")
    scene.sync()
    a.edit(a.ref("Four"), due=None)
    run = scene.sync().run
    assert b.titles() == []
    assert undo(scene, run).ok
    assert b.titles() == ["Four"]
    assert scene.later().written == 0


def test_a_side_that_does_not_answer_is_told_and_undone_later():
    scene = mirrored("a", "b", "c")
    a, b, c = scene.places.values()
    a.edit(a.ref("Four"), title="Le four")
    run = scene.sync().run
    with b.failing("get", "update"):
        report = undo(scene, run)
    assert list(report.failures) == ["b/box:b"]
    assert ("Le four" in b.titles(), "Four" in c.titles()) == (True, True)
    assert undo(scene, run).ok
    assert "Four" in b.titles()


def test_a_side_that_no_mapping_names_any_more_is_told():
    scene = mirrored("a", "b", "c")
    a = scene.places["a"]
    a.edit(a.ref("Four"), title="Le four")
    run = scene.sync().run
    gone = scene.without("c")
    report = undo(scene, run)
    assert list(report.failures) == ["c/box:b"]
    assert "Le four" in gone.titles()


def test_nothing_is_undone_nor_applied_while_the_store_may_not_be_the_latest():
    scene = mirrored()
    a, b = scene.places.values()
    a.edit(a.ref("Four"), title="Le four")
    run = scene.sync().run
    a.edit(a.ref("Toit"), title="Le toit")
    plans = scene.engine().plan()
    scene.store.loss = "the witness has seen a later one"
    for report in (undo(scene, run), scene.engine().apply(plans)):
        assert [h.command for h in report.holds] == ["jumelage relink"]
    assert b.titles() == ["Jardin", "Le four", "Toit"]


def test_a_run_that_only_took_edits_in_has_nothing_to_undo():
    scene = mirrored()
    with pytest.raises(ConfigError, match="no run called"):
        undo(scene, scene.sync().run)
