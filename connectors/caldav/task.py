"""What a task's fields are in iCalendar (RFC 5545 section 3.6.2)."""

from __future__ import annotations

from datetime import datetime

from connectors.caldav import properties, times
from connectors.caldav.lines import Component, content
from connectors.caldav.times import Zones
from sync.errors import Refused
from sync.model import Fields, FieldSpec, Plain
from sync.types.moment import Moment, moment

NAME = "VTODO"
START_MARK = "X-JUMELAGE-START"
LOWEST, ALL = 9, 100
FIELDS = {
    "summary": FieldSpec("text"),
    "description": FieldSpec("richtext", dialect="plain"),
    "start": FieldSpec("moment"),
    "due": FieldSpec("moment"),
    "done": FieldSpec("bool"),
    "priority": FieldSpec("number"),
    "progress": FieldSpec("number"),
    "categories": FieldSpec("set", options=True),
    "recurrence": FieldSpec("recurrence"),
    "url": FieldSpec("link"),
}
MOVING = frozenset({"start", "due", "recurrence"})


def read(part: Component, zones: Zones) -> Fields:
    """The fields of a task. `done` is None while it is not. Raises `Malformed`."""
    return {
        "summary": properties.text(part, "SUMMARY"),
        "description": properties.text(part, "DESCRIPTION"),
        "start": times.text(start(part, zones)),
        "due": times.text(due(part, zones)),
        "done": done(part) or None,
        "priority": _number(part, "PRIORITY") or None,
        "progress": _number(part, "PERCENT-COMPLETE"),
        "categories": properties.categories(part),
        "recurrence": properties.recurrence(part),
        "url": properties.url(part),
    }


def start(part: Component, zones: Zones) -> Moment | None:
    """When it begins; our own property says it where DTSTART must not (see `_put_times`)."""
    line, mark = part.first("DTSTART"), properties.mark(part, START_MARK)
    if line is not None:
        return times.read(line, zones)
    try:
        return moment(mark) if mark else None
    except ValueError:
        return None


def due(part: Component, zones: Zones) -> Moment | None:
    """When it is due: a date is that day itself, unlike the end of an event."""
    line, begin, length = (part.first(name) for name in ("DUE", "DTSTART", "DURATION"))
    if line is not None:
        return times.read(line, zones)
    if begin is None or length is None:
        return None
    return times.later(times.read(begin, zones), length)


def done(part: Component) -> bool:
    """Whether it is completed: by its status, or where it has none by what else says so."""
    status = part.first("STATUS")
    if status is not None:
        return status.value.strip().upper() == "COMPLETED"
    return part.first("COMPLETED") is not None or _number(part, "PERCENT-COMPLETE") == ALL


def _number(part: Component, name: str) -> int | None:
    line = part.first(name)
    value = line.value.strip() if line else ""
    return int(value) if value.isascii() and value.isdigit() else None


def write(part: Component, patch: Fields, zones: Zones, now: datetime) -> None:
    """Change these fields. Raises `Refused` for what a task cannot be."""
    for field, name in (("summary", "SUMMARY"), ("description", "DESCRIPTION")):
        if field in patch:
            properties.put_text(part, name, patch[field])
    if patch.keys() & {"start", "due"}:
        _put_times(part, patch, zones)
    if "priority" in patch:
        _put_number(part, "PRIORITY", patch["priority"], LOWEST)
    if "done" in patch:
        put_done(part, now, value=bool(patch["done"]))
    if "progress" in patch:
        _put_number(part, "PERCENT-COMPLETE", patch["progress"], ALL)
    if "categories" in patch:
        properties.put_categories(part, patch["categories"])
    if "recurrence" in patch:
        properties.put_recurrence(part, patch["recurrence"])
    if "url" in patch:
        properties.put_url(part, patch["url"])


def put_done(part: Component, now: datetime, *, value: bool) -> None:
    """Complete it, or take that back: status, date and progress belong together."""
    if value == done(part):
        return
    completed = content("COMPLETED", times.stamp(now)) if value else None
    properties.put_line(part, "COMPLETED", completed)
    status = "COMPLETED" if value else "NEEDS-ACTION"
    properties.put_line(part, "STATUS", content("STATUS", status))
    if value:
        properties.put_line(part, "PERCENT-COMPLETE", content("PERCENT-COMPLETE", str(ALL)))
    elif _number(part, "PERCENT-COMPLETE") == ALL:
        properties.put_line(part, "PERCENT-COMPLETE", None)


def _put_number(part: Component, name: str, value: Plain, most: int) -> None:
    if value is None:
        properties.put_line(part, name, None)
        return
    if not isinstance(value, int | float) or value != int(value) or not 0 <= value <= most:
        raise Refused(f"{name} is a whole number from 0 to {most}, not {value!r:.40}")
    properties.put_line(part, name, content(name, str(int(value))))


def _put_times(part: Component, patch: Fields, zones: Zones) -> None:
    """Write both ends.

    DTSTART must be of the type of DUE and before it (section 3.8.2.3), or servers refuse
    the task; a start that is neither stands in a property of our own.
    """
    begin = times.given(patch["start"], "start") if "start" in patch else start(part, zones)
    end = times.given(patch["due"], "due") if "due" in patch else due(part, zones)
    like = part.first("DTSTART") or part.first("DUE")
    properties.put_line(part, "DURATION", None)
    said = None if end is None else times.write("DUE", end, part.first("DUE") or like, zones)
    properties.put_line(part, "DUE", said)
    tells = begin is not None and (end is None or _precedes(begin, end))
    line = times.write("DTSTART", begin, like, zones) if begin and tells else None
    properties.put_line(part, "DTSTART", line)
    mark = content(START_MARK, times.text(begin) or "") if begin and not tells else None
    properties.put_line(part, START_MARK, mark)


def _precedes(begin: Moment, end: Moment) -> bool:
    if begin.all_day != end.all_day:
        return False
    return (begin.instant or begin.at) < (end.instant or end.at)
