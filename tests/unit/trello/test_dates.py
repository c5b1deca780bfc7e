from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.trello.dates import moment, sent

ZONES = ["Europe/Paris", "UTC", "America/New_York", "Pacific/Auckland"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (None, None),
        ("2018-02-16T11:00:00.000Z", "2018-02-16T11:00:00Z"),
        ("2018-02-16T11:00:00.250Z", "2018-02-16T11:00:00.250Z"),
        ("2026-06-01T21:59:59.000Z", "2026-06-01"),
        ("2026-06-01T21:59:00.000Z", "2026-06-01T21:59:00Z"),
    ],
)
def test_dates_are_read_as_instants_but_for_whole_days_of_ours(raw, shown):
    assert moment(raw, "Europe/Paris") == shown


@pytest.mark.parametrize("raw", ["demain", "2026-03-01", "2026-03-01T10:00:00"])
def test_what_is_no_instant_is_refused(raw):
    with pytest.raises(ValueError, match=r".+"):
        moment(raw, "Europe/Paris")


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.sampled_from(ZONES), st.booleans())
def test_a_whole_day_comes_back_as_that_day(day, zone, start):
    assert moment(sent(day.isoformat(), zone, start=start), zone) == day.isoformat()


def test_a_whole_day_is_due_at_its_end_where_the_collective_lives():
    assert sent("2026-06-01", "Europe/Paris") == "2026-06-01T21:59:59.000Z"
    assert sent("2026-06-01", "Europe/Paris", start=True) == "2026-06-01T10:00:59.000Z"


def test_an_instant_in_a_zone_of_its_own_is_sent_as_the_same_instant():
    zoned = "2026-03-01T14:00:00+01:00[Europe/Paris]"
    assert sent(zoned, "America/New_York") == "2026-03-01T13:00:00.000Z"
