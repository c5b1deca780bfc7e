"""Which item an observed record belongs to.

In this order: a ref that is known; a nonce of ours; a record that moved; at a first
meeting, a match; else something new. What belongs to no item is remembered as unmet.
"""

from __future__ import annotations

from sync.errors import Malformed
from sync.mapping.unit import Member, UnknownOption
from sync.model import Plain, Record
from sync.plan.address import attach_by_address, note_address
from sync.plan.draft import Draft
from sync.plan.fold import revive
from sync.plan.meeting import meet, place
from sync.plan.moved import follow, follow_exchanged
from sync.plan.offspring import meet_children
from sync.plan.reading import plain_bindings, read
from sync.plan.shelf import shelved
from sync.plan.strays import of_an_unknown_write, perhaps_ours, remove_strays
from sync.plan.twin import fold_twin
from sync.state import Item, Nonce, Side, Standing


def recognise(draft: Draft) -> None:
    """Give every observed record its item."""
    for member in draft.unit.members.values():
        follow_exchanged(draft, member)
    newcomers = {m.key: _newcomers(draft, m) for m in draft.unit.members.values()}
    top = [m for m in draft.unit.members.values() if m.parent is None]
    meet(draft, [m for m in top if not draft.collections[m.key].met], newcomers)
    remove_strays(draft)
    for member in top:
        if draft.collections[member.key].met:
            for record in newcomers[member.key]:
                if draft.owner(member.key, record.ref) is None:
                    if not attach_by_address(draft, member, record):
                        place(draft, member, record)
                    note_address(draft, member, record)
    for member in draft.unit.members.values():
        if member.parent is not None:
            meet_children(draft, member, newcomers[member.key])


def _newcomers(draft: Draft, member: Member) -> list[Record]:
    """The records that no ref, no nonce and no move explains; bad ones are set apart."""
    _quarantine(draft, member)
    if draft.seen.blind(member.key):
        return []
    _note_what_left(draft, member)
    unknown = _unknown(draft, member)
    traced = draft.collections[member.key].traced.copy()
    renamed_first = sorted(unknown, key=lambda record: record.stable not in traced)
    known = [record.ref for record in renamed_first if _former(draft, member, record)]
    found = []
    for record in (r for r in unknown if r.ref not in known):
        if _adopt(draft, member, record):
            continue
        if follow(draft, member, record) or not _legible(draft, member, record):
            continue
        if of_an_unknown_write(draft, member, record):
            continue
        if perhaps_ours(draft, member, record):
            draft.unread.add(member.key)
            continue
        found.append(record)
    return found


def _note_what_left(draft: Draft, member: Member) -> None:
    """Note which of the records that no item has are not listed: others of their key are meant."""
    state, listing = draft.collections[member.key], draft.seen.listings[member.key]
    there = {*listing.records, *listing.malformed}
    for ref, known in state.unmet.items():
        left = ref in listing.gone or (listing.complete and ref not in there)
        if isinstance(known, dict) and (left or ref in there):
            state.unmet[ref] = {**known, "gone": left}


def _unknown(draft: Draft, member: Member) -> list[Record]:
    """The records that were seen and that no item has.

    Those that stand as we sent them come first: others of the same nonce are copies.
    """
    refs = [r for r in draft.seen.refs(member.key) if draft.owner(member.key, r) is None]
    found = [record for r in refs if (record := draft.seen.record(member.key, r)) is not None]
    return sorted(found, key=lambda record: not _as_sent(draft, member, record))


def _quarantine(draft: Draft, member: Member) -> None:
    """Note which records cannot be read; they are here, and say nothing."""
    listing = draft.seen.listings.get(member.key)
    bad = dict(listing.malformed) if listing else {}
    bad |= {r: why for (k, r), why in draft.seen.malformed.items() if k == member.key}
    state = draft.collections[member.key]
    if listing and listing.complete:
        state.malformed = {}
    for ref, reason in bad.items():
        owner = draft.owner(member.key, ref)
        if owner is None and (member.key, ref) in draft.seen.foreign:
            listed = listing.records.get(ref) if listing else None
            state.unmet[ref] = {"version": listed.version if listed else None, "key": []}
        elif owner is None:
            state.malformed[ref] = reason
        elif owner.sides[member.key].malformed != reason:
            draft.edit(owner.id).sides[member.key].malformed = reason


