"""Histories in which a wrong rule for creates and deletes makes twins or loses cards.

Each was found by a simulator with the wrong rule in place.
"""

from __future__ import annotations

import pytest

from connectors.memory.habits import padded
from connectors.memory.world import Crash
from sync.errors import Ambiguous
from tests.simulation.scene import Having, Scene

DUE = ("title", "due")


def test_a_crash_after_our_own_delete_is_not_read_as_deleted_by_people():
    """11."""
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place("b", DUE, member={"only": Having("due")})
    ref = a.add("Jardin", due="2026-04-01")
    a.add("Four", due="2026-04-02")
    scene.sync()
    a.edit(ref, due=None)
    b.crash_after("delete")
    assert scene.sync() is None
    scene.later()
    assert a.titles() == ["Four", "Jardin"]
    assert b.titles() == ["Four"]


def test_children_of_our_own_delete_are_not_read_as_deleted_by_people():
    """11."""
    scene = Scene()
    a = scene.place("a", DUE, comments=True)
    b = scene.place("b", DUE, comments=True, member={"only": Having("due")})
    ref = a.add("Jardin", due="2026-04-01")
    a.add("Four", due="2026-04-02")
    a.comment(ref, "bonjour")
    scene.sync(2)
    assert b.said() == ["bonjour"]
    scene.later()
    a.edit(ref, due=None)
    b.crash_after("delete")
    assert scene.sync() is None
    with b.failing("get"):
        scene.sync()
    scene.later()
    assert a.said() == ["bonjour"]
    a.edit(ref, due="2026-04-03")
    scene.later()
    assert b.said() == ["bonjour"]


def test_a_404_before_a_delete_is_no_proof_that_it_is_done():
    """12."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    a.remove(a.ref("Jardin"))
    with b.blind("get"):
        scene.sync()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_delete_without_an_answer_is_not_done_because_a_blind_side_says_so():
    """12."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    a.remove(a.ref("Jardin"))
    b.at("delete", Ambiguous("no answer came"))
    b.at("delete", lambda: b.world.shelf("b").blind.add("get"), when="after")
    with b.blind():
        b.at("list", lambda: None)
        scene.sync()
    with b.blind("get"):
        scene.sync(3)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_search_that_is_down_proves_nothing_about_a_create():
    """13."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", origin=False)
    a.add("Four")
    scene.sync()
    a.add("Jardin", description="devant")
    b.no_answer_after("create")
    with b.blind("find"):
        b.world.shelf("b").blind.add("list")
        scene.sync()
        b.edit(b.ref("Jardin"), description="au fond")
        scene.sync(3)
    b.world.shelf("b").blind.clear()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin"]


def test_a_create_that_lands_after_it_was_given_up_leaves_no_twin():
    """14."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    scene.sync()
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    assert b.titles() == ["Four", "Jardin"]
    b.world.land()
    assert b.titles() == ["Four", "Jardin", "Jardin"]
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin"]


def test_what_people_typed_on_a_late_twin_is_folded_and_all_of_it_kept():
    """36."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    b.world.land()
    twin = b.cards()[-1].ref
    b.edit(twin, description="au fond", effort="PT1H")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]
    assert a.values("description") == b.values("description") == ["au fond"]
    assert "PT1H" in scene.kept()


def test_an_edit_inside_the_removal_of_a_late_twin_is_not_lost():
    """48."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    b.world.land()
    twin = b.cards()[-1].ref
    b.at("delete", lambda: b.edit(twin, description="au fond"))
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]
    assert "au fond" in str(a.values("description")) + scene.kept()


def test_a_comment_on_a_late_twin_moves_to_the_card():
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    b.world.land()
    b.comment(b.cards()[-1].ref, "bonjour")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]
    assert a.said() == b.said() == ["bonjour"]


def test_a_comment_on_a_late_twin_on_a_published_side_is_kept_and_waited_for_by_nobody():
    """49."""
    scene = Scene()
    a = scene.place("a", comments=True)
    b = scene.place("b", comments=True, member={"reads": False})
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    b.world.land()
    b.comment(b.cards()[-1].ref, "bonjour")
    scene.later()
    assert b.titles() == ["Jardin"]
    assert "bonjour" in scene.kept()


def test_a_late_twin_of_a_dying_item_goes_with_it():
    """39."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    a.add("Toit")
    scene.sync()
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    b.world.land()
    with b.failing("delete"):
        scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_copy_that_people_make_with_its_marker_is_a_card_of_its_own():
    """15."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    a.add("Jardin")
    scene.sync()
    copy = b.world.copy("b", b.ref("Jardin")).ref
    b.edit(copy, title="Jardin bis")
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Jardin bis"]
    a.remove(a.ref("Jardin"))
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin bis"]


