"""The rest of the histories, some on the real store, and that a wrong recovery is found out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from sync.recover import Recovery
from sync.store.base import Store
from sync.store.sql import SQLStore
from tests.simulation.crash_points import Open, Rehearsal, every_death
from tests.simulation.stage import Stage
from tests.simulation.test_crash_points import HISTORIES

LAST = 30
SMALL = 3
"""A history with few points."""


@pytest.mark.parametrize("seed", range(HISTORIES, LAST))
def test_no_death_in_the_other_histories_breaks_a_promise(seed):
    tried = every_death(seed)
    assert tried.points > 20
    assert tried.again > 20, "the recoveries of which it dies too"
    assert not tried.broken


def on_disk(folder: Path) -> Open:
    """A database for each history; whoever starts opens it anew."""
    numbers = count()

    def opened(stage: Stage) -> Callable[[], Store]:
        path = folder / f"{next(numbers)}.db"
        known: list[Store] = []

        def start() -> Store:
            for store in known:
                store.close()
            known[:] = [SQLStore(f"sqlite:///{path}", clock=stage.clock, token=lambda: "t")]
            return known[0]

        return start

    return opened


@pytest.mark.parametrize("point", range(1, 72, 5))
def test_a_death_breaks_no_promise_on_the_real_store(point, tmp_path):
    played = Rehearsal(SMALL, (point,), on_disk(tmp_path)).play()
    assert played.points.dead
    assert not played.broken


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("seed", range(SMALL, SMALL + 5))
def test_no_death_breaks_a_promise_on_the_real_store(seed, tmp_path, record_property):
    tried = every_death(seed, on_disk(tmp_path))
    record_property("crash points on disk", tried.points + tried.again)
    assert not tried.broken


def test_a_history_that_dies_once_is_the_same_each_time():
    one, other = Rehearsal(SMALL, (25,)).play(), Rehearsal(SMALL, (25,)).play()
    assert one.trace == other.trace
    assert one.points.lives == other.points.lives
    assert len(one.points.lives) == 2


def test_a_recovery_that_takes_every_update_for_done_is_found_out(monkeypatch):
    def wrong(self, member, item, intent):
        side = item.sides[member.key]
        side.seen |= intent.views
        side.base |= intent.values
        self._commit(intent, [item], intent.ref)
        return True

    monkeypatch.setattr(Recovery, "_update", wrong)
    assert every_death(SMALL).broken
