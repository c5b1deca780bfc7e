"""What stands in a calendar, and what changed: by sync token, by ctag, or by looking.

A cursor is `sync:TOKEN` (RFC 6578) or `ctag:TAG` (the calendar server's older way).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from connectors.caldav.discovery import Calendar, name_in
from connectors.dav import DavServer, Entry, Multistatus, etag, has_error, read
from connectors.dav.multistatus import CALDAV, DAV, FULL, GONE, SERVER
from connectors.dav.paths import encode
from connectors.dav.server import element
from connectors.http import Response
from sync.errors import CursorExpired, Refused, Unreachable
from sync.model import Page, Stub

BATCH = 100
ETAG, TOKEN, CTAG = f"{{{DAV}}}getetag", f"{{{DAV}}}sync-token", f"{{{SERVER}}}getctag"
KIND, MEDIA = f"{{{DAV}}}resourcetype", f"{{{DAV}}}getcontenttype"
DATA = f"{{{CALDAV}}}calendar-data"
COMPONENTS = ("VEVENT", "VTODO", "VJOURNAL")
NUMBERED = re.compile(r"http://sabre\.io/ns/sync/(\d+)")
REFUSED = frozenset({403, 409, 412})
ROUNDS = 1000
"""Parts in which one delta may come, lest a server that never ends keep us for ever."""

Content = tuple[str | None, bytes]
"""ETag and text of a resource."""


class Listing:
    """One look at one calendar."""

    def __init__(self, server: DavServer, calendar: Calendar, component: str) -> None:
        self._server, self._calendar, self._component = server, calendar, component

    def pages(self, since: str | None) -> Iterator[Page]:
        """What changed since the cursor, or everything. Raises `CursorExpired`."""
        if since is None:
            yield self._everything()
        elif since.startswith("sync:"):
            yield from self._delta(since.removeprefix("sync:"))
        elif since.startswith("ctag:"):
            yield self._unless_same(since)
        else:
            raise CursorExpired(f"{self._calendar.path}: this is no cursor of a calendar")

    def _everything(self) -> Page:
        # The cursor is read first: what changes meanwhile is then told twice, never missed.
        cursor = self._cursor()
        props = ("d:getetag", "d:getcontenttype", "d:resourcetype")
        answer = self._server.propfind(self._calendar.path, props, depth="1")
        self._whole(answer)
        found = {
            name: entry
            for entry in answer.entries
            if (name := name_in(self._calendar, entry.path)) and not _is_folder(entry)
        }
        foreign = self._foreign(found)
        stubs = [
            Stub(name, etag(entry.text(ETAG)))
            for name, entry in found.items()
            if name not in foreign
        ]
        return Page(tuple(stubs), cursor=cursor, complete=True)

    def _whole(self, answer: Multistatus) -> None:
        """Raise `Unreachable` if a listing does not even hold its own collection, or is cut."""
        paths = {entry.path.rstrip("/"): entry.status for entry in answer.entries}
        status = paths.get(self._calendar.path.rstrip("/"))
        if status is None or status >= FULL:
            raise Unreachable(f"{self._calendar.path}: the listing is not whole")

    def _cursor(self) -> str | None:
        props = ("d:sync-token", "cs:getctag")
        answer = self._server.propfind(self._calendar.path, props)
        entry = next(iter(answer.entries), None)
        token, ctag = (entry.text(TOKEN), entry.text(CTAG)) if entry else (None, None)
        if token and self._calendar.syncs:
            return f"sync:{token}"
        return f"ctag:{ctag}" if ctag else None

    def _unless_same(self, since: str) -> Page:
        return Page(cursor=since) if self._cursor() == since else self._everything()

    def _foreign(self, found: dict[str, Entry]) -> set[str]:
        """The names of resources that hold other components than ours.

        What nobody can say of stays with ours: reading it will tell.
        """
        foreign, unsaid = set(), False
        for name, entry in found.items():
            said = re.search(r"component=\"?(\w+)", entry.text(MEDIA) or "", re.IGNORECASE)
            if said and said.group(1).upper() != self._component:
                foreign.add(name)
            unsaid = unsaid or said is None
        if unsaid:
            others = [c for c in COMPONENTS if c != self._component and self._calendar.takes(c)]
            for other in others:
                foreign |= self._holding(other)
        return foreign

    def _holding(self, component: str) -> set[str]:
        body = (
            f"<c:calendar-query><d:prop><d:getetag/></d:prop><c:filter>"
            f'<c:comp-filter name="VCALENDAR"><c:comp-filter name="{component}"/>'
            f"</c:comp-filter></c:filter></c:calendar-query>"
        )
        try:
            answer = read(self._server.report(self._calendar.path, body))
        except Refused:
            return set()
        names = (name_in(self._calendar, entry.path) for entry in answer.entries)
        return {name for name in names if name}

    def _delta(self, token: str) -> Iterator[Page]:
        for _round in range(ROUNDS):
            answer = self._sync(token)
            if answer.token is None:
                raise Unreachable(f"{self._calendar.path}: a delta without its token")
            here = [e for e in answer.entries if e.status < REFUSED_FROM]
            records = tuple(
                Stub(name, etag(entry.text(ETAG)))
                for entry in here
                if (name := name_in(self._calendar, entry.path)) and not _is_folder(entry)
            )
            gone = tuple(
                name
                for entry in answer.entries
                if entry.status == GONE and (name := name_in(self._calendar, entry.path))
            )
            cut = any(entry.status == FULL for entry in answer.entries)
            if cut and answer.token == token:
                raise Unreachable(f"{self._calendar.path}: a delta that does not go on")
            token = answer.token
            yield Page(records, gone, cursor=None if cut else f"sync:{token}")
            if not cut:
                return
        raise Unreachable(f"{self._calendar.path}: a delta without an end")

    def _sync(self, token: str) -> Multistatus:
        body = (
            f"<d:sync-collection>{element('d:sync-token', token)}"
            "<d:sync-level>1</d:sync-level>"
            "<d:prop><d:getetag/><d:resourcetype/></d:prop></d:sync-collection>"
        )
        response = self._server.report(self._calendar.path, body, accept=REFUSED)
        if response.status in REFUSED:
            self._refuse(response)
        answer = read(response)
        if _number(answer.token) < _number(token):
            # A database that was restored: its tokens went back, and it answers "nothing".
            raise CursorExpired(f"{self._calendar.path}: its sync token went backwards")
        return answer

    def _refuse(self, response: Response) -> None:
        if has_error(response, "valid-sync-token"):
            raise CursorExpired(f"{self._calendar.path}: the sync token is not honoured")
        raise Refused(f"{self._calendar.path}: sync-collection is refused ({response.status})")

    def contents(self, refs: Iterable[str]) -> Iterator[tuple[str, Content | None]]:
        """Texts in batches; None for a ref that the answer leaves out."""
        waiting = iter(refs)
        while batch := list(islice(waiting, BATCH)):
            found = self._multiget(batch) if len(batch) > 1 else {}
            for ref in batch:
                yield ref, found.get(ref)

    def _multiget(self, refs: list[str]) -> dict[str, Content]:
        hrefs = "".join(element("d:href", encode(self._calendar.path + ref)) for ref in refs)
        body = (
            f"<c:calendar-multiget><d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}"
            "</c:calendar-multiget>"
        )
        try:
            answer = read(self._server.report(self._calendar.path, body))
        except (Unreachable, Refused):
            # One text with a character that XML cannot hold spoils the whole answer, and
            # must not keep the others from being read one by one.
            return {}
        found = {}
        for entry in answer.entries:
            name, data = name_in(self._calendar, entry.path), entry.raw(DATA)
            if name and data is not None:
                found[name] = (etag(entry.text(ETAG)), data.encode("utf-8"))
        return found


REFUSED_FROM = 300


def _is_folder(entry: Entry) -> bool:
    return entry.has(KIND, f"{{{DAV}}}collection")


def _number(token: str | None) -> int:
    """The place of a token in its order, where its form is known to have one."""
    found = NUMBERED.fullmatch(token or "")
    return int(found.group(1)) if found else 0