def test_a_card_with_an_open_create_is_not_buried_before_it_is_found():
    """28."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    a.add("Toit")
    scene.sync()
    a.add("Jardin")
    b.crash_after("create")
    assert scene.sync() is None
    a.remove(a.ref("Jardin"))
    with b.failing("find", "list"):
        scene.sync(2)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_create_that_lands_after_its_card_was_deleted_is_deleted_too():
    """28."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    a.add("Toit")
    scene.sync()
    a.add("Jardin")
    b.lands_late("create")
    with b.failing("find"):
        scene.sync()
    assert len(scene.store.intents()) == 1
    a.remove(a.ref("Jardin"))
    with b.failing("create"):
        scene.sync(2)
    b.world.land()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_late_record_with_a_blank_added_does_not_revive_what_people_deleted():
    """43."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", habits={"title": padded})
    a.add("Four")
    a.add("Toit")
    scene.sync()
    a.add("Jardin")
    b.crash_after("create")
    assert scene.sync() is None
    a.remove(a.ref("Jardin"))
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_card_revived_while_its_delete_was_unknown_is_put_back():
    """37."""
    scene = Scene()
    a, b = scene.place("a", soft_delete=True), scene.place("b")
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    ref = a.ref("Jardin")
    a.remove(ref)
    b.no_answer_after("delete")
    b.at("delete", Crash(), when="after")
    with b.failing("get"):
        b.world.hook = b.hook
        scene.sync()
    assert b.titles() == ["Four", "Toit"]
    a.world.unarchive("b", ref)
    with b.failing("get"):
        scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]


def test_a_comment_written_while_its_card_was_to_be_deleted_keeps_the_card():
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    a.remove(a.ref("Jardin"))
    ref = b.ref("Jardin")
    b.at("get", lambda: b.at("get", lambda: b.comment(ref, "pas encore"), when="after"))
    b.at("children", lambda: b.comment(ref, "attendez"), child="comment")
    scene.later()
    assert "attendez" in str(a.said()) + scene.kept()


def test_a_comment_edited_before_its_card_is_deleted_keeps_the_card():
    """35."""
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    said = a.comment(a.ref("Jardin"), "bonjour")
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    assert said
    theirs = next(iter(b.world.all("b#comment"))).ref
    b.at(
        "children",
        lambda: b.world.edit("b#comment", theirs, {"text": "attendez"}),
        child="comment",
    )
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert a.said() == b.said() == ["attendez"]


ARCHIVED = ("title", "description", "archived")


def archiving(**more):
    """Two sides of which the second is archived on, without conditions, as Trello is."""
    scene = Scene(deletions="archive")
    a = scene.place("a", ARCHIVED, **more)
    b = scene.place("b", ARCHIVED, conditional=False, **more)
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    return scene, a, b


def test_an_edit_inside_the_archiving_of_a_card_brings_it_back():
    scene, a, b = archiving()
    a.remove(a.ref("Jardin"))
    ref = b.ref("Jardin")
    b.at("update", lambda: b.edit(ref, title="Verger"))
    scene.later()
    assert a.titles() == ["Four", "Toit", "Verger"]


def test_an_edit_of_a_field_that_is_not_mapped_inside_the_archiving_stays_in_the_archive():
    """42."""
    scene, a, b = archiving()
    a.remove(a.ref("Jardin"))
    ref = b.ref("Jardin")
    b.at("update", lambda: b.edit(ref, effort="PT1H"))
    scene.later()
    assert a.titles() == ["Four", "Toit"]
    assert b.world.read("b", ref).fields["effort"] == "PT1H"


def test_a_comment_inside_the_archiving_of_a_card_brings_it_back():
    """35."""
    scene, a, b = archiving(comments=True)
    a.remove(a.ref("Jardin"))
    ref = b.ref("Jardin")
    b.at("update", lambda: b.comment(ref, "attendez"))
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert a.said() == ["attendez"]


def test_what_is_deleted_for_good_is_kept_whole_with_what_is_not_mapped():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    b.edit(b.ref("Jardin"), effort="PT1H")
    a.remove(a.ref("Jardin"))
    scene.later()
    assert b.titles() == ["Four", "Toit"]
    assert "PT1H" in scene.kept()


def test_putting_back_a_card_does_not_make_a_second_one():
    """17."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=True)
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    ref = b.ref("Jardin")
    b.remove(ref)
    a.edit(a.ref("Jardin"), description="au fond")
    scene.later()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert b.ref("Jardin") == ref
    assert b.writes("create") == 3


def test_a_twin_does_not_take_the_place_of_a_card_that_was_just_put_back():
    """52."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=True)
    for title in ("Four", "Toit"):
        a.add(title)
    scene.sync()
    a.add("Jardin")
    b.lands_late("create")
    scene.sync(2)
    ref = b.ref("Jardin")
    b.remove(ref)
    a.edit(a.ref("Jardin"), description="au fond")
    b.crash_after("restore")
    assert scene.sync() is None
    b.world.land()
    with b.failing("get"):
        scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert b.ref("Jardin") == ref


def test_a_write_without_an_answer_is_never_sent_twice():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    scene.sync()
    a.add("Jardin")
    b.no_answer_after("create")
    scene.later()
    assert b.titles() == ["Four", "Jardin"]
    assert b.writes("create") == 2


def test_a_card_that_people_bring_back_before_we_do_stands_there_once():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=True)
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync()
    ref = b.ref("Jardin")
    b.remove(ref)
    a.edit(a.ref("Jardin"), description="au fond")
    b.at("restore", lambda: b.world.unarchive("b", ref))
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert b.writes("create") == 3


def test_comments_that_go_with_a_card_that_leaves_a_filter_are_kept():
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place("b", DUE, comments=True, member={"only": Having("due")})
    a.add("Four", due="2026-04-01")
    ref = a.add("Jardin", due="2026-04-01")
    scene.sync(2)
    b.comment(b.ref("Jardin"), "bonjour")
    scene.sync(2)
    a.edit(ref, due=None)
    scene.later()
    assert b.titles() == ["Four"]
    assert "bonjour" in scene.kept()


@pytest.mark.parametrize("lagging", [False, True])
def test_an_edit_that_leaves_the_version_as_it_was_is_seen(lagging):
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True, lagging=lagging)
    a.add("Four")
    a.add("Jardin")
    scene.sync(2)
    b.world.shelf("b").weak = True
    b.edit(b.ref("Jardin"), title="Potager")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Potager"]
