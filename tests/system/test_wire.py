"""Servers that answer nonsense, through the whole engine: nothing is deleted, nothing doubled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.http import client
from sync import engine
from tests.system.gate import LOGIN, Answer, Asked
from tests.system.world import DEMO, SIDES, some

READS = {"GET", "PROPFIND", "REPORT", "OPTIONS"}
SAVING = (b"putPage", b"action=edit", b"action=delete")


def writes(asked: Asked) -> bool:
    if asked.path.split("?")[0].endswith(".php"):
        return any(name in asked.body for name in SAVING)
    return asked.method not in READS


def said(body: bytes, status: int = 200) -> Callable[[Asked, Answer], Answer]:
    return lambda _, answer: replace(answer, body=body, status=status)


def after_writing(answered: Answer) -> Callable[[Asked, Answer], Answer]:
    """Do what is asked, and say something else of it."""
    return lambda asked, answer: answered if writes(asked) else answer


BENDS = {
    "an object": said(b"{}"),
    "null": said(b"null"),
    "an empty list": said(b"[]"),
    "other XML": said(b"<multistatus xmlns='DAV:'><response/></multistatus>"),
    "nothing": said(b""),
    "500 after writing": after_writing(Answer(500, b"no")),
    "a login page after writing": after_writing(
        Answer(200, LOGIN, [("Content-Type", "text/html")])
    ),
    "an object after writing": after_writing(Answer(200, b"{}")),
}


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """No second attempts, and everything is listed each time."""
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    monkeypatch.setattr(engine, "FULL_EVERY", timedelta(0))


@pytest.mark.real
@pytest.mark.parametrize("side", [side for side in SIDES if side != "notes"])
def test_nonsense_deletes_nothing_and_doubles_nothing(scenes, tmp_path, side):
    scene = scenes(some(DEMO, 6, tmp_path))
    assert scene.sync().ok
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    for name, bend in BENDS.items():
        before = {one: scene.hands(one).cards(archived=True) for one in scene.sides}
        old, new = next(iter(before["agenda"])), f"Nouvelle {name} {side}"
        scene.hands("notes").make(new, list=before["notes"][old]["list"])
        scene.hands("notes").edit(old, description=f"Écrit, {name} sur {side}")
        with scene.app() as running:
            compiled = running.compiled()
            scene.gates[side].bend = bend
            running.engine(compiled.units).sync()
            scene.gates[side].reset()
        for _cycle in range(3):
            report = scene.sync()
        assert report.ok, (name, report)
        for one in scene.sides:
            cards = scene.hands(one).cards(archived=True)
            assert before[one].keys() <= cards.keys(), (name, one)
            assert cards.keys() - before[one].keys() <= {new}, (name, one)
            assert cards[old]["description"] == f"Écrit, {name} sur {side}", (name, one)
