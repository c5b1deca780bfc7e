"""Leaving a calendar of a real server: each event stands as it did, without our properties."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.caldav import CalDav
from connectors.caldav.connector import CalDavSettings
from connectors.sandbox.radicale import RadicaleSandbox
from sync.account import Sort
from sync.connector import Origin, Tools


@pytest.fixture
def calendar(tmp_path):
    if lacking := RadicaleSandbox.missing():
        pytest.skip(lacking)
    sandbox = RadicaleSandbox(tmp_path)
    sandbox.start()
    connector = CalDav(CalDavSettings(connector="caldav", **sandbox.settings()), Tools("agenda"))
    yield connector, connector.locate("calendar", sandbox.make("calendar"))
    connector.close()
    sandbox.stop()


def test_marks_go_and_events_stay(calendar):
    agenda, place = calendar
    sent = {"summary": "Fête", "end": "2026-03-01T14:00:00Z"}
    made = agenda.create(place, sent, origin=Origin("a1b2c3d4e5f6a7b8c9d0", datetime.now(UTC)))
    found = list(agenda.traces([place]))
    assert [trace.sort for trace in found] == [Sort.MARK, Sort.IDENTITY]
    agenda.efface(found[0])
    agenda.efface(found[0])
    now = agenda.get(place, made.ref)
    assert "X-JUMELAGE" not in now.rest
    assert now.fields["summary"] == "Fête"
    assert "DTSTART:20260301T140000Z" in now.rest  # what calendars show
    assert [trace.sort for trace in agenda.traces([place])] == [Sort.IDENTITY]
