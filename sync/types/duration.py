"""Lengths of time, as ISO 8601 and RFC 5545 (section 3.3.6) write them."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, is_empty

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?=.)((?P<weeks>\d{1,9})W)?((?P<days>\d{1,9})D)?"
    r"(T(?=.)((?P<hours>\d{1,9})H)?((?P<minutes>\d{1,9})M)?((?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


def _read(text: str) -> tuple[int, int]:
    """Return days and seconds, both signed. Raises ValueError."""
    found = _DURATION.fullmatch(text.strip().upper())
    if not found:
        raise ValueError(f"not a duration such as PT1H30M: {text!r:.80}")
    weeks, days, hours, minutes, seconds = (
        int(found[unit] or 0) for unit in ("weeks", "days", "hours", "minutes", "seconds")
    )
    sign = -1 if found["sign"] == "-" else 1
    return sign * (7 * weeks + days), sign * (3600 * hours + 60 * minutes + seconds)


def _units(seconds: int) -> list[tuple[int, str]]:
    hours, rest = divmod(seconds, 3600)
    return [(hours, "H"), *zip(divmod(rest, 60), "MS", strict=True)]


class Duration(FieldType):
    """A length of time. No months or years: nobody can say how long those are.

    A day stays a day and does not become 24 hours: they differ where clocks change.
    """

    name: ClassVar[str] = "duration"

    def clean(self, value: Plain) -> Plain:
        """Weeks become days, and hours, minutes, seconds are carried: `PT90M` -> `PT1H30M`."""
        if is_empty(value):
            return None
        if not isinstance(value, str):
            raise ValueError(f"not a duration: {value!r:.80}")
        days, seconds = _read(value)
        sign = "-" if days < 0 or seconds < 0 else ""
        time = "".join(f"{count}{unit}" for count, unit in _units(abs(seconds)) if count)
        if not days and not time:
            return "PT0S"
        return f"{sign}P{f'{abs(days)}D' if days else ''}{f'T{time}' if time else ''}"

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Take a day for 24 hours, as many servers do."""
        return Duration.seconds(sent) == Duration.seconds(echoed)

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The length in seconds."""
        return frozenset() if value is None else frozenset({Duration.seconds(value)})

    def show(self, value: Plain) -> str:
        """`1 h 30 min`, the same in every language: days are shown as hours."""
        total = Duration.seconds(value)
        if total is None:
            return ""
        symbols = {"H": "h", "M": "min", "S": "s"}
        shown = " ".join(f"{n} {symbols[unit]}" for n, unit in _units(abs(total)) if n)
        return f"{'-' if total < 0 else ''}{shown or '0 min'}"

    @staticmethod
    def seconds(value: Plain) -> int | None:
        """The length in seconds, a day taken for 24 hours; None if it is empty."""
        if not isinstance(value, str):
            return None
        days, seconds = _read(value)
        return days * 86400 + seconds
