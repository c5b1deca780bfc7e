"""A trial: one history as campaigns play it, now and then twice, now and then on SQLite.

What a trial says of a seed depends on nothing but the code: not on the store, not on
the process, not on what was played before.
"""

from __future__ import annotations

import logging
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import structlog

from sync.store.sql import SQLStore
from tests.simulation.forms import FORMS
from tests.simulation.history import History

TWICE = 100
"""One seed in so many is played a second time; its trace must be the same."""
ON_SQLITE = 20
"""One seed in so many is played on SQLite too; its trace must be that of the store in memory.

None of a form in which the store is lost: that is done to the one in memory.
"""
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - where no disk is waited for; the code path is the same


def broken_by(form: str, seed: int) -> list[str]:
    """The promises that a history of this form and seed broke."""
    with quiet():
        broken, trace = played(form, seed)
        if seed % TWICE == 0 and (broken, trace) != played(form, seed):
            broken.append("played again, it left another trace")
        on_sqlite = seed % ON_SQLITE == 1 and not FORMS[form].loss
        if on_sqlite and (broken, trace) != _played_on_sqlite(form, seed):
            broken.append("played on SQLite, it left another trace")
    return broken


def played(form: str, seed: int) -> tuple[list[str], list[str]]:
    history = History(seed, FORMS[form])
    return _end(history), history.stage.trace


def _played_on_sqlite(form: str, seed: int) -> tuple[list[str], list[str]]:
    """The same on the real store, which every crash closes and opens again."""
    beside = IN_MEMORY if IN_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        Path(folder, "state.db").write_bytes(_empty_database())
        history = History(seed, FORMS[form])
        stage = history.stage
        stage.store = SQLStore(f"sqlite:///{folder}/state.db", clock=stage.clock)
        stage.engine = stage.rebuild()
        try:
            return _end(history), stage.trace
        finally:
            stage.store.close()


def _end(history: History) -> list[str]:
    try:
        return history.play()
    except Exception:  # noqa: BLE001 - an engine that fails breaks every promise
        return [traceback.format_exc(limit=-5)]


@cache
def _empty_database() -> bytes:
    """What a new store holds: made once, since the migrations take longer than a history."""
    with tempfile.TemporaryDirectory() as folder:
        SQLStore(f"sqlite:///{folder}/state.db").close()
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
