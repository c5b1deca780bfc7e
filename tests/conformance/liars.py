"""Connectors that break one promise each, over a server that would keep it.

The suite must find every one of them out (`test_the_suite`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from threading import Barrier, BrokenBarrierError
from typing import ClassVar

from connectors.memory import Memory
from connectors.sandbox.memory import MemorySandbox
from sync.connector import Origin
from sync.errors import Gone, JumelageError, Malformed, Stale
from sync.model import Collection, Fields, Page, Plain, Record


class Blind(Memory):
    """Ignores what a write expects."""

    def update(
        self,
        collection: Collection,
        ref: str,
        patch: Fields,
        *,
        expect: str | None,  # noqa: ARG002
    ) -> Record | None:
        return super().update(collection, ref, patch, expect=None)


class Racing(Memory):
    """Compares versions itself, and a moment too early."""

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        if self.get(collection, ref).version != expect:
            raise Stale(ref)
        RACE.wait()
        return super().update(collection, ref, patch, expect=None)


class Replacing(Memory):
    """Empties what an update does not name."""

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        schema = self.schema(collection).fields
        optional = {n: None for n, s in schema.items() if s.writable and not s.required}
        return super().update(collection, ref, {**optional, **patch}, expect=expect)


class Trimming(Memory):
    """Cuts texts without a word."""

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        cut: dict[str, Plain] = {n: v[:200] if isinstance(v, str) else v for n, v in fields.items()}
        return super().create(collection, cut, origin=origin, parent=parent)


class Echoing(Memory):
    """Answers with what was sent instead of what stands."""

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        before = self.get(collection, ref)
        super().update(collection, ref, patch, expect=expect)
        return replace(before, fields={**before.fields, **patch})


class Forgetting(Memory):
    """Leaves the last record out of a listing that it calls complete."""

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        for page in super().changes(collection, since):
            yield replace(page, records=page.records[:-1])


class Hiding(Memory):
    """Takes what cannot be read for absent."""

    def get(self, collection: Collection, ref: str) -> Record:
        try:
            return super().get(collection, ref)
        except Malformed as error:
            raise Gone(ref) from error


class Repeating(Memory):
    """Yields everything again in every delta."""

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        for page in super().changes(collection, None):
            yield replace(page, complete=since is None)


class Deathless(Memory):
    """Never names what left."""

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        for page in super().changes(collection, since):
            yield replace(page, gone=())


class Adopting(Memory):
    """Finds whatever stands there, whoever made it."""

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:  # noqa: ARG002
        for page in self.changes(collection, None):
            yield from (record for record in page.records if isinstance(record, Record))


class Lenient(Memory):
    """Does the part of a create that it understands."""

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        known = {n: v for n, v in fields.items() if n in self.schema(collection).fields}
        return super().create(collection, known, origin=origin, parent=parent)


class Careless(Memory):
    """Calls a deletion of what is not there a success."""

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        with suppress(Gone):
            super().delete(collection, ref, expect=expect)


class Final(Memory):
    """Promises to bring back, and deletes for good."""

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        super().delete(collection, ref, expect=expect)
        self.world.shelf(collection).archive.clear()


class Amnesic(Memory):
    """Promises a history, and has none."""

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:  # noqa: ARG002
        return iter(())


class Telling(Memory):
    """Names its password when something goes wrong."""

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        try:
            yield from super().changes(collection, since)
        except JumelageError as error:
            raise type(error)(self.settings.password.get_secret_value()) from error


class Optimist(Memory):
    """Takes a server that does not answer for an empty one."""

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        if self.world.down is not None:
            yield Page(complete=True)
        else:
            yield from super().changes(collection, since)


class Rendezvous:
    """Lets writers wait for each other a little."""

    def __init__(self) -> None:
        self.barrier = Barrier(4, timeout=0.05)

    def wait(self) -> None:
        with suppress(BrokenBarrierError):
            self.barrier.wait()
        self.barrier.reset()


RACE = Rendezvous()
LIARS: Mapping[str, type[Memory]] = {
    liar.__name__.lower(): liar for liar in Memory.__subclasses__()
}


class LiarSandbox(MemorySandbox):
    """The same server for each of them."""

    variants: ClassVar[Mapping[str, Mapping[str, Plain]]] = {}
