"""What a plan is made of. A plan is data: it can be shown, saved, compared and applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sync.model import Plain
from sync.state import (
    CollectionState,
    HubOption,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Standing,
    Verb,
)


@dataclass(frozen=True)
class Action:
    """One write to one record on one side."""

    verb: Verb
    item: str
    title: str
    """The item's name, for people."""
    collection: str
    ref: str | None
    views: dict[str, Plain] = field(default_factory=dict)
    """Side field -> view to send."""
    values: dict[str, Plain] = field(default_factory=dict)
    """Hub field -> the hub value that the views stand for."""
    before: dict[str, Plain] = field(default_factory=dict)
    """Side field -> what is seen there now."""
    expect: str | None = None
    after: Standing | None = None
    """The standing that follows a delete."""
    reason: str = ""
    parent: str | None = None
    """The parent item, for a child that is created."""


@dataclass(frozen=True)
class OptionWrite:
    """An option made or renamed on one side, before the records that use it."""

    collection: str
    field: str
    """The side field."""
    hub_field: str
    option: str
    """The hub option's id."""
    native: str | None
    """Its native id there; None: it is created."""
    name: str
    color: str | None = None


@dataclass(frozen=True)
class Audit:
    """A record whose history tells what a write of ours replaced, if it landed late."""

    item: str
    collection: str
    ref: str
    since: datetime
    shown: dict[str, Plain] = field(default_factory=dict)
    """What stands there now, and needs no keeping."""


@dataclass(frozen=True)
class Hold:
    """Something that is held back: why, and the command that releases it."""

    subject: str
    """A unit, a collection key, an item id, or `item@field`."""
    cause: str
    command: str


def release(subject: str) -> str:
    """The command that releases what a hold names, as a shell takes it."""
    quoted = subject.replace("'", "'\"'\"'")
    return f"jumelage release '{quoted}'"


@dataclass(frozen=True)
class Dying:
    """An item that was deleted on one side, and goes from the others after a delay."""

    item: str
    title: str
    goes: str
    """When the delay ends if all stays as it is (ISO 8601, UTC)."""


@dataclass(frozen=True)
class Match:
    """Records that already stood on several sides, recognised as one item."""

    title: str
    refs: dict[str, str]
    """Collection key -> ref."""
    reason: str
    clear: bool = True
    """False: several could be meant; they are held, and nothing is joined."""


@dataclass(frozen=True)
class Meeting:
    """A first meeting under way in a unit: what stands where, and what would be joined."""

    counts: dict[str, int]
    """Collection key -> records that stand there."""
    matches: tuple[Match, ...]
    waiting: str
    """What it waits for: `second listing`, `every side`, `release`, or "" when it goes ahead."""


@dataclass(frozen=True)
class Plan:
    """What one cycle would do to the hub (folds) and to the sides (writes).

    Folds are committed, with the cursors, in one transaction before any write.
    """

    unit: str
    items: dict[str, Item] = field(default_factory=dict)
    """Items whose state changes by observation alone."""
    collections: dict[str, CollectionState] = field(default_factory=dict)
    nonces: tuple[Nonce, ...] = ()
    """Those for which a record was found."""
    audits: tuple[Audit, ...] = ()
    """Histories to be asked before anything is committed."""
    options: dict[str, list[HubOption]] = field(default_factory=dict)
    """Hub field -> its options, where they changed."""
    salvage: tuple[Salvage, ...] = ()
    entries: tuple[JournalEntry, ...] = ()
    """The edits by people that were folded."""
    option_writes: tuple[OptionWrite, ...] = ()
    actions: tuple[Action, ...] = ()
    holds: tuple[Hold, ...] = ()
    dying: tuple[Dying, ...] = ()
    """Deletions that wait for the end of their delay."""
    meeting: Meeting | None = None
