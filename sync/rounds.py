"""Rounds: each unit again and again at its interval, none held up by another.

A unit that failed goes on in a lane of its own kind, so that those which wait for a
broken system never keep a thread from those that work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from threading import Condition

import structlog
from schedule import Scheduler

from sync.errors import JumelageError

log = structlog.get_logger()

WORKERS = 8
"""Units at work at the same time, in each of the two lanes."""
GAP = 2.0
"""Seconds between two beginnings of a unit that is woken again and again."""


class Stopped(BaseException):
    """The daemon is to stop: raised between two pieces of work, never within one."""


class Standing(StrEnum):
    """How a unit came out of its last cycle."""

    NEW = "new"
    IN_STEP = "in step"
    HELD = "held"
    FAILED = "failed"


class Rounds:
    """Units and their turns. `cycle` brings one in step, and tells how it then stands."""

    def __init__(
        self,
        cycle: Callable[[str], Standing],
        workers: int = WORKERS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cycle = cycle
        self._clock = clock
        self._scheduler = Scheduler()
        self._working = ThreadPoolExecutor(workers, "unit")
        self._troubled = ThreadPoolExecutor(workers, "troubled")
        self._changed = Condition()
        self._busy: set[str] = set()
        self._standing: dict[str, Standing] = {}
        self._woken: set[str] = set()
        self._began: dict[str, float] = {}

    def add(self, unit: str, every: float) -> None:
        """Take a unit in: at once, then every so many seconds."""
        self._standing[unit] = Standing.NEW
        self._scheduler.every(max(1, round(every))).seconds.do(self._begin, unit)
        self._begin(unit)

    def tick(self) -> None:
        """Begin the cycles that are due. A unit that is still at work skips its turn."""
        self._scheduler.run_pending()
        for unit in self._ready():
            self._begin(unit)

    def wake(self, unit: str) -> None:
        """Have a unit looked at soon, out of its turn: once more after the cycle under way."""
        with self._changed:
            if unit in self._standing:
                self._woken.add(unit)

    def _ready(self) -> list[str]:
        """The units that were woken and may begin: not at work, and not just begun."""
        with self._changed:
            return [
                unit
                for unit in self._woken - self._busy
                if self._clock() >= self._began.get(unit, -GAP) + GAP
            ]

    def standings(self) -> dict[str, Standing]:
        """How each unit stands."""
        with self._changed:
            return dict(self._standing)

    def stop(self, patience: float) -> bool:
        """Begin nothing more, and wait for what is under way; whether all of it ended."""
        self._scheduler.clear()
        for lane in (self._working, self._troubled):
            lane.shutdown(wait=False, cancel_futures=True)
        with self._changed:
            return self._changed.wait_for(lambda: not self._busy, patience)

    def _begin(self, unit: str) -> None:
        with self._changed:
            if unit in self._busy:
                return
            self._busy.add(unit)
            self._woken.discard(unit)
            self._began[unit] = self._clock()
            failed = self._standing[unit] is Standing.FAILED
        turn = (self._troubled if failed else self._working).submit(self._turn, unit)
        turn.add_done_callback(partial(self._dropped, unit))

    def _dropped(self, unit: str, turn: Future[None]) -> None:
        """A turn that was cancelled before it began: the unit is not at work after all."""
        if turn.cancelled():
            with self._changed:
                self._busy.discard(unit)
                self._changed.notify_all()

    def _turn(self, unit: str) -> None:
        standing = Standing.FAILED
        try:
            with structlog.contextvars.bound_contextvars(unit=unit):
                standing = self._attempt(unit)
        finally:
            with self._changed:
                self._standing[unit] = standing
                self._busy.discard(unit)
                self._changed.notify_all()

    def _attempt(self, unit: str) -> Standing:
        try:
            log.info("cycle_started")
            standing = self._cycle(unit)
        except Stopped:
            return self._standing[unit]
        except JumelageError as error:
            log.error("cycle_failed", reason=str(error))  # noqa: TRY400 - its cause is in its text
            return Standing.FAILED
        except Exception:  # one unit's trouble must not end the others' rounds
            log.exception("cycle_failed")
            return Standing.FAILED
        log.info("cycle_ended", standing=standing.value)
        return standing
