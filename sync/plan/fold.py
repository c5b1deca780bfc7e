"""Fold: what people changed on the sides becomes the hub's value.

A field changed on a side if it differs from what was last seen on that side. The view
is put back into the richer value it was projected from, and merged with the hub's
against the base on which this side last agreed. Whatever a person typed and no side
shows any more goes to the salvage.
"""

from __future__ import annotations

from sync.mapping.unit import Binding, Member
from sync.model import Plain, Record
from sync.plan.draft import Draft
from sync.plan.reading import agrees, decode, plain_bindings
from sync.state import Item, JournalEntry, Side, Standing

BREAKER = 3
"""Alternations between two sides after which a field is held."""


def fold(draft: Draft) -> None:
    """Fold every record whose content was seen into its item."""
    for member in draft.unit.members.values():
        if draft.seen.blind(member.key):
            continue
        for ref in draft.seen.refs(member.key):
            record = draft.seen.record(member.key, ref)
            owner = draft.owner(member.key, ref)
            if record is None or owner is None or owner.sides[member.key].ref != ref:
                continue
            if _unread(owner.sides[member.key], record):
                _fold_record(draft, member, draft.edit(owner.id), record)
    settle(draft)


def _unread(side: Side, record: Record) -> bool:
    """Whether the record may hold what was not folded yet."""
    quiet = side.standing is Standing.HERE and not side.missing and not side.malformed
    return not (quiet and not side.stale and record.version and side.version == record.version)


def _fold_record(draft: Draft, member: Member, item: Item, record: Record) -> None:
    side = item.sides[member.key]
    back = side.standing is not Standing.HERE
    try:
        changed = [
            binding.hub
            for binding in plain_bindings(member)
            if binding.side in record.fields and _fold_field(draft, member, binding, item, record)
        ]
    except ValueError as error:
        side.malformed = str(error)
        return
    side.version, side.stable, side.parent_ref = record.version, record.stable, record.parent
    side.missing, side.stale, side.malformed = False, False, None
    if back and not _still_archived(draft, member, item, changed):
        side.standing, side.kids_met = Standing.HERE, False
        revive(draft, item)
    elif changed:
        revive(draft, item)


def _still_archived(draft: Draft, member: Member, item: Item, changed: list[str]) -> bool:
    """Whether a record that we archived, or that we may not delete, just stands as it stood."""
    side = item.sides[member.key]
    if changed or not (item.dead or item.dying):
        return False
    archived = member.binding(draft.unit.kinds[item.kind].archived or "")
    shelved = archived is not None and bool(side.seen.get(archived.side))
    return side.standing is Standing.KEPT or (side.standing is Standing.GONE and shelved)


def revive(draft: Draft, item: Item) -> None:
    """People changed, or brought back, what was to be deleted: it lives, with its parent."""
    if not (item.dead or item.dying):
        return
    item.dead = item.dying = False
    for side in item.sides.values():
        if side.standing in (Standing.GONE, Standing.KEPT):
            side.standing = Standing.OUT
    if item.parent is not None and draft.known(item.parent):
        revive(draft, draft.edit(item.parent))


def _fold_field(draft: Draft, member: Member, binding: Binding, item: Item, record: Record) -> bool:
    """Fold one field; tell whether people changed it."""
    side = item.sides[member.key]
    raw = binding.type.clean(record.fields[binding.side])
    if binding.side in side.seen and side.seen[binding.side] == raw:
        return False
    if _our_own_late_write(draft, member, binding, item, record):
        side.seen[binding.side] = raw
        return False
    if not (binding.reads and member.reads):
        if binding.side in side.seen:
            draft.keep(item, binding.hub, raw, member.key, "overwritten", author=record.author)
        side.seen[binding.side] = raw
        return False
    return merge_view(draft, member, binding, item, side, record)


def _our_own_late_write(
    draft: Draft, member: Member, binding: Binding, item: Item, record: Record
) -> bool:
    intent = draft.intent(item.id, member.key)
    if intent is None or record.ours is not True or binding.side not in intent.views:
        return False
    return binding.type.equivalent(intent.views[binding.side], record.fields[binding.side])


def merge_view(
    draft: Draft, member: Member, binding: Binding, item: Item, side: Side, record: Record
) -> bool:
    """Merge a view into the hub three ways; tell whether it is an edit by people."""
    raw = binding.type.clean(record.fields[binding.side])
    field, first = binding.hub, binding.hub not in side.base
    base = side.base.get(field)
    seen = side.seen.get(binding.side)
    theirs = decode(draft, member, binding, raw, item.hub.get(field) if first else base)
    if not first and binding.side in side.seen:
        before = decode(draft, member, binding, seen, base)
        if binding.type.equal(before, theirs):  # a renamed label is no edit
            side.seen[binding.side] = raw
            return False
    hub = item.hub.get(field)
    value = _meet(draft, binding, item, side, record, theirs) if first else None
    if not first:
        value = _merge(draft, member, binding, item, record, base, theirs)
    side.seen[binding.side] = raw
    side.base[field] = theirs
    if not binding.type.equal(hub, value):
        _salvage_unseen(draft, member, binding, item, seen, hub, value, record)
        _change(draft, member, binding, item, value, record)
    return not first


