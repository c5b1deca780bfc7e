"""Shelf: records that went with a deletion and stand there still, archived by a field.

What stands under such a record went with it and stands there, too: a listing shows both
for ever, and neither is back before people change it.
"""

from __future__ import annotations

from sync.mapping.unit import Member
from sync.plan.draft import Draft
from sync.state import Item, Side, Standing


def still_archived(draft: Draft, member: Member, item: Item, changed: list[str]) -> bool:
    """Whether a record that we archived, or that we may not delete, just stands as it stood."""
    side = item.sides[member.key]
    flag = draft.unit.kinds[item.kind].archived
    if set(changed) - {flag} or not (item.dead or item.dying):
        return False
    if side.standing is Standing.GONE:
        return shelved(draft, member.key, item) or _under_a_shelved(draft, member, side)
    return side.standing is Standing.KEPT


def shelved(draft: Draft, key: str, item: Item) -> bool:
    """Whether the record still stands there, archived by the field that says so."""
    member = draft.unit.members.get(key)
    archived = member.binding(draft.unit.kinds[item.kind].archived or "") if member else None
    return archived is not None and bool(item.sides[key].seen.get(archived.side))


def take_off(draft: Draft, member: Member, item: Item) -> None:
    """Note of a record that people took away that it is not archived there either."""
    archived = member.binding(draft.unit.kinds[item.kind].archived or "")
    if archived is not None:
        item.sides[member.key].seen.pop(archived.side, None)


def _under_a_shelved(draft: Draft, member: Member, side: Side) -> bool:
    """Whether it stands under a record that went with a deletion, and is archived still."""
    key = member.parent or ""
    above = draft.owner(key, side.parent_ref or "")
    gone = above is not None and above.sides[key].standing is Standing.GONE
    return above is not None and gone and shelved(draft, key, above)
