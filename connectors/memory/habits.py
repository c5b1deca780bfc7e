"""What servers do, unasked, to the values of a field."""

from __future__ import annotations

from collections.abc import Callable

from sync.model import Plain

Habit = Callable[[Plain], Plain]
"""What a server does, unasked, to the values of one field: truncates, trims, drops."""


def truncated(length: int) -> Habit:
    """Keep only so many characters of a text."""
    return lambda value: value[:length] or None if isinstance(value, str) else value


def padded(value: Plain) -> Plain:
    """Append a blank to every text."""
    return value if not isinstance(value, str) or value.endswith(" ") else value + " "


def lowered(value: Plain) -> Plain:
    """Write every text in lower case."""
    return value.lower() if isinstance(value, str) else value


def only(*known: str) -> Habit:
    """Drop every value, and every element of a set, that is not known."""

    def drop(value: Plain) -> Plain:
        if isinstance(value, list):
            return [v for v in value if v in known] or None
        return value if value in known else None

    return drop
