"""Grouping: which records of sides that meet are one thing.

First by the mark of our own writes, which says for which item a record was made: a lost
store is found again by it. Then by what people recognise things by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.mapping.unit import Member
from sync.mark import spot, spotted
from sync.model import Record
from sync.plan.draft import Draft
from sync.plan.reading import match_key, read
from sync.state import Item, Standing

Newcomers = dict[str, list[Record]]
Key = tuple[str, ...]


class Names:
    """Match keys that one thing bears on several sides: it was renamed, not everywhere yet."""

    def __init__(self) -> None:
        self._same: dict[Key, Key] = {}

    def first(self, key: Key) -> Key:
        """The one that stands for all that it goes with."""
        while key in self._same:
            key = self._same[key]
        return key

    def join(self, keys: list[Key]) -> None:
        """Let these go with each other."""
        for key in keys[1:]:
            if (other := self.first(key)) != (one := self.first(keys[0])):
                self._same[other] = one


@dataclass
class Group:
    """What is one thing, or cannot be told apart: records that meet, and a known item."""

    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    items: list[Item] = field(default_factory=list)
    marked: bool = False
    """Whether our own mark says so."""
    unclear: bool = False
    """Whether nothing tells which of several it belongs to."""

    @property
    def alone(self) -> bool:
        """Whether it stands on one side only: nothing to match."""
        return not self.items and len(self.records) == 1 and not self.unclear

    @property
    def unique(self) -> bool:
        """Whether no side, nor the hub, has two of it."""
        return not self.unclear and len(self.items) <= 1 and not self.doubled

    @property
    def doubled(self) -> bool:
        """Whether a side has two of it."""
        return any(len(records) > 1 for records in self.records.values())

    def take(self, other: Group) -> None:
        """Let all of another group be part of this one."""
        for key, records in other.records.items():
            self.records[key] += records
        self.marked |= other.marked
        self.unclear |= other.unclear


def grouped(draft: Draft, kind: str, ready: list[Member], newcomers: Newcomers) -> list[Group]:
    """The groups of one kind, in a stable order, with the items that they may be of."""
    members = {m.key: m for m in ready if m.kind == kind}
    parts = _by_mark(draft, {k: newcomers[k] for k in members})
    names = Names()
    groups = _by_key(draft, members, parts, names)
    for item in draft.items():
        key = match_key(draft, kind, item.hub) if item.kind == kind else None
        for group in groups.get(names.first(key), []) if key else []:
            if not any(stands(draft, item, side) for side in group.records):
                group.items.append(item)
    return [group for key in sorted(groups) for group in groups[key]]


def stands(draft: Draft, item: Item, key: str) -> bool:
    """Whether a record that is known to be the item's stands there."""
    side = item.sides.get(key)
    if side is None or side.ref is None:
        return False
    return side.standing is Standing.HERE or draft.seen.record(key, side.ref) is not None


def _by_mark(draft: Draft, newcomers: Newcomers) -> list[Group]:
    """Records that were made for one item by a store that is lost, and the one it began with."""
    parts: dict[Key, Group] = defaultdict(Group)
    marks = set(made_by_a_lost_store(draft, newcomers))
    for key, records in newcomers.items():
        for record in records:
            own = spot(f"{key}/{record.ref}") if marks else None
            mark = own if own in marks else _mark(draft, key, record)
            parts[("mark", mark) if mark else ("", key, record.ref)].records[key].append(record)
    return [part for name in sorted(parts) for part in _settled(parts[name])]


def made_by_a_lost_store(draft: Draft, newcomers: Newcomers) -> Iterator[str]:
    """The marks of writes of ours that the store knows nothing of."""
    for key, records in newcomers.items():
        for record in records:
            if mark := _mark(draft, key, record):
                yield mark


def _mark(draft: Draft, key: str, record: Record) -> str | None:
    known = draft.snapshot.nonces.get(key, {})
    return spotted(record.origin) if record.origin not in known else None


def marks_of(draft: Draft, item: Item) -> set[str | None]:
    """What says that a record was made for this item, or that the item began with it."""
    found = [draft.seen.record(key, side.ref or "") for key, side in item.sides.items()]
    return {spot(item.id), *(m for r in found if r and (m := spotted(r.origin)))}


def marks_on(draft: Draft, key: str, record: Record) -> set[str]:
    """The marks of the item that a record was made for, if a lost store did, or began."""
    mark = _mark(draft, key, record)
    return {spot(f"{key}/{record.ref}"), *([mark] if mark else [])}


def made_for(draft: Draft, member: Member, record: Record, items: list[Item]) -> list[Item]:
    """Those for which a lost store made a record, or that began with it, as our marks tell."""
    marks = marks_on(draft, member.key, record)
    return [item for item in items if not marks.isdisjoint(marks_of(draft, item))]


def _settled(part: Group) -> list[Group]:
    """A mark that people copied proves nothing; two marks of one item are a twin: held."""
    copies: list[Group] = []
    for key, records in list(part.records.items()):
        if len(records) > 1 and len({r.origin for r in records}) == 1:
            copies += [Group(defaultdict(list, {key: [r]})) for r in records]
            del part.records[key]
    part.marked = sum(len(records) for records in part.records.values()) > 1
    part.unclear = part.doubled
    return [part, *copies] if part.records else copies


def _by_key(
    draft: Draft, members: dict[str, Member], parts: list[Group], names: Names
) -> dict[Key, list[Group]]:
    """The parts that people would call the same, put together where that is clear."""
    keys = [_keys(draft, members, part) for part in parts]
    for several in keys:
        names.join(several)
    found: dict[Key, list[Group]] = defaultdict(list)
    for part, (key, *_others) in zip(parts, keys, strict=True):
        found[names.first(key)].append(part)
    for key, alike in found.items():
        found[key] = _joined(alike)
    return found


def _keys(draft: Draft, members: dict[str, Member], part: Group) -> list[Key]:
    """By what a part is recognised; what has nothing to go by is a thing of its own."""
    found = [
        match_key(draft, members[key].kind, read(draft, members[key], records[0]))
        for key, records in sorted(part.records.items())
    ]
    key, records = min(part.records.items())
    return [known for known in found if known] or [("", key, records[0].ref)]


def _joined(alike: list[Group]) -> list[Group]:
    whole = Group()
    for part in alike:
        whole.take(part)
    proven = [part for part in alike if part.marked]
    if not proven or not (whole.doubled or whole.unclear):
        return [whole]
    rest = Group(unclear=True)
    for part in alike:
        if not part.marked:
            rest.take(part)
    return [*proven, rest] if rest.records else proven
