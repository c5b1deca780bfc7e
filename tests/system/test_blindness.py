"""Blindness is not emptiness: whatever befalls a side, nothing is deleted anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.http import client
from sync import engine
from tests.system.troubles import trouble
from tests.system.world import SIDES, sync

TROUBLES = ("off", "emptied", "401", "503", "login", "cut", "half")


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """No second attempts, and everything is listed each time."""
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    monkeypatch.setattr(engine, "FULL_EVERY", timedelta(0))


@pytest.mark.real
@pytest.mark.parametrize("name", TROUBLES)
@pytest.mark.parametrize("side", SIDES)
def test_nothing_is_deleted_while_a_side_cannot_be_seen(edited, side, name):
    scene = edited
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    if side not in scene.gates and name not in {"off", "emptied"}:
        pytest.skip("not applicable: a folder has no server")
    others = [one for one in scene.sides if one != side]
    before = {one: scene.hands(one).cards(archived=True) for one in scene.sides}
    title = next(t for t, c in before["agenda"].items())
    written = f"Écrit pendant que {side} était {name}"
    with scene.app() as running:
        compiled = running.compiled()
        scene.hands(others[0]).edit(title, description=written)
        with trouble(scene, side, name):
            report = running.engine(compiled.units).sync()
            told = {**report.failures, **{hold.subject: hold.cause for hold in report.holds}}
            assert name == "half" or any(key.startswith(f"{side}/") for key in told), report
            for one in others:
                cards = scene.hands(one).cards(archived=True)
                assert cards.keys() == before[one].keys(), one
                assert cards[title]["description"] == written, one
        assert sync(running).ok
    for one in scene.sides:
        cards = scene.hands(one).cards(archived=True)
        assert cards.keys() == before[one].keys(), one
        assert cards[title]["description"] == written, one


@pytest.mark.real
def test_status_says_what_is_wrong_with_a_side_that_is_switched_off(edited):
    scene = edited
    side = "agenda"
    with trouble(scene, side, "off"):
        done = scene.command("sync")
        assert done.returncode == 1, done
        assert f"{side}" in done.stdout + done.stderr
        status = scene.command("status")
        assert status.returncode == 1, status
        assert f"{side}" in status.stdout
    assert scene.command("sync").returncode == 0
    assert scene.command("status").returncode == 0
