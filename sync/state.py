"""What the hub knows: items, their standing on every side, and what is under way.

These are the rows of the store, as plain mutable records; `sync.plan` works on
copies. Values in `hub` and `base` are hub values, values in `seen` are views in the
side's own words; all are canonical plain data. A missing key in `seen` was never
observed, in `base` never agreed; that is not the same as None, which is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from sync.model import Plain, copy_fields, copy_plain

_T = TypeVar("_T")


def _twin(record: _T, **copies: object) -> _T:
    """A copy with other values in some fields; several times faster than `replace`."""
    twin = object.__new__(type(record))
    twin.__dict__.update(record.__dict__, **copies)
    return twin


class Standing(StrEnum):
    """How an item stands in one collection."""

    HERE = "here"
    """Its record stands there."""
    OUT = "out"
    """Not there; may be created."""
    LEFT = "left"
    """People took it away from this side: not created again."""
    GONE = "gone"
    """It went with a deletion."""
    KEPT = "kept"
    """The item is dead, and its record stays on a side that cannot be written."""


@dataclass
class Side:
    """One item's standing in one collection."""

    standing: Standing = Standing.OUT
    ref: str | None = None
    """Last known record; kept after the record left, so that it can be un-archived."""
    version: str | None = None
    """Always from the same read as `seen`."""
    seen: dict[str, Plain] = field(default_factory=dict)
    """Side field -> view last observed there: by a read, or the echo of our own write."""
    base: dict[str, Plain] = field(default_factory=dict)
    """Hub field -> full hub value that this side last agreed with."""
    stale: bool = False
    """What stands there may differ from `seen`: to be read directly."""
    missing: bool = False
    """Absence was reported and is not judged yet; durable, since a delta says it once."""
    absent: str | None = None
    """When the absence that is not judged yet was first noted (ISO 8601, UTC)."""
    in_scope: bool = False
    """The item has passed this side's filter while its record stood here."""
    kids_met: bool = False
    """What stands under this record has been listed and met since it stands here."""
    refused: dict[str, Plain] = field(default_factory=dict)
    """Side field -> view that the side refused; not sent again until it changes."""
    undone: dict[str, Plain] = field(default_factory=dict)
    """Side field -> view that an undo took back; not sent again until the hub has another."""
    parent_ref: str | None = None
    """The parent record it was last seen under (children)."""
    malformed: str | None = None
    """Why the record that stands there cannot be read; None if it can."""
    stable: str | None = None
    """The id that survives a move there, where the system has one."""
    misses: int = 0
    """Runs in which it could not be brought back while nothing proved that it is no more."""

    def copy(self) -> Side:
        """A copy that shares nothing mutable."""
        return _twin(
            self,
            seen=copy_fields(self.seen),
            base=copy_fields(self.base),
            refused=copy_fields(self.refused),
            undone=copy_fields(self.undone),
        )


@dataclass
class Item:
    """The same thing everywhere."""

    id: str
    """Opaque, stable: the collection key and ref of the record that started it."""
    kind: str
    unit: str
    parent: str | None = None
    hub: dict[str, Plain] = field(default_factory=dict)
    sides: dict[str, Side] = field(default_factory=dict)
    """Collection key -> its standing there."""
    dying: bool = False
    """A deletion was decided, and is not done everywhere yet."""
    dead: bool = False
    """A tombstone."""
    held: dict[str, str] = field(default_factory=dict)
    """What is held back (a hub field, or "" for the item) -> the cause, for people."""
    stamps: dict[str, str] = field(default_factory=dict)
    """Hub field -> when its value was last changed by people (ISO 8601, UTC), if known."""
    previous: dict[str, Plain] = field(default_factory=dict)
    """Hub field -> the value before the last fold (`value`), the collection that changed
    it (`by`), who did it there (`author`, if told) and when it was taken in (`at`)."""
    flips: dict[str, int] = field(default_factory=dict)
    """Hub field -> alternations seen in a row, for the oscillation breaker."""
    echoes: dict[str, Plain] = field(default_factory=dict)
    """Hub field -> how many writes of ours in a row the sides changed at once (`count`),
    and the collection that did so last (`by`)."""
    waited: float = 0.0
    """Seconds that its deletion has waited, of the delay that the mapping sets."""
    counted: str | None = None
    """Up to which moment they were counted (ISO 8601, UTC)."""
    wanted: bool = False
    """Somebody decided that it is to live again; the next cycle sees to it."""
    meant: bool = False
    """An admin said that its deletion is meant."""
    whole: str | None = None
    """The item that it was a part of, before a mapping was taken apart."""

    def here(self) -> list[str]:
        """The collections in which a record of it stands."""
        return [key for key, side in self.sides.items() if side.standing is Standing.HERE]

    def copy(self) -> Item:
        """A copy that shares nothing mutable."""
        return _twin(
            self,
            hub=copy_fields(self.hub),
            sides={key: side.copy() for key, side in self.sides.items()},
            held=dict(self.held),
            stamps=dict(self.stamps),
            previous=copy_fields(self.previous),
            flips=dict(self.flips),
            echoes=copy_fields(self.echoes),
        )


