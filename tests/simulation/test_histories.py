"""Random histories break no promise, and the checker would notice if an engine did."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.store.sql import SQLStore
from tests.simulation.forms import FORMS
from tests.simulation.histories import OPEN, broken_promises
from tests.simulation.trial import ON_SQLITE, broken_by

KILLERS = [
    (form, seed)
    for form, seeds in {
        "classic": (
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
            12259,
            20680,
            1584,
            4898,
        ),
        "remapped": (
            *(29, 93, 260, 312, 363, 627, 698, 736, 812, 902, 1169, 1234, 1237, 1240, 1250),
            *(238, 1278, 1321, 1584, 1622, 1624, 1771, 3764, 50744),
        ),
        "edited": (4140,),
        "turned": (2853, 10028, 10132),
        "filters": (25, 140, 725, 1827, 1894, 4458, 7300091),
        "wide": (5795,),
        "rough": (9, 13, 182, 183, 262, 269, 1709, 4256, 8387, 7853, 8262),
        "late": (663, 51109),
        "lost": (221, 224, 718, 2481, 2582, 3111, 52786),
        "older": (1765, 9208, 51483),
    }.items()
    for seed in seeds
]
"""Seeds that once broke an engine, in the simulation of that day."""
DIGESTS = """
import hashlib, sys
from tests.simulation.trial import played, quiet
with quiet():
    for seed in range(0, 30):
        broken, trace = played(sys.argv[1], seed)
        print(seed, broken, hashlib.sha256(repr(trace).encode()).hexdigest())
"""


@pytest.mark.xfail(strict=True, reason="a fault that is known, and not mended yet")
@pytest.mark.parametrize(("form", "seed"), [(form, s) for form in OPEN for s in OPEN[form]])
def test_a_history_that_breaks_a_promise_still(form, seed):
    assert not broken_by(form, seed)


@pytest.mark.parametrize(("form", "seed"), KILLERS)
def test_a_history_that_once_broke_a_promise_breaks_none(form, seed):
    assert not broken_promises(form, range(seed, seed + 1))


@pytest.mark.parametrize("form", FORMS)
def test_a_seed_played_twice_leaves_the_same_trace_on_the_wire(form):
    """In processes of their own, since each orders its sets in a way of its own."""
    assert _digests(form, "1") == _digests(form, "2")


def _digests(form: str, order: str) -> str:
    return subprocess.check_output(
        [sys.executable, "-c", DIGESTS, form],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "PYTHONHASHSEED": order},
        text=True,
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_seed_leaves_the_same_trace_whatever_store_it_is_played_on(form):
    assert not broken_promises(form, range(1, 6 * ON_SQLITE, ON_SQLITE))


@pytest.mark.parametrize("form", [form for form in FORMS if FORMS[form].loss])
def test_a_database_that_does_not_notice_what_became_of_it_is_found_out(form, monkeypatch):
    monkeypatch.setattr(SQLStore, "lost", lambda _: None)
    (broken,) = broken_promises(form, range(1, 2))
    assert "played on SQLite" in broken
