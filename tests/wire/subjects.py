"""Every operation of every connector that speaks HTTP, on a collection of a real server."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from connectors.http import Budget, Quota, timed
from connectors.http import client as http_client
from sync.connector import Connector, Origin
from sync.errors import JumelageError, Refused
from sync.model import Option
from tests.conformance.harness import Bench, Running
from tests.conformance.registry import registered
from tests.wire.line import Line
from tests.wire.tape import Tape

SUBJECTS = (
    "trello-board",
    "caldav-calendar",
    "caldav-tasks",
    "webdav-files",
    "nextcloud-files",
    "nextcloud-tasks",
    "dokuwiki-namespace",
    "mediawiki-namespace",
)
CAP = 2_000_000
"""Bytes that an answer may have in these tests."""
DEADLINE = 0.25
SILENCE = 0.2
RECORDS = 6


class BehindLine(Running):
    """A sandbox reached through a line."""

    def __init__(self, chosen, folder: Path) -> None:
        self.line = Line()
        self.scheme = "http"
        super().__init__(chosen, folder)

    def connect(self, account: str = "sync") -> Connector:
        said = self.sandbox.settings(account)
        here = str(said["url"]).replace(f":{self.sandbox.port}", f":{self.line.port}")
        said["url"] = here.replace("http://", f"{self.scheme}://")
        real, self.sandbox.settings = self.sandbox.settings, lambda _account: said
        try:
            return super().connect(account)
        finally:
            self.sandbox.settings = real


@dataclass
class Op:
    """One operation: `act` does it with a connector that has just signed in."""

    name: str
    act: Callable[[Connector], object]
    writes: bool = False
    signs_in: bool = False
    """Signing in is the operation itself."""


@dataclass
class Subject:
    """A collection with some records in it, and the operations on it."""

    name: str
    running: BehindLine
    bench: Bench
    refs: list[str]
    ops: dict[str, Op]
    tapes: dict[str, Tape] = field(default_factory=dict)
    truths: dict[str, object] = field(default_factory=dict)

    def fresh(self, op: Op) -> Connector:
        """A connector that has signed in, unless that is the operation."""
        connector = self.running.connect()
        if not op.signs_in:
            connector.locate(self.bench.word, self.bench.name)
            connector.schema(self.bench.collection)
        return connector

    def record(self, op: Op) -> Tape:
        """What the operation asks and is told when nothing is wrong; its result is the truth."""
        tape = self.tapes[op.name] = Tape()
        self.running.line.reply = tape.recorder(self.running.sandbox.port)
        connector = self.fresh(op)
        tape.mark = len(tape.asked)
        try:
            self.truths[op.name] = op.act(connector)
        except Refused:
            assert not [*tape.steps], f"{self.name} refuses {op.name}"
        finally:
            self.running.disconnect()
        return tape


def hasty(patch: pytest.MonkeyPatch, silence: float = SILENCE) -> list[float]:
    """Let nobody wait in earnest; what would have been waited for is in the list."""
    waits: list[float] = []
    patch.setattr(http_client, "ATTEMPTS", 2)
    patch.setattr(timed, "DEADLINE", DEADLINE if silence == SILENCE else 60.0)
    real = http_client.Http.__init__

    def quick(self, *args, **options) -> None:
        real(self, *args, **{**options, "sleep": waits.append})
        self._timeout, self._max_body = (2, silence), CAP

    patch.setattr(http_client.Http, "__init__", quick)
    idle = Budget(10**9, 1.0)
    patch.setattr(Budget, "shared", lambda *_: idle)
    patch.setattr(idle, "pause", waits.append)
    patch.setattr(Quota, "take", lambda _: None)
    patch.setattr(Quota, "pause", lambda _, seconds: waits.append(seconds))
    return waits


def open_subject(name: str, folder: Path) -> Subject:
    """Start its server and put some records there. Skips where it cannot be started."""
    connector, _, word = name.partition("-")
    chosen = next(one for one in registered() if one.name == connector and not one.variant)
    if lacking := chosen.sandbox.missing():
        pytest.skip(f"missing server for {connector}: {lacking}")
    running = BehindLine(chosen, folder)
    running.line.reply = Tape().recorder(running.sandbox.port)
    bench = Bench(running, word)
    cursor = next((p.cursor for p in bench.pages() if p.cursor), None)
    first = bench.required()
    origin = bench.origin(first)
    refs = [bench.create(first, origin).ref, *(bench.create().ref for _ in range(RECORDS - 1))]
    return Subject(name, running, bench, refs, _ops(bench, refs, cursor, origin))


def _ops(bench: Bench, refs: list[str], cursor: str | None, left: Origin) -> dict[str, Op]:
    at, blob = bench.collection, any(s.type == "blob" for s in bench.schema.fields.values())
    since = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    fields, origin = bench.required(), bench.origin()
    known = {ref: bench.get(ref) for ref in refs[:3]}
    changed = bench.editable()[0]
    patch = {changed: bench.samples(changed)[-1]}
    found = [
        Op("locate", lambda c: c.locate(bench.word, bench.name), signs_in=True),
        Op("schema", lambda c: c.schema(at)),
        Op("capable", lambda c: c.capable(at)),
        Op("everything", lambda c: list(c.changes(at, None))),
        Op("get", lambda c: c.get(at, refs[0])),
        Op("get_many", lambda c: list(c.get_many(at, refs))),
        Op("children", lambda c: list(c.children(at, refs[0]))),
        Op("find", lambda c: list(c.find(at, left))),
        Op("overwritten", lambda c: list(c.overwritten(at, refs[0], since))),
        Op("create", lambda c: c.create(at, fields, origin=origin), writes=True),
        Op("update", lambda c: c.update(at, refs[1], patch, expect=known[refs[1]].version), writes=True),
        Op("delete", lambda c: c.delete(at, refs[2], expect=known[refs[2]].version), writes=True),
    ]  # fmt: skip
    if cursor is not None:
        found.append(Op("changes", lambda c: list(c.changes(at, cursor))))
    if bench.capabilities.soft_delete:
        found.append(Op("restore", lambda c: c.restore(at, refs[2]), writes=True))
    if blob:
        found.append(Op("open", partial(_read, at, refs[0])))
    if bench.capabilities.options:
        name = next(n for n, s in bench.schema.fields.items() if s.options)
        made = Option("", "Tâches")
        found.append(Op("write_option", lambda c: c.write_option(at, name, made), writes=True))
    return {op.name: op for op in found}


def _read(at, ref: str, connector: Connector) -> bytes:
    with connector.open(at, ref) as content:
        return content.read()


def outcome(act: Callable[[], object]) -> tuple[str, object]:
    """The name of what an operation ended in, and its result or its error."""
    try:
        return "same", act()
    except JumelageError as error:
        return type(error).__name__, error
    except Exception:  # noqa: BLE001 - the finding itself
        return "a fault of ours", traceback.format_exc(limit=-4)
