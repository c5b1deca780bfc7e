"""Campaigns: random histories by the hundred thousand, in turn of every form.

    python -m tests.simulation.campaign --histories 1000000
    python -m tests.simulation.campaign --minutes 30 --form wide --processes 1

Each goes on where the ledger says that the last one stopped; Ctrl-C stops it without
losing what was played. Seeds that broke a promise are tried again first, if the
engine has changed since. The exit code is 1 as long as any seed breaks a promise.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.simulation.forms import FORMS
from tests.simulation.ledger import (
    DEFAULT,
    Ledger,
    Played,
    commit_of_the_engine,
    version_of_the_simulation,
)
from tests.simulation.trial import Endless, broken_by

SIZE = 200
"""Seeds that one process is given at a time."""
PATIENCE = 120
"""Seconds of CPU after which a history is taken for endless."""

_stopped: list[Event] = []


# In the processes that play


def _begin(stop: Event) -> None:
    _stopped.append(stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started it tells when to stop
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _patience() -> Iterator[None]:
    def endless(*_: object) -> None:
        raise Endless(f"no end after {PATIENCE} seconds of CPU")

    former = signal.signal(signal.SIGPROF, endless)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE, PATIENCE)  # it is played more than once
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def _play(task: Played) -> Played:
    """Play the seeds of a task; fewer, if all is to stop."""
    began, seed = time.monotonic(), task.first
    while seed < task.last and not (_stopped and _stopped[0].is_set()):
        with _patience():
            if broken := broken_by(task.form, seed):
                task.broken[str(seed)] = broken[:3]
        seed += 1
    task.last, task.seconds = seed, round(time.monotonic() - began, 2)
    return task


# In the process that sees to them


@dataclass
class Campaign:
    """What is to be played, and what is said of it."""

    ledger: Ledger
    forms: Sequence[str]
    histories: int
    """Histories that the ledger is to hold in the end."""
    minutes: float = float("inf")
    processes: int = 2
    tell: Callable[[str], None] = print

    def __post_init__(self) -> None:
        self._version, self._commit = version_of_the_simulation(), commit_of_the_engine()

    def run(self) -> bool:
        """Play on; tell whether no seed breaks a promise now."""
        context = get_context("spawn")
        stop, ends = context.Event(), time.monotonic() + 60 * self.minutes
        tasks = self._tasks()
        under_way: set[Future[Played]] = set()
        with ProcessPoolExecutor(self.processes, context, _begin, (stop,)) as pool:
            try:
                while True:
                    if time.monotonic() > ends:
                        stop.set()
                        tasks = iter(())
                    while len(under_way) < self.processes and (task := next(tasks, None)):
                        under_way.add(pool.submit(_play, task))
                    if not under_way:
                        break
                    ended, under_way = wait(under_way, 1.0, FIRST_COMPLETED)
                    self._take(ended)
            except KeyboardInterrupt:
                stop.set()
                self._take(wait(under_way).done)
        self.tell(self.ledger.table())
        return not self._still_broken()

    def _tasks(self) -> Iterator[Played]:
        """First what broke a promise on another engine, then what was never played."""
        again = (
            Played(form, seed, seed + 1, self._version, self._commit, again=True)
            for form, seed, then in self.ledger.open(self._version)
            if then.commit != self._commit and form in self.forms
        )
        return chain(again, self._new())

    def _new(self) -> Iterator[Played]:
        left = self.histories - self.ledger.histories
        gaps = [(form, self.ledger.gaps(form, self._version, SIZE)) for form in self.forms]
        while True:
            for form, gap in gaps:
                if left <= 0:
                    return
                first, last = next(gap)
                last = min(last, first + left)
                left -= last - first
                yield Played(form, first, last, self._version, self._commit)

    def _take(self, ended: set[Future[Played]]) -> None:
        for one in (future.result() for future in ended):
            if one.last == one.first:
                continue
            self.ledger.add(one)
            for seed, broken in one.broken.items():
                self.tell(f"{one.form} {seed}: " + "\n   ".join(broken))
            pace = (one.last - one.first) / max(one.seconds, 0.01)
            self.tell(
                f"{one.form} {one.first:,} to {one.last:,}: {len(one.broken)} broken,"
                f" {pace:.0f} a second; {self.ledger.histories:,} of {self.histories:,}"
            )

    def _still_broken(self) -> bool:
        still = self.ledger.open(self._version)
        for form, seed, _ in still:
            self.tell(f"broken: python -m tests.simulation.history {seed} {seed + 1} {form} trace")
        return bool(still)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play a campaign; 1 if a seed breaks a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.campaign")
    parser.add_argument("--histories", type=int, default=1_000_000, help="in the ledger, in all")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="and no longer")
    parser.add_argument("--form", action="append", choices=sorted(FORMS), help="default: all")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--ledger", type=Path, default=DEFAULT)
    given = parser.parse_args(arguments)
    forms = given.form or list(FORMS)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ledger = Ledger(given.ledger)

    def tell(line: str) -> None:
        print(line, flush=True)  # noqa: T201

    campaign = Campaign(ledger, forms, given.histories, given.minutes, given.processes, tell)
    return 0 if campaign.run() else 1


if __name__ == "__main__":
    sys.exit(main())
