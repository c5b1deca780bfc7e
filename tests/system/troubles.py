"""What can be wrong with a side as a whole, brought about and put right again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.system import gate
from tests.system.gate import Answer, Asked
from tests.system.world import Scene

RESPONSE = re.compile(rb"<(?:\w+:)?response>.*?</(?:\w+:)?response>", re.DOTALL)
ROW = re.compile(rb"<value><struct>.*?</struct></value>", re.DOTALL)


@contextmanager
def trouble(scene: Scene, side: str, name: str) -> Iterator[None]:
    """Let a side be in trouble. Raises LookupError where it cannot be in this one."""
    if name == "emptied":
        with emptied(scene, side):
            yield
        return
    if side not in scene.gates:
        yield from _folder(scene, side, name)
        return
    at = scene.gates[side]
    match name:
        case "off":
            at.stop()
        case "401" | "503":
            at.instead = gate.status(int(name))
        case "login":
            at.instead = gate.login
        case "cut":
            at.bend = lambda _, answer: replace(answer, body=answer.body[: len(answer.body) // 2])
        case "half":
            at.bend = HALVES[side]
    try:
        yield
    finally:
        at.reset()


def _folder(scene: Scene, side: str, name: str) -> Iterator[None]:
    """A folder has no server: all that can befall it is that it is not mounted."""
    if name != "off":
        raise LookupError(f"{side} has no server that could be in this trouble")
    sandbox = scene.sandboxes[side]
    sandbox.stop()
    try:
        yield
    finally:
        (sandbox.folder / "unmounted").rename(sandbox.folder / "notes")


@contextmanager
def emptied(scene: Scene, side: str) -> Iterator[None]:
    """Everything is gone from a collection, as after a wrong restore of a server."""
    if side == "trello":
        cards = scene.sandboxes[side].state.cards
        kept = dict(cards)
        cards.clear()
        try:
            yield
        finally:
            cards.update(kept)
        return
    if side == "wiki":
        at = scene.gates[side]
        at.bend = _no_pages
        try:
            yield
        finally:
            at.reset()
        return
    kept_in = enumerate(files(scene, side))
    away = {file: file.rename(scene.folder / f"away-{n}") for n, file in kept_in}
    try:
        yield
    finally:
        for file, kept_at in away.items():
            kept_at.rename(file)


def files(scene: Scene, side: str) -> list[Path]:
    """The files in which a server keeps a collection, or the folder itself."""
    folder, name = scene.sandboxes[side].folder, scene.collections[side]
    if side == "agenda":
        return sorted((folder / "collections/collection-root/sync" / name).glob("*.ics"))
    if side == "doku":
        return sorted((folder / "data/pages" / name).glob("*.txt"))
    return sorted((folder / "notes" / name).glob("*.md"))


# Half a listing: well-formed, and lacking every second record


def _half_board(asked: Asked, answer: Answer) -> Answer:
    if not asked.path.startswith("/1/boards/") or b'"cards"' not in answer.body:
        return answer
    board = json.loads(answer.body)
    board["cards"] = board["cards"][::2]
    return replace(answer, body=json.dumps(board).encode())


def _half_tasks(asked: Asked, answer: Answer) -> Answer:
    if b"multiget" in asked.body or asked.method not in {"REPORT", "PROPFIND"}:
        return answer
    return replace(answer, body=_every_second(RESPONSE, answer.body))


def _half_pages(asked: Asked, answer: Answer) -> Answer:
    if b"getPagelist" not in asked.body:
        return answer
    return replace(answer, body=_every_second(ROW, answer.body))


def _half_wiki(asked: Asked, answer: Answer) -> Answer:
    if "allpages" not in asked.path and b"allpages" not in asked.body:
        return answer
    told = json.loads(answer.body)
    return replace(answer, body=json.dumps(_thinned(told)).encode())


def _thinned(told):
    """The query's pages, every second one left out."""
    query = told.get("query", {})
    for name in ("pages", "allpages"):
        if isinstance(query.get(name), list):
            query[name] = query[name][::2]
        elif isinstance(query.get(name), dict):
            query[name] = dict(list(query[name].items())[::2])
    return told


def _no_pages(asked: Asked, answer: Answer) -> Answer:
    told = json.loads(answer.body)
    query = told.get("query", {})
    if isinstance(query.get("pages"), list):
        pages = query["pages"]
        query["pages"] = [
            {"ns": p.get("ns", 0), "title": p["title"], "missing": True} for p in pages
        ]
        if "allpages" in asked.path or b"allpages" in asked.body:
            query.pop("pages")
    return replace(answer, body=json.dumps(told).encode())


def _every_second(pattern: re.Pattern[bytes], body: bytes) -> bytes:
    turn = iter(range(1 << 30))
    return pattern.sub(lambda found: found[0] if next(turn) % 2 else b"", body)


HALVES: dict[str, Callable[[Asked, Answer], Answer]] = {
    "trello": _half_board,
    "agenda": _half_tasks,
    "doku": _half_pages,
    "wiki": _half_wiki,
}
