"""What the suite works with: one fresh collection of one connector, and sentences about it.

Nothing here knows any connector: what can be written is read from the schema, what is
promised from the capabilities.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from connectors.sandbox.base import Sandbox
from sync.connector import Capabilities, Connector, Origin, Tools
from sync.errors import Gone, Malformed, Refused
from sync.model import Collection, Fields, FieldSpec, Option, Page, Plain, Record, Schema, Stub
from sync.types import TYPES
from tests.conformance.registry import Registered
from tests.conformance.values import SAMPLES, Library

_SERIAL = count(1)
_EASY_FIRST = ("richtext", "text", "set", "blob", "moment", "bool", "number", "choice", "link")


class Running:
    """One sandbox that runs, and the connectors that speak to it."""

    def __init__(self, chosen: Registered, folder: Path) -> None:
        self.chosen = chosen
        self.folder = folder
        self.library = Library()
        self._open: list[Connector] = []
        assert chosen.sandbox is not None, f"{chosen.name} has no sandbox: register one"
        self.sandbox: Sandbox = chosen.sandbox(folder)
        self.sandbox.start()

    def connect(self, account: str = "sync") -> Connector:
        """A connector that was never used."""
        section = {"connector": self.chosen.name} | self.sandbox.settings(account)
        settings = self.chosen.connector.settings_type(**section | dict(self.chosen.changed))
        tools = Tools(name=self.chosen.name, base=self.folder, blobs=self.library.open)
        connector = self.chosen.connector(settings, tools)
        self._open.append(connector)
        return connector

    def disconnect(self) -> None:
        while self._open:
            self._open.pop().close()

    def stop(self) -> None:
        self.disconnect()
        self.sandbox.stop()


class Bench:
    """A fresh, empty collection, and our connector to it."""

    def __init__(self, running: Running, word: str) -> None:
        self.running = running
        self.word = word
        self.made: set[str] = set()
        self.before: dict[str, Fields] = {}
        self.name = running.sandbox.make(word)
        self.connector = running.connect()
        self.collection: Collection = self.connector.locate(word, self.name)
        self.schema: Schema = self.connector.schema(self.collection)

    @property
    def capabilities(self) -> Capabilities:
        return self.connector.capable(self.collection)

    # What a behaviour needs.

    def needs(self, capability: str) -> None:
        """Skip where the capability does not hold, naming it."""
        if not getattr(self.capabilities, capability):
            pytest.skip(f"not applicable: capability {capability} is False")

    def lacks(self, capability: str) -> None:
        """Skip where the capability holds, naming it."""
        if getattr(self.capabilities, capability):
            pytest.skip(f"not applicable: capability {capability} is True")

    def needs_writing(self) -> None:
        if not self.schema.writable:
            pytest.skip("not applicable: Schema.writable is False")

    def needs_fields(self, number: int) -> list[str]:
        """Names of so many fields that can be changed, or skip."""
        names = self.editable()
        if len(names) < number:
            pytest.skip(f"not applicable: the schema has {len(names)} fields that can be changed")
        return names[:number]

    # Fields and values.

    def writable(self) -> dict[str, FieldSpec]:
        return {n: s for n, s in self.schema.fields.items() if s.writable}

    def naming(self) -> str:
        """The field by which people know a record: the first text, required ones first."""
        named = [n for n, s in self.writable().items() if s.type == "text"]
        named += [n for n, s in self.writable().items() if s.type == "richtext"]
        if not named:
            pytest.skip("not applicable: no text can be written")
        return next((n for n in named if self.schema.fields[n].required), named[0])

    def editable(self) -> list[str]:
        """Fields that can change without making it another record, easy types first."""
        usable = {
            n: s
            for n, s in self.writable().items()
            if not s.create_only and s.type in _EASY_FIRST and not self._without_values(s)
        }
        order = sorted(usable, key=lambda n: _EASY_FIRST.index(usable[n].type))
        free = [n for n in order if not usable[n].required]
        ordered = free + [n for n in order if usable[n].required]
        # Where a new name is a new ref, what changes in place comes first.
        return sorted(ordered, key=lambda n: self.capabilities.moves and n == self.naming())

    def _without_values(self, spec: FieldSpec) -> bool:
        return spec.options and not (self.capabilities.options or self.schema.open)

    def samples(self, name: str) -> list[Plain]:
        """Different values for a field; skip where none can be made."""
        spec, serial = self.schema.fields[name], next(_SERIAL)
        if spec.type == "blob":
            contents = [f"content {serial}\n".encode(), b"\x00\xffother" * 9]
            return [self.running.library.blob(c, f"f{serial}.bin") for c in contents]
        made = [self._cut(value, spec) for value in SAMPLES[spec.type](spec, serial)]
        return [self._as_options(name, value) for value in made] if spec.options else made

    def _cut(self, value: Plain, spec: FieldSpec) -> Plain:
        return value[: spec.limit] if isinstance(value, str) and spec.limit else value

    def _as_options(self, name: str, value: Plain) -> Plain:
        if isinstance(value, list):
            return list[Plain](sorted(str(self._as_options(name, v)) for v in value))
        return self.option(name, str(value))

    def option(self, name: str, label: str) -> str:
        """The native id of an option with this name, made if need be."""
        if self.schema.open or not self.schema.fields[name].options:
            return label
        if self.capabilities.options:
            return self.connector.write_option(self.collection, name, Option("", label)).id
        listed = self.options().get(name, ())
        if not listed:
            pytest.skip(f"not applicable: capability options is False, and {name} has none")
        return listed[0].id

    def options(self) -> dict[str, tuple[Option, ...]]:
        """What the last full listing says about options."""
        said = [page.options for page in self.pages() if page.options is not None]
        return dict(said[-1]) if said else {}

    def required(self) -> dict[str, Plain]:
        """The fewest fields that make a record here, with new values."""
        needed = {n for n, s in self.writable().items() if s.required} | {self.naming()}
        return {name: self.samples(name)[0] for name in sorted(needed)}

    def same(self, name: str, sent: Plain, got: Plain) -> bool:
        """Tell whether what stands is what was sent, as the engine judges echoes."""
        spec = self.schema.fields.get(name)
        if spec is None:
            return sent == got
        if spec.type == "blob" and isinstance(sent, dict) and isinstance(got, dict):
            return sent["size"] == got["size"] and got.get("hash") in (None, sent["hash"])
        return TYPES[spec.type].equivalent(sent, got)

    def differing(self, sent: Fields, got: Fields) -> dict[str, tuple[Plain, Plain]]:
        """The fields that did not come back as they were sent, for messages."""
        pairs = {name: (value, got.get(name)) for name, value in sent.items()}
        return {name: pair for name, pair in pairs.items() if not self.same(name, *pair)}

    def standing(self, record: Record) -> tuple[str | None, Fields]:
        """Version and fields, without the hashes of contents.

        A write knows the hash of what it sent, while a read may not say it.
        """
        fields = {
            name: {**value, "hash": None} if isinstance(value, dict) and "hash" in value else value
            for name, value in record.fields.items()
        }
        return record.version, fields

    # Acts.

    def origin(self, fields: Fields | None = None) -> Origin:
        nonce = f"n{next(_SERIAL):06}conformance"[:20].ljust(20, "0")
        return Origin(nonce, datetime.now(UTC).replace(microsecond=0), dict(fields or {}))

    def create(self, fields: Fields | None = None, origin: Origin | None = None) -> Record:
        """Make a record of the required fields and these, and read back what stands."""
        self.needs_writing()
        sent = self.required() | dict(fields or {})
        origin = origin or self.origin(sent)
        made = self.connector.create(self.collection, sent, origin=origin)
        if made is None:
            left = self.connector.find(self.collection, origin)
            (made,) = [record for record in left if record.ref not in self.made]
        self.made.add(made.ref)
        return made

    def accepted(self, fields: Fields) -> Record | None:
        """Make a record if the system will have it; refused, nothing may stand there."""
        before = set(self.listing())
        try:
            return self.create(fields)
        except Refused:
            assert set(self.listing()) == before, "refused, and made all the same"
            return None

    def update(self, record: Record, patch: Fields) -> Record:
        """Change a record, and read back what stands."""
        done = self.connector.update(self.collection, record.ref, patch, expect=record.version)
        return done if done is not None else self.get(record.ref)

    def delete(self, record: Record) -> None:
        self.before[record.ref] = record.fields
        self.connector.delete(self.collection, record.ref, expect=record.version)

    def stock(self, number: int) -> list[str]:
        """Refs of so many records that stand there, whoever made them."""
        if self.schema.writable:
            return [self.create().ref for _ in range(number)]
        self.running.sandbox.fill(self.word, self.name, number)
        self.connector.begin()
        return list(self.listing())

    # Looks.

    def get(self, ref: str) -> Record:
        return self.connector.get(self.collection, ref)

    def pages(self, since: str | None = None) -> list[Page]:
        return list(self.connector.changes(self.collection, since))

    def entries(self, since: str | None = None) -> Iterator[Record | Stub]:
        for page in self.pages(since):
            yield from page.records

    def listing(self) -> dict[str, Record | Stub]:
        """A complete listing, by ref."""
        pages = self.pages()
        assert pages, "a listing has at least one page"
        assert pages[-1].complete, "a full listing without faults is complete"
        return {entry.ref: entry for page in pages for entry in page.records}

    def cursor(self) -> str:
        """The position after everything that stands there."""
        found = self.pages()[-1].cursor
        assert found is not None, "capability cursor is True, and a listing has no cursor"
        return found

    def is_gone(self, ref: str) -> bool:
        """Tell whether a record was deleted, be it softly (shown as archived)."""
        try:
            fields = self.connector.get(self.collection, ref).fields
        except Gone:
            return True
        except Malformed:
            return False
        before = self.before.get(ref, {})
        flags = [n for n, s in self.schema.fields.items() if s.type == "bool"]
        closed = any(fields.get(n) is True and before.get(n) is not True for n in flags)
        return self.capabilities.soft_delete and closed

    # Others.

    def again(self) -> Bench:
        """The same collection, seen by a process that was just started."""
        return self._as("sync")

    def person(self) -> Bench:
        """The same collection, seen by somebody else; skip where there are no accounts."""
        sandbox = self.running.sandbox
        if sandbox.settings("person") == sandbox.settings("sync"):
            pytest.skip("not applicable: the system has no accounts")
        return self._as("person")

    def _as(self, account: str) -> Bench:
        other = object.__new__(Bench)
        other.running, other.word, other.name = self.running, self.word, self.name
        other.made, other.before = self.made, self.before
        other.connector = self.running.connect(account)
        other.collection = other.connector.locate(self.word, self.name)
        other.schema = other.connector.schema(other.collection)
        return other
