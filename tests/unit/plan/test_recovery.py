"""What becomes of a write whose outcome is not known, by what a look-up tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.memory.world import Crash
from sync.errors import Ambiguous, Unauthorized
from sync.recover import Recovery
from tests.simulation.scene import Having, Scene

KEY = "b/box:b"


def interrupted(verb, *, when="after", **powers):
    """A scene in which one write to b was cut off, before or after its effect."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", **powers)
    for title in ("Four", "Jardin", "Toit"):
        a.add(title)
    scene.sync()
    if verb == "create":
        a.add("Cave")
    elif verb == "update":
        a.edit(a.ref("Jardin"), title="Potager")
    else:
        a.remove(a.ref("Jardin"))
    b.at(verb, Crash(), when=when)
    assert scene.sync() is None
    assert [i.verb for i in scene.store.intents()] == [verb]
    return scene, a, b


def recover(scene):
    engine = scene.engine()
    return Recovery(scene.unit(), engine.connectors, scene.store, scene.clock).recover().intents


def item(scene, title):
    return next(i for i in scene.store.items("board") if i.hub.get("title") == title)


def test_a_create_that_is_found_is_adopted():
    scene, _, b = interrupted("create")
    assert recover(scene) == 0
    assert item(scene, "Cave").sides[KEY].ref == b.ref("Cave")
    assert [n for n in scene.store.nonces(KEY).values() if not n.adopted] == []


def test_a_create_that_is_not_found_by_a_search_that_sees_leaves_its_nonce_open():
    scene, *_ = interrupted("create", when="before")
    assert recover(scene) == 0
    assert not scene.store.intents()
    assert [n.adopted for n in scene.store.nonces(KEY).values()].count(None) == 1


def test_a_create_is_kept_in_doubt_for_as_long_as_the_search_is_blind():
    scene, _, b = interrupted("create", when="before")
    with b.blind("find"):
        assert [recover(scene) for _ in range(4)] == [1, 1, 1, 1]
    assert recover(scene) == 0


def test_one_run_resolves_a_create_where_nothing_of_ours_stands_to_try_the_search_with():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Cave")
    b.at("create", Crash(), when="before")
    assert scene.sync() is None
    assert scene.sync().open_intents == 0
    assert b.titles() == ["Cave"]


def test_an_update_that_shows_is_committed():
    scene, *_ = interrupted("update")
    assert recover(scene) == 0
    side = item(scene, "Potager").sides[KEY]
    assert (side.seen["title"], side.base["title"]) == ("Potager", "Potager")


@pytest.mark.parametrize("edit", [None, "Verger"], ids=["as it was", "edited by somebody"])
def test_an_update_that_does_not_show_is_assumed_not_applied_and_watched_for(edit):
    scene, _, b = interrupted("update", when="before")
    if edit:
        b.edit(b.ref("Jardin"), title=edit)
    assert recover(scene) == 0
    side = item(scene, "Potager").sides[KEY]
    assert (side.seen["title"], side.base["title"], side.stale) == ("Jardin", "Jardin", True)
    assert [n.ref for n in scene.store.nonces(KEY).values() if n.ref] == [side.ref]


def test_a_delete_that_is_done_is_ours_and_nobody_elses():
    scene, *_ = interrupted("delete")
    assert recover(scene) == 0
    assert item(scene, "Jardin").sides[KEY].standing == "gone"


def test_a_delete_that_is_not_done_is_dropped():
    scene, *_ = interrupted("delete", when="before")
    assert recover(scene) == 0
    assert item(scene, "Jardin").sides[KEY].standing == "here"


def test_a_delete_is_kept_in_doubt_while_nothing_can_be_reached():
    scene, _, b = interrupted("delete")
    with b.failing("get"):
        assert recover(scene) == 1
    assert len(scene.store.intents()) == 1


def test_a_delete_of_what_lives_again_is_put_back():
    scene, *_ = interrupted("delete")
    revived = item(scene, "Jardin")
    revived.dying = False
    with scene.store.transaction() as tx:
        tx.put_item(revived)
    assert recover(scene) == 0
    assert item(scene, "Jardin").sides[KEY].standing == "out"


def test_a_write_without_an_answer_is_looked_up_by_the_running_process_too():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin")
    b.at("create", Ambiguous("no answer came"), when="after")
    report = scene.sync()
    assert (b.titles(), b.writes("create"), report.open_intents) == (["Jardin"], 1, 0)


