"""The fields that events and tasks share, as properties of iCalendar (RFC 5545 section 3.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from connectors.caldav import lines, times, zones
from connectors.caldav.lines import Component, Document, Line, content
from connectors.caldav.times import Zones
from sync.errors import Malformed, Refused
from sync.model import Plain
from sync.types.recurrence import Recurrence

ORIGIN = "X-JUMELAGE-ORIGIN"
UID_TAIL = "@jumelage"
RECURRENCE = ("RRULE", "EXRULE", "RDATE", "EXDATE")
TEXTS = {"summary": "SUMMARY", "description": "DESCRIPTION", "location": "LOCATION"}
PRODID = "-//Jumelage//CalDAV//EN"


def master(document: Document, name: str) -> Component | None:
    """The part that a series or a single thing is described by; None: there is none.

    Overridden occurrences (RECURRENCE-ID) stand beside it, and are left alone. A
    resource of nothing but occurrences (an invitation to one) shows the first.
    """
    found = document.calendar.inner(name)
    uids = {line.value for part in found if (line := part.first("UID"))}
    if len(uids) > 1:
        raise Malformed("several things with different UIDs in one resource")
    return next((p for p in found if p.first("RECURRENCE-ID") is None), next(iter(found), None))


def text(part: Component, name: str) -> str | None:
    """A TEXT property; None if it is absent or empty."""
    line = part.first(name)
    return (lines.unescaped(line.value) or None) if line else None


def put_text(part: Component, name: str, value: Plain) -> None:
    """Write a TEXT property; its parameters (a language) stay."""
    said = None if value is None else lines.escaped(str(value))
    if not said:
        part.put(name)
        return
    line = part.first(name)
    head = line.text[: len(line.text) - len(line.value)] if line else f"{name}:"
    part.put(name, head + said)


def url(part: Component) -> str | None:
    """The link; its value is a URI, without any escapes."""
    line = part.first("URL")
    return (line.value.strip() or None) if line else None


def put_url(part: Component, value: Plain) -> None:
    """Write the link. `Refused` for what could break the line."""
    if value is not None and re.search(r"[\x00-\x20\x7f]", str(value)):
        raise Refused("a link may hold neither blanks nor control characters")
    part.put("URL", *([] if value is None else [content("URL", str(value), VALUE="URI")]))


def categories(part: Component) -> Plain:
    """All categories, of however many lines."""
    found = {name for line in part.lines("CATEGORIES") for name in lines.split(line.value)}
    return list[Plain](sorted(found - {""})) or None


def put_categories(part: Component, value: Plain) -> None:
    """Write the categories; those that stay keep their lines and their order."""
    wanted = [str(name) for name in value] if isinstance(value, list) else []
    said: list[str] = []
    kept: set[str] = set()
    for line in part.lines("CATEGORIES"):
        names = list(lines.split(line.value))
        stay = [name for name in names if name in wanted and name not in kept]
        kept.update(stay)
        if stay == names:
            said.append(line.text)
        elif stay:
            said.append(_listed(line.text[: len(line.text) - len(line.value)], stay))
    if new := [name for name in wanted if name not in kept]:
        last = said.pop() + "," if said else "CATEGORIES:"
        said.append(_listed(last, new))
    part.put("CATEGORIES", *said)


def _listed(head: str, names: Iterable[str]) -> str:
    return head + ",".join(lines.escaped(name) for name in names)


def recurrence(part: Component) -> Plain:
    """Rules and dates, as lines. Raises `Malformed` for a rule that is none."""
    found: list[Plain] = [line.text for line in part.lines(*RECURRENCE) if line.value.strip()]
    try:
        return Recurrence().clean(found)
    except ValueError as error:
        raise Malformed(str(error)) from error


def put_recurrence(part: Component, value: Plain) -> None:
    """Write rules and dates; lines that say the same as before keep their bytes."""
    if Recurrence().equal(value, recurrence(part)):
        return
    wanted = [str(line) for line in value] if isinstance(value, list) else []
    for name in RECURRENCE:
        part.put(name, *[line for line in wanted if re.match(rf"{name}[;:]", line)])


def put_line(part: Component, name: str, said: str | None) -> None:
    """Write a property that stands once; None takes it away."""
    part.put(name, *([] if said is None else [said]))


def origin(part: Component) -> str | None:
    """The nonce of the create of ours that made it, by its UID, or by our own property."""
    uid, mark = part.first("UID"), part.first(ORIGIN)
    if uid is not None and uid.value.endswith(UID_TAIL):
        return uid.value.removesuffix(UID_TAIL)
    return mark.value if mark else None


def changed(part: Component) -> datetime | None:
    """When it was last changed, as its maker says."""
    line = part.first("LAST-MODIFIED") or part.first("DTSTAMP")
    try:
        return datetime.strptime(line.value.strip() + "+0000", "%Y%m%dT%H%M%SZ%z") if line else None
    except ValueError:
        return None


def touch(part: Component, now: datetime, *, moved: bool) -> None:
    """Say that it was changed now, and whether people must be asked again (section 3.8.7.4)."""
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        put_line(part, name, content(name, times.stamp(now)))
    line = part.first("SEQUENCE")
    if moved and line is not None and line.value.strip().isdigit():
        put_line(part, "SEQUENCE", content("SEQUENCE", str(int(line.value) + 1)))


def blank(name: str, nonce: str, now: datetime) -> Document:
    """A new object with nothing in it but who made it."""
    stamp = times.stamp(now)
    said = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODID}",
        f"BEGIN:{name}",
        f"UID:{nonce}{UID_TAIL}",
        f"DTSTAMP:{stamp}",
        f"CREATED:{stamp}",
        f"LAST-MODIFIED:{stamp}",
        f"{ORIGIN}:{nonce}",
        f"END:{name}",
        "END:VCALENDAR",
    ]
    return lines.read(b"".join(lines.fold(line) for line in said))


def define_zones(document: Document, part: Component, year: int) -> None:
    """Add the definition of each zone that is named and not defined (section 3.6.5)."""
    known = Zones(document.calendar, "UTC")
    named = {tzid for line in part.lines() if (tzid := line.params.get("TZID"))}
    defined = {
        line.value for zone in document.calendar.inner("VTIMEZONE") if (line := zone.first("TZID"))
    }
    for tzid in sorted(named - defined):
        if zone := known.find(tzid):
            _insert(document.calendar, zones.definition(zone.key, tzid, year))


def _insert(calendar: Component, part: Component) -> None:
    at = next((i for i, p in enumerate(calendar.parts) if isinstance(p, Component)), 1)
    calendar.parts.insert(at, part)


def mark(part: Component, name: str) -> str | None:
    """The value of a property of our own."""
    line: Line | None = part.first(name)
    return line.value.strip() if line else None
