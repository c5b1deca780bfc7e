"""When things begin and end: dates, zones, changes of clocks, and what calendars cannot say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.caldav import event, lines, properties, task
from connectors.caldav.times import Zones
from connectors.caldav.zones import definition
from sync.errors import Malformed, Refused
from sync.model import Fields
from sync.types.moment import MomentType

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAME = MomentType().equal


def _document(kind: str, *said: str) -> lines.Document:
    text = ["BEGIN:VCALENDAR", f"BEGIN:{kind}", "UID:1", *said, f"END:{kind}", "END:VCALENDAR", ""]
    return lines.read("\r\n".join(text).encode())


def _zones(document: lines.Document) -> Zones:
    return Zones(document.calendar, "Europe/Paris")


def _event(*said: str) -> Fields:
    document = _document("VEVENT", *said)
    return event.read(document.calendar.inner("VEVENT")[0], _zones(document))


def _task(*said: str) -> Fields:
    document = _document("VTODO", *said)
    return task.read(document.calendar.inner("VTODO")[0], _zones(document))


def _edited(patch: Fields, *said: str, kind: str = "VEVENT") -> str:
    document = _document(kind, *said)
    part = document.calendar.inner(kind)[0]
    if kind == "VEVENT":
        event.write(part, patch, _zones(document))
    else:
        task.write(part, patch, _zones(document), NOW)
    return document.raw().decode()


def _said(text: str, kind: str = "VEVENT") -> list[str]:
    body = text.partition("UID:1\r\n")[2].partition(f"END:{kind}")[0]
    return [line for line in body.split("\r\n") if line]


def _span(*said: str) -> tuple[object, object]:
    fields = _event(*said)
    return fields["start"], fields["end"]


def test_an_all_day_end_is_the_last_day():
    said = "DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260303"
    assert _span(*said) == ("2026-03-01", "2026-03-02")


def test_a_duration_is_an_end():
    assert _span("DTSTART:20260301T100000Z", "DURATION:PT90M")[1] == "2026-03-01T11:30:00Z"
    assert _span("DTSTART;VALUE=DATE:20260301", "DURATION:P2D")[1] == "2026-03-02"


def test_a_day_of_a_duration_is_a_day_on_the_calendar_over_a_change_of_clocks():
    said = "DTSTART;TZID=Europe/Paris:20260328T120000", "DURATION:P1D"
    assert _span(*said)[1] == "2026-03-29T12:00:00+02:00[Europe/Paris]"
    said = "DTSTART;TZID=Europe/Paris:20260328T120000", "DURATION:PT24H"
    assert _span(*said)[1] == "2026-03-29T13:00:00+02:00[Europe/Paris]"


def test_a_start_alone_has_no_end():
    assert _span("DTSTART:20260301T100000Z") == ("2026-03-01T10:00:00Z", None)


def test_a_time_without_a_zone_is_where_people_are():
    assert _span("DTSTART:20260701T100000")[0] == "2026-07-01T10:00:00+02:00[Europe/Paris]"


@pytest.mark.parametrize("tzid", ["W. Europe Standard Time", "/softwarestudio.org/Europe/Berlin"])
def test_other_names_of_a_zone_are_understood(tzid: str):
    assert _span(f"DTSTART;TZID={tzid}:20260701T100000")[0] == (
        "2026-07-01T10:00:00+02:00[Europe/Berlin]"
    )


def test_a_zone_that_is_only_defined_in_the_text_is_understood():
    zone = ["BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD", "DTSTART:19700101T000000"]
    zone += ["TZOFFSETFROM:+0530", "TZOFFSETTO:+0530", "END:STANDARD", "END:VTIMEZONE"]
    own = ["BEGIN:VEVENT", "DTSTART;TZID=Ours:20260301T100000", "END:VEVENT"]
    text = "\r\n".join(["BEGIN:VCALENDAR", *zone, *own, "END:VCALENDAR", ""])
    document = lines.read(text.encode())
    fields = event.read(document.calendar.inner("VEVENT")[0], _zones(document))
    assert fields["start"] == "2026-03-01T10:00:00+05:30"


@pytest.mark.parametrize(
    "said",
    [
        "DTSTART;TZID=No/Such:20260301T100000",
        "DTSTART:20269999",
        "DTSTART:soon",
        "DTSTART:20260301T256000Z",
        "SUMMARY:no start at all",
        "DTSTART:20260301T100000Z\r\nDURATION:often",
        "DTSTART:20260301T100000Z\r\nDURATION:P99999999999W",
    ],
)
def test_a_time_that_is_none_is_malformed(said: str):
    with pytest.raises(Malformed):
        _event(said)


def test_a_leap_second_is_no_error():
    assert _span("DTSTART:20161231T235960Z")[0] == "2016-12-31T23:59:59Z"


# Writing


def test_a_due_date_is_an_event_of_no_length_that_ends_then():
    said = _said(_edited({"end": "2026-03-01"}))
    assert said == ["DTSTART;VALUE=DATE:20260301", "X-JUMELAGE-START:none"]
    assert _span(*said) == (None, "2026-03-01")


def test_a_due_date_that_people_move_is_moved():
    said = ["DTSTART;VALUE=DATE:20260305", "X-JUMELAGE-START:none"]
    assert _span(*said) == (None, "2026-03-05")
    # as some clients write it
    assert _span(*said, "DTEND;VALUE=DATE:20260306") == (None, "2026-03-05")


def test_a_due_date_to_which_people_give_a_length_has_a_start():
    said = ["DTSTART:20260301T100000Z", "DTEND:20260301T110000Z", "X-JUMELAGE-START:none"]
    assert _span(*said) == ("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z")


def test_an_event_without_any_date_is_refused():
    with pytest.raises(Refused):
        _edited({"summary": "x", "start": None, "end": None})


def test_a_written_end_takes_the_place_of_a_duration():
    said = _said(
        _edited({"end": "2026-03-01T12:00:00Z"}, "DTSTART:20260301T100000Z", "DURATION:PT1H")
    )
    assert said == ["DTSTART:20260301T100000Z", "DTEND:20260301T120000Z"]


def test_a_written_start_leaves_the_end_where_it_was():
    said = ["DTSTART:20260301T100000Z", "DURATION:PT1H"]
    after = _said(_edited({"start": "2026-03-01T09:00:00Z"}, *said))
    assert _span(*after) == ("2026-03-01T09:00:00Z", "2026-03-01T11:00:00Z")


def test_a_moment_is_written_in_the_zone_that_stood_there():
    after = _edited({"start": "2026-07-01T08:00:00Z"}, "DTSTART;TZID=Europe/Paris:20260301T100000")
    assert "DTSTART;TZID=Europe/Paris:20260701T100000" in after


@pytest.mark.parametrize("hour", ["00:30:00Z", "01:30:00Z", "02:30:00Z"])
def test_the_hour_that_comes_twice_is_not_mistaken(hour: str):
    value = f"2026-10-25T{hour}"
    after = _said(_edited({"start": value}, "DTSTART;TZID=Europe/Paris:20260301T100000"))
    assert SAME(_span(*after)[0], value)


def test_a_zone_that_is_named_is_defined():
    document = _document("VEVENT")
    part = document.calendar.inner("VEVENT")[0]
    start = "2026-07-01T10:00:00+02:00[Europe/Paris]"
    event.write(part, {"start": start, "end": None}, _zones(document))
    properties.define_zones(document, part, 2026)
    properties.define_zones(document, part, 2026)
    text = document.raw().decode()
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "TZID:Europe/Paris" in text


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Australia/Sydney"])
def test_a_definition_says_when_clocks_change(zone: str):
    from icalendar import Calendar  # noqa: PLC0415

    raw = b"BEGIN:VCALENDAR\r\n" + definition(zone, zone, 2026).raw() + b"END:VCALENDAR\r\n"
    (made,) = Calendar.from_ical(raw).walk("VTIMEZONE")
    defined = made.to_tz(lookup_tzid=False)
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    for month in range(1, 13):
        for day in (1, 8, 15, 22, 28):
            local = datetime(2027, month, day, 12)  # noqa: DTZ001 - placed in both
            ours, theirs = local.replace(tzinfo=defined), local.replace(tzinfo=ZoneInfo(zone))
            assert ours.utcoffset() == theirs.utcoffset(), local


DAYS = st.dates(min_value=datetime(1980, 1, 1).date(), max_value=datetime(2037, 1, 1).date())  # noqa: DTZ001
TIMES = st.datetimes(
    min_value=datetime(1980, 1, 1),  # noqa: DTZ001
    max_value=datetime(2037, 1, 1),  # noqa: DTZ001
).map(lambda at: at.replace(microsecond=0).isoformat())
MOMENTS = st.one_of(
    DAYS.map(lambda day: day.isoformat()),
    TIMES.map(lambda at: f"{at}Z"),
    TIMES.map(lambda at: f"{at}-07:00"),
)
START = ["", "DTSTART;TZID=Europe/Paris:20260301T100000", "DTSTART;VALUE=DATE:20260301"]


@given(st.none() | MOMENTS, st.none() | MOMENTS, st.sampled_from(START))
def test_whatever_an_event_is_given_it_gives_back(start, end, before: str):
    if start is None and end is None:
        return
    after = _said(_edited({"start": start, "end": end}, *filter(None, [before])))
    fields = _event(*after)
    assert SAME(fields["start"], start), after
    assert SAME(fields["end"], end), after


@given(st.none() | MOMENTS, st.none() | MOMENTS)
def test_whatever_a_task_is_given_it_gives_back(start, due):
    after = _said(_edited({"start": start, "due": due}, kind="VTODO"), "VTODO")
    fields = _task(*after)
    assert SAME(fields["start"], start), after
    assert SAME(fields["due"], due), after


@given(st.none() | MOMENTS, st.none() | MOMENTS)
def test_a_task_never_begins_after_it_is_due(start, due):
    after = _said(_edited({"start": start, "due": due}, kind="VTODO"), "VTODO")
    begins = next((line for line in after if line.startswith("DTSTART")), None)
    ends = next((line for line in after if line.startswith("DUE")), None)
    if begins and ends:
        assert ("VALUE=DATE" in begins) == ("VALUE=DATE" in ends)
        assert begins.rpartition(":")[2] < ends.rpartition(":")[2]


# Tasks


def test_completing_a_task_says_when_and_how_far():
    after = _said(_edited({"done": True}, "STATUS:IN-PROCESS", kind="VTODO"), "VTODO")
    assert sorted(after) == [
        "COMPLETED:20261122T120000Z",
        "PERCENT-COMPLETE:100",
        "STATUS:COMPLETED",
    ]
    assert _task(*after)["done"] is True


def test_taking_it_back_takes_all_of_it_back():
    said = "COMPLETED:20261122T120000Z", "PERCENT-COMPLETE:100", "STATUS:COMPLETED"
    after = _said(_edited({"done": None}, *said, kind="VTODO"), "VTODO")
    assert after == ["STATUS:NEEDS-ACTION"]
    assert _task(*after)["done"] is None


def test_a_task_that_is_done_already_keeps_the_day_it_was():
    said = ["COMPLETED:20200101T120000Z", "STATUS:COMPLETED"]
    assert _said(_edited({"done": True}, *said, kind="VTODO"), "VTODO") == said


@pytest.mark.parametrize(
    ("said", "done"),
    [
        (["STATUS:COMPLETED"], True),
        (["COMPLETED:20200101T120000Z"], True),
        (["PERCENT-COMPLETE:100"], True),
        (["STATUS:NEEDS-ACTION", "COMPLETED:20200101T120000Z"], None),
        (["STATUS:CANCELLED"], None),
        (["PERCENT-COMPLETE:99"], None),
        ([], None),
    ],
)
def test_a_task_is_done_by_its_status_or_else_by_what_says_so(said: list[str], done: object):
    assert _task(*said)["done"] is done


def test_a_priority_of_0_is_none():
    assert _task("PRIORITY:0")["priority"] is None
    assert _task("PRIORITY:1")["priority"] == 1


@pytest.mark.parametrize("value", [10, -1, 1.5])
def test_a_priority_that_there_is_not_is_refused(value: float):
    with pytest.raises(Refused):
        _edited({"priority": value}, kind="VTODO")


def test_a_change_of_time_asks_people_again_and_another_does_not():
    document = _document("VEVENT", "SEQUENCE:4", "DTSTART:20260301T100000Z")
    part = document.calendar.inner("VEVENT")[0]
    properties.touch(part, NOW, moved=False)
    assert b"SEQUENCE:4\r\n" in document.raw()
    properties.touch(part, NOW, moved=True)
    assert b"SEQUENCE:5\r\n" in document.raw()
    assert b"LAST-MODIFIED:20261122T120000Z\r\n" in document.raw()
