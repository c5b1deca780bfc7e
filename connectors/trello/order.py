"""The fewest positions to write so that things stand in a given order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

_STEP: Final = 16384.0


def positions(order: Sequence[str], current: Mapping[str, float]) -> dict[str, float]:
    """Say which of `order` get which new position; the longest run in order stays.

    What is in `order` and not in `current` is new and always gets one. Positions are
    above 0.
    """
    kept = _longest_rising([name for name in order if name in current], current)
    moved: dict[str, float] = {}
    waiting: list[str] = []
    last = 0.0
    for name in order:
        if name in kept:
            moved |= _between(waiting, last, current[name])
            last, waiting = current[name], []
        else:
            waiting.append(name)
    return moved | _after(waiting, last)


def _between(names: list[str], low: float, high: float) -> dict[str, float]:
    step = (high - low) / (len(names) + 1)
    return {name: low + step * (number + 1) for number, name in enumerate(names)}


def _after(names: list[str], low: float) -> dict[str, float]:
    return {name: low + _STEP * (number + 1) for number, name in enumerate(names)}


def _longest_rising(names: Sequence[str], at: Mapping[str, float]) -> set[str]:
    """The longest subsequence whose positions rise strictly, by patience sorting."""
    ends: list[float] = []
    end_names: list[str] = []
    before: dict[str, str | None] = {}
    for name in names:
        place = bisect_left(ends, at[name])
        before[name] = end_names[place - 1] if place else None
        ends[place : place + 1] = [at[name]]
        end_names[place : place + 1] = [name]
    found: set[str] = set()
    name_or_none = end_names[-1] if end_names else None
    while name_or_none is not None:
        found.add(name_or_none)
        name_or_none = before[name_or_none]
    return found
