"""Leaving a calendar: our own properties go, the UIDs that we gave stay.

A UID is what calendars everywhere know an event by (RFC 5545 section 3.8.4.7): another one
would be another event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connectors.caldav import event, lines, properties
from connectors.caldav.lines import Component, Document
from sync.account import Sort, Trace
from sync.errors import Gone, Malformed
from sync.model import Collection, Record

_MARKS = (properties.ORIGIN, event.START_MARK, event.END_MARK)


def traces(
    collection: Collection, records: Iterable[tuple[str, Record | Gone | Malformed]]
) -> Iterator[Trace]:
    """As `Leaves.traces`, of one collection."""
    for ref, found in records:
        text = found.rest if isinstance(found, Record) else None
        if not isinstance(text, str):
            continue
        document = lines.read(text.encode())
        if any(part.lines(*_MARKS) for part in _parts(document)):
            yield Trace(Sort.MARK, ref, collection)
        if properties.UID_TAIL in text:
            yield Trace(Sort.IDENTITY, ref, collection, stays=True)


def unmarked(raw: bytes) -> bytes:
    """The resource without our properties; every other byte stays."""
    document = lines.read(raw)
    for part in _parts(document):
        for name in _MARKS:
            if part.lines(name):
                part.put(name)
    return document.raw()


def _parts(document: Document) -> Iterator[Component]:
    return (part for part in document.calendar.parts if isinstance(part, Component))
