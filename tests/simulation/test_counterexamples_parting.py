"""Histories in which a wrong rule forgets what is owed to a side that left the mapping."""

from __future__ import annotations

import pytest

from tests.simulation.scene import Scene


def with_an_open_write(verb, act, **powers):
    """Three sides; a write to the last is cut off after its effect, and the side leaves."""
    scene = Scene()
    a, b, c = scene.place("a"), scene.place("b"), scene.place("c", **powers)
    for title in ("Four", "Jardin", "Toit"):
        a.add(title)
    scene.sync(2)
    act(a)
    c.crash_after(verb)
    assert scene.sync() is None
    scene.without("c")
    return scene, a, b, c


def rename(place):
    place.edit(place.ref("Jardin"), title="Potager")


def test_a_card_made_on_a_side_that_left_is_found_again_when_the_side_comes_back():
    scene, a, b, c = with_an_open_write("create", lambda a: a.add("Cave"))
    scene.sync(2)
    assert not scene.store.intents()
    a.edit(a.ref("Cave"), title="Grenier")
    scene.sync(2)
    scene.places["c"] = c
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Grenier", "Jardin", "Toit"]


def test_what_our_last_write_replaced_on_a_side_that_left_is_kept():
    """51."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    c = scene.place("c", conditional=False, history=True)
    a.add("Jardin")
    scene.sync(2)
    rename(a)
    c.at("update", lambda: c.edit(c.ref("Jardin"), title="Verger"))
    c.crash_after("update")
    assert scene.sync() is None
    scene.without("c")
    scene.later()
    assert "Verger" in scene.kept()
    assert a.titles() == b.titles() == ["Potager"]


@pytest.mark.parametrize("silent", ["does not answer", "is in no settings"])
def test_a_unit_waits_for_a_side_that_left_and_owes_an_answer(silent):
    scene, a, b, c = with_an_open_write("update", rename)
    if silent == "is in no settings":
        connector = scene.connectors.pop("c")
    with c.failing("get", "history", "list", "find"):
        a.edit(a.ref("Toit"), description="en tuiles")
        report = scene.sync(2)
        assert [h.subject for h in report.holds] == ["c/box:b"]
        assert "en tuiles" not in b.values("description")
        assert [h.subject for h in scene.engine().plan()[0].holds] == ["c/box:b"]
    scene.connectors["c"] = c.connector if silent == "does not answer" else connector
    scene.later()
    assert "en tuiles" in b.values("description")
    assert "en tuiles" not in c.values("description")


def test_a_side_that_will_never_answer_again_can_be_let_go():
    scene, a, b, _ = with_an_open_write("update", rename)
    del scene.connectors["c"]
    (hold,) = scene.sync().holds
    scene.release(hold.command.split("'")[1])
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Potager", "Toit"]
    assert not scene.store.intents()
