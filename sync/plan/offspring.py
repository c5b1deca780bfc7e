"""Children (comments, attached files): items that stand under a parent."""

from __future__ import annotations

from collections import defaultdict

from sync.mapping.unit import Member
from sync.model import Record
from sync.plan.draft import Draft
from sync.plan.fold import revive
from sync.plan.meeting import start
from sync.plan.reading import match_key, read
from sync.state import Item, Side, Standing


def meet_children(draft: Draft, member: Member, records: list[Record]) -> None:
    """Give the unknown children under known parents their items.

    Under a parent whose children were never looked at here, a child may be one that
    the hub knows from another side; under any other it is new.
    """
    for parent, found in _by_parent(draft, member, records).items():
        strangers = _strangers(draft, member, parent)
        for record in found:
            key = match_key(draft, member.kind, read(draft, member, record))
            alike = strangers.get(key) if key else None
            if alike:
                draft.attach(draft.edit(alike.pop(0).id), member.key, record)
            else:
                revive(draft, draft.edit(parent))  # somebody wrote under what was to be deleted
                start(draft, member, record, parent)
    _settle(draft, member)


def _by_parent(draft: Draft, member: Member, records: list[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        parent = draft.owner(member.parent or "", record.parent or "")
        if parent is not None and draft.owner(member.key, record.ref) is None:
            found[parent.id].append(record)
    return found


def _strangers(
    draft: Draft, member: Member, parent: str
) -> dict[tuple[str, ...] | None, list[Item]]:
    """Children known from elsewhere that may be the ones found here, by match key."""
    side = _parent_side(draft, member, parent)
    if side is None or side.kids_met:
        return {}
    found: dict[tuple[str, ...] | None, list[Item]] = defaultdict(list)
    for item in draft.children(parent):
        own = item.sides.get(member.key)
        if item.kind == member.kind and not (own and own.standing is Standing.HERE):
            found[match_key(draft, item.kind, item.hub)].append(item)
    return found


def _parent_side(draft: Draft, member: Member, parent: str) -> Side | None:
    return draft.look(parent).sides.get(member.parent or "")


def _settle(draft: Draft, member: Member) -> None:
    """The children of every parent whose children were listed have been met."""
    if draft.seen.blind(member.key):
        return
    everything = draft.seen.listings[member.key].complete
    for item in list(draft.items()):
        side = item.sides.get(member.parent or "")
        if side is None or side.standing is not Standing.HERE or side.kids_met:
            continue
        if everything or (member.key, side.ref or "") in draft.seen.children:
            draft.edit(item.id).sides[member.parent or ""].kids_met = True
