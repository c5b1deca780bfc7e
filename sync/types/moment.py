"""Dates, and moments with their zone. Written as in RFC 3339 and RFC 9557."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from sync.model import Plain
from sync.types.base import FieldType, is_empty

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"(?P<local>\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2})(?P<seconds>:\d{2})?(\.(?P<fraction>\d{1,9}))?"
    r"(?P<offset>[Zz]|[+-]\d{2}:\d{2})(\[(?P<zone>[A-Za-z0-9_+\-./]{1,64})\])?",
    re.ASCII,
)


@dataclass(frozen=True)
class Moment:
    """What a canonical value says: an all-day date, or an aware moment and perhaps its zone."""

    at: date | datetime
    zone: str | None = None
    """The IANA name it was given in; the offset alone decides the instant."""

    @property
    def all_day(self) -> bool:
        """Whether it is a date without a time."""
        return not isinstance(self.at, datetime)

    @property
    def instant(self) -> datetime | None:
        """The moment in UTC; None for a date."""
        return self.at.astimezone(UTC) if isinstance(self.at, datetime) else None

    def __str__(self) -> str:
        """Return the canonical form."""
        if not isinstance(self.at, datetime):
            return self.at.isoformat()
        at = self.at
        if (at.utcoffset() or timedelta()) % timedelta(minutes=1):
            at = at.astimezone(UTC)  # before railways, zones differed by seconds
        local = at.replace(tzinfo=None)
        precision = (
            "seconds"
            if not local.microsecond
            else "microseconds"
            if local.microsecond % 1000
            else "milliseconds"
        )
        offset = _offset(at)
        zone = f"[{self.zone}]" if self.zone else ""
        return f"{local.isoformat(timespec=precision)}{offset}{zone}"


def _offset(at: datetime) -> str:
    return at.isoformat()[-6:] if at.utcoffset() else "Z"


@lru_cache(maxsize=4096)
def moment(text: str) -> Moment:
    """Read a date (`2026-03-01`) or an aware moment (`2026-03-01T14:00:00+01:00[Europe/Paris]`).

    A fraction finer than a microsecond is cut. Raises ValueError for anything else: a
    moment without an offset too, since nobody can say when that is.
    """
    if _DATE.fullmatch(text):
        return Moment(date.fromisoformat(text))
    found = _TIME.fullmatch(text)
    if not found:
        raise ValueError(f"neither a date nor a moment with its offset: {text!r:.80}")
    offset = "+00:00" if found["offset"] in "Zz" else found["offset"]
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    local = found["local"].upper() + (found["seconds"] or ":00")
    at = datetime.fromisoformat(f"{local}.{fraction}{offset}")
    try:
        year = at.astimezone(UTC).year
    except OverflowError:
        year = 0
    if not MINYEAR < year < MAXYEAR:  # so that any zone can show it
        raise ValueError(f"outside the years 2 to 9998: {text!r:.80}")
    return Moment(at, found["zone"])


def zone_of(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name; None if this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # what zoneinfo raises for odd names in 3.11
        return None


class MomentType(FieldType):
    """A due date, a start: equal when they are the same instant, or the same date.

    The zone is carried along and shown, and means no difference of its own.
    """

    name: ClassVar[str] = "moment"

    def clean(self, value: Plain) -> Plain:
        """Seconds always, fractions only where there are some, UTC as `Z`, the zone kept."""
        if is_empty(value):
            return None
        if not isinstance(value, str):
            raise ValueError(f"not a date: {value!r:.80}")
        return str(moment(value.strip()))

    def equal(self, one: Plain, other: Plain) -> bool:
        """Tell whether both are the same instant, or both the same date."""
        return one == other or _meaning(one) == _meaning(other)

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore fractions of a second, and how the zone is spelled."""
        one, other = _meaning(sent), _meaning(echoed)
        if isinstance(one, datetime) and isinstance(other, datetime):
            return abs(one - other) < timedelta(seconds=1)
        return one == other

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The instant, or the date."""
        return frozenset() if value is None else frozenset({_meaning(value)})

    def show(self, value: Plain) -> str:
        """`2026-03-01`, or `2026-03-01 14:00 Europe/Paris`: the clock where it was set."""
        if not isinstance(value, str):
            return ""
        said = moment(value)
        if not isinstance(said.at, datetime):
            return said.at.isoformat()
        zone = zone_of(said.zone) if said.zone else None
        at = said.at.astimezone(zone) if zone else said.at
        place = said.zone if zone else _offset(at).replace("Z", "UTC")
        clock = "%H:%M:%S" if at.second else "%H:%M"
        return f"{at.date().isoformat()} {at.strftime(clock)} {place}"


def _meaning(value: Plain) -> date | datetime | None:
    """Return the instant in UTC, or the date; a date and a datetime are never equal."""
    if not isinstance(value, str):
        return None
    said = moment(value)
    return said.instant or said.at
