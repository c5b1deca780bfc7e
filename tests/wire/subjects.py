"""Every operation of every connector that speaks HTTP, on a collection of a real server."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from connectors.dokuwiki import connector as dokuwiki
from connectors.http import Budget, Quota, timed
from connectors.http import client as http_client
from connectors.webdav import connector as webdav
from sync.connector import Connector
from sync.errors import Ambiguous, JumelageError, Refused, Unreachable
from tests.conformance.harness import Bench, Running
from tests.conformance.registry import registered
from tests.wire.line import Line
from tests.wire.operations import Op, operations
from tests.wire.tape import Tape

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
        """A connector that has signed in, unless that is the operation.

        Signing in is not what is tried: a busy machine may take longer than is waited for.
        """
        connector = self.running.connect()
        for _ in range(5 if not op.signs_in else 0):
            with suppress(Unreachable, Ambiguous):
                connector.locate(self.bench.word, self.bench.name)
                connector.schema(self.bench.collection)
                break
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
    patch.setattr(dokuwiki, "SECOND", 0.0)
    patch.setattr(webdav, "TICK", 0.0)
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
    ops = operations(name, bench, refs, cursor, origin)
    return Subject(name, running, bench, refs, {op.name: op for op in ops})


def outcome(act: Callable[[], object]) -> tuple[str, object]:
    """The name of what an operation ended in, and its result or its error."""
    try:
        return "same", act()
    except JumelageError as error:
        return type(error).__name__, error
    except Exception:  # noqa: BLE001 - the finding itself
        return "a fault of ours", traceback.format_exc(limit=-4)
