"""What an event's fields are in iCalendar (RFC 5545 section 3.6.1).

iCalendar cannot say "due then, no beginning", nor mix a date with a moment. Such an
event is shown as near as can be, and what was meant stands beside it in properties of
our own. They count only while the event still has the shape that they explain:

- of no length, DTSTART being the end: X-JUMELAGE-START is `none`, or a start that lies
  after the end;
- a date beside a moment: both as moments, X-JUMELAGE-START or -END naming the date.
"""

from __future__ import annotations

from datetime import date, datetime

from connectors.caldav import properties, times
from connectors.caldav.lines import Component, content
from connectors.caldav.times import DAY, Zones
from sync.errors import Malformed, Refused
from sync.model import Fields, FieldSpec, Plain
from sync.types.moment import Moment, moment

NAME = "VEVENT"
START_MARK, END_MARK, NONE = "X-JUMELAGE-START", "X-JUMELAGE-END", "none"
STATUSES = ("tentative", "confirmed", "cancelled")
FIELDS = {
    "summary": FieldSpec("text"),
    "description": FieldSpec("richtext", dialect="plain"),
    "start": FieldSpec("moment"),
    "end": FieldSpec("moment", required=True),  # or else a start: one of the two
    "location": FieldSpec("text"),
    "categories": FieldSpec("set", options=True),
    "status": FieldSpec("choice", values=STATUSES),
    "recurrence": FieldSpec("recurrence"),
    "url": FieldSpec("link"),
}
MOVING = frozenset({"start", "end", "recurrence"})


def read(part: Component, zones: Zones) -> Fields:
    """The fields of an event. `end` of an all-day one is its last day. Raises `Malformed`."""
    start, end = span(part, zones)
    status = (properties.text(part, "STATUS") or "").strip().lower()
    return {
        **{field: properties.text(part, name) for field, name in properties.TEXTS.items()},
        "start": times.text(start),
        "end": times.text(end),
        "categories": properties.categories(part),
        "status": status if status in STATUSES else None,
        "recurrence": properties.recurrence(part),
        "url": properties.url(part),
    }


def span(part: Component, zones: Zones) -> tuple[Moment | None, Moment | None]:
    """When it begins and ends, as people meant it."""
    line = part.first("DTSTART")
    if line is None:
        raise Malformed("an event without DTSTART")
    start, end = times.read(line, zones), _end(part, zones)
    start_mark, end_mark = (properties.mark(part, name) for name in (START_MARK, END_MARK))
    if start_mark and _has_no_length(start, end):
        return _meant(start_mark), start
    meant = (_meant(start_mark) or start, _meant(end_mark) or end)
    if (start_mark or end_mark) and _shows(meant, (start, end), zones):
        return meant
    return start, end


def _end(part: Component, zones: Zones) -> Moment | None:
    """The end as written, for whole days the last one; None if there is none."""
    start, line, length = (part.first(name) for name in ("DTSTART", "DTEND", "DURATION"))
    if line is None and (length is None or start is None):
        return None
    end = (
        times.read(line, zones)
        if line is not None
        else times.later(times.read(start, zones), length)  # type: ignore[arg-type]
    )
    return end if isinstance(end.at, datetime) else Moment(end.at - DAY)


def _has_no_length(start: Moment, end: Moment | None) -> bool:
    return end is None or times.same(start, end) or (start.all_day and end.at == _before(start))


def _before(start: Moment) -> date:
    return start.at - DAY


def _meant(value: str | None) -> Moment | None:
    try:
        return moment(value) if value and value != NONE else None
    except ValueError:
        return None


Span = tuple[Moment | None, Moment | None]


def shown(meant: Span, zones: Zones) -> Span:
    """How a calendar can show it: both dates or both moments, the end not before the start."""
    start, end = meant
    if start is None:
        return end, None
    if end is None:
        return start, None
    if start.all_day and not end.all_day:
        start = times.midnight(start.at, zones.default)
    elif end.all_day and not start.all_day:
        end = times.midnight(end.at + DAY, zones.default)
    if (end.instant or end.at) < (start.instant or start.at):
        return meant[1], None
    return start, end


def _shows(meant: Span, seen: Span, zones: Zones) -> bool:
    pairs = zip(shown(meant, zones), seen, strict=True)
    return all(times.same(one, other) for one, other in pairs)


def write(part: Component, patch: Fields, zones: Zones) -> None:
    """Change these fields. Raises `Refused` for what an event cannot be."""
    for field, name in properties.TEXTS.items():
        if field in patch:
            properties.put_text(part, name, patch[field])
    if patch.keys() & {"start", "end"}:
        _put_span(part, patch, zones)
    if "categories" in patch:
        properties.put_categories(part, patch["categories"])
    if "status" in patch:
        _put_status(part, patch["status"])
    if "recurrence" in patch:
        properties.put_recurrence(part, patch["recurrence"])
    if "url" in patch:
        properties.put_url(part, patch["url"])


def _put_status(part: Component, value: Plain) -> None:
    if value is not None and value not in STATUSES:
        raise Refused(f"an event is {', '.join(STATUSES)}, not {value!r:.40}")
    said = None if value is None else content("STATUS", str(value).upper())
    properties.put_line(part, "STATUS", said)


def _put_span(part: Component, patch: Fields, zones: Zones) -> None:
    before = span(part, zones) if part.first("DTSTART") else (None, None)
    meant = (
        times.given(patch["start"], "start") if "start" in patch else before[0],
        times.given(patch["end"], "end") if "end" in patch else before[1],
    )
    start, end = shown(meant, zones)
    if start is None:
        raise Refused("an event needs a start or an end")
    like = part.first("DTSTART")
    properties.put_line(part, "DTSTART", times.write("DTSTART", start, like, zones))
    _put_end(part, end, zones)
    marks = {START_MARK: _mark(meant[0], start), END_MARK: _mark(meant[1], end)}
    if end is None and meant[1] is not None:
        marks = {START_MARK: times.text(meant[0]) or NONE, END_MARK: None}
    for name, value in marks.items():
        properties.put_line(part, name, None if value is None else content(name, value))


def _put_end(part: Component, end: Moment | None, zones: Zones) -> None:
    like = part.first("DTEND") or part.first("DTSTART")
    properties.put_line(part, "DURATION", None)
    if end is None:
        properties.put_line(part, "DTEND", None)
        return
    # The last day, for people; the first day after it, for iCalendar (section 3.6.1).
    end = end if isinstance(end.at, datetime) else Moment(end.at + DAY)
    properties.put_line(part, "DTEND", times.write("DTEND", end, like, zones))


def _mark(meant: Moment | None, seen: Moment | None) -> str | None:
    return None if meant is None or times.same(meant, seen) else times.text(meant)
