"""Grouping: which records of sides that meet are one thing.

First by the mark of our own writes, which says for which item a record was made: a lost
store is found again by it. Then by what people recognise things by.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sync.mapping.unit import Member
from sync.mark import spot, spotted
from sync.model import Record
from sync.plan.draft import Draft
from sync.plan.reading import match_key, read
from sync.state import Item, Standing

Newcomers = dict[str, list[Record]]
Key = tuple[str, ...]


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
    groups = _by_key(draft, members, _by_mark(draft, {k: newcomers[k] for k in members}))
    for item in draft.items():
        key = match_key(draft, kind, item.hub) if item.kind == kind else None
        for group in groups.get(key, []) if key else []:
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
    marks = {
        mark
        for key, records in newcomers.items()
        for record in records
        if (mark := _mark(draft, key, record))
    }
    for key, records in newcomers.items():
        for record in records:
            own = spot(f"{key}/{record.ref}") if marks else None
            mark = own if own in marks else _mark(draft, key, record)
            parts[("mark", mark) if mark else ("", key, record.ref)].records[key].append(record)
    return [part for name in sorted(parts) for part in _settled(parts[name])]


def _mark(draft: Draft, key: str, record: Record) -> str | None:
    known = draft.snapshot.nonces.get(key, {})
    return spotted(record.origin) if record.origin not in known else None


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


def _by_key(draft: Draft, members: dict[str, Member], parts: list[Group]) -> dict[Key, list[Group]]:
    """The parts that people would call the same, put together where that is clear."""
    found: dict[Key, list[Group]] = defaultdict(list)
    for part in parts:
        found[_key(draft, members, part)].append(part)
    for key, alike in found.items():
        found[key] = _joined(alike)
    return found


def _key(draft: Draft, members: dict[str, Member], part: Group) -> Key:
    """By what a part is recognised; what has nothing to go by is a thing of its own."""
    for key, records in sorted(part.records.items()):
        member = members[key]
        known = match_key(draft, member.kind, read(draft, member, records[0]))
        if known:
            return known
    key, records = min(part.records.items())
    return ("", key, records[0].ref)


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
