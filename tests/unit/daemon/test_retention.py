"""What the service remembers goes at the time that the settings tell, and not before."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from sync.app import assembled, configure
from sync.daemon import TIDY_EVERY, Daemon
from sync.erasure import SPARED
from sync.settings import load
from sync.state import JournalEntry, Salvage
from sync.store.base import Run
from sync.store.sql import SQLStore

SOON = 10.0
"""Seconds that a thread may take; reached only where something is wrong."""
SETTINGS = """\
systems: {one: {connector: folder, path: one}}
retention: {journal: %s, kept: %s, runs: %s}
"""
AGES = (10, 100, 1000)
"""Days ago at which something was done."""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "mappings").mkdir()
    (tmp_path / "one").mkdir()
    return tmp_path


def remember(place, age):
    """A run of so many days ago, with a line of the journal and two values that were kept."""
    then = datetime.now(UTC) - timedelta(days=age)
    with closing(SQLStore(f"sqlite:///{place / 'state.db'}", clock=lambda: then)) as store:
        fill(store, then, age)


def fill(store, then, age):
    name = f"r{age}"
    with store.transaction() as tx:
        tx.put_run(Run(name, then, then, "ok", {"written": 1}))
        before, after = {"title": "Vorher"}, {"title": f"vor {age} Tagen"}
        tx.append(JournalEntry(name, "update", f"i{age}", "one/x:1", "1", before, after, "changed"))
        tx.keep(name, Salvage(f"i{age}", "title", "offen", "one/x:1", "conflict"))
        tx.keep(name, Salvage(f"i{age}", "title", "verdeckt", "one/x:1", "unseen"))


def spare(place):
    """Runs enough that no older one is spared for being among the last."""
    now = datetime.now(UTC)
    with closing(SQLStore(f"sqlite:///{place / 'state.db'}")) as store, store.transaction() as tx:
        for number in range(SPARED):
            tx.put_run(Run(f"now{number}", now, now, "ok", {"written": 1}))


class Time:
    """The daemon's own clock."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@contextmanager
def serving(place, journal, kept="never", runs="never"):
    """A daemon that looks at what is due whenever it is asked to, and its clock."""
    file = place / "jumelage.yaml"
    file.write_text(SETTINGS % (journal, kept, runs), "utf-8")
    clock = Time()
    with assembled(configure(load(file))) as app:
        daemon = Daemon(app, threading.Event(), clock)

        def look():
            daemon.tick()
            for thread in threading.enumerate():
                if thread.name == "tidy":
                    thread.join(SOON)
                    assert not thread.is_alive()
            return remembered(app.store)

        yield look, clock, app.store


def remembered(store):
    """The ages of the lines that still say something, of kept values, and of runs."""
    assert store.broken() == []
    return (
        sorted(int(line.entry.run[1:]) for line in store.journal() if line.entry.after),
        sorted(int(one.run[1:]) for one in store.kept() if one.salvage.cause == "unseen"),
        sorted(int(run.id[1:]) for run in store.runs(None) if run.id.startswith("r")),
    )


@pytest.mark.parametrize(
    ("limits", "left"),
    [
        (("90 d", "never", "never"), ([10], [10, 100, 1000], [10, 100, 1000])),
        (("never", "90 d", "never"), ([10, 100, 1000], [10], [10, 100, 1000])),
        (("never", "never", "90 d"), ([10, 100, 1000], [10, 100, 1000], [10])),
        (("2 y", "14 w", "18 months"), ([10, 100], [10], [10, 100])),
        (("never", "never", "never"), ([*AGES], [*AGES], [*AGES])),
    ],
)
def test_each_thing_goes_at_the_time_that_is_told_for_it(place, limits, left):
    for age in AGES[::-1]:
        remember(place, age)
    spare(place)
    with serving(place, *limits) as (look, _clock, store):
        assert look() == left
        conflicts = [one for one in store.kept() if one.salvage.cause == "conflict"]
        assert len(conflicts) == len(AGES), "what nobody has settled stays"


def test_it_is_looked_at_once_a_day(place):
    remember(place, 1000)
    spare(place)
    with serving(place, "90 d") as (look, clock, store):
        assert look()[0] == []
        fill(store, datetime.now(UTC), 5)
        old = datetime.now(UTC) - timedelta(days=200)
        store._clock = lambda: old
        fill(store, old, 200)
        clock.seconds = TIDY_EVERY - 1
        assert look()[0] == [5, 200]
        clock.seconds = TIDY_EVERY
        assert look()[0] == [5]


def test_what_is_gone_is_not_in_the_file_any_more(place):
    remember(place, 1000)
    spare(place)
    assert b"vor 1000 Tagen" in (place / "state.db").read_bytes()
    with serving(place, "90 d") as (look, _clock, _store):
        look()
    assert b"vor 1000 Tagen" not in (place / "state.db").read_bytes()
