"""What a real Nextcloud answered, and what we made of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.caldav import CalDav
from connectors.caldav.discovery import Calendar
from connectors.nextcloud import Nextcloud
from connectors.webdav.walk import Walk
from sync.connector import Origin
from sync.errors import (
    ConfigError,
    CursorExpired,
    Gone,
    Refused,
    Stale,
    Unauthorized,
)
from sync.model import Collection
from tests.unit.http.conftest import answer
from tests.unit.nextcloud.conftest import Replay

MIRROR = "/remote.php/dav/calendars/alice/mirror/"
TASKS = Collection("cloud", "tasks", MIRROR, "mirror")
EVENTS = Collection("cloud", "calendar", MIRROR, "mirror")


def _calendars(cloud: Nextcloud) -> CalDav:
    """The part for calendars, that knows one, as after `locate`."""
    part = cloud._part("calendar")
    assert isinstance(part, CalDav)
    part._found = [Calendar(MIRROR, "Mirror", frozenset(), writable=True, syncs=True)]
    return part


def test_the_account_is_found_though_people_sign_in_by_mail(recorded: Replay, cloud: Nextcloud):
    recorded.says()
    assert cloud.account.id == "alice"


@pytest.mark.parametrize("step", ["087-home-deck", "113-home-after-delete", "136-home-birthdays"])
def test_only_calendars_that_people_keep_are_offered(recorded: Replay, cloud: Nextcloud, step: str):
    recorded.says(step)
    with pytest.raises(ConfigError) as caught:
        cloud.locate("calendar", "no such calendar")
    offered = str(caught.value)
    assert "'Personal'" in offered
    assert "'Mirror renamed' (mirror)" in offered
    for other in ("Deck", "deck", "birthday", "inbox", "trash"):
        assert other not in offered
    assert ("tasks-only" in offered) == (step == "087-home-deck")  # it is deleted later


def test_a_calendar_of_decks_cannot_be_named(recorded: Replay, cloud: Nextcloud):
    recorded.says("087-home-deck")
    with pytest.raises(ConfigError):
        cloud.locate("tasks", "app-generated--deck--board-4")


def test_a_calendar_is_found_by_its_title_and_by_its_path(recorded: Replay, cloud: Nextcloud):
    recorded.says("010-home-list")
    by_path = cloud.locate("calendar", "mirror")
    assert by_path.id == MIRROR
    assert cloud.locate("calendar", by_path.name) == by_path


def test_a_calendar_for_events_only_is_no_task_list(recorded: Replay, cloud: Nextcloud):
    recorded.says("010-home-list")
    with pytest.raises(ConfigError):
        cloud.locate("tasks", "personal")


def test_a_delta_names_what_changed_and_what_left(recorded: Replay, cloud: Nextcloud):
    recorded.says("070-sync-after-delete")
    (page,) = _calendars(cloud).changes(EVENTS, "sync:http://sabre.io/ns/sync/1")
    assert "ev1.ics" in page.gone
    assert "n1.ics" in page.gone
    assert page.cursor is not None
    assert page.cursor.startswith("sync:http://sabre.io/ns/sync/")


def test_a_delta_without_changes_is_empty(recorded: Replay, cloud: Nextcloud):
    recorded.says("025-sync-nochange")
    (page,) = _calendars(cloud).changes(EVENTS, "sync:http://sabre.io/ns/sync/1")
    assert (page.records, page.gone, page.complete) == ((), (), False)


def test_a_token_that_is_no_token_has_expired(recorded: Replay, cloud: Nextcloud):
    recorded.says("060-sync-garbage")
    with pytest.raises(CursorExpired):
        list(_calendars(cloud).changes(EVENTS, "sync:garbage"))


def test_a_token_from_before_a_restored_backup_has_expired(recorded: Replay, cloud: Nextcloud):
    recorded.says("061-sync-too-high")
    with pytest.raises(CursorExpired):
        list(_calendars(cloud).changes(EVENTS, "sync:http://sabre.io/ns/sync/999999"))


def test_what_a_multiget_leaves_out_is_asked_for_directly(recorded: Replay, cloud: Nextcloud):
    recorded.says("033-multiget", "058-get-missing")
    refs = ["ev1.ics", "rec.ics", "missing.ics"]
    read = dict(_calendars(cloud).get_many(EVENTS, refs))
    assert isinstance(read["missing.ics"], Gone)
    assert read["ev1.ics"].fields["summary"] == "Kick-off v2"  # type: ignore[union-attr]
    series = read["rec.ics"].fields  # type: ignore[union-attr]
    assert series["summary"] == "Weekly"
    assert series["start"] == "2026-12-07T09:00:00+01:00[Europe/Paris]"
    assert series["recurrence"] == [
        "RRULE:FREQ=WEEKLY;COUNT=6",
        "EXDATE;TZID=Europe/Paris:20261228T090000",
    ]


@pytest.mark.parametrize("step", ["071-put-after-delete"])
def test_a_uid_that_lies_in_the_trash_bin_is_refused_with_the_reason(
    recorded: Replay, cloud: Nextcloud, step: str
):
    recorded.says(step)
    calendars = _calendars(cloud)
    with pytest.raises(Refused, match="trash bin"):
        calendars.create(
            EVENTS,
            {"summary": "x", "start": "2026-12-01T10:00:00Z"},
            origin=Origin("ev1", datetime.now(UTC)),
        )


def test_a_locked_database_is_looked_at_and_written_to_again(recorded: Replay, cloud: Nextcloud):
    recorded.says()
    calendars = _calendars(cloud)
    calendars._wait = lambda _seconds: None  # type: ignore[attr-defined]
    locked = answer(500, b"<s:message>SQLSTATE[HY000]: 5 database is locked</s:message>")
    recorded.server.says(locked, answer(404), locked, answer(404), answer(201, ETag='"e"'))
    fields = {"summary": "x", "start": "2026-12-01T10:00:00Z"}
    made = calendars.create(EVENTS, fields, origin=Origin("n1", datetime.now(UTC)))
    assert made is not None
    assert made.version == "e"
    assert [asked.method for asked in recorded.server.asked][-5:] == [
        "PUT",
        "GET",
        "PUT",
        "GET",
        "PUT",
    ]


def test_a_write_under_an_older_version_is_stale(recorded: Replay, cloud: Nextcloud):
    recorded.says("019-get", "017-put-ifmatch-wrong")
    calendars = _calendars(cloud)
    now = calendars.get(EVENTS, "ev1.ics").version
    with pytest.raises(Stale):
        calendars.update(EVENTS, "ev1.ics", {"summary": "x"}, expect=now)
    with pytest.raises(Stale):
        calendars.update(EVENTS, "ev1.ics", {"summary": "x"}, expect="older")


def test_a_task_where_only_events_may_be_is_refused(recorded: Replay, cloud: Nextcloud):
    recorded.says("054-todo-in-personal")
    personal = Collection("cloud", "tasks", "/remote.php/dav/calendars/alice/personal/", "Personal")
    with pytest.raises(Refused):
        _calendars(cloud).create(personal, {"summary": "x"}, origin=Origin("t", datetime.now(UTC)))


def test_wrong_passwords_are_tried_once(recorded: Replay, cloud: Nextcloud):
    recorded.server.says(answer(401))
    with pytest.raises(Unauthorized):
        cloud.locate("files", "Documents")
    assert len(recorded.server.asked) == 1


def test_names_are_read_however_they_are_encoded(recorded: Replay, cloud: Nextcloud):
    recorded.says("files:103-names-list")
    files = cloud._part("files")
    root = "/remote.php/dav/files/alice/rec/"
    walk = Walk(files.server, root)  # type: ignore[attr-defined]
    names = {entry.path for entry in walk._folder("")}
    assert "é-nfd.txt" in names
    assert not any("%" in name and name.count("%") > 1 for name in names)


def test_an_etag_that_a_proxy_made_weak_is_the_same(recorded: Replay, cloud: Nextcloud):
    step = recorded.steps["files:214-propfind-gzip"]
    recorded.says("files:214-propfind-gzip")
    files = cloud._part("files")
    collection = Collection("cloud", "files", "rec", "rec")
    record = files.get(collection, "gz.txt")
    assert record.version is not None
    assert not record.version.startswith(("W/", '"'))
    assert record.version in str(step["body"])
