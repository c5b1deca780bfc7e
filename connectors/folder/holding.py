"""What notes and plain files have in common: listing, deleting, restoring, history."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import BinaryIO

from connectors.folder.place import Place
from sync.connector import Origin
from sync.model import Fields, Page, Record, Schema


class Holding(ABC):
    """The records of one folder."""

    schema: Schema

    def __init__(self, place: Place) -> None:
        self.place = place

    @abstractmethod
    def changes(self) -> Iterator[Page]:
        """List everything."""

    @abstractmethod
    def get(self, ref: str) -> Record:
        """Read one record. Raises `Gone`, `Malformed`."""

    @abstractmethod
    def find(self, origin: Origin) -> Iterator[Record]:
        """Yield the record that was made with a nonce."""

    @abstractmethod
    def create(self, fields: Fields, origin: Origin) -> Record:
        """Make a record. Raises `Stale` if its name is taken, `Refused`."""

    @abstractmethod
    def update(self, ref: str, patch: Fields, expect: str | None) -> Record:
        """Change a record. Raises `Stale`, `Gone`, `Refused`."""

    @abstractmethod
    def version(self, file: int) -> str:
        """The version of an open file."""

    @abstractmethod
    def replaced(self, ref: str, when: datetime, content: BinaryIO) -> Record:
        """The record that a file of the history was. Raises `Malformed`."""

    @abstractmethod
    def open(self, ref: str) -> AbstractContextManager[BinaryIO]:
        """Open the record's blob. Raises `Gone`, `Refused`."""

    def delete(self, ref: str, expect: str | None) -> None:
        """Put the file into the trash."""
        self.get_version(ref)
        self.place.bin(ref, lambda file: self.expected(file, expect))

    def restore(self, ref: str) -> Record:
        """Bring the file back from the trash."""
        self.place.unbin(ref)
        return self.get(ref)

    def overwritten(self, ref: str, since: datetime) -> Iterator[Record]:
        """Yield what our writes replaced."""
        for when, content in self.place.history(ref):
            if when >= since:
                yield self.replaced(ref, when, content)

    def expected(self, file: int, expect: str | None) -> bool:
        """Tell whether an open file is the version that was expected (None: any)."""
        return expect is None or self.version(file) == expect

    def get_version(self, ref: str) -> str:
        """The version that stands there now. Raises `Gone`."""
        with self.place.open(ref) as file:
            return self.version(file.fileno())


def changed_at(known: os.stat_result) -> datetime:
    """When the file's content last changed."""
    return datetime.fromtimestamp(known.st_mtime, UTC)


def identity(known: os.stat_result) -> str:
    """What a rename leaves and an edit does not; the size and time guard against reused inodes."""
    return f"{known.st_ino}-{known.st_size}-{known.st_mtime_ns}"