def test_a_create_that_is_found_after_its_item_died_is_deleted_and_not_brought_back():
    scene, *_ = interrupted("create")
    dead = item(scene, "Cave")
    dead.dead = True
    with scene.store.transaction() as tx:
        tx.put_item(dead)
    assert recover(scene) == 0
    found = item(scene, "Cave")
    assert (found.dead, found.dying, found.sides[KEY].standing) == (False, True, "here")


def restoring(when):
    """A scene in which taking a card out of the bin of b was cut off."""
    scene = Scene()
    a = scene.place("a", ("title", "due"))
    b = scene.place("b", ("title", "due"), soft_delete=True, member={"only": Having("due")})
    ref = a.add("Jardin", due="2026-04-01")
    a.add("Four", due="2026-04-02")
    scene.sync()
    a.edit(ref, due=None)
    scene.sync()
    assert b.titles() == ["Four"]
    a.edit(ref, due="2026-04-03")
    b.at("restore", Crash(), when=when)
    assert scene.sync() is None
    assert [i.verb for i in scene.store.intents()] == ["restore"]
    return scene, b


def test_a_restore_that_shows_is_committed_and_journalled():
    scene, b = restoring("after")
    assert recover(scene) == 0
    side = item(scene, "Jardin").sides[KEY]
    assert (side.standing, side.ref, side.stale) == ("here", b.ref("Jardin"), True)
    last = scene.store.journal(limit=1)[0].entry
    assert (last.verb, last.ref) == ("restore", b.ref("Jardin"))
    assert last.reason == "put back (found after an interruption)"
    assert not scene.store.intents()


def test_a_restore_that_does_not_show_is_dropped_and_sent_again():
    scene, b = restoring("before")
    journalled = len(scene.store.journal())
    assert recover(scene) == 0
    assert item(scene, "Jardin").sides[KEY].standing == "out"
    assert len(scene.store.journal()) == journalled
    scene.sync()
    assert b.titles() == ["Four", "Jardin"]
    assert b.writes("restore") == 1


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_a_write_that_is_found_is_journalled_as_what_it_was(verb):
    scene, *_ = interrupted(verb)
    (intent,) = scene.store.intents()
    recover(scene)
    last = scene.store.journal(limit=1)[0].entry
    assert (last.run, last.verb, last.item) == (intent.run, verb, intent.item)
    assert (last.before, last.after) == (intent.before, intent.views)
    assert last.reason == f"{intent.reason} (found after an interruption)"
    assert not scene.store.intents()


def test_an_account_that_is_refused_is_asked_once_and_the_rest_stays_open():
    scene, _, b = interrupted("create")
    (first,) = scene.store.intents()
    with scene.store.transaction() as tx:
        tx.put_intent(replace(first, nonce="another"))
    asked = []

    def refuse():
        asked.append(1)
        raise Unauthorized("no")

    b.at("find", refuse)
    assert recover(scene) == 2
    assert len(asked) == 1
    assert len(scene.store.intents()) == 2


def test_the_write_of_an_item_that_is_no_more_is_dropped():
    scene, *_ = interrupted("update")
    (intent,) = scene.store.intents()
    with scene.store.transaction() as tx:
        tx.drop_intent(intent.nonce)
        tx.put_intent(replace(intent, item="nobody"))
    assert recover(scene) == 0
    assert not scene.store.intents()


def test_a_search_that_finds_nothing_decides_at_the_second_time():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Cave")
    b.at("create", Crash(), when="before")
    assert scene.sync() is None
    known = scene.engine().connectors
    first = Recovery(scene.unit(), known, scene.store, scene.clock).recover()
    assert (first.intents, first.undecided) == (1, True)
    assert [i.misses for i in scene.store.intents()] == [1]
    second = Recovery(scene.unit(), known, scene.store, scene.clock).recover()
    assert (second.intents, second.undecided) == (0, False)


def test_another_look_decides_only_once_and_not_where_the_search_is_blind():
    scene, _, b = interrupted("create", when="before")
    known = scene.engine().connectors
    with b.blind("find"):
        looks = [
            Recovery(scene.unit(), known, scene.store, scene.clock).recover() for _ in range(3)
        ]
    assert [look.undecided for look in looks] == [True, False, False]
