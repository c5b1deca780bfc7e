"""Histories on systems that show no mark of ours, and where we may not do everything.

Each was found by the simulation with the wrong rule in place.
"""

from __future__ import annotations

from sync.errors import Refused, Unreachable
from tests.simulation.scene import Scene


def test_what_a_create_left_is_not_new_while_nobody_could_look_for_it():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", origin=False)
    a.add("Four")
    scene.sync()
    a.add("Jardin")
    b.no_answer_after("create")
    b.at("find", Unreachable("down"))
    scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin"]


def test_what_a_create_left_is_known_by_what_was_sent_when_a_search_was_blind():
    scene = Scene()
    a = scene.place("a", comments=True)
    b = scene.place("b", origin=False, comments=True)
    ref = a.add("Jardin")
    scene.sync()
    a.comment(ref, "dit")
    b.at("create", Unreachable("down"), when="after", child="comment")
    with b.blind("find"):
        scene.sync(3)
    scene.later()
    assert a.said() == b.said() == ["dit"]


def test_a_value_that_was_refused_stays_held_though_another_was_taken():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    ref = a.add("Jardin")
    scene.sync()
    a.edit(ref, title="Potager")
    b.at("update", Refused("not for us"))
    scene.sync()
    a.edit(ref, description="mots")
    report = scene.sync()
    assert b.values("description") == ["mots"]
    assert b.titles() == ["Jardin"]
    assert [hold.subject for hold in report.holds] == [f"a/box:b/{ref}@b/box:b"]
    scene.release(report.holds[0].subject)
    scene.later()
    assert b.titles() == ["Potager"]


def test_each_of_several_twins_is_known_by_a_create_of_its_own():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", origin=False, cursor=True, skew=3600.0)
    scene.sync()
    a.add("Jardin")
    with b.blind("list", "get", "find"):
        for _ in range(3):
            b.no_answer_after("create")
        scene.sync()
    assert b.titles() == ["Jardin"] * 3  # nothing told that the first two stood there
    b.at("delete", Unreachable("down"))
    scene.sync()  # the feed shows the last of them only
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]


def test_what_was_made_before_of_the_same_words_is_not_taken_for_what_was_just_made():
    scene = Scene()
    a, b = scene.place("a", moves=True), scene.place("b", echo=False, origin=False, skew=3600.0)
    known = a.add("Jardin", description="ici")
    scene.sync()
    a.world.rotate("b", [known, a.add("Potager", description="la")])
    scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Potager"]
    stands = [item.sides["b/box:b"].ref for item in scene.items()]
    assert len(stands) == len(set(stands)) == 2
