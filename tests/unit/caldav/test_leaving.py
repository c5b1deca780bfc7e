"""Leaving a calendar: our properties go, every other byte and the UID stay."""

from __future__ import annotations

import pytest

from connectors.caldav.leaving import traces, unmarked
from sync.account import Sort
from sync.errors import Gone, Malformed
from sync.model import Collection, Record

PLACE = Collection("cloud", "calendar", "/cal/", "Programme")


def event(*lines, uid="abc@jumelage"):
    said = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//X//EN", "BEGIN:VEVENT", f"UID:{uid}",
        "DTSTART:20260301T140000Z", *lines, "SUMMARY:Fête", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    return "".join(f"{line}\r\n" for line in said).encode()


MARKS = "X-JUMELAGE-ORIGIN:abc", "X-JUMELAGE-START:none", "X-JUMELAGE-END;VALUE=DATE:20260301"


def test_our_properties_go_and_nothing_else():
    theirs = "X-OTHER:X-JUMELAGE-ORIGIN:abc"
    assert unmarked(event(*MARKS, theirs)) == event(theirs)


def test_what_has_no_mark_keeps_every_byte():
    raw = event("X-OTHER:1").replace(b"\r\n", b"\n")
    assert unmarked(raw) == raw


def test_a_mark_in_an_overridden_occurrence_goes_too():
    occurrence = ("END:VEVENT", "BEGIN:VEVENT", "UID:abc", "RECURRENCE-ID:20260308T140000Z")
    assert unmarked(event(*occurrence, *MARKS)) == event(*occurrence)


def found(raw):
    text = raw.decode().replace("\r\n", "\n")
    return Record("a.ics", "1", {}, rest=text)


@pytest.mark.parametrize(
    ("record", "sorts"),
    [
        (found(event(MARKS[0])), [(Sort.MARK, False), (Sort.IDENTITY, True)]),
        (found(event(MARKS[1], uid="theirs")), [(Sort.MARK, False)]),
        (found(event()), [(Sort.IDENTITY, True)]),
        (found(event("DESCRIPTION:X-JUMELAGE-ORIGIN:abc", uid="theirs")), []),
        (Gone("gone"), []),
        (Malformed("broken"), []),
    ],
)
def test_each_record_tells_what_of_ours_is_in_it(record, sorts):
    told = list(traces(PLACE, [("a.ics", record)]))
    assert [(one.sort, one.stays) for one in told] == sorts
    assert all(one.collection == PLACE and one.where == "a.ics" for one in told)
