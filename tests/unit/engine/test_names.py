"""Lists of one name: what cannot be told apart by it on a side is said, not only logged."""

from __future__ import annotations

from sync.noted import noted
from tests.simulation.scene import Scene

FIELDS = ("title", "list")


def two_lists_of_one_name():
    """“Projets” of `a`, and a list of `b` that was made as “Atelier” and is called so now."""
    scene = Scene()
    a, b = (scene.place(name, FIELDS, options=True) for name in "ab")
    a.world.add_option("b", "list", "Projets")
    atelier = b.world.add_option("b", "list", "Atelier")
    scene.sync(2)
    b.world.rename_option("b", "list", atelier.id, "Projets")
    b.add("Four", list=atelier.id)
    return scene, a, b, atelier


def test_cards_that_wait_for_a_list_whose_name_is_taken_are_told_of_in_report_and_status():
    scene, a, _, _ = two_lists_of_one_name()
    report = scene.sync()
    assert a.titles() == []
    assert not report.ok
    (hold,) = report.holds
    assert (hold.subject, hold.command) == ("a/box:b", "jumelage sync")
    assert "“Projets”" in hold.cause
    assert noted(scene.store, "board").holds == (hold,)
    assert scene.sync().holds == [hold]


def test_cards_that_waited_for_a_list_come_when_one_of_the_two_is_renamed():
    scene, a, b, atelier = two_lists_of_one_name()
    scene.sync()
    b.world.rename_option("b", "list", atelier.id, "Chantiers")
    assert scene.later().ok
    assert a.titles() == ["Four"]
    assert not noted(scene.store, "board").holds


def test_a_hold_for_a_name_that_is_taken_can_be_released_and_comes_back():
    scene, a, _, _ = two_lists_of_one_name()
    (hold,) = scene.sync().holds
    assert scene.engine().release(hold.subject)
    assert not noted(scene.store, "board").holds
    assert scene.sync().holds == [hold]
    assert a.titles() == []
