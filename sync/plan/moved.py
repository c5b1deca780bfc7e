"""Moves: which known thing a record is that stands under another ref than before.

Where names are refs, people rename things, and may give one the name that another had.
What is followed is an id that survives a move, where the system has one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from sync.mapping.unit import Member
from sync.model import Record
from sync.plan.absence import candidates
from sync.plan.draft import Draft
from sync.state import Item, Side, Standing


def follow_exchanged(draft: Draft, member: Member) -> None:
    """Find the things whose refs other known things have taken where they are now.

    Where a ref shows something that nobody knows, it was edited in place for all that can
    be told. While not all is listed, what lost its ref waits.
    """
    if not member.capabilities.moves or draft.seen.blind(member.key):
        return
    shown = _shown(draft, member)
    often = Counter(shown.values())  # a hard link is no move
    at = {stable: ref for ref, stable in shown.items() if often[stable] == 1}
    homes = _homes(draft, member, at)
    displaced = {s: name for s, (name, ref) in homes.items() if _taken(s, shown.get(ref), homes)}
    went = {name: at[stable] for stable, name in displaced.items() if stable in at}
    for stable in displaced.keys() - at.keys():
        if not draft.seen.listings[member.key].complete:
            draft.unread.add(member.key)
            draft.withheld.add((member.key, homes[stable][1]))
        elif not any(child.here() for child in draft.children(displaced[stable])):
            went |= _left_by_the_last(draft, member, displaced[stable], shown, homes, at)
    while blocked := {n for n, ref in went.items() if not _free(draft, member, ref, went)}:
        went = {name: ref for name, ref in went.items() if name not in blocked}
    for name in went:
        draft.index.pop((member.key, draft.look(name).sides[member.key].ref or ""), None)
    for name, ref in went.items():
        _stands_at(draft, member, name, ref)


def _left_by_the_last(  # noqa: PLR0917 - what is shown, what is known, and what is where
    draft: Draft,
    member: Member,
    gone: str,
    shown: dict[str, str],
    homes: dict[str, tuple[str, str]],
    at: dict[str, str],
) -> dict[str, str]:
    """A thing is gone, and another has its ref: it is absent from the ref that was left by then.

    Nothing else is shown there, or nothing can be told. What is said stays with the name.
    """
    ref = draft.look(gone).sides[member.key].ref or ""
    moved: dict[str, str] = {}
    known = homes.keys() & at.keys()
    while (stable := shown.get(ref)) in known and homes[stable][0] not in moved:
        moved[homes[stable][0]], ref = ref, homes[stable][1]
    listing = draft.seen.listings[member.key]
    left = ref not in listing.records and ref not in listing.malformed
    return {**moved, gone: ref} if left else {}


def follow(draft: Draft, member: Member, record: Record) -> bool:
    """A record gone and one new with the same stable id, or the same bytes: it moved."""
    listing = draft.seen.listings[member.key]
    untraced = [item for item in draft.items() if _untraced(member, item, record)]
    for item in [*candidates(list(draft.items()), member.key, listing), *untraced]:
        if _same_thing(member, item.sides[member.key], record):
            _stands_at(draft, member, item.id, record.ref)
            return True
    return False


def _shown(draft: Draft, member: Member) -> dict[str, str]:
    """Ref -> the stable id of what stands there."""
    listed = draft.seen.listings[member.key].records
    return {ref: record.stable for ref, record in listed.items() if record.stable is not None}


def _homes(draft: Draft, member: Member, shown: Container[str]) -> dict[str, tuple[str, str]]:
    """Stable id -> the item that stands there, and the ref under which it is known.

    Of what was deleted, only what is shown still: it lies in an archive that people see.
    """
    stood: dict[str, tuple[str, str]] = {}
    gone: dict[str, tuple[str, str]] = {}
    for item in draft.items():
        side = item.sides.get(member.key)
        if side is None or side.stable is None or side.ref is None:
            continue
        if side.standing is Standing.HERE:
            stood[side.stable] = item.id, side.ref
        elif side.standing is Standing.GONE and side.stable in shown:
            gone[side.stable] = item.id, side.ref
    return gone | stood


def _taken(stable: str, there: str | None, homes: dict[str, tuple[str, str]]) -> bool:
    """Whether its ref shows another thing that is known."""
    return there is not None and there != stable and there in homes


def _free(draft: Draft, member: Member, ref: str, went: dict[str, str]) -> bool:
    """Whether nothing stands at a ref that does not move away from it."""
    owner = draft.owner(member.key, ref)
    if owner is None or owner.id in went:
        return True
    side = owner.sides[member.key]
    return side.ref != ref or side.standing is not Standing.HERE


def _stands_at(draft: Draft, member: Member, name: str, ref: str) -> None:
    moved = draft.edit(name).sides[member.key]
    moved.ref, moved.missing, moved.stale = ref, False, True
    draft.index[member.key, ref] = name


def _untraced(member: Member, item: Item, record: Record) -> bool:
    """Whether it is an item's last record there, under a ref that the store never saw."""
    side = item.sides.get(member.key)
    if side is None or side.standing is not Standing.OUT or side.stable is None:
        return False
    return side.stable == record.stable


def _same_thing(member: Member, side: Side, record: Record) -> bool:
    if record.stable is not None and side.stable is not None:
        return record.stable == side.stable
    hashes = [
        (before.get("hash"), now.get("hash"))
        for b in member.bindings
        if b.type.name == "blob"
        and isinstance(before := side.seen.get(b.side), dict)
        and isinstance(now := record.fields.get(b.side), dict)
    ]
    return any(before and before == now for before, now in hashes)