class Verb(StrEnum):
    """What one write does."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    RESTORE = "restore"


@dataclass
class Intent:
    """One remote write that was decided, durable before it is sent.

    It holds the mapping of the moment: `views` (side field -> what is sent) and
    `values` (hub field -> the hub value they stand for). `nonce` is one per attempt,
    random, never reused. `ref` is None for a create. `before` is `seen` at that
    moment; `after` is the standing that follows a delete.
    """

    nonce: str
    verb: Verb
    item: str
    collection: str
    ref: str | None
    views: dict[str, Plain] = field(default_factory=dict)
    values: dict[str, Plain] = field(default_factory=dict)
    before: dict[str, Plain] = field(default_factory=dict)
    version: str | None = None
    after: Standing | None = None
    since: datetime | None = None
    run: str = ""
    reason: str = ""
    misses: int = 0
    """Look-ups that found nothing while nothing proved that they could have."""

    def copy(self) -> Intent:
        """A copy that shares nothing mutable."""
        return _twin(
            self,
            views=copy_fields(self.views),
            values=copy_fields(self.values),
            before=copy_fields(self.before),
        )


@dataclass
class Nonce:
    """A write that was sent once and may still land; it never expires.

    A create is open until a record is adopted for it. An update has one only if nobody
    ever knew what became of it (`ref` is set): should it land late, it is no edit.
    """

    nonce: str
    item: str
    collection: str
    adopted: str | None = None
    """The ref adopted for it."""
    views: dict[str, Plain] = field(default_factory=dict)
    values: dict[str, Plain] = field(default_factory=dict)
    ref: str | None = None
    """The record that an update was sent to."""
    since: datetime | None = None
    """When the update was decided."""
    twin: str | None = None
    """The ref of what the create left beside the record that the item had there by then."""

    @classmethod
    def creating(cls, intent: Intent, adopted: str | None = None) -> Nonce:
        """What is known of a create, and of the record that it left."""
        sent = intent.nonce, intent.item, intent.collection
        return cls(*sent, adopted, intent.views, intent.values)

    @classmethod
    def watching(cls, intent: Intent) -> Nonce:
        """What is known of an update that may land late."""
        sent = intent.nonce, intent.item, intent.collection, None
        return cls(*sent, intent.views, intent.values, intent.ref, intent.since)

    def copy(self) -> Nonce:
        """A copy that shares nothing mutable."""
        return _twin(self, views=copy_fields(self.views), values=copy_fields(self.values))


@dataclass
class CollectionState:
    """What the hub knows about one collection."""

    key: str
    unit: str = ""
    """The unit that it last took part in."""
    past: str = ""
    """A unit that it left, whose items may be named for records here."""
    label: str = ""
    """What its side was called there, for people."""
    cursor: str | None = None
    met: bool = False
    """The first meeting is done."""
    listed: list[str] | None = None
    """Refs of the first complete listing of a meeting under way; None: none yet."""
    listed_at: datetime | None = None
    accepted: bool = False
    """An admin confirmed the counts of the first meeting."""
    relinked: bool = False
    """What was known of it was given up: it meets all the others at once, once an admin agrees."""
    joined: bool = False
    """Mappings that hold things of the same name were joined: an admin is asked first."""
    unmet: dict[str, Plain] = field(default_factory=dict)
    """Ref -> its version and match key; it stands there without an item."""
    former: dict[str, str] = field(default_factory=dict)
    """Ref -> item, from a time when this collection was in the mapping."""
    traced: dict[str, str] = field(default_factory=dict)
    """Stable id -> the ref in `former` that it had then."""
    ambiguous: list[str] = field(default_factory=list)
    """Match keys that occur more than once, on any side."""
    fingerprint: dict[str, str] = field(default_factory=dict)
    """Hub field -> digest of how it is mapped here, to notice that a mapping was edited."""
    held: str | None = None
    """Why absences here are not acted on; None: they are."""
    released: bool = False
    """An admin said that the absences held back are meant."""
    over_budget: bool = False
    """An admin said that the many deletions of the unit are meant."""
    failure: str | None = None
    """What went wrong with the last read of it; None: it was read."""
    stranded: bool = False
    """A write here is not resolved, and no mapping names the collection any more."""
    malformed: dict[str, str] = field(default_factory=dict)
    """Ref -> why this record, which belongs to no item yet, cannot be read."""
    full_listing_at: datetime | None = None
    unaudited: datetime | None = None
    """What our writes replaced here since then is to be looked up; None: nothing is."""
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    """Side field -> native option id -> the name last seen there."""

    def recall(self, side: Side, item: str) -> None:
        """Remember which item stood on a side that leaves the mapping."""
        if side.ref is None or side.standing is not Standing.HERE:
            return
        self.former[side.ref] = item
        if side.stable is not None:
            self.traced[side.stable] = side.ref

    def forget(self, once: str) -> None:
        """Give up what is remembered of a former ref."""
        self.former.pop(once, None)
        self.traced = {stable: ref for stable, ref in self.traced.items() if ref != once}

    def recalled(self, ref: str, stable: str | None) -> str | None:
        """The former ref of what stands here now; None if it is not known.

        What was renamed is known by its stable id. What stands under a known ref with an
        id of its own was edited in place, for all that can be told.
        """
        once = self.traced.get(stable or "", ref)
        return once if once in self.former else None

    def copy(self) -> CollectionState:
        """A copy that shares nothing mutable."""
        return _twin(
            self,
            listed=None if self.listed is None else list(self.listed),
            unmet=copy_fields(self.unmet),
            former=dict(self.former),
            traced=dict(self.traced),
            ambiguous=list(self.ambiguous),
            fingerprint=dict(self.fingerprint),
            malformed=dict(self.malformed),
            options={name: dict(names) for name, names in self.options.items()},
        )


@dataclass
class HubOption:
    """One value of a choice or set, the same on every side.

    `id` is what hub values hold: its name at birth (with `~2` and so on if taken).
    `natives` maps a collection key to the native id there.
    """

    id: str
    name: str
    color: str | None = None
    natives: dict[str, str] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    """Collection key -> the name last seen or written there."""
    former: list[str] = field(default_factory=list)
    """Names it once had, which sides without native ids may still show."""

    def copy(self) -> HubOption:
        """An independent copy."""
        return _twin(
            self, natives=dict(self.natives), base=dict(self.base), former=list(self.former)
        )


@dataclass(frozen=True)
class Salvage:
    """A value that people typed and that stands nowhere any more, kept."""

    item: str
    field: str
    value: Plain
    collection: str
    """Where it stood."""
    cause: str
    """conflict | unseen | pushed-out | deleted | overwritten | late twin | settled"""
    author: str | None = None
    """Who typed it there, where the side tells."""
    kept: Plain = None
    """The value that stands instead, for a conflict."""
    since: str | None = None
    """When it was typed (ISO 8601), where the side tells."""
    against: Plain = None
    """The same of the value that stands instead: `collection`, `author`, `since`."""

    def copy(self) -> Salvage:
        """A copy that shares nothing mutable."""
        return _twin(
            self,
            value=copy_plain(self.value),
            kept=copy_plain(self.kept),
            against=copy_plain(self.against),
        )


@dataclass(frozen=True)
class JournalEntry:
    """One line of the journal: a write of ours, or an edit that was folded.

    `before` and `after` map side fields (writes) or hub fields (folds) to values.
    """

    run: str
    verb: str
    item: str
    collection: str
    ref: str | None
    before: Mapping[str, Plain]
    after: Mapping[str, Plain]
    reason: str
    author: str | None = None

    def copy(self) -> JournalEntry:
        """A copy that shares nothing mutable."""
        return _twin(self, before=copy_fields(self.before), after=copy_fields(self.after))