def _legible(draft: Draft, member: Member, record: Record) -> bool:
    try:
        read(draft, member, record)
    except (ValueError, Malformed) as error:
        draft.collections[member.key].malformed[record.ref] = str(error)
        return False
    except UnknownOption:  # made since the options were listed: next time
        draft.unread.add(member.key)
        return False
    return True


def _former(draft: Draft, member: Member, record: Record) -> bool:
    """A record that was an item's before its side was taken out of the mapping."""
    state = draft.collections[member.key]
    once = state.recalled(record.ref, record.stable)
    item = state.former[once] if once is not None else None
    if once is None or item is None or not draft.known(item):
        return False
    side = draft.look(item).sides.get(member.key)
    if side is not None and side.standing is Standing.HERE:
        return False
    state.forget(once)
    draft.attach(draft.edit(item), member.key, record)
    revive(draft, draft.edit(item))  # deleted elsewhere meanwhile, where nobody saw this one
    return True


def _adopt(draft: Draft, member: Member, record: Record) -> bool:
    """A record that a create of ours left, whose answer never came."""
    nonce = _sent(draft, member, record)
    if nonce is None or nonce.adopted is not None or not draft.known(nonce.item):
        return False
    if nonce.twin not in {None, record.ref}:
        return False  # a copy that people made of the twin
    item = draft.edit(nonce.item)
    side = item.sides.get(member.key)
    intent = draft.intent(item.id, member.key)
    if intent is not None and intent.nonce != nonce.nonce:
        return True  # what stands there is not known: the next full listing tells again
    if side is not None and _still_there(draft, member, item, side, record):
        fold_twin(draft, member, item, record, nonce)
        return True
    adopt(draft, member, item, record, nonce)
    return True


def _sent(draft: Draft, member: Member, record: Record) -> Nonce | None:
    """The write that made a record: by its mark, or as ours and with the very values sent.

    A write made one record: another that is alike is the twin of another write.
    """
    known = draft.snapshot.nonces.get(member.key, {})
    if record.origin is not None or member.capabilities.origin:
        name = record.origin or ""
        return draft.resolved.get((member.key, name)) or known.get(name)
    taken = {n.nonce for n in draft.nonces}
    alike = [
        nonce
        for name, nonce in sorted(known.items())
        if nonce.adopted is None and nonce.ref is None and name not in taken
        if nonce.twin in {None, record.ref}
        if record.ours is True and _shows(draft, member, record, nonce)
    ]
    return min(alike, key=lambda nonce: nonce.twin is None, default=None)


def _as_sent(draft: Draft, member: Member, record: Record) -> bool:
    nonce = draft.snapshot.nonces.get(member.key, {}).get(record.origin or "")
    return nonce is not None and _shows(draft, member, record, nonce)


def _shows(draft: Draft, member: Member, record: Record, nonce: Nonce) -> bool:
    """Whether a record stands as it was sent, under the parent that it was sent to."""
    item = draft.look(nonce.item) if draft.known(nonce.item) else None
    above = draft.owner(member.parent, record.parent or "") if member.parent else None
    if item is None or item.parent != (above.id if above else None):
        return False
    return all(
        b.view.equivalent(nonce.views[b.side], record.fields.get(b.side))
        for b in plain_bindings(member)
        if b.side in nonce.views
    )


def _still_there(draft: Draft, member: Member, item: Item, side: Side, record: Record) -> bool:
    """Whether the item has another record there, in the archive of a board too."""
    if side.standing is Standing.HERE or shelved(draft, member.key, item):
        return True
    other = side.ref if side.ref != record.ref else None
    return other is not None and draft.seen.record(member.key, other) is not None


def adopt(draft: Draft, member: Member, item: Item, record: Record, nonce: Nonce) -> None:
    """Let the record be what the create made: what was sent was seen, the rest is edits."""
    side = draft.attach(item, member.key, record)
    side.stale = True  # folded from this same read
    side.seen = seen_after_create(member, record, nonce)
    side.base = dict(nonce.values)
    draft.resolve(nonce, adopted=record.ref)
    if item.dead:
        item.dead, item.dying = False, True


def seen_after_create(member: Member, record: Record, nonce: Nonce) -> dict[str, Plain]:
    """Per field what stands there if it is what was sent but for spelling, else what was sent."""
    return {
        b.side: record.fields[b.side]
        if b.side in record.fields and b.view.equivalent(nonce.views[b.side], record.fields[b.side])
        else nonce.views[b.side]
        for b in plain_bindings(member)
        if b.side in nonce.views
    }
