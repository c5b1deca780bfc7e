"""What iCalendar text keeps when something else in it changes: everything, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.caldav import lines, properties
from sync.errors import Malformed, Refused

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=90)
NAMES = st.sampled_from(
    ["X-APPLE-STRUCTURED-LOCATION", "X-MOZ-LASTACK", "ATTENDEE", "CLASS", "GEO"]
)
ENDS = st.sampled_from(["\r\n", "\n"])


def _folded(draw: st.DrawFn, text: str, end: str) -> bytes:
    """A content line, folded where a careless client might, even within a character."""
    raw = text.encode()
    cuts = draw(st.lists(st.integers(1, max(1, len(raw))), max_size=3))
    pieces, last = [], 0
    for cut in sorted(set(cuts)):
        pieces.append(raw[last:cut])
        last = cut
    pieces = [p for p in [*pieces, raw[last:]] if p]
    return (end + " ").encode().join(pieces) + end.encode()


@st.composite
def foreign(draw: st.DrawFn, end: str) -> bytes:
    """Lines and parts that no field of ours names."""
    if draw(st.booleans()):
        return _folded(draw, f'{draw(NAMES)};CN="a;b:c":{draw(WORDS)}', end)
    inner = [f"ACTION:{draw(st.sampled_from(['AUDIO', 'DISPLAY']))}", f"SUMMARY:{draw(WORDS)}"]
    said = ["BEGIN:VALARM", *inner, "TRIGGER:-PT15M", "END:VALARM"]
    return b"".join(_folded(draw, line, end) for line in said)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    end = draw(ENDS)

    def known(text: str) -> bytes:
        return _folded(draw, text, end)

    others = [draw(foreign(end)) for _ in range(draw(st.integers(0, 5)))]
    places = [draw(st.integers(0, 2)) for _ in others]
    own = [known("SUMMARY:before"), known("DTSTART:20260301T100000Z"), known("UID:u1")]
    body = b"".join(
        own[n] + b"".join(o for o, place in zip(others, places, strict=True) if place == n)
        for n in range(3)
    )
    series = known("BEGIN:VEVENT") + known("UID:u1") + known("RECURRENCE-ID:20260308T100000Z")
    series += known("DTSTART:20260308T110000Z") + known("SUMMARY:moved") + known("END:VEVENT")
    head = f"BEGIN:VCALENDAR{end}PRODID:-//x{end}BEGIN:VEVENT{end}".encode()
    tail = f"END:VEVENT{end}".encode() + series + f"END:VCALENDAR{end}".encode()
    ordered = [o for n in range(3) for o, p in zip(others, places, strict=True) if p == n]
    return head + body + tail, [*ordered, series]


@given(calendars(), WORDS.filter(str.strip))
def test_what_is_not_changed_keeps_its_bytes_and_its_order(made, title: str):
    raw, kept = made
    document = lines.read(raw)
    part = properties.master(document, "VEVENT")
    properties.put_text(part, "SUMMARY", title)
    after = document.raw()
    at = 0
    for piece in kept:
        at = after.index(piece, at) + len(piece)
    assert properties.text(properties.master(lines.read(after), "VEVENT"), "SUMMARY") == title
    old = b"".join(
        line.raw for line in lines.read(raw).calendar.inner("VEVENT")[0].lines("SUMMARY")
    )
    new = b"".join(
        line.raw for line in lines.read(after).calendar.inner("VEVENT")[0].lines("SUMMARY")
    )
    assert after.replace(new, old, 1) == raw


@given(calendars())
def test_what_is_read_is_written_as_it_was(made):
    raw, _ = made
    assert lines.read(raw).raw() == raw


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=300))
def test_a_text_comes_back_as_it_was_written(text: str):
    try:
        escaped = lines.escaped(text)
    except Refused:
        return
    line = lines.fold(f"DESCRIPTION:{escaped}")
    assert all(len(piece) <= 75 for piece in line.split(b"\r\n"))
    document = lines.read(b"BEGIN:VCALENDAR\r\n" + line + b"END:VCALENDAR\r\n")
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert (properties.text(document.calendar, "DESCRIPTION") or "") == expected


def test_control_characters_are_refused_rather_than_dropped():
    with pytest.raises(Refused):
        lines.escaped("bell\x07")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"BEGIN:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n",
        b"BEGIN:VCALENDAR\r\nSUMMARY:\xff\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 5000,
    ],
)
def test_what_does_not_nest_or_is_no_text_is_malformed(raw: bytes):
    with pytest.raises(Malformed):
        lines.read(raw)


def test_a_character_that_was_folded_apart_is_read_whole():
    raw = b"BEGIN:VCALENDAR\r\nSUMMARY:caf\xc3\r\n \xa9\r\nEND:VCALENDAR\r\n"
    assert properties.text(lines.read(raw).calendar, "SUMMARY") == "café"


def test_a_line_that_is_none_is_kept():
    raw = b"BEGIN:VCALENDAR\r\nthis is no line\r\nSUMMARY:a\r\nEND:VCALENDAR\r\n"
    document = lines.read(raw)
    properties.put_text(document.calendar, "SUMMARY", "b")
    assert document.raw() == raw.replace(b"SUMMARY:a", b"SUMMARY:b")


def test_a_text_keeps_the_language_that_it_is_said_to_be_in():
    raw = b"BEGIN:VCALENDAR\r\nSUMMARY;LANGUAGE=fr:a\r\nEND:VCALENDAR\r\n"
    document = lines.read(raw)
    properties.put_text(document.calendar, "SUMMARY", "b")
    assert b"SUMMARY;LANGUAGE=fr:b\r\n" in document.raw()


def _with(*said: str) -> lines.Document:
    text = ["BEGIN:VCALENDAR", *said, "END:VCALENDAR", ""]
    return lines.read("\r\n".join(text).encode())


def test_categories_of_several_lines_are_one_set():
    document = _with("CATEGORIES:b\\,c,a", "CATEGORIES:a,d")
    assert properties.categories(document.calendar) == ["a", "b,c", "d"]


def test_categories_that_stay_keep_their_line():
    document = _with("CATEGORIES;X-A=1:b\\,c,a", "CATEGORIES:d")
    properties.put_categories(document.calendar, ["a", "b,c", "new;"])
    assert document.raw() == _with("CATEGORIES;X-A=1:b\\,c,a,new\\;").raw()


def test_no_categories_leave_no_line():
    document = _with("CATEGORIES:d")
    properties.put_categories(document.calendar, None)
    assert document.raw() == _with().raw()


def test_a_rule_that_says_the_same_keeps_its_bytes():
    document = _with("EXDATE:20260301T100000Z,20260308T100000Z", "RRULE:COUNT=3;FREQ=weekly")
    before = document.raw()
    properties.put_recurrence(document.calendar, properties.recurrence(document.calendar))
    assert document.raw() == before


def test_a_rule_that_is_none_is_malformed():
    with pytest.raises(Malformed):
        properties.recurrence(_with("RRULE:every other day").calendar)


def test_a_link_that_would_begin_another_line_is_refused():
    with pytest.raises(Refused):
        properties.put_url(_with().calendar, "https://example.org/\r\nATTENDEE:mailto:x")


def test_things_of_different_uids_in_one_resource_are_malformed():
    said = ["BEGIN:VEVENT", "UID:1", "END:VEVENT", "BEGIN:VEVENT", "UID:2", "END:VEVENT"]
    with pytest.raises(Malformed):
        properties.master(_with(*said), "VEVENT")
