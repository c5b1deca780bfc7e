"""A trial: one history as campaigns play it, now and then twice, now and then on SQLite.

What a trial says of a seed depends on nothing but the code: not on the store, not on
the process, not on what was played before.
"""

from __future__ import annotations

import logging
import sqlite3
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import structlog

from sync.store.base import Run, Store
from sync.store.sql import SQLStore
from tests.simulation.forms import FORMS
from tests.simulation.history import History
from tests.simulation.stage import Clock

TWICE = 100
"""One seed in so many is played a second time; its trace must be the same."""
ON_SQLITE = 20
"""One seed in so many is played on SQLite too; its trace must be that of the store in memory."""
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - where no disk is waited for; the code path is the same


class Endless(BaseException):
    """A history that does not come to its end; the engine must not take it for a fault."""


def broken_by(form: str, seed: int) -> list[str]:
    """The promises that a history of this form and seed broke."""
    with quiet():
        broken, trace = played(form, seed)
        if seed % TWICE == 0 and (broken, trace) != played(form, seed):
            broken.append("played again, it left another trace")
        if seed % ON_SQLITE == 1 and (broken, trace) != _played_on_sqlite(form, seed):
            broken.append("played on SQLite, it left another trace")
    return broken


def played(form: str, seed: int) -> tuple[list[str], list[str]]:
    history = History(seed, FORMS[form])
    return _end(history), history.stage.trace


def _played_on_sqlite(form: str, seed: int) -> tuple[list[str], list[str]]:
    """The same on the real store, which every crash closes and opens again."""
    beside = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        history = History(seed, FORMS[form])
        stage = history.stage
        history.events.keeping = on_disk = OnDisk(Path(folder), stage.clock)
        stage.store = on_disk.begin("the first")
        stage.engine = stage.rebuild()
        try:
            return _end(history), stage.trace
        finally:
            stage.store.close()


class OnDisk:
    """A database, beside its witness, that is deleted or overwritten with a copy.

    It is for the store itself to find out.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path, self._copy = folder / "state.db", folder / "copy.db"
        self._clock = clock

    def begin(self, generation: str) -> SQLStore:
        """A store that holds nothing; no other is of its generation."""
        self._path.write_bytes(_empty_database(generation))
        return self._open()

    def _open(self) -> SQLStore:
        return SQLStore(f"sqlite:///{self._path}", clock=self._clock)

    def back_up(self, store: Store) -> None:  # noqa: ARG002 - the protocol's
        with (
            closing(sqlite3.connect(self._path)) as here,
            closing(sqlite3.connect(self._copy)) as copy,
        ):
            here.backup(copy)

    def lose(self, store: Store, how: str) -> Store:
        """A run comes first, so that the copy is older even if nothing was done since."""
        with store.transaction() as change:
            change.put_run(Run("the last one", self._clock.now))
        store.close()
        if how == "older":
            self._path.write_bytes(self._copy.read_bytes())
            return self._open()
        self._path.unlink()
        return self.begin("the second")


def _end(history: History) -> list[str]:
    try:
        return history.play()
    except (Exception, Endless):  # noqa: BLE001 - an engine that fails breaks every promise
        return [traceback.format_exc(limit=-5)]


@cache
def _empty_database(generation: str) -> bytes:
    """What a new store holds: made once, since the migrations take longer than a history."""
    with tempfile.TemporaryDirectory() as folder:
        SQLStore(f"sqlite:///{folder}/state.db", token=lambda: generation).close()
        return Path(folder, "state.db").read_bytes()


@contextmanager
def quiet() -> Iterator[None]:
    """What goes wrong in a history is meant to; nobody wants to read it."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
