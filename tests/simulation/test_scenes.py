"""Scenes for rules that random histories test only rarely."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from connectors.memory.world import Crash
from sync.errors import Ambiguous
from tests.simulation.scene import Scene


def mirrored(scene, place):
    for title in ("Four", "Jardin", "Toit"):
        place.add(title)
    scene.sync(2)


def test_two_people_who_edit_different_fields_of_a_card_at_once_are_both_heard():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    mirrored(scene, a)
    a.edit(a.ref("Jardin"), description="au fond")
    b.edit(b.ref("Jardin"), title="Jardin potager")
    scene.later()
    for place in (a, b):
        assert place.titles() == ["Four", "Jardin potager", "Toit"]
        assert "au fond" in place.values("description")


def test_an_edit_inside_our_write_is_not_overwritten():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=True, history=False)
    mirrored(scene, a)
    a.edit(a.ref("Jardin"), description="au fond")
    ref = b.ref("Jardin")
    b.at("update", lambda: b.edit(ref, description="devant"))
    scene.later()
    shown = str(a.values("description")) + scene.kept()
    assert "au fond" in shown
    assert "devant" in shown


def test_an_edit_before_our_write_is_seen_where_no_version_tells():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=False)
    mirrored(scene, a)
    a.edit(a.ref("Jardin"), description="au fond")
    ref = b.ref("Jardin")
    b.at("get", lambda: b.edit(ref, description="devant"))
    scene.later()
    shown = str(a.values("description")) + scene.kept()
    assert "au fond" in shown
    assert "devant" in shown


def test_an_edit_inside_our_write_is_kept_where_only_the_history_tells():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True)
    mirrored(scene, a)
    a.edit(a.ref("Jardin"), description="au fond")
    ref = b.ref("Jardin")
    b.at("update", lambda: b.edit(ref, description="devant"))
    scene.later()
    assert "devant" in str(a.values("description")) + scene.kept()


def test_a_comment_stands_under_its_card_in_the_run_that_brings_both():
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    mirrored(scene, a)
    a.comment(a.add("Cave"), "bonjour")
    scene.sync()
    assert b.titles() == ["Cave", "Four", "Jardin", "Toit"]
    assert b.said() == ["bonjour"]


@contextmanager
def killed_at_commit(store, number):
    """The process ends where its so-manieth change to the store would begin."""
    transaction, begun = store.transaction, iter(range(1, 10**6))

    def counted():
        if next(begun) == number:
            raise Crash
        return transaction()

    store.transaction = counted
    yield
    del store.transaction


@pytest.mark.parametrize("commit", range(1, 8))
def test_an_edit_is_seen_again_after_a_crash_at_any_change_of_the_store(commit):
    scene = Scene()
    a, b = scene.place("a", cursor=True), scene.place("b")
    mirrored(scene, a)
    a.edit(a.ref("Jardin"), description="au fond")
    with killed_at_commit(scene.store, commit):
        scene.sync()
    scene.sync()
    assert "au fond" in b.values("description")


def test_a_store_that_is_not_the_latest_writes_nothing():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    mirrored(scene, a)
    scene.store.loss = "it comes from a backup"
    a.edit(a.ref("Jardin"), description="au fond")
    report = scene.sync()
    assert [h.command for h in report.holds] == ["jumelage relink"]
    assert "au fond" not in b.values("description")


@pytest.mark.parametrize("edited", [False, True])
def test_what_a_create_may_have_left_is_no_new_card_while_no_search_answers(edited):
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", origin=False)
    mirrored(scene, a)
    a.add("Cave", description="devant")

    def unanswered():
        if edited:
            b.edit(b.ref("Cave"), description="au fond")
        raise Ambiguous("no answer came")

    b.at("create", unanswered, when="after")
    with b.failing("find"):
        scene.sync(3)
        assert a.titles() == ["Cave", "Four", "Jardin", "Toit"]
    scene.later()
    assert a.titles() == b.titles() == ["Cave", "Four", "Jardin", "Toit"]
    assert not edited or "au fond" in a.values("description")


def test_the_only_card_of_a_blind_side_is_not_made_a_second_time():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=True)
    a.add("Jardin")
    scene.sync(2)
    ref = b.ref("Jardin")
    b.remove(ref)
    a.edit(a.ref("Jardin"), description="au fond")
    scene.sync()
    scene.release("b/box:b")
    b.at("restore", lambda: (b.world.unarchive("b", ref), b.world.shelf("b").blind.add("get")))
    scene.sync()
    b.world.shelf("b").blind.clear()
    scene.later()
    assert b.titles() == ["Jardin"]
    assert b.values("description") == ["au fond"]


def test_a_card_that_is_no_more_is_made_again_though_nothing_else_stands_there():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=True)
    a.add("Jardin")
    scene.sync(2)
    b.world.remove("b", b.ref("Jardin"))
    a.edit(a.ref("Jardin"), description="au fond")
    scene.sync()
    scene.release("b/box:b")
    scene.sync(3)
    assert b.titles() == ["Jardin"]


def test_nothing_is_deleted_for_good_where_neither_condition_nor_history_would_tell():
    scene = Scene()
    a = scene.place("a")
    b = scene.place("b", conditional=False, history=False, soft_delete=False)
    mirrored(scene, a)
    a.remove(a.ref("Jardin"))
    report = scene.sync(2)
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert a.titles() == ["Four", "Toit"]
    assert len(report.holds) == 1
