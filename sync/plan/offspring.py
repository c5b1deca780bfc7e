"""Children (comments, attached files): items that stand under a parent."""

from __future__ import annotations

from collections import defaultdict

from sync.mapping.unit import Member
from sync.mark import spot, spotted
from sync.model import Record
from sync.plan.draft import Draft
from sync.plan.fold import revive
from sync.plan.grouping import marks_of
from sync.plan.meeting import key_of, start
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
            alike = _of_one_mark(draft, member, record, strangers) or strangers.get(key or ())
            if alike:
                draft.attach(draft.edit(alike.pop(0).id), member.key, record)
            elif member.reads:  # what people say under what is only published stays there
                revive(draft, draft.edit(parent))  # somebody wrote under what was to be deleted
                start(draft, member, record, parent)
    _settle(draft, member)


def _by_parent(draft: Draft, member: Member, records: list[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        parent = _parent(draft, member, record)
        if parent is not None and draft.owner(member.key, record.ref) is None:
            found[parent.id].append(record)
    return found


def _parent(draft: Draft, member: Member, record: Record) -> Item | None:
    """The item that a child stands under; what was said under a late twin is said of it."""
    where = member.parent or "", record.parent or ""
    if where in draft.twins and member.reads:
        return draft.look(draft.twins[where])
    return draft.owner(*where)


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
            found[key_of(draft, item)].append(item)
    return found


def _of_one_mark(
    draft: Draft,
    member: Member,
    record: Record,
    strangers: dict[tuple[str, ...] | None, list[Item]],
) -> list[Item] | None:
    """The children of a key among which is the one that the record was made for, that one first."""
    marks = {spotted(record.origin), spot(f"{member.key}/{record.ref}")} if strangers else set()
    for alike in strangers.values():
        for item in alike:
            if marks & marks_of(draft, item):
                alike.sort(key=lambda other, first=item: other is not first)  # type: ignore[misc]
                return alike
    return None


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
