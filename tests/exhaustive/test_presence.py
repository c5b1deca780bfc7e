"""The planner decides every case of presence as the stated rules do."""

from __future__ import annotations

from itertools import islice

import pytest

from tests.exhaustive.presence import HERE, Case, cases, decide
from tests.exhaustive.presence_cases import planned

EVERY = list(cases())


@pytest.mark.parametrize("here", HERE)
def test_what_is_decided_is_what_the_rules_say(here):
    some = [c for c in EVERY if c.here == here]
    wrong = (f"{c}: {o} is due, not {p}" for c in some if (p := planned(c)) != (o := decide(c)))
    assert len(some) > 1000
    assert not list(islice(wrong, 3))


def test_a_case_that_is_not_possible_is_left_out():
    assert Case("absent") in EVERY
    assert Case("absent", item="dead", stood="gone", other="present") not in EVERY
