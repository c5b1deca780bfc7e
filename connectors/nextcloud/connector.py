"""The connector to a Nextcloud account: one sign-in, several kinds of collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from threading import Lock
from typing import BinaryIO, ClassVar, cast

from connectors.caldav import CalDav
from connectors.nextcloud.account import Account, NextcloudSettings
from connectors.nextcloud.calendars import Calendars
from connectors.webdav import WebDav
from sync.account import Leaves, Trace
from sync.connector import Capabilities, Connector, Origin, SystemSettings, Tools, Word
from sync.errors import ConfigError, Gone, Malformed
from sync.model import Collection, Fields, Page, Record, Schema

__all__ = ["Nextcloud", "NextcloudSettings"]


class Nextcloud(Connector):
    """One account on one Nextcloud: each word is served by a connector of its own."""

    settings_type: ClassVar[type[SystemSettings]] = NextcloudSettings
    words: ClassVar[Mapping[str, Word]] = {**WebDav.words, **CalDav.words}
    capabilities = Capabilities()

    def __init__(self, settings: SystemSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self.account = Account(cast("NextcloudSettings", settings), tools.name)
        self._parts: dict[str, Connector] = {}
        self._lock = Lock()

    def _part(self, word: str) -> Connector:
        if word not in self.words:
            raise ConfigError(f"{self.tools.name} has no {word}: it has {', '.join(self.words)}")
        place, make = PLACES.get(word, CALENDARS)
        with self._lock:
            if place not in self._parts:
                self._parts[place] = make(self.account.at(place), self.tools)
            return self._parts[place]

    def capable(self, collection: Collection) -> Capabilities:
        return self._part(collection.word).capable(collection)

    def locate(self, word: str, name: str) -> Collection:
        return self._part(word).locate(word, name)

    def schema(self, collection: Collection) -> Schema:
        return self._part(collection.word).schema(collection)

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        yield from self._part(collection.word).changes(collection, since)

    def get(self, collection: Collection, ref: str) -> Record:
        return self._part(collection.word).get(collection, ref)

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        yield from self._part(collection.word).get_many(collection, refs)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        yield from self._part(collection.word).find(collection, origin)

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        part = self._part(collection.word)
        return part.create(collection, fields, origin=origin, parent=parent)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        return self._part(collection.word).update(collection, ref, patch, expect=expect)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        self._part(collection.word).delete(collection, ref, expect=expect)

    def open(self, collection: Collection, ref: str) -> AbstractContextManager[BinaryIO]:
        return self._part(collection.word).open(collection, ref)

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        for one in collections:
            if isinstance(part := self._part(one.word), Leaves):
                yield from part.traces([one])

    def efface(self, trace: Trace) -> None:
        part = self._part(trace.collection.word if trace.collection else "")
        if isinstance(part, Leaves):
            part.efface(trace)

    def begin(self) -> None:
        for part in self._parts.values():
            part.begin()

    def close(self) -> None:
        for part in self._parts.values():
            part.close()


Maker = Callable[[SystemSettings, Tools], Connector]
CALENDARS: tuple[str, Maker] = ("calendars", Calendars)
PLACES: dict[str, tuple[str, Maker]] = {"files": ("files", WebDav)}
