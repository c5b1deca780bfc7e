"""The store of the simulator and of tests, and the reference of what a store does.

Records are copied on the way in and on the way out, and never changed in between,
so a transaction is undone by putting the former records back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import TypeVar

from sync.errors import InvariantViolated
from sync.model import Plain, copy_plain
from sync.state import CollectionState, HubOption, Intent, Item, JournalEntry, Nonce, Salvage
from sync.store.base import Kept, Logged, Run, Store, Transaction, erasure

_V = TypeVar("_V")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class _Tables:
    items: dict[str, Item] = field(default_factory=dict)
    units: dict[str, set[str]] = field(default_factory=dict)
    collections: dict[str, CollectionState] = field(default_factory=dict)
    options: dict[tuple[str, str], list[HubOption]] = field(default_factory=dict)
    intents: dict[str, tuple[int, Intent]] = field(default_factory=dict)
    nonces: dict[str, Nonce] = field(default_factory=dict)
    issued: dict[str, set[str]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)
    journal: list[Logged] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    meta: dict[str, Plain] = field(default_factory=dict)


class _Change(Transaction):
    """One transaction: it writes at once, and remembers how to undo each write."""

    def __init__(self, tables: _Tables, clock: Callable[[], datetime]) -> None:
        self._tables = tables
        self._clock = clock
        self._undo: list[Callable[[], object]] = []
        self._ended = False

    def end(self, *, undone: bool) -> None:
        """Close the transaction; `undone` puts back what stood before it."""
        self._ended = True
        if undone:
            for step in reversed(self._undo):
                step()

    def _write(self, step: Callable[[], object], undo: Callable[[], object]) -> None:
        if self._ended:
            raise InvariantViolated("a write to a transaction that has ended")
        self._undo.append(undo)
        step()

    def _set(self, table: dict[str, _V], key: str, value: _V) -> None:
        if key in table:
            former = table[key]
            self._write(
                lambda: table.__setitem__(key, value), lambda: table.__setitem__(key, former)
            )
        else:
            self._write(lambda: table.__setitem__(key, value), lambda: table.pop(key))

    def _index(self, index: dict[str, set[str]], old: str | None, new: str, key: str) -> None:
        if old == new:
            return
        if old is not None:
            past = index[old]
            self._write(lambda: past.discard(key), lambda: past.add(key))
        present = index.setdefault(new, set())
        self._write(lambda: present.add(key), lambda: present.discard(key))

    def put_item(self, item: Item) -> None:
        former, row = self._tables.items.get(item.id), item.copy()
        self._index(self._tables.units, former.unit if former else None, item.unit, item.id)
        self._set(self._tables.items, item.id, row)

    def put_collection(self, state: CollectionState) -> None:
        self._set(self._tables.collections, state.key, state.copy())

    def put_options(self, unit: str, field: str, options: list[HubOption]) -> None:
        table, key = self._tables.options, (unit, field)
        former = table.get(key, [])
        copies = [option.copy() for option in options]
        self._write(lambda: table.__setitem__(key, copies), lambda: table.__setitem__(key, former))

    def put_intent(self, intent: Intent) -> None:
        table = self._tables.intents
        if intent.nonce in table:
            place = table[intent.nonce][0]
        else:
            place = 1 + max((place for place, _ in table.values()), default=0)
        self._set(table, intent.nonce, (place, intent.copy()))

    def drop_intent(self, nonce: str) -> None:
        table = self._tables.intents
        former = table.get(nonce)
        if former is not None:
            self._write(lambda: table.pop(nonce), lambda: table.__setitem__(nonce, former))

    def put_nonce(self, nonce: Nonce) -> None:
        former, row = self._tables.nonces.get(nonce.nonce), nonce.copy()
        self._index(
            self._tables.issued,
            former.collection if former else None,
            nonce.collection,
            nonce.nonce,
        )
        self._set(self._tables.nonces, nonce.nonce, row)

    def keep(self, run: str, salvage: Salvage) -> None:
        table = self._tables.kept
        row = Kept(1 + max((r.id for r in table), default=0), self._clock(), run, salvage.copy())
        self._write(lambda: table.append(row), table.pop)

    def settle(self, kept: int, how: str | None) -> None:
        table = self._tables.kept
        places = [place for place, row in enumerate(table) if row.id == kept]
        if not places:
            raise KeyError(kept)
        (place,) = places
        former = table[place]
        row = replace(former, settled=how)
        self._write(lambda: table.__setitem__(place, row), lambda: table.__setitem__(place, former))

    def append(self, entry: JournalEntry) -> None:
        table = self._tables.journal
        row = Logged(len(table) + 1, self._clock(), entry.copy())
        self._write(lambda: table.append(row), table.pop)

    def erase(self, lines: Iterable[int], reason: str = "") -> None:
        table = self._tables.journal
        known = [seq for seq in lines if 0 < seq <= len(table) and not table[seq - 1].erased]
        for seq in known:
            self._erase(table, seq - 1)
        if known:
            self.append(erasure(reason))

    def _erase(self, table: list[Logged], place: int) -> None:
        former = table[place]
        bare = replace(former.entry, item="", ref=None, before={}, after={}, reason="", author=None)
        row = Logged(former.seq, former.at, bare, erased=True)
        self._write(lambda: table.__setitem__(place, row), lambda: table.__setitem__(place, former))

    def remove_item(self, item: str) -> None:
        former = self._tables.items.get(item)
        if former is None:
            return
        for nonce in [n for n in self._tables.nonces.values() if n.item == item]:
            self._drop(self._tables.nonces, nonce.nonce)
            self._leave(self._tables.issued[nonce.collection], nonce.nonce)
        self._leave(self._tables.units[former.unit], item)
        self._drop(self._tables.items, item)

    def remove_kept(self, kept: Iterable[int]) -> None:
        gone, table = set(kept), self._tables.kept
        former = list(table)
        left = [row for row in table if row.id not in gone]
        self._write(
            lambda: table.__setitem__(slice(None), left),
            lambda: table.__setitem__(slice(None), former),
        )

    def remove_runs(self, runs: Iterable[str]) -> None:
        for run in runs:
            self._drop(self._tables.runs, run)

    def _drop(self, table: dict[str, _V], key: str) -> None:
        if key in table:
            former = table[key]
            self._write(lambda: table.pop(key), lambda: table.__setitem__(key, former))

    def _leave(self, index: set[str], key: str) -> None:
        if key in index:
            self._write(lambda: index.discard(key), lambda: index.add(key))

    def put_run(self, run: Run) -> None:
        self._set(self._tables.runs, run.id, run.copy())

    def put_meta(self, name: str, value: Plain) -> None:
        self._set(self._tables.meta, name, copy_plain(value))


class MemoryStore(Store):
    """A store that lives as long as its object; `clock` dates the journal and the salvage."""

    def __init__(self, clock: Callable[[], datetime] = _now) -> None:
        self._clock = clock
        self._tables = _Tables()
        self._lock = RLock()
        self._open = False
        self.loss: str | None = None
        """What `lost` says; tests and the simulator set it."""

    def copy(self) -> MemoryStore:
        """A backup: a store of its own that holds what this one holds now."""
        with self._lock:
            twin, here = MemoryStore(self._clock), self._tables
            twin.loss = self.loss
            twin._tables = _Tables(
                dict(here.items),
                {unit: set(ids) for unit, ids in here.units.items()},
                dict(here.collections),
                dict(here.options),
                dict(here.intents),
                dict(here.nonces),
                {key: set(nonces) for key, nonces in here.issued.items()},
                list(here.kept),
                list(here.journal),
                dict(here.runs),
                dict(here.meta),
            )
            return twin

    @contextmanager
    def transaction(self) -> Iterator[_Change]:
        with self._lock:
            if self._open:
                raise InvariantViolated("a transaction inside a transaction")
            change = _Change(self._tables, self._clock)
            self._open = True
            undone = True
            try:
                yield change
                undone = False
            finally:
                self._open = False
                change.end(undone=undone)

    def units(self) -> list[str]:
        with self._lock:
            return sorted(unit for unit, ids in self._tables.units.items() if ids)

    def items(self, unit: str) -> Iterator[Item]:
        with self._lock:
            ids = sorted(self._tables.units.get(unit, ()))
        for key in ids:
            item = self.item(key)
            if item is not None and item.unit == unit:
                yield item

    def item(self, item: str) -> Item | None:
        with self._lock:
            found = self._tables.items.get(item)
            return found and found.copy()

    def collections(self) -> dict[str, CollectionState]:
        with self._lock:
            return {key: state.copy() for key, state in sorted(self._tables.collections.items())}

    def options(self, unit: str) -> dict[str, list[HubOption]]:
        with self._lock:
            return {
                name: [option.copy() for option in options]
                for (owner, name), options in sorted(self._tables.options.items())
                if owner == unit and options
            }

    def intents(self) -> list[Intent]:
        with self._lock:
            rows = sorted(self._tables.intents.values(), key=lambda row: row[0])
            return [intent.copy() for _, intent in rows]

    def nonces(self, collection: str) -> dict[str, Nonce]:
        with self._lock:
            issued = sorted(self._tables.issued.get(collection, ()))
            return {nonce: self._tables.nonces[nonce].copy() for nonce in issued}

    def journal(
        self, *, run: str | None = None, item: str | None = None, limit: int | None = None
    ) -> list[Logged]:
        with self._lock:
            rows = [
                row
                for row in reversed(self._tables.journal)
                if run in (None, row.entry.run) and item in (None, row.entry.item)
            ]
            return [replace(row, entry=row.entry.copy()) for row in rows[:limit]]

    def kept(self, *, item: str | None = None, open_only: bool = False) -> list[Kept]:
        with self._lock:
            return [
                replace(row, salvage=row.salvage.copy())
                for row in reversed(self._tables.kept)
                if item in (None, row.salvage.item)
                and not (open_only and (row.settled or row.salvage.cause != "conflict"))
            ]

    def runs(self, limit: int | None = 20) -> list[Run]:
        with self._lock:
            runs = self._tables.runs.values()
            newest = sorted(runs, key=lambda run: (run.started, run.id), reverse=True)
            return [run.copy() for run in newest[:limit]]

    def meta(self, name: str) -> Plain:
        with self._lock:
            return copy_plain(self._tables.meta.get(name))

    def lost(self) -> str | None:
        return self.loss

    def accept(self) -> None:
        self.loss = None

    def close(self) -> None:
        """Nothing to release."""
