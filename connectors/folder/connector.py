"""A folder on this machine, as a connector.

What holds: a write is conditional where the file system can exchange two files
(Linux, with ext4, xfs, btrfs, tmpfs and most others); where it cannot, the version is
compared again just before the file is replaced, and what was replaced is in the
history. Programs that write into an open file, rather than replace it, may be read
half-way: such a record is malformed until they are done. There is no cursor: every
listing reads the status of all files, and the content of notes for their hash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, ClassVar

from pydantic import Field

from connectors.folder import leaving
from connectors.folder.files import Files
from connectors.folder.holding import Holding
from connectors.folder.names import is_ref
from connectors.folder.notes import Notes
from connectors.folder.place import Place
from sync.account import Trace
from sync.connector import Capabilities, Connector, Origin, SystemSettings, Tools, Word
from sync.errors import ConfigError, Refused
from sync.model import Collection, Fields, Page, Record, Schema

_DAY = 86_400.0


class FolderSettings(SystemSettings):
    """Where the folder is, and for how long what we replace there is kept."""

    connector: str = "folder"
    path: Path
    """Relative paths count from the settings file. It must exist: we make folders in it only."""
    keep_days: float = Field(default=30, gt=0)
    """Days for which replaced versions stay in `.jumelage/history`."""


class Folder(Connector):
    """A folder of notes or of plain files. `folder: .` is the folder itself, else one below it."""

    settings_type = FolderSettings
    words: ClassVar[Mapping[str, Word]] = {
        "folder": Word(None, "a folder of Markdown files with front matter"),
        "files": Word(("file",), "a folder of plain files"),
    }
    capabilities = Capabilities(
        conditional=True, soft_delete=True, history=True, origin=True, moves=True
    )

    def __init__(self, settings: SystemSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        if not isinstance(settings, FolderSettings):
            raise ConfigError(f"{tools.name}: these are not the settings of a folder")
        self.root = tools.base / settings.path
        self._keep = settings.keep_days * _DAY
        self._holdings: dict[tuple[str, str], Holding] = {}

    def locate(self, word: str, name: str) -> Collection:
        below = "/".join(part for part in name.split("/") if part not in ("", "."))
        if word not in self.words:
            raise ConfigError(f"{self.tools.name} has no {word}; it has {', '.join(self.words)}")
        if name.startswith("/") or (below and not is_ref(below)):
            raise ConfigError(
                f"{self.tools.name}: {name!r} does not name a folder below {self.root};"
                " hidden folders and ways up are not entered"
            )
        Place(self.root, below, self.tools.now, self._keep).present()
        return Collection(self.tools.name, word, below or ".", name)

    def schema(self, collection: Collection) -> Schema:
        return self._holding(collection).schema

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        return self._holding(collection).changes()

    def get(self, collection: Collection, ref: str) -> Record:
        return self._holding(collection).get(ref)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        return self._holding(collection).find(origin)

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record:
        if parent is not None:
            raise Refused(f"{collection.key} has no children ({parent})")
        return self._holding(collection).create(fields, origin)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record:
        holding = self._holding(collection)
        try:
            return holding.update(ref, patch, expect)
        finally:
            if not holding.place.exchanges:
                self.capabilities = replace(self.capabilities, conditional=False)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        self._holding(collection).delete(ref, expect)

    def restore(self, collection: Collection, ref: str) -> Record:
        return self._holding(collection).restore(ref)

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        return self._holding(collection).overwritten(ref, since)

    def open(self, collection: Collection, ref: str) -> AbstractContextManager[BinaryIO]:
        return self._holding(collection).open(ref)

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        for one in collections:
            yield from leaving.traces(self._leaving(one), one)

    def efface(self, trace: Trace) -> None:
        if trace.collection is not None:
            leaving.efface(self._leaving(trace.collection), trace)

    def _leaving(self, collection: Collection) -> leaving.Leaving:
        return leaving.Leaving(self.root, _below(collection), self.tools.now, self._keep)

    def _holding(self, collection: Collection) -> Holding:
        """What a collection holds; kept, since it remembers that the folder was there."""
        key = collection.word, collection.id
        if collection.child is not None:
            raise Refused(f"{collection.key}: nothing here has children")
        if key not in self._holdings:
            place = Place(self.root, _below(collection), self.tools.now, self._keep)
            notes = collection.word == "folder"
            self._holdings[key] = Notes(place) if notes else Files(place, self.tools.blobs)
        return self._holdings[key]


def _below(collection: Collection) -> str:
    return "" if collection.id == "." else collection.id
