"""The connector to a `World`: each capability holds exactly if the settings say so."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO, ClassVar

from connectors.memory.settings import MemorySettings
from connectors.memory.wire import Wire
from connectors.memory.world import Entry, Shelf, State
from sync.connector import Origin, Word
from sync.errors import ConfigError, CursorExpired, Gone, Malformed, Refused
from sync.model import Collection, Fields, Option, Page, Record, Schema


class Memory(Wire):
    """One account on a world in this process. `box: NAME` is one shelf of it."""

    settings_type = MemorySettings
    words: ClassVar[Mapping[str, Word]] = {"box": Word(None, "a shelf of records in memory")}
    capabilities = MemorySettings().capabilities()

    def locate(self, word: str, name: str) -> Collection:
        self._enter()
        known = sorted(shelf for shelf, child in self.world.shelves if child is None)
        if word not in self.words or name not in known:
            raise ConfigError(f"{self.tools.name} has no {word} {name!r}; it has {known}")
        if self.capabilities.moves and self.world.shelf(name).renames is None:
            self.world.shelf(name).renames = "title"
        return Collection(self.tools.name, word, name, name)

    def schema(self, collection: Collection) -> Schema:
        return self._schema(self.world.shelf(collection))

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        event = self._event("list", collection)
        shelf = self._call(event)
        delta = self.capabilities.cursor and since is not None
        start = max(0, self._position(shelf, since) - shelf.again) if delta else 0
        cursor = str(shelf.position) if self.capabilities.cursor else None
        listed = shelf.as_listed() if "list" not in shelf.blind else {}
        log = shelf.log[start : shelf.position] if delta else []
        refs = list(dict.fromkeys(entry.ref for entry in log)) if delta else list(listed)
        cut = shelf.cut is not None and shelf.cut < len(refs)
        yield from self._pages(listed, refs[: shelf.cut], delta=delta)
        self._done(event)
        yield Page(
            gone=tuple(sorted(shelf.rumours)) if delta and self.capabilities.tombstones else (),
            cursor=None if cut and not shelf.cut_unnoticed else cursor,
            complete=not delta and (not cut or shelf.cut_unnoticed),
            options=self._options(shelf),
        )

    def _position(self, shelf: Shelf, since: str | None) -> int:
        position = int(since) if since and since.isdecimal() else -1
        if position < shelf.horizon or position > len(shelf.log):
            raise CursorExpired(f"{self.tools.name}: the cursor {since} is not honoured")
        return position

    def _pages(
        self, listed: Mapping[str, State], refs: list[str], *, delta: bool
    ) -> Iterator[Page]:
        for start in range(0, len(refs), self.settings.page):
            part = refs[start : start + self.settings.page]
            here = [listed[ref] for ref in part if ref in listed]
            left = tuple(r for r in part if r and r not in listed)
            yield Page(
                records=tuple(self._shown(state) for state in here if state.spoiled is None),
                gone=left if delta and self.capabilities.tombstones else (),
                malformed={s.ref: s.spoiled for s in here if s.spoiled is not None},
            )
            self.world.calls["page"] += 1

    def get(self, collection: Collection, ref: str) -> Record:
        return self._read("get", collection, ref, lambda shelf: self._get(shelf, ref))

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        event = self._event("get", collection)
        shelf = self._call(event)
        for ref in refs:
            try:
                yield ref, self._get(shelf, ref)
            except (Gone, Malformed) as error:
                yield ref, error
        self._done(event)

    def children(self, collection: Collection, parent: str) -> Iterator[Record]:
        def under(shelf: Shelf) -> list[Record]:
            blind = "children" in shelf.blind
            there = [s for s in shelf.records.values() if s.parent == parent and not s.spoiled]
            return [] if blind else [self._record(state) for state in there]

        if collection.child is None or (collection.id, collection.child) not in self.world.shelves:
            raise Refused(f"{collection.key} is no collection of children")
        self._allowed(self.world.shelf(replace(collection, child=None)), parent)
        yield from self._read("children", collection, parent, under)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        def left(shelf: Shelf) -> list[Record]:
            blind = "find" in shelf.blind
            there = [s for s in shelf.records.values() if not s.spoiled and self._ours(s, origin)]
            return [] if blind else [self._record(state) for state in there]

        yield from self._read("find", collection, None, left)

    def _ours(self, state: State, origin: Origin) -> bool:
        if self.capabilities.origin:
            return state.origin == origin.nonce
        key = self.world.shelf_of(state).normal(origin.key)
        born = all(state.born.get(n) == v for n, v in key.items())
        recent = state.created is not None and state.created >= origin.since - self._margin
        return born and recent and state.creator == self.settings.account

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        def effect(shelf: Shelf) -> Record | None:
            self._check(shelf, fields, creating=True)
            if (parent is None) == bool(collection.child):
                raise Refused(f"{collection.key}: a parent belongs to children, and to them only")
            if (
                parent is not None
                and parent not in self.world.shelf(replace(collection, child=None)).records
            ):
                raise Gone(f"{parent} does not stand in {collection.name}")
            state = self.world.add(
                collection,
                self._stored(fields),
                author=self.settings.account,
                parent=parent,
                origin=origin.nonce if self.capabilities.origin else None,
            )
            return self._echo(state)

        return self._write(self._event("create", collection, None, fields), effect)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        def effect(shelf: Shelf) -> Record | None:
            self._expect(shelf, ref, expect)
            self._check(shelf, patch, creating=False)
            values = self._stored(patch)
            account = self.settings.account
            return self._echo(self.world.edit(collection, ref, values, author=account))

        return self._write(self._event("update", collection, ref, patch), effect)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        def effect(shelf: Shelf) -> None:
            self._expect(shelf, ref, expect)
            account, closes = self.settings.account, self.settings.closes
            if not self.capabilities.soft_delete:
                self.world.remove(collection, ref, author=account)
            elif closes in shelf.schema.fields:
                self.world.edit(collection, ref, {str(closes): True}, author=account)
            else:
                self.world.archive(collection, ref, author=account)

        self._write(self._event("delete", collection, ref, {}), effect)

    def restore(self, collection: Collection, ref: str) -> Record | None:
        def effect(shelf: Shelf) -> Record | None:
            account, closes = self.settings.account, self.settings.closes
            if not self.capabilities.soft_delete:
                raise Gone(f"{collection.key} deletes for good: {ref} cannot come back")
            if closes in shelf.schema.fields:
                opened = {str(closes): None}
                return self._echo(self.world.edit(collection, ref, opened, author=account))
            return self._echo(self.world.unarchive(collection, ref, author=account))

        return self._write(self._event("restore", collection, ref, {}), effect)

    def write_option(self, collection: Collection, name: str, option: Option) -> Option:
        def effect(shelf: Shelf) -> Option:
            spec = self._schema(shelf).fields.get(name)
            if not self.capabilities.options or spec is None or not spec.options:
                raise Refused(f"{collection.key} has no options for {name}")
            options = shelf.options.setdefault(name, {})
            same = [o for o in options.values() if o.name == option.name]
            if not option.id:
                return same[0] if same else self._new_option(collection, name, option)
            if option.id not in options:
                raise Gone(f"{collection.key} has no option {option.id} for {name}")
            self.world.rename_option(collection, name, option.id, option.name)
            return options[option.id]

        return self._write(self._event("option", collection, None, {name: option.name}), effect)

    def _new_option(self, collection: Collection, name: str, option: Option) -> Option:
        return self.world.add_option(collection, name, option.name, option.color)

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        def replaced(shelf: Shelf) -> list[Record]:
            return [
                self._record(entry.before)
                for entry in shelf.log
                if self._replaced(entry, ref)
                and entry.at >= since - self._margin
                and entry.before is not None
            ]

        if not self.capabilities.history:
            raise Refused(f"{collection.key} keeps no history of {ref} since {since}")
        yield from self._read("history", collection, ref, replaced)

    def _replaced(self, entry: Entry, ref: str) -> bool:
        return entry.author == self.settings.account and ref in (
            entry.ref,
            entry.before.ref if entry.before else None,
        )

    def open(self, collection: Collection, ref: str) -> AbstractContextManager[BinaryIO]:
        def content(shelf: Shelf) -> BinaryIO:
            values = self._get(shelf, ref).fields.values()
            held = [v["hash"] for v in values if isinstance(v, dict) and "hash" in v]
            if not held:
                raise Refused(f"{ref} has no content")
            return io.BytesIO(self.world.blobs[str(held[0])])

        return self._read("open", collection, ref, content)
