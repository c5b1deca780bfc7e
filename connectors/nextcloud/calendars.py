"""Calendars and task lists of Nextcloud, with what is its own.

- Deck shows its boards as read-only calendars: mirrored, every card would loop.
- Deleted calendars stay listed until the trash bin is emptied.
- A UID in the trash bin cannot be created again: the server answers 500. Ours are new
  for each attempt, so it meets only what people put there.
- On SQLite, two writers at once are told 500 "database is locked" (nothing was done).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from time import sleep

from connectors.caldav import CalDav
from connectors.dav import Entry, etag
from connectors.dav.multistatus import DAV
from connectors.http import Response
from sync.connector import SystemSettings, Tools
from sync.errors import Ambiguous, Gone, Refused

GENERATED = re.compile(r"/(app-generated--[^/]*|contact_birthdays|inbox|outbox|trashbin)/?$")
DELETED = "deleted-calendar"
ATTEMPTS = 4
FAILED = 500
LOCKED = b"database is locked"
TAKEN = re.compile(rb"UNIQUE constraint|unique constraint|Duplicate entry|UniqueConstraint")


class Calendars(CalDav):
    """The calendars of one account."""

    def __init__(
        self, settings: SystemSettings, tools: Tools, wait: Callable[[float], None] = sleep
    ) -> None:
        super().__init__(settings, tools)
        self._wait = wait

    def kept(self, entry: Entry) -> bool:
        if GENERATED.search(entry.path):
            return False
        kind = entry.props.get(f"{{{DAV}}}resourcetype")
        return kind is None or not any(node.tag.endswith(f"}}{DELETED}") for node in kind)

    def send(self, path: str, raw: bytes, headers: Mapping[str, str]) -> Response:
        """Send a conditional write; look, and send it again, where the database was locked."""
        for attempt in range(ATTEMPTS):
            response = self.server.put(path, raw, headers, accept={FAILED})
            if response.status != FAILED:
                return response
            if TAKEN.search(response.content):
                raise Refused(f"{path}: its UID lies in the calendar's trash bin")
            if LOCKED not in response.content:
                break
            self._wait(0.2 * 2**attempt)
            if (landed := self._landed(path, raw)) is not None:
                return landed
        raise Ambiguous(f"{self.tools.name}: PUT {path}: HTTP 500")

    def _landed(self, path: str, raw: bytes) -> Response | None:
        """What stands there, if it is what we sent. An ETag is the MD5 of the content."""
        try:
            there = self.server.get(path)
        except Gone:
            return None
        return there if there.content == raw and etag(there.headers.get("ETag")) else None