def _merge(
    draft: Draft,
    member: Member,
    binding: Binding,
    item: Item,
    record: Record,
    base: Plain,
    theirs: Plain,
) -> Plain:
    hub = item.hub.get(binding.hub)
    merged = binding.type.merge(base, hub, theirs)
    if not merged.conflict:
        return merged.value
    wins = _theirs_wins(draft, member, binding.hub, item, record)
    winner, loser = (theirs, hub) if wins else (hub, theirs)
    _conflict(draft, member, binding, item, record, loser, winner)
    return winner


def _conflict(
    draft: Draft,
    member: Member,
    binding: Binding,
    item: Item,
    record: Record,
    loser: Plain,
    winner: Plain,
) -> None:
    draft.keep(
        item, binding.hub, loser, member.key, "conflict", author=record.author, kept=winner
    )
    if draft.unit.rules.conflicts == "ask":
        item.held[binding.hub] = "conflict"


def _theirs_wins(draft: Draft, member: Member, field: str, item: Item, record: Record) -> bool:
    """The policy of the mapping: the newest by the sides' own clocks, or the side preferred."""
    policy = draft.unit.rules.conflicts
    if policy not in ("newest", "ask"):
        return member.label == policy
    stamp = item.stamps.get(field)
    if record.changed is None or stamp is None:
        return True
    return record.changed.isoformat() >= stamp


def _meet(
    draft: Draft, binding: Binding, item: Item, side: Side, record: Record, theirs: Plain
) -> Plain:
    """A field that this side never agreed on: nothing is overwritten without a rule."""
    key = next(k for k, s in item.sides.items() if s is side)
    hub = item.hub.get(binding.hub)
    if not any(binding.hub in s.base for k, s in item.sides.items() if k != key):
        return theirs if hub is None else hub
    joined = binding.type.join(hub, theirs)
    if joined.conflict:
        member = draft.unit.members[key]
        if draft.unit.rules.meeting == "ask":
            item.held[binding.hub] = "differs since the first meeting"
            draft.keep(
                item, binding.hub, theirs, key, "conflict", author=record.author, kept=hub
            )
            return hub
        wins = _theirs_wins(draft, member, binding.hub, item, record)
        winner, loser = (theirs, hub) if wins else (hub, theirs)
        _conflict(draft, member, binding, item, record, loser, winner)
        return winner
    return joined.value


def _salvage_unseen(
    draft: Draft,
    member: Member,
    binding: Binding,
    item: Item,
    seen: Plain,
    hub: Plain,
    value: Plain,
    record: Record,
) -> None:
    """Keep what the editor could not see and the new value drops."""
    pieces = binding.type.pieces
    visible = decode(draft, member, binding, seen, None) if seen is not None else None
    if pieces(hub) - pieces(value) - pieces(visible):
        draft.keep(item, binding.hub, hub, member.key, "unseen", author=record.author, kept=value)


def _change(
    draft: Draft, member: Member, binding: Binding, item: Item, value: Plain, record: Record
) -> None:
    field, old = binding.hub, item.hub.get(binding.hub)
    _count_flips(draft, member, binding, item, value)
    item.previous[field] = {"value": old, "by": member.key}
    item.hub[field] = value
    if record.changed is not None:
        item.stamps[field] = record.changed.isoformat()
    else:
        item.stamps.pop(field, None)
    reason = f"edited on {member.label}"
    draft.entries.append(
        JournalEntry(
            "", "fold", item.id, member.key, record.ref, {field: old}, {field: value}, reason,
            record.author,
        )
    )


def _count_flips(
    draft: Draft, member: Member, binding: Binding, item: Item, value: Plain
) -> None:
    """Two sides that rewrite each other's value in turn are stopped."""
    last = item.previous.get(binding.hub)
    back = isinstance(last, dict) and last["value"] == value and last["by"] != member.key
    item.flips[binding.hub] = item.flips.get(binding.hub, 0) + 1 if back else 0
    if item.flips[binding.hub] >= BREAKER:
        item.held[binding.hub] = "two sides rewrite each other's value"


def settle(draft: Draft) -> None:
    """Agreement without a write: a side that shows the hub's value now agrees with it."""
    for member in draft.unit.members.values():
        for item in list(draft.items()):
            side = item.sides.get(member.key)
            if side is None or side.standing is not Standing.HERE:
                continue
            for binding in plain_bindings(member):
                if not _settled(binding, side, item) and agrees(draft, member, binding, side, item):
                    own = draft.edit(item.id)
                    own.sides[member.key].base[binding.hub] = own.hub.get(binding.hub)


def _settled(binding: Binding, side: Side, item: Item) -> bool:
    field = binding.hub
    return field in side.base and side.base[field] == item.hub.get(field)
