"""Histories in which people edit what the side that it was deleted from does not show."""

from __future__ import annotations

import pytest

from tests.simulation.scene import Scene

KEY = "b/box:b"


@pytest.fixture
def scene():
    made = Scene()
    a, _b = made.place("a"), made.place("b", fields=("title",))
    for title in ("Jardin", "Four", "Puits"):
        a.add(title)
    made.sync()
    return made


def edited(scene):
    a = scene.places["a"]
    scene.sync()
    a.edit(a.ref("Jardin"), description="plus tard")
    scene.sync(2)


def test_an_edit_out_of_sight_wins_over_an_absence_that_was_held_for_several_runs(scene):
    a, b = scene.places["a"], scene.places["b"]
    for title in ("Jardin", "Four"):
        b.remove(b.ref(title))
    edited(scene)
    scene.release(KEY)
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Puits"]


def test_an_edit_out_of_sight_wins_over_an_absence_that_could_not_be_confirmed_at_once(scene):
    a, b = scene.places["a"], scene.places["b"]
    b.remove(b.ref("Jardin"))
    with b.failing("get"):
        edited(scene)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Puits"]


def test_an_edit_out_of_sight_that_a_held_deletion_ends_is_kept(scene):
    b = scene.places["b"]
    for title in ("Jardin", "Four"):
        b.remove(b.ref(title))
    edited(scene)
    scene.release(KEY)
    scene.later()
    assert "plus tard" in scene.kept() + str(scene.places["a"].values("description"))


def test_an_edit_from_before_the_absence_does_not_win_over_it(scene):
    a, b = scene.places["a"], scene.places["b"]
    edited(scene)
    for title in ("Jardin", "Four"):
        b.remove(b.ref(title))
    scene.sync(2)
    scene.release(KEY)
    scene.later()
    assert a.titles() == b.titles() == ["Puits"]
