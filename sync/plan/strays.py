"""Records of ours that the store knows nothing of: it is older than the world.

They bear the mark of an item that is known, with a nonce that is not. Such a record is
never a new item: it is the item's own, or it stands beside it.
"""

from __future__ import annotations

from sync.i18n import _
from sync.mapping.unit import Member
from sync.mark import spot, spotted
from sync.model import Fields, Record
from sync.plan.draft import Draft
from sync.plan.fold import revive
from sync.plan.meeting import leave
from sync.plan.twin import remove_twin
from sync.state import Item, Standing, Verb


def of_an_unknown_write(draft: Draft, member: Member, record: Record) -> bool:
    """Settle a record that a write made which this store never sent; False: it is none."""
    item = _sent_for(draft, member, record)
    state = draft.collections[member.key]
    if item is None or (record.ref in state.unmet and record.ref not in state.ambiguous):
        return False  # an admin said that it is a thing of its own
    beside = [r for r in _alike(draft, member, record) if r.ref != record.ref]
    if not _stands(draft, member, item) and not beside:
        draft.attach(draft.edit(item.id), member.key, record)
        revive(draft, draft.edit(item.id))  # on every side that it was deleted from
    elif _stands(draft, member, item) and record.ours is True:
        draft.strays.append((member, item, record))
    else:
        _show(draft, member, record)
    return True


def _sent_for(draft: Draft, member: Member, record: Record) -> Item | None:
    """The item that the mark names, if the nonce was sent by another store than this one.

    A record without a mark may be the one that the item began with, for that store.
    """
    if record.origin in draft.snapshot.nonces.get(member.key, {}):
        return None
    name = draft.spots.get(spotted(record.origin) or spot(f"{member.key}/{record.ref}"))
    item = draft.look(name) if name is not None else None
    return item if item is not None and item.kind == member.kind else None


def _alike(draft: Draft, member: Member, record: Record) -> list[Record]:
    """Every record there of the same mark that no write of this store explains."""
    found = [draft.seen.record(member.key, ref) for ref in draft.seen.refs(member.key)]
    return [
        r
        for r in found
        if r is not None
        and r.origin is not None
        and spotted(r.origin) == spotted(record.origin)
        and draft.owner(member.key, r.ref) is None
        and r.origin not in draft.snapshot.nonces.get(member.key, {})
    ]


def _stands(draft: Draft, member: Member, item: Item) -> bool:
    side = item.sides.get(member.key)
    if side is None or side.ref is None:
        return False
    return side.standing is Standing.HERE or draft.seen.record(member.key, side.ref) is not None


def perhaps_ours(draft: Draft, member: Member, record: Record) -> bool:
    """Whether a create of ours whose outcome is not known may have left this record.

    Where records show no nonce only a search tells, and it has not answered yet.
    """
    open_creates = [
        intent
        for intent in draft.snapshot.intents
        if intent.verb is Verb.CREATE and intent.collection == member.key
    ]
    if record.origin is not None or member.capabilities.origin:
        return False
    return any(record.ours is not False or _has_any(record, i.views) for i in open_creates)


def _has_any(record: Record, sent: Fields) -> bool:
    return any(view is not None and record.fields.get(name) == view for name, view in sent.items())


def remove_strays(draft: Draft) -> None:
    """Late twins that nobody has touched since we made them go, once the sides have met."""
    for member, item, record in draft.strays:
        if draft.met(member):
            remove_twin(draft, member, item, record)


def _show(draft: Draft, member: Member, record: Record) -> None:
    state = draft.collections[member.key]
    if record.ref not in state.ambiguous:
        state.ambiguous.append(record.ref)
    leave(draft, member, record)
    draft.hold(
        member.key,
        _("a record stands there twice, and nothing tells which of the two is meant"),
    )
