"""What every call of the connector in memory goes through: faults, hooks, checks, views."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Literal, TypeVar

from connectors.memory.settings import MemorySettings
from connectors.memory.world import Event, Late, Shelf, State, World
from sync.connector import Capabilities, Connector, SystemSettings, Tools
from sync.errors import (
    Ambiguous,
    ConfigError,
    Gone,
    JumelageError,
    Malformed,
    Refused,
    Stale,
    Unauthorized,
    Unreachable,
)
from sync.model import Collection, Fields, FieldSpec, Option, Plain, Record, Schema, Stub

T = TypeVar("T")
_PIECE = 2**16


class Wire(Connector):
    """The way to a world: one account, its rights, and the hook on every call."""

    settings: MemorySettings

    def __init__(self, settings: SystemSettings, tools: Tools, world: World | None = None) -> None:
        """Speak to `world`, or to the one that the settings name."""
        super().__init__(settings, tools)
        if not isinstance(settings, MemorySettings):
            raise ConfigError(f"{tools.name}: these are not the settings of a memory")
        self.settings = settings
        self.world = world or World.named.setdefault(settings.world, World(tools.now))
        self.capabilities = settings.capabilities()
        self._narrow: dict[int, tuple[Schema, Capabilities, Schema]] = {}
        """What these capabilities show of the schema of a shelf, by its identity."""
        self._margin = timedelta(seconds=settings.skew)

    # Every call.

    def _enter(self) -> None:
        if self.world.down is not None:
            raise Unreachable(f"{self.tools.name}: {self.world.down}")
        given = self.settings.password.get_secret_value()
        if self.world.accounts and self.world.accounts.get(self.settings.account) != given:
            raise Unauthorized(f"{self.tools.name} refused the account {self.settings.account}")

    def _event(
        self,
        verb: str,
        collection: Collection,
        ref: str | None = None,
        fields: Fields | None = None,
    ) -> Event:
        return Event(verb, self.settings.account, collection, ref, fields or {})

    def _call(self, event: Event) -> Shelf:
        self.world.calls[event.verb] += 1
        self._enter()
        self._hook(event, "before")
        return self.world.shelf(event.collection)

    def _done(self, event: Event) -> None:
        self._hook(event, "after")

    def _hook(self, event: Event, when: Literal["before", "after"]) -> None:
        if self.world.hook is not None:
            self.world.hook(event, when)

    def _read(
        self, verb: str, collection: Collection, ref: str | None, look: Callable[[Shelf], T]
    ) -> T:
        event = self._event(verb, collection, ref)
        seen = look(self._call(event))
        self._done(event)
        return seen

    def _write(self, event: Event, effect: Callable[[Shelf], T]) -> T:
        try:
            shelf = self._call(event)
        except Late as late:
            self.world.waiting.append(lambda: self._land(event, effect))
            raise Ambiguous(f"{self.tools.name} did not answer in time") from late
        answer = effect(shelf)
        self._done(event)
        return answer

    def _land(self, event: Event, effect: Callable[[Shelf], T]) -> None:
        with suppress(JumelageError):  # its answer, good or bad, reaches nobody
            effect(self.world.shelf(event.collection))

    # What is shown.

    def _allowed(self, shelf: Shelf, ref: str) -> None:
        if ref in shelf.hidden:
            raise Refused(f"{self.tools.name}: {ref} is not for {self.settings.account}")

    def _get(self, shelf: Shelf, ref: str) -> Record:
        self._allowed(shelf, ref)
        state = None if "get" in shelf.blind else shelf.records.get(ref)
        if state is None:
            raise Gone(f"{ref} does not stand in {shelf.name}")
        if state.spoiled is not None:
            raise Malformed(state.spoiled)
        return self._record(state)

    def _shown(self, state: State) -> Record | Stub:
        if not self.settings.stubs:
            return self._record(state)
        return Stub(state.ref, self._version(state), state.parent, self._stable(state))

    def _version(self, state: State) -> str | None:
        return state.version if self.settings.versions else None

    def _stable(self, state: State) -> str | None:
        return state.stable if self.capabilities.moves else None

    def _record(self, state: State) -> Record:
        schema = self._schema(self.world.shelf_of(state))
        authors = self.settings.authors
        return Record(
            ref=state.ref,
            version=self._version(state),
            fields={**dict.fromkeys(schema.fields), **state.fields},
            parent=state.parent,
            origin=state.origin if self.capabilities.origin else None,
            stable=self._stable(state),
            ours=state.author == self.settings.account if authors else None,
            author=state.author if authors else None,
            changed=state.changed,
            rest=state.rest,
        )

    def _echo(self, state: State) -> Record | None:
        return self._record(state) if self.capabilities.echo else None

    def _schema(self, shelf: Shelf) -> Schema:
        whole, able, shown = self._narrow.get(id(shelf.schema), (None, None, None))
        if shown is None or whole is not shelf.schema or able is not self.capabilities:
            shown = self._narrowed(shelf.schema)
            self._narrow[id(shelf.schema)] = shelf.schema, self.capabilities, shown
        return shown

    def _narrowed(self, schema: Schema) -> Schema:
        fields = dict(schema.fields)
        if not self.capabilities.rank:
            fields = {name: spec for name, spec in fields.items() if spec.type != "rank"}
        if not self.capabilities.options:
            fields = {name: replace(spec, options=False) for name, spec in fields.items()}
        return replace(schema, fields=fields)

    def _options(self, shelf: Shelf) -> Mapping[str, tuple[Option, ...]] | None:
        listed = [name for name, spec in self._schema(shelf).fields.items() if spec.options]
        if not listed:
            return None
        return {name: tuple(shelf.options.get(name, {}).values()) for name in listed}

    # What is let in.

    def _expect(self, shelf: Shelf, ref: str, expect: str | None) -> None:
        self._allowed(shelf, ref)
        if ref not in shelf.records:
            raise Gone(f"{ref} does not stand in {shelf.name}")
        stale = expect is not None and shelf.records[ref].version != expect
        if self.capabilities.conditional and stale:
            raise Stale(f"{ref} moved since {expect}")

    def _check(self, shelf: Shelf, fields: Fields, *, creating: bool) -> None:
        if not shelf.schema.writable:
            raise Refused(f"{shelf.name} can only be read")
        for name, value in fields.items():
            spec = self._schema(shelf).fields.get(name)
            if spec is None and not shelf.schema.open:
                raise Refused(f"{shelf.name} has no field {name}")
            if spec is not None:
                self._check_value(shelf, name, spec, value, creating=creating)
        if creating:
            self._check_required(shelf, fields)

    def _check_required(self, shelf: Shelf, fields: Fields) -> None:
        for name, spec in shelf.schema.fields.items():
            if spec.required and fields.get(name) is None:
                raise Refused(f"{shelf.name}: {name} is required")

    def _check_value(
        self, shelf: Shelf, name: str, spec: FieldSpec, value: Plain, *, creating: bool
    ) -> None:
        if not spec.writable or (spec.create_only and not creating):
            raise Refused(f"{shelf.name}: {name} cannot be written")
        if spec.required and value is None:
            raise Refused(f"{shelf.name}: {name} is required")
        if spec.limit is not None and isinstance(value, str) and len(value) > spec.limit:
            raise Refused(f"{shelf.name}: {name} holds {spec.limit} characters")
        each = value if isinstance(value, list) else [value]
        known = shelf.options.get(name, {}) if spec.options else spec.values
        unknown = [v for v in each if v is not None and known is not None and v not in known]
        if unknown:
            raise Refused(f"{shelf.name}: {name} cannot be {unknown[0]!r}")

    def _stored(self, fields: Fields) -> dict[str, Plain]:
        """Take in the content of the blobs among the values."""
        return {name: self._blob(value) for name, value in fields.items()}

    def _blob(self, value: Plain) -> Plain:
        if not (isinstance(value, dict) and "size" in value):
            return value
        with self.tools.blobs(value) as content:
            held = b"".join(iter(lambda: content.read(_PIECE), b""))
        digest = "sha256:" + hashlib.sha256(held).hexdigest()
        self.world.blobs[digest] = held
        return {**value, "size": len(held), "hash": digest}
