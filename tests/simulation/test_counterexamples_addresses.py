"""Histories of things whose name is their address: files by their path, pages by their title."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulation.scene import CARD, Scene


@pytest.fixture
def scene():
    made = Scene()
    made.card = replace(CARD, unique=True)
    return made


def three(scene, **powers):
    a, b, c = (scene.place(name, **powers) for name in "abc")
    a.add("Four")
    scene.sync()
    return a, b, c


def test_what_people_made_under_one_name_on_two_sides_is_one_thing(scene):
    a, b, c = three(scene)
    a.add("Jardin", description="ici")
    b.add("Jardin", description="ici")
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Jardin"]
    assert scene.kept() == "[]"
    assert len(scene.items()) == 2


@pytest.mark.parametrize("together", [True, False])
def test_what_people_made_under_one_name_with_other_words_is_kept(scene, together):
    a, b, c = three(scene)
    a.add("Jardin", description="ici")
    if not together:
        with b.failing("list", "create"):
            scene.sync()
    b.add("Jardin", description="la")
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Jardin"]
    (stands,) = {p.values("description")[-1] for p in (a, b, c)}
    assert ({"ici", "la"} - {stands}).pop() in scene.kept()


def test_what_is_made_anew_under_the_name_of_what_is_to_be_deleted_lives(scene):
    a, b, c = three(scene)
    for title in ("Jardin", "Puits", "Toit"):
        a.add(title)
    scene.sync()
    a.remove(a.ref("Jardin"))
    with c.failing("list"):
        scene.sync()
    a.add("Jardin", description="neuf")
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Jardin", "Puits", "Toit"]


def test_a_name_in_capitals_is_another_name(scene):
    a, b, c = three(scene)
    a.add("jardin")
    b.add("JARDIN")
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "JARDIN", "jardin"]


def test_two_things_that_come_to_one_name_wait_for_a_person(scene):
    a, b, c = three(scene)
    a.edit(a.ref("Four"), title="Jardin")
    b.add("Jardin", description="la")
    with b.failing("update"):
        scene.sync()
    report = scene.later()
    assert report.holds
    assert all("Jardin" in hold.cause for hold in report.holds)
    assert not report.ok
    b.edit(next(s.ref for s in b.cards() if s.fields.get("description")), title="Verger")
    assert scene.later().ok
    assert a.titles() == b.titles() == c.titles() == ["Jardin", "Verger"]


def test_cards_of_one_name_stay_two_cards():
    scene = Scene()
    a, b, c = three(scene)
    a.add("Jardin")
    b.add("Jardin")
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Jardin", "Jardin"]
