"""The second pass: which records must be read directly before anything is concluded."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.mapping.unit import Member, Unit
from sync.model import Record, Stub
from sync.plan.absence import candidates
from sync.plan.observation import Listing, Snapshot
from sync.plan.reading import as_read
from sync.state import CollectionState, Item, Side, Standing


@dataclass
class Suspects:
    """What to read directly in one collection."""

    refs: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    """Refs of parents whose children must be listed (for a child collection)."""


def suspects(unit: Unit, known: Snapshot, listings: dict[str, Listing]) -> dict[str, Suspects]:
    """Name what must be read, by collection; nothing where the listing failed."""
    return {
        key: Suspects(_refs(member, known, listings[key]), _parents(member, known, listings[key]))
        for key, member in unit.members.items()
        if key in listings and listings[key].failure is None
    }


def _refs(member: Member, known: Snapshot, listing: Listing) -> list[str]:
    sides = _sides(member, known)
    absent = {
        i.sides[member.key].ref for i in candidates(known.items.values(), member.key, listing)
    }
    wanted = {ref for ref in absent if ref is not None}
    if wanted:
        wanted |= set(_canary(sides, wanted))
    state = known.collections.get(member.key) or CollectionState(member.key)
    if not state.met:  # a listing that hides what once stood there would double it
        wanted |= state.former.keys() - listing.records.keys()
    for ref, record in listing.records.items():
        side = sides.get(ref)
        doubted = isinstance(record, Stub) or (member.capabilities.lagging and side is not None)
        if doubted and not _known(member, side, state, record):
            wanted.add(ref)
    doubtful = (ref for ref, s in sides.items() if _stands(s) and (s.stale or s.missing))
    return sorted(wanted.union(doubtful))


def _stands(side: Side) -> bool:
    return side.standing is Standing.HERE


def _sides(member: Member, known: Snapshot) -> dict[str, Side]:
    found: dict[str, Side] = {}
    for item in known.items.values():
        side = item.sides.get(member.key)
        if side and side.ref and (_stands(side) or side.ref not in found):
            found[side.ref] = side
    return found


def _known(
    member: Member, side: Side | None, state: CollectionState, record: Record | Stub
) -> bool:
    """Whether a listed record is one that was read, and needs no reading."""
    if side is not None:
        doubtful = side.stale or side.missing or not _stands(side)
        return not doubtful and as_read(member, side, record)
    unmet = state.unmet.get(record.ref)
    version = unmet.get("version") if isinstance(unmet, dict) else None
    return version is not None and version == record.version


def _canary(sides: dict[str, Side], absent: set[str]) -> list[str]:
    """One known record that was not reported absent: if it answers, the side is sighted."""
    standing = sorted(ref for ref, side in sides.items() if _stands(side) and ref not in absent)
    return standing[:1]


def _parents(member: Member, known: Snapshot, listing: Listing) -> list[str]:
    if member.parent is None or listing.complete:
        return []
    return sorted(
        side.ref
        for item in known.items.values()
        if (side := _parent_side(item, member)) and side.ref and not side.kids_met
    )


def _parent_side(item: Item, member: Member) -> Side | None:
    side = item.sides.get(member.parent or "")
    return side if side and _stands(side) else None
