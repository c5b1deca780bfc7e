"""The planner decides every case of presence as the stated rules do."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.exhaustive.presence import HERE, POWERS, Case, cases, decide
from tests.exhaustive.presence_cases import planned

PARTS = [(here, powers) for here in HERE for powers in POWERS]


@pytest.mark.parametrize(("here", "powers"), PARTS)
def test_what_is_decided_is_what_the_rules_say(here, powers):
    some = [c for c in cases() if (c.here, c.powers) == (here, powers)]
    wrong = (f"{c}: {o} is due, not {p}" for c in some if (p := planned(c)) != (o := decide(c)))
    assert len(some) > 100
    assert not list(islice(wrong, 3))


def test_a_case_that_is_not_possible_is_left_out():
    every = set(cases())
    assert Case("absent") in every
    assert Case("absent", item="dead", stood="gone", other="present") not in every
