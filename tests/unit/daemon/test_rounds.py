"""Rounds: who has a turn when, and that nobody's trouble is another's."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event

import pytest

from sync.rounds import GAP, Rounds, Standing, Stopped

SOON = 5.0
"""Seconds that a thread may take; reached only where something is wrong."""


class Cycle:
    """A cycle that notes its turns, and ends when it is let."""

    def __init__(self) -> None:
        self.turns: list[str] = []
        self.began: dict[str, Event] = {}
        self.gates: dict[str, Event] = {}
        self.answers: dict[str, object] = {}

    def __call__(self, unit) -> Standing:
        self.turns.append(unit)
        self.began.setdefault(unit, Event()).set()
        if unit in self.gates:
            assert self.gates[unit].wait(SOON)
        answer = self.answers.get(unit, Standing.IN_STEP)
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def cycle():
    return Cycle()


def due(rounds):
    """Every unit's turn has come."""
    for job in rounds._scheduler.jobs:
        job.next_run = datetime.now() - timedelta(seconds=1)  # noqa: DTZ005 - as the library counts
    rounds.tick()


def settled(rounds):
    """All that began has ended; nothing begins any more."""
    idle(rounds)
    assert rounds.stop(SOON)
    return rounds.standings()


def idle(rounds):
    with rounds._changed:
        assert rounds._changed.wait_for(lambda: not rounds._busy, SOON)


def test_a_unit_has_its_first_turn_at_once(cycle):
    rounds = Rounds(cycle)
    rounds.add("a", 300)
    assert settled(rounds) == {"a": Standing.IN_STEP}
    assert cycle.turns == ["a"]


def test_a_unit_has_its_next_turn_when_it_is_due_and_not_before(cycle):
    rounds = Rounds(cycle)
    rounds.add("a", 300)
    idle(rounds)
    rounds.tick()
    assert cycle.turns == ["a"]
    due(rounds)
    settled(rounds)
    assert cycle.turns == ["a", "a"]


def test_a_unit_that_is_still_at_work_skips_its_turn(cycle):
    cycle.gates["a"] = Event()
    rounds = Rounds(cycle)
    rounds.add("a", 300)
    due(rounds)
    cycle.gates["a"].set()
    settled(rounds)
    assert cycle.turns == ["a"]


def test_units_that_hang_on_a_broken_system_keep_no_thread_from_the_others(cycle):
    rounds = Rounds(cycle, workers=2)
    for unit in ("x", "y", "z"):
        cycle.answers[unit] = Standing.FAILED
        rounds.add(unit, 300)
    idle(rounds)
    for unit in ("x", "y", "z"):
        cycle.gates[unit] = Event()
    due(rounds)
    rounds.add("well", 300)
    assert cycle.began.setdefault("well", Event()).wait(SOON)
    for gate in cycle.gates.values():
        gate.set()
    assert settled(rounds)["well"] is Standing.IN_STEP


def test_an_error_in_one_cycle_ends_neither_its_rounds_nor_the_others(cycle):
    cycle.answers["a"] = RuntimeError("broken")
    rounds = Rounds(cycle)
    rounds.add("a", 300)
    rounds.add("b", 300)
    idle(rounds)
    assert rounds.standings() == {"a": Standing.FAILED, "b": Standing.IN_STEP}
    del cycle.answers["a"]
    due(rounds)
    assert settled(rounds)["a"] is Standing.IN_STEP


def test_stopping_waits_for_what_is_under_way_and_begins_nothing_more(cycle):
    cycle.gates["a"] = Event()
    rounds = Rounds(cycle, workers=1)
    rounds.add("a", 300)
    rounds.add("queued", 300)
    assert cycle.began.setdefault("a", Event()).wait(SOON)
    assert not rounds.stop(0.01)
    cycle.gates["a"].set()
    assert rounds.stop(SOON)
    assert "queued" not in cycle.turns


def test_a_cycle_that_was_stopped_leaves_the_unit_as_it_stood(cycle):
    rounds = Rounds(cycle)
    rounds.add("a", 300)
    idle(rounds)
    cycle.answers["a"] = Stopped()
    due(rounds)
    assert settled(rounds)["a"] is Standing.IN_STEP


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_unit_that_is_woken_has_a_turn_before_it_is_due(cycle):
    clock = Time()
    rounds = Rounds(cycle, clock=clock)
    rounds.add("a", 300)
    rounds.add("b", 300)
    idle(rounds)
    clock.now += GAP
    rounds.wake("a")
    rounds.wake("a")
    rounds.wake("nobody")
    rounds.tick()
    rounds.tick()
    settled(rounds)
    assert sorted(cycle.turns) == ["a", "a", "b"]


def test_a_unit_that_is_woken_at_work_has_one_more_turn_afterwards(cycle):
    clock = Time()
    cycle.gates["a"], cycle.began["a"] = Event(), Event()
    rounds = Rounds(cycle, clock=clock)
    rounds.add("a", 300)
    clock.now += GAP
    for _turn in range(3):
        rounds.wake("a")
        rounds.tick()
    assert cycle.began["a"].wait(SOON)
    assert cycle.turns == ["a"]
    cycle.gates["a"].set()
    idle(rounds)
    rounds.tick()
    settled(rounds)
    assert cycle.turns == ["a", "a"]


def test_a_unit_that_is_woken_again_and_again_rests_in_between(cycle):
    clock = Time()
    rounds = Rounds(cycle, clock=clock)
    rounds.add("a", 300)
    idle(rounds)
    for _turn in range(10):
        rounds.wake("a")
        rounds.tick()
        idle(rounds)
    assert cycle.turns == ["a"]
    clock.now += GAP
    rounds.tick()
    settled(rounds)
    assert cycle.turns == ["a", "a"]
