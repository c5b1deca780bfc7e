"""Yes or no, numbers, and places in an order."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, Merged, is_empty

_LARGEST = 2**53
"""Beyond it, JSON readers that know only floats lose the last digits."""
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?")


class Bool(FieldType):
    """Yes, or not.

    "No" and "not said" are one value, None: a calendar that has no status at all and
    a board whose card says `false` must not differ for ever. Connectors write None as
    their system's "no".
    """

    name: ClassVar[str] = "bool"

    def clean(self, value: Plain) -> Plain:
        """True, or None for false and empty; `true` and `false` as words are read."""
        match value:
            case bool():
                return value or None
            case str() if value.strip().lower() in {"true", "false"}:
                return value.strip().lower() == "true" or None
        if is_empty(value):
            return None
        raise ValueError(f"neither true nor false: {value!r:.80}")

    def equal(self, one: Plain, other: Plain) -> bool:
        """False and None are the same."""
        return bool(one) is bool(other)

    def show(self, value: Plain) -> str:
        """A check mark, or nothing."""
        return "✓" if value else ""


def number(value: Plain) -> int | float | None:
    """Read a number; a whole one becomes an int. Raises ValueError if it is none, or not finite."""
    if is_empty(value):
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"not a number: {value!r:.80}")
    if abs(value) > _LARGEST or math.isnan(value):
        raise ValueError("a number too large to be kept exactly, or none at all")
    return int(value) if value == int(value) else value


def _close(one: Plain, other: Plain) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


class Number(FieldType):
    """A number, whole or not; numbers in words (`"12.5"`) are read."""

    name: ClassVar[str] = "number"

    def clean(self, value: Plain) -> Plain:
        """An int where it is whole, else a finite float."""
        return number(value)

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore what a float loses on the way."""
        return _close(sent, echoed)


class Rank(FieldType):
    """A place in an order: a number at a side, a fractional key (str) in the hub.

    Nobody misses a place: it has no pieces, and a first meeting keeps the hub's.
    """

    name: ClassVar[str] = "rank"

    def clean(self, value: Plain) -> Plain:
        """A finite number or a key."""
        if isinstance(value, str):
            return value or None
        return number(value)

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore what a float loses on the way."""
        return _close(sent, echoed)

    def join(self, mine: Plain, theirs: Plain) -> Merged:
        """Keep the hub's place, if it has one."""
        return Merged(theirs if mine is None else mine)

    def pieces(self, value: Plain) -> frozenset[Hashable]:  # noqa: ARG002 - the same for every value
        """Nothing."""
        return frozenset()
