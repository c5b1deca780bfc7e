"""Time zone definitions (RFC 5545 section 3.6.5), as short as clients write them.

A list of every change of clocks would do, but some servers cut such lists when they
write a resource anew (Radicale keeps the first date of each), and rules survive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone

from connectors.caldav import lines
from connectors.caldav.lines import Component

HOUR = timedelta(hours=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = 7
YEARS_CHECKED = 5


@dataclass(frozen=True)
class Change:
    """One change of clocks: the local time before it, and the offsets around it."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def rule(self) -> str:
        """The yearly rule that it follows, if it follows one: a weekday of a month."""
        last = (self.at + timedelta(days=WEEK)).month != self.at.month
        place = -1 if last else (self.at.day - 1) // WEEK + 1
        day = WEEKDAYS[self.at.weekday()]
        return f"FREQ=YEARLY;BYMONTH={self.at.month};BYDAY={place}{day}"

    @property
    def kind(self) -> tuple[str, str, timedelta, timedelta]:
        """What is the same every year."""
        return self.rule, self.at.strftime("%H%M%S"), self.before, self.after


@lru_cache(maxsize=64)
def definition(key: str, tzid: str, year: int) -> Component:
    """A VTIMEZONE for an IANA zone under this TZID, as its rules are about that year."""
    changes = _changes(ZoneInfo(key), year)
    years = [_changes(ZoneInfo(key), year + n) for n in range(1, YEARS_CHECKED)]
    steady = all({c.kind for c in one} == {c.kind for c in changes} for one in years)
    if not steady:  # a zone whose changes follow the moon, say
        return _read(Timezone.from_tzid(key).to_ical().decode(), tzid)
    parts = [_part(change) for change in changes] or [_constant(ZoneInfo(key), year)]
    return _read("BEGIN:VTIMEZONE\r\n" + "".join(parts) + "END:VTIMEZONE\r\n", tzid)


def _read(text: str, tzid: str) -> Component:
    whole = f"BEGIN:VCALENDAR\r\n{text}END:VCALENDAR\r\n".encode()
    part = lines.read(whole).calendar.inner("VTIMEZONE")[0]
    part.put("TZID", *[])
    part.parts.insert(1, lines.Line(lines.fold(f"TZID:{tzid}"), f"TZID:{tzid}"))
    return part


def _changes(zone: ZoneInfo, year: int) -> list[Change]:
    found = []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        before, after = (_offset(zone, moment) for moment in (at, at + HOUR))
        if before != after:
            local = (at + HOUR).astimezone(zone)
            summer = bool(local.dst())
            wall = (at + HOUR + before).replace(tzinfo=None)
            found.append(Change(wall, before, after, local.tzname() or "", summer))
        at += HOUR
    return found


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _part(change: Change) -> str:
    name = "DAYLIGHT" if change.summer else "STANDARD"
    return (
        f"BEGIN:{name}\r\nDTSTART:{_first(change)}\r\nRRULE:{change.rule}\r\n"
        f"TZNAME:{change.name}\r\nTZOFFSETFROM:{_shown(change.before)}\r\n"
        f"TZOFFSETTO:{_shown(change.after)}\r\nEND:{name}\r\n"
    )


def _first(change: Change) -> str:
    """Its first time by that rule in 1970, where definitions begin by custom."""
    day = datetime(1970, change.at.month, 1, change.at.hour, change.at.minute, tzinfo=UTC)
    fitting = []
    while day.month == change.at.month:
        if day.weekday() == change.at.weekday():
            fitting.append(day)
        day += timedelta(days=1)
    place = int(change.rule.rpartition("=")[2][:-2])
    return fitting[place if place < 0 else place - 1].strftime("%Y%m%dT%H%M%S")


def _constant(zone: ZoneInfo, year: int) -> str:
    at = datetime(year, 1, 1, tzinfo=zone)
    offset = _shown(at.utcoffset() or timedelta())
    return (
        f"BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZNAME:{at.tzname()}\r\n"
        f"TZOFFSETFROM:{offset}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\n"
    )


def _shown(offset: timedelta) -> str:
    sign = "-" if offset < timedelta() else "+"
    minutes = int(abs(offset).total_seconds()) // 60
    return f"{sign}{minutes // 60:02}{minutes % 60:02}"
