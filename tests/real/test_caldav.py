"""Calendars on real servers: Radicale and Xandikos, started here and thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from connectors.caldav import CalDav, CalDavSettings
from connectors.sandbox.radicale import RadicaleSandbox
from connectors.sandbox.servers import ServerSandbox
from connectors.sandbox.xandikos import XandikosSandbox
from sync.connector import Origin, Tools
from sync.errors import ConfigError, CursorExpired, Gone, Refused, Stale
from sync.model import Collection

pytestmark = pytest.mark.real

SERIES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Somebody//Else//EN
BEGIN:VEVENT
UID:series-1
DTSTAMP:20260101T000000Z
DTSTART:20260302T090000Z
DTEND:20260302T100000Z
SUMMARY:Weekly
RRULE:FREQ=WEEKLY;COUNT=6
X-COLOUR;X-SHADE=dark:green
CLASS:PRIVATE
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:soon
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:series-1
DTSTAMP:20260101T000000Z
RECURRENCE-ID:20260309T090000Z
DTSTART:20260310T140000Z
DTEND:20260310T150000Z
SUMMARY:Weekly\\, moved
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module", params=[RadicaleSandbox, XandikosSandbox], ids=lambda s: s.package)
def sandbox(request, tmp_path_factory) -> Iterator[ServerSandbox]:
    if lacking := request.param.missing():
        pytest.skip(lacking)
    server = request.param(tmp_path_factory.mktemp(request.param.package))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def caldav(sandbox: ServerSandbox) -> Iterator[CalDav]:
    settings = CalDavSettings(connector="caldav", **sandbox.settings())
    connector = CalDav(settings, Tools("agenda"))
    yield connector
    connector.close()


@pytest.fixture
def calendar(sandbox: ServerSandbox, caldav: CalDav) -> Collection:
    return caldav.locate("calendar", sandbox.make("calendar"))


@pytest.fixture
def tasks(sandbox: ServerSandbox, caldav: CalDav) -> Collection:
    return caldav.locate("tasks", sandbox.make("tasks"))


def _put(sandbox: ServerSandbox, calendar: Collection, name: str, text: str) -> None:
    """What somebody else's program writes."""
    said = sandbox.settings()
    auth = (said["user"], said["password"]) if "user" in said else None
    answer = requests.put(
        f"{sandbox.url}{calendar.id}{name}",
        data=text.replace("\n", "\r\n").encode(),
        headers={"Content-Type": "text/calendar"},
        auth=auth,
        timeout=10,
    )
    answer.raise_for_status()


def _origin(nonce: str) -> Origin:
    return Origin(nonce.ljust(20, "0"), datetime.now(UTC))


def test_a_series_keeps_its_exceptions_alarms_and_foreign_lines(sandbox, caldav, calendar):
    _put(sandbox, calendar, "series.ics", SERIES)
    record = caldav.get(calendar, "series.ics")
    assert record.fields["recurrence"] == ["RRULE:COUNT=6;FREQ=WEEKLY"] or record.fields[
        "recurrence"
    ] == ["RRULE:FREQ=WEEKLY;COUNT=6"]
    caldav.update(calendar, "series.ics", {"summary": "Hebdo"}, expect=record.version)
    kept = str(caldav.get(calendar, "series.ics").rest)
    for line in (
        "X-COLOUR;X-SHADE=dark:green",
        "CLASS:PRIVATE",
        "TRIGGER:-PT15M",
        "RECURRENCE-ID:20260309T090000Z",
        "SUMMARY:Weekly\\, moved",
        "SUMMARY:Hebdo",
    ):
        assert line in kept
    assert kept.count("BEGIN:VEVENT") == 2


def test_events_and_tasks_of_one_calendar_are_told_apart(sandbox, caldav, calendar):
    if sandbox.package == "radicale":
        pytest.skip("this server refuses tasks in a calendar of events")
    _put(sandbox, calendar, "series.ics", SERIES)
    tasks = Collection("agenda", "tasks", calendar.id)
    caldav.create(tasks, {"summary": "à faire"}, origin=_origin("task"))
    listed = [
        [e.ref for p in caldav.changes(c, None) for e in p.records] for c in (calendar, tasks)
    ]
    assert listed == [["series.ics"], ["task0000000000000000.ics"]]
    with pytest.raises(Gone):
        caldav.get(tasks, "series.ics")


def test_two_creates_of_one_origin_make_one(caldav, calendar):
    fields = {"summary": "once", "end": "2026-03-01"}
    caldav.create(calendar, fields, origin=_origin("once"))
    with pytest.raises(Stale):
        caldav.create(calendar, fields, origin=_origin("once"))
    assert len([e for p in caldav.changes(calendar, None) for e in p.records]) == 1


def test_a_hundred_and_one_events_are_read_in_two_batches(caldav, calendar):
    refs = []
    for number in range(101):
        fields = {"summary": f"n° {number}", "start": "2026-03-01T10:00:00Z"}
        made = caldav.create(calendar, fields, origin=_origin(f"many{number:03}"))
        refs.append(made.ref)
    read = dict(caldav.get_many(calendar, [*refs, "missing.ics"]))
    assert isinstance(read.pop("missing.ics"), Gone)
    assert [read[ref].fields["summary"] for ref in refs] == [f"n° {n}" for n in range(101)]


def test_a_token_of_another_server_has_expired(caldav, calendar):
    with pytest.raises(CursorExpired):
        list(caldav.changes(calendar, "sync:http://example.org/ns/sync/1"))


def test_a_calendar_that_is_not_there_is_explained(caldav, calendar):
    with pytest.raises(ConfigError, match=calendar.name):
        caldav.locate("calendar", "nowhere")


@pytest.mark.parametrize("place", ["/", "calendar"])
def test_calendars_are_found_from_the_server_and_from_a_calendar_itself(sandbox, calendar, place):
    url = f"{sandbox.url}{calendar.id if place == 'calendar' else place}"
    settings = sandbox.settings() | {"connector": "caldav", "url": url}
    found = CalDav(CalDavSettings(**settings), Tools("agenda")).locate("calendar", calendar.name)
    assert found == calendar


def test_an_event_without_dates_is_refused_before_anything_is_sent(caldav, calendar):
    with pytest.raises(Refused):
        caldav.create(calendar, {"summary": "when?"}, origin=_origin("when"))
    assert not [e for p in caldav.changes(calendar, None) for e in p.records]


def test_a_completed_task_is_completed_for_everybody(caldav, tasks):
    made = caldav.create(tasks, {"summary": "a", "due": "2026-03-01"}, origin=_origin("done"))
    caldav.update(tasks, made.ref, {"done": True}, expect=made.version)
    text = str(caldav.get(tasks, made.ref).rest)
    assert {"STATUS:COMPLETED", "PERCENT-COMPLETE:100"} <= set(text.split("\n"))
