"""The connector to calendars and lists of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, cast

from connectors.caldav import discovery, event, leaving, lines, properties, task
from connectors.caldav.discovery import Calendar
from connectors.caldav.listing import Listing
from connectors.caldav.times import Zones
from connectors.dav import DavServer, DavSettings, Entry, etag, precondition
from connectors.http import Response
from connectors.landed import landed
from sync.account import Sort, Trace
from sync.connector import Capabilities, Connector, Origin, SystemSettings, Tools, Word
from sync.errors import ConfigError, Gone, Malformed, Refused, Stale, Unreachable
from sync.model import Collection, Fields, FieldSpec, Page, Record, Schema

COMPONENTS = {"calendar": event.NAME, "tasks": task.NAME}
SPECS: dict[str, dict[str, FieldSpec]] = {event.NAME: event.FIELDS, task.NAME: task.FIELDS}
MOVING = {event.NAME: event.MOVING, task.NAME: task.MOVING}
ICS = {"Content-Type": "text/calendar; charset=utf-8"}
MISSING = {"If-None-Match": "*"}


class CalDavSettings(DavSettings):
    """A CalDAV account: `url` is the server, the account's home, or one calendar."""


class CalDav(Connector):
    """One account on one CalDAV server.

    A ref is the name of the resource in its collection, a version its ETag. What we
    make has the nonce as UID and as name, so a create that crashed is found by asking
    for that name.
    """

    settings_type: ClassVar[type[SystemSettings]] = CalDavSettings
    words: ClassVar[Mapping[str, Word]] = {
        "calendar": Word(("event", "card", "task"), "the events of a calendar"),
        "tasks": Word(("task", "card", "event"), "a list of tasks"),
    }
    capabilities = Capabilities(cursor=True, tombstones=True, origin=True)

    def __init__(self, settings: SystemSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self.server = DavServer(cast("DavSettings", settings), tools.name)
        self._found: list[Calendar] | None = None

    # What there is

    def capable(self, collection: Collection) -> Capabilities:
        if self._calendar(collection).syncs:
            return self.capabilities
        return replace(self.capabilities, tombstones=False)

    def locate(self, word: str, name: str) -> Collection:
        if word not in COMPONENTS:
            raise ConfigError(f"{self.tools.name} has no {word}: it has {', '.join(COMPONENTS)}")
        what = "calendar" if word == "calendar" else "task list"
        known, self._found = self._found, self._found or self._look()
        try:
            found = discovery.choose(self._found, name, COMPONENTS[word], what)
        except ConfigError as error:
            if known is None:
                raise ConfigError(f"{self.tools.name}: {error}") from None
            self._found = None  # it may have been made since
            return self.locate(word, name)
        return Collection(self.tools.name, word, found.path, found.title)

    def kept(self, entry: Entry) -> bool:
        """Whether a calendar of the home is one that people keep (see Nextcloud's)."""
        return bool(entry.path)

    def _calendars(self) -> list[Calendar]:
        if self._found is None:
            self._found = self._look()
        return self._found

    def _look(self) -> list[Calendar]:
        return discovery.calendars(self.server, self.kept)

    def _calendar(self, collection: Collection) -> Calendar:
        known = next((c for c in self._calendars() if c.path == collection.id), None)
        if known is not None:
            return known
        raise ConfigError(f"{collection.key} is not there any more")

    def schema(self, collection: Collection) -> Schema:
        fields = SPECS[COMPONENTS[collection.word]]
        return Schema(fields, writable=self._calendar(collection).writable)

    # Reading

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        listing = Listing(self.server, self._calendar(collection), COMPONENTS[collection.word])
        try:
            yield from listing.pages(since)
        except Gone as error:
            # A collection that is not there is no empty collection.
            raise Unreachable(f"{collection.key} is not there any more") from error

    def get(self, collection: Collection, ref: str) -> Record:
        response = self.server.get(collection.id + ref)
        tag = etag(response.headers.get("ETag"))
        return self._record(collection, ref, tag, response.content)

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        listing = Listing(self.server, self._calendar(collection), COMPONENTS[collection.word])
        for ref, found in listing.contents(refs):
            try:
                # Left out of the answer is not absent: only its own 404 says that.
                record = (
                    self.get(collection, ref)
                    if found is None
                    else self._record(collection, ref, *found)
                )
            except (Gone, Malformed) as error:
                yield ref, error
            else:
                yield ref, record

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        try:
            yield self.get(collection, _name(origin))
        except Gone:
            return

    def _record(self, collection: Collection, ref: str, tag: str | None, raw: bytes) -> Record:
        name = COMPONENTS[collection.word]
        try:
            document = lines.read(raw)
            part = properties.master(document, name)
            if part is None:
                raise Gone(f"{collection.id}{ref} is no {name}")
            zones = Zones(document.calendar, self.tools.timezone)
            fields = event.read(part, zones) if name == event.NAME else task.read(part, zones)
        except Malformed as error:
            raise Malformed(f"{ref}: {error}") from error
        return Record(
            ref=ref,
            version=tag,
            fields=fields,
            origin=properties.origin(part),
            changed=properties.changed(part),
            rest=raw.decode("utf-8").replace("\r\n", "\n"),  # XML answers lose the \r
        )

    # Writing

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        if parent is not None:
            raise Refused(f"{collection.key} has no children")
        now = self.tools.now()
        document = properties.blank(COMPONENTS[collection.word], origin.nonce, now)
        given = {name: value for name, value in fields.items() if value is not None}
        if collection.word == "calendar" and not given.keys() & {"start", "end"}:
            raise Refused("an event needs a start or an end")
        raw = self._edited(collection, document, given, now)
        return self._put(collection, _name(origin), raw, MISSING)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        response = self.server.get(collection.id + ref)
        tag = etag(response.headers.get("ETag"))
        if tag is None:
            raise Refused(f"{collection.id}{ref} has no ETag, so it cannot be changed safely")
        if expect is not None and tag != expect:
            raise Stale(f"{collection.id}{ref} moved since it was read")
        document = lines.read(response.content)
        now = self.tools.now()
        raw = self._edited(collection, document, patch, now, moved=True)
        return self._put(collection, ref, raw, precondition(tag))

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        tag = expect or self.get(collection, ref).version
        if tag is None:
            raise Refused(f"{collection.id}{ref} has no ETag, so it cannot be deleted safely")
        self.server.delete(collection.id + ref, precondition(tag))

    def _edited(
        self,
        collection: Collection,
        document: lines.Document,
        patch: Fields,
        now: datetime,
        *,
        moved: bool = False,
    ) -> bytes:
        name = COMPONENTS[collection.word]
        unknown = patch.keys() - SPECS[name].keys()
        if unknown:
            raise Refused(f"{collection.key} has no {', '.join(sorted(unknown))}")
        part = properties.master(document, name)
        if part is None:
            raise Gone(f"{collection.key}: this is no {name}")
        zones = Zones(document.calendar, self.tools.timezone)
        if name == event.NAME:
            event.write(part, patch, zones)
        else:
            task.write(part, patch, zones, now)
        if moved:
            properties.touch(part, now, moved=bool(MOVING[name] & patch.keys()))
        properties.define_zones(document, part, now.year)
        return document.raw()

    def _put(
        self, collection: Collection, ref: str, raw: bytes, condition: Mapping[str, str]
    ) -> Record:
        response = self.send(collection.id + ref, raw, {**ICS, **condition})
        tag = etag(response.headers.get("ETag"))
        with landed(f"{collection.id}{ref}"):
            if tag is None:
                # The server changed what it was sent, and says so by leaving the ETag out.
                return self.get(collection, ref)
            return self._record(collection, ref, tag, raw)

    def send(self, path: str, raw: bytes, headers: Mapping[str, str]) -> Response:
        """Send one conditional write."""
        return self.server.put(path, raw, headers)

    # Leaving

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        for one in collections:
            refs = [found.ref for page in self.changes(one, None) for found in page.records]
            yield from leaving.traces(one, self.get_many(one, refs))

    def efface(self, trace: Trace) -> None:
        if trace.collection is None or trace.sort is not Sort.MARK:
            raise Refused(f"{self.tools.name}: {trace.where} is not ours to take away")
        path = trace.collection.id + trace.where
        response = self.server.get(path)
        tag = etag(response.headers.get("ETag"))
        if tag is None:
            raise Refused(f"{path} has no ETag, so it cannot be changed safely")
        raw = leaving.unmarked(response.content)
        if raw != response.content:
            self.send(path, raw, {**ICS, **precondition(tag)})

    # The rest

    def close(self) -> None:
        self.server.http.close()


def _name(origin: Origin) -> str:
    return f"{origin.nonce}.ics"
