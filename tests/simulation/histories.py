"""The random histories of `make test`, shared out over test files that run side by side.

JUMELAGE_HISTORIES says how many are played, of all forms in turn; 10,000 unless it is set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from tests.simulation.forms import FORMS
from tests.simulation.trial import broken_by

HISTORIES = int(os.environ.get("JUMELAGE_HISTORIES", "10000"))
OPEN: dict[str, tuple[int, ...]] = {"shared": (1621,)}
"""Seeds of each form that break a promise still: faults that are known and not mended yet.

They are not skipped but expected to fail, so that a mend cannot leave them here.
"""
EACH = 50
"""Histories of one test: few, so that progress shows."""
FILES = 4


def _parts() -> Iterator[Any]:
    left, first = HISTORIES, 0
    while True:
        for form in FORMS:
            if left <= 0:
                return
            last = first + min(EACH, left)
            yield pytest.param(form, range(first, last), id=f"{form}-{first}-{last}")
            left -= EACH
        first += EACH


def parts(file: int) -> list[Any]:
    """Form and seeds of each test of one file, by its number from 1."""
    return list(islice(_parts(), file - 1, None, FILES))


def broken_promises(form: str, seeds: range) -> list[str]:
    """What the histories of these seeds broke, each with the command that plays it again."""
    return [
        f"`python -m tests.simulation.history {seed} {seed + 1} {form} trace`: {broken}"
        for seed in seeds
        if seed not in OPEN.get(form, ())
        if (broken := broken_by(form, seed))
    ]
