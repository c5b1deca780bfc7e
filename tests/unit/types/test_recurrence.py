from __future__ import annotations

import pytest

from sync.types import of

KIND = of("recurrence")
WEEKLY = "RRULE:FREQ=WEEKLY"


def dates(*days):
    return KIND.clean([WEEKLY, *(f"EXDATE:202603{day:02}T140000Z" for day in days)])


def test_lines_have_one_spelling_and_one_order():
    raw = ["EXDATE;TZID=Europe/Paris:20260308T140000,20260301T140000", "rrule:byday=mo;freq=weekly"]
    assert KIND.clean(raw) == [
        "RRULE:FREQ=WEEKLY;BYDAY=MO",
        "EXDATE;TZID=Europe/Paris:20260301T140000",
        "EXDATE;TZID=Europe/Paris:20260308T140000",
    ]


@pytest.mark.parametrize(
    "garbage",
    [
        ["RRULE:COUNT=3"],
        ["RRULE:FREQ=OFTEN"],
        ["SUMMARY:x"],
        ["RRULE:FREQ=DAILY\nX:1"],
        WEEKLY,
        [1],
    ],
)
def test_what_says_no_recurrence_is_refused(garbage):
    with pytest.raises(ValueError, match=r"."):
        KIND.clean(garbage)


def test_days_struck_out_by_two_people_are_both_out():
    merged = KIND.merge(dates(1), dates(1, 8), dates(15))
    assert (merged.value, merged.conflict) == (dates(8, 15), False)


def test_a_rule_changed_by_one_and_a_day_struck_out_by_the_other_both_hold():
    daily = KIND.clean(["RRULE:FREQ=DAILY"])
    merged = KIND.merge(dates(), daily, dates(8))
    assert merged.value == ["RRULE:FREQ=DAILY", "EXDATE:20260308T140000Z"]


def test_a_rule_changed_by_both_is_a_conflict():
    daily, monthly = KIND.clean(["RRULE:FREQ=DAILY"]), KIND.clean(["RRULE:FREQ=MONTHLY"])
    merged = KIND.merge(dates(8), daily, monthly)
    assert (merged.value, merged.conflict) == (daily, True)


def test_defaults_that_a_server_writes_out_are_no_edit():
    assert KIND.equivalent([WEEKLY], ["RRULE:FREQ=WEEKLY;INTERVAL=1;WKST=MO"])
    assert not KIND.equivalent([WEEKLY], ["RRULE:FREQ=WEEKLY;INTERVAL=2"])
