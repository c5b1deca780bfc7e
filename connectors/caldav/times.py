"""Dates, moments and durations of iCalendar (RFC 5545 sections 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from connectors.caldav.lines import Component, Line, content
from sync.errors import Malformed, Refused
from sync.types.moment import Moment, moment, zone_of

STAMP = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")
DURATION = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII
)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Zones:
    """What zone names in one calendar object mean."""

    calendar: Component
    default: str
    """The zone of times that name none: people meant the place where they are."""

    def find(self, tzid: str) -> ZoneInfo | None:
        """The IANA zone that a TZID stands for, by its name or a well-known other one."""
        for name in (tzid, WINDOWS_TO_OLSON.get(tzid), "/".join(tzid.rsplit("/", 2)[-2:])):
            if name and not name.startswith("/") and (zone := zone_of(name)):
                return zone
        return None

    def place(self, local: datetime, tzid: str | None) -> Moment:
        """A local time as a moment. Raises `Malformed` for a zone that nothing defines."""
        zone = self.find(tzid or self.default)
        if zone is not None:
            return Moment(local.replace(tzinfo=zone), zone.key)
        defined = self._defined(tzid or "")
        if defined is None:
            raise Malformed(f"the time zone {tzid!r:.60} is not defined")
        return Moment(local.replace(tzinfo=defined.to_tz(lookup_tzid=False)))

    def _defined(self, tzid: str) -> Timezone | None:
        for part in self.calendar.inner("VTIMEZONE"):
            line = part.first("TZID")
            if line is not None and line.value == tzid:
                text = b"BEGIN:VCALENDAR\r\n" + part.raw() + b"END:VCALENDAR\r\n"
                try:
                    found = Calendar.from_ical(text).walk("VTIMEZONE")
                except ValueError as error:
                    raise Malformed(f"the time zone {tzid!r:.60} is broken") from error
                return next((zone for zone in found if isinstance(zone, Timezone)), None)
        return None


def read(line: Line, zones: Zones) -> Moment:
    """The date or moment of a property. Raises `Malformed`."""
    found = STAMP.fullmatch(line.value.strip())
    if not found:
        raise Malformed(f"{line.name} is no date: {line.value!r:.40}")
    day, clock, utc = found.groups()
    try:
        if clock is None:
            return Moment(datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date())
        # A 60th second is a leap second, which clocks here do not have (section 3.3.12).
        clock = clock[:4] + min(clock[4:], "59")
        local = datetime.strptime(day + clock, "%Y%m%d%H%M%S")  # noqa: DTZ007 - placed below
    except ValueError as error:
        raise Malformed(f"{line.name} is no date: {line.value!r:.40}") from error
    if utc:
        return Moment(local.replace(tzinfo=UTC))
    return zones.place(local, line.params.get("TZID"))


def text(at: Moment | None) -> str | None:
    """The canonical form of a moment; None stays None."""
    return None if at is None else str(_plain(at))


def _plain(at: Moment) -> Moment:
    """The same with a fixed offset, which is what can be written down."""
    if not isinstance(at.at, datetime):
        return at
    return Moment(datetime.fromisoformat(at.at.isoformat()), at.zone)


def given(value: object, name: str) -> Moment | None:
    """A moment from the hub, to the second. `Refused` if it is none."""
    if value is None:
        return None
    try:
        said = moment(str(value))
    except ValueError as error:
        raise Refused(f"{name} is no moment: {value!r:.60}") from error
    if isinstance(said.at, datetime):
        return Moment(said.at.replace(microsecond=0), said.zone)
    return said


def write(name: str, at: Moment, like: Line | None, zones: Zones) -> str:
    """A content line for this moment, in the zone it was given in, or else that of `like`.

    A zone keeps a weekly meeting at its hour over a change of clocks; UTC would not.
    """
    if not isinstance(at.at, datetime):
        return content(name, at.at.strftime("%Y%m%d").rjust(8, "0"), VALUE="DATE")
    former = zones.find(like.params["TZID"]) if like and "TZID" in like.params else None
    zone = (zone_of(at.zone) if at.zone else None) or former
    if zone is None or zone.key in ("UTC", "Etc/UTC") or _is_told_twice(at.at, zone):
        return content(name, _stamp(at.at.astimezone(UTC)) + "Z")
    tzid = like.params["TZID"] if like and former and former.key == zone.key else zone.key
    return content(name, _stamp(at.at.astimezone(zone)), TZID=tzid)


def _is_told_twice(at: datetime, zone: ZoneInfo) -> bool:
    """Whether local time means another instant: the second of two hours of one name."""
    local = at.astimezone(zone)
    return local.replace(fold=0).astimezone(UTC) != at.astimezone(UTC)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%dT%H%M%S").rjust(15, "0")


def same(one: Moment | None, other: Moment | None) -> bool:
    """Whether both are the same date, or the same instant."""
    if one is None or other is None:
        return one is other
    return (one.instant or one.at) == (other.instant or other.at)


def midnight(day: date, zone: str) -> Moment:
    """The moment at which a day begins there."""
    place = zone_of(zone) or ZoneInfo("UTC")
    return Moment(datetime(day.year, day.month, day.day, tzinfo=place), place.key)


def later(start: Moment, line: Line) -> Moment:
    """Where a DURATION ends: days are days on the calendar, hours are hours (section 3.3.6)."""
    found = DURATION.fullmatch(line.value.strip().upper())
    if not found:
        raise Malformed(f"DURATION is none: {line.value!r:.40}")
    sign = -1 if found.group(1) == "-" else 1
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in found.groups()[1:])
    try:
        nominal = start.at + sign * timedelta(weeks=weeks, days=days)
        exact = sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
        if not isinstance(nominal, datetime):
            return Moment(nominal + exact)
        end = nominal.astimezone(UTC) + exact
    except OverflowError as error:
        raise Malformed("DURATION is out of all bounds") from error
    return Moment(end.astimezone(nominal.tzinfo), start.zone)


def stamp(now: datetime) -> str:
    """A moment of the clock, in UTC."""
    return _stamp(now.astimezone(UTC)) + "Z"
