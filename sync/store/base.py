"""What the engine needs of a store; the in-memory and the SQL store pass one suite.

One writer: a transaction is atomic, durable when it ends, and the only way to write.
What is read is a copy: changing it changes nothing until it is put back. A thread sees
its own transaction's writes at once; others wait for its end. Transactions do not nest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from sync.errors import ConfigError, JumelageError
from sync.model import Plain, copy_fields
from sync.state import CollectionState, HubOption, Intent, Item, JournalEntry, Nonce, Salvage


class StoreLocked(ConfigError):
    """Another process writes to this store; the message names the remedy."""


class StoreMismatch(ConfigError):
    """The store was written by another version, and cannot be used by this one as it is."""


class StoreUnusable(ConfigError):
    """What the settings name cannot be a store as it is; the message names file and remedy."""


class StoreDamaged(StoreUnusable):
    """The file is not what was written there: nothing of it is believed."""


class StoreFailed(JumelageError):
    """The store could not be read or written now; what was under way is recovered later."""


@dataclass
class Run:
    """One run of the engine over some units."""

    id: str
    """Unique; begins with the second in which it began: `20260301T140000-k3f9`."""
    started: datetime
    ended: datetime | None = None
    outcome: str = ""
    """`ok`, `held`, `failed`, or "" while it goes on."""
    summary: Mapping[str, Plain] = field(default_factory=dict)

    def copy(self) -> Run:
        """A copy that shares nothing mutable."""
        return replace(self, summary=copy_fields(self.summary))


@dataclass(frozen=True)
class Logged:
    """A journal line as it was stored."""

    seq: int
    at: datetime
    entry: JournalEntry
    erased: bool = False
    """Its item, ref, values, reason and author were erased; the entry has none."""


@dataclass(frozen=True)
class Kept:
    """A salvaged value as it was stored."""

    id: int
    at: datetime
    run: str
    salvage: Salvage
    settled: str | None = None
    """How a conflict was settled; None: it is open."""


ERASE = "erase"
"""The verb of the line that says which others were erased."""


def erasure(reason: str) -> JournalEntry:
    """The line of an erasure."""
    return JournalEntry("", ERASE, "", "", None, {}, {}, reason)


class Transaction(Protocol):
    """The writes of one atomic change."""

    def put_item(self, item: Item) -> None:
        """Insert or replace an item with all its sides."""

    def put_collection(self, state: CollectionState) -> None:
        """Insert or replace what is known of a collection."""

    def put_options(self, unit: str, field: str, options: list[HubOption]) -> None:
        """Replace the options of one hub field of a unit."""

    def put_intent(self, intent: Intent) -> None:
        """Record a write before it is sent."""

    def drop_intent(self, nonce: str) -> None:
        """Forget an intent whose outcome is committed in this transaction."""

    def put_nonce(self, nonce: Nonce) -> None:
        """Insert or replace a nonce; it never expires."""

    def keep(self, run: str, salvage: Salvage) -> None:
        """Add a value to the salvage."""

    def settle(self, kept: int, how: str | None) -> None:
        """Mark a kept value as settled; None: it is open again."""

    def append(self, entry: JournalEntry) -> None:
        """Append a line to the journal."""

    def erase(self, lines: Iterable[int], reason: str = "") -> None:
        """Forget what these journal lines (by `seq`) say of things and people, not the lines.

        A line of its own says which were erased, and why.
        """

    def remove_item(self, item: str) -> None:
        """Forget an item with its sides and nonces, as if it had never been."""

    def remove_kept(self, kept: Iterable[int]) -> None:
        """Take values out of the salvage."""

    def remove_runs(self, runs: Iterable[str]) -> None:
        """Forget runs; their lines in the journal stay."""

    def put_run(self, run: Run) -> None:
        """Insert or replace a run."""

    def put_meta(self, name: str, value: Plain) -> None:
        """Set one value of the store's own (generation, schema, daemon state)."""


class Store(Protocol):
    """Durable memory of one daemon."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a change: committed at the end of the block, undone by an exception."""

    def units(self) -> list[str]:
        """Every unit that has items, by name."""

    def items(self, unit: str) -> Iterator[Item]:
        """Every item of a unit, tombstones too, by id."""

    def item(self, item: str) -> Item | None:
        """One item by id."""

    def collections(self) -> dict[str, CollectionState]:
        """Every known collection by key."""

    def options(self, unit: str) -> dict[str, list[HubOption]]:
        """Hub field -> options of a unit."""

    def intents(self) -> list[Intent]:
        """Every write whose outcome is not committed, oldest first."""

    def nonces(self, collection: str) -> dict[str, Nonce]:
        """Every nonce ever sent to a collection, by nonce."""

    def journal(
        self, *, run: str | None = None, item: str | None = None, limit: int | None = None
    ) -> list[Logged]:
        """Journal lines, newest first."""

    def kept(self, *, item: str | None = None, open_only: bool = False) -> list[Kept]:
        """Salvaged values, newest first; `open_only`: conflicts that nobody settled."""

    def runs(self, limit: int | None = 20) -> list[Run]:
        """The last runs, newest first."""

    def meta(self, name: str) -> Plain:
        """One value of the store's own; None if it was never set."""

    def lost(self) -> str | None:
        """Why this store cannot be the latest state (lost, or older); None: it is.

        While it says so nothing may be written anywhere: only `relink` helps.
        """

    def accept(self) -> None:
        """Take the store as it stands for the latest from now on (the end of `relink`)."""

    def close(self) -> None:
        """Release the store."""
