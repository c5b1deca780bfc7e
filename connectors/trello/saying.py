"""Whose words a mirrored comment is: Trello shows it as ours, so its author stands in it.

A line before the text, that reading removes. The invisible U+2060 behind the name tells
our line from a text that merely looks like it; Trello keeps it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

_MARK: Final = "\u2060"
_NOBODY: Final = "…"
_LINE: Final = re.compile(rf"\A\*\*(?P<who>[^*\n]{{1,200}})\*\*{_MARK}[^\n]{{0,40}}:\n\n")


@dataclass(frozen=True)
class Said:
    """What stands in a comment of ours."""

    line: str
    """The line before the text, as it stands there; "" if there is none."""
    who: str | None
    """Whom it names."""
    text: str


def read(text: str) -> Said:
    """Take the line from the text, if there is one."""
    found = _LINE.match(text)
    if found is None:
        return Said("", None, text)
    who = found["who"]
    return Said(found[0], None if who == _NOBODY else who, text[found.end() :])


def line(who: str | None, at: str | None, text: str, zone: str) -> str:
    """The line that goes before a text: who said it, and when; "" if that is not known.

    A text that itself begins like such a line gets one all the same, or reading would
    take that for ours.
    """
    name = re.sub(r"[*\s]+", " ", who or "").strip()[:200]
    if not name and not _LINE.match(text):
        return ""
    day = _day(at, zone) if name else ""
    return f"**{name or _NOBODY}**{_MARK}{day}:\n\n"


def _day(at: str | None, zone: str) -> str:
    plain = (at or "").partition("[")[0]
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        return ""
    if "T" not in plain or moment.tzinfo is None:
        return f", {moment:%Y-%m-%d}"
    return f", {moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
