"""Wherever a process dies, and again where the next one recovers, no promise is broken."""

from __future__ import annotations

import pytest

from tests.simulation.crash_points import every_death

HISTORIES = 13
SOAK, EACH = range(30, 500), 5


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_no_death_breaks_a_promise(seed):
    tried = every_death(seed)
    assert tried.points > 20
    assert tried.again > 20, "the recoveries of which it dies too"
    assert not tried.broken


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", SOAK[::EACH])
def test_no_death_of_many_histories_breaks_a_promise(part, record_property):
    tried = [every_death(seed) for seed in range(part, part + EACH)]
    record_property("crash points", sum(one.points for one in tried))
    record_property("crash points of recoveries", sum(one.again for one in tried))
    assert all(one.again for one in tried)
    assert not [b for one in tried for b in one.broken]
