"""Dates on Trello: instants in UTC, with milliseconds; there are no whole days.

A whole day is written as an instant that nobody can type in Trello, where people
choose minutes and never seconds: a due date at 23:59:59 of that day, a start at
12:00:59 (members are shown its date only), both in the collective's zone. Read back,
these are whole days again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

_DUE: Final = time(23, 59, 59)
_START: Final = time(12, 0, 59)


def moment(raw: str | None, zone: str) -> str | None:
    """Read one of Trello's dates. Raises ValueError if it is none."""
    if not raw:
        return None
    instant = datetime.fromisoformat(raw)
    if instant.tzinfo is None:
        raise ValueError(f"a date without a zone: {raw}")
    try:
        local = instant.astimezone(ZoneInfo(zone))
    except OverflowError:
        raise ValueError(f"a date at the end of time: {raw}") from None
    if local.time() in (_DUE, _START):
        return local.date().isoformat()
    return _utc(instant)


def instant(raw: object) -> datetime | None:
    """When something happened; None if that is no date of Trello's."""
    try:
        found = datetime.fromisoformat(raw) if isinstance(raw, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def sent(value: str, zone: str, *, start: bool = False) -> str:
    """Write a moment as Trello takes it. Raises ValueError if it is none."""
    plain = value.partition("[")[0]
    if "T" not in plain:
        hour = _START if start else _DUE
        local = datetime.combine(date.fromisoformat(plain), hour, ZoneInfo(zone))
        return local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    instant = datetime.fromisoformat(plain)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=ZoneInfo(zone))
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utc(instant: datetime) -> str:
    utc = instant.astimezone(UTC)
    spec = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=spec).replace("+00:00", "Z")
