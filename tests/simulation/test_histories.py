"""Random histories break no promise, and the checker would notice if an engine did."""

from __future__ import annotations

import pytest
import structlog

from tests.simulation.history import play
from tests.simulation.wrong import ENGINES

PARTS, EACH = 10, 150
KILLERS = (
    19,
    63,
    64,
    133,
    637,
    941,
    1249,
    1340,
    1398,
    45,
    158,
    373,
    452,
    614,
    1404,
    5209,
    9733,
    10285,
    4922,
    4904,
    9955,
    12810,
    14665,
    15522,
)
"""Seeds that once broke an engine, in the form of the simulation of that day."""
PATIENCE = 400
"""Histories within which a wrong engine must be found out."""


@pytest.fixture(autouse=True)
def _quiet():
    def drop(*_):
        raise structlog.DropEvent

    with structlog.testing.capture_logs():
        structlog.configure(processors=[drop])
        yield
    structlog.reset_defaults()


def broken(seed):
    found, _ = play(seed)
    return (
        [f"`python -m tests.simulation.history {seed} {seed + 1} trace`", *found] if found else []
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_no_history_breaks_a_promise(part):
    assert not [b for seed in range(part * EACH, (part + 1) * EACH) if (b := broken(seed))]


@pytest.mark.parametrize("seed", KILLERS)
def test_a_history_that_once_broke_a_promise_breaks_none(seed):
    assert not broken(seed)


@pytest.mark.parametrize("seed", range(0, PARTS * EACH, 100))
def test_a_seed_played_twice_leaves_the_same_trace_on_the_wire(seed):
    assert play(seed)[1].trace == play(seed)[1].trace


@pytest.mark.parametrize("wrong", ENGINES, ids=lambda wrong: wrong.__name__)
def test_the_checker_finds_out_an_engine_in_which(wrong, monkeypatch):
    wrong(monkeypatch.setattr)
    assert any(play(seed)[0] for seed in range(PATIENCE))
