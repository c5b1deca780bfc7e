"""Presence: what it means that a record left, and what is done about it.

A record is absent when it was reported absent, a direct read says it is gone, and the
side answers truly. Everything else is unknown and changes nothing.
"""

from __future__ import annotations

from sync.i18n import _
from sync.mapping.unit import RANK, Absence, Member
from sync.plan.absence import candidates, sighted
from sync.plan.draft import Draft
from sync.plan.origin import deletion_lost
from sync.plan.reading import plain_bindings
from sync.plan.shelf import take_off
from sync.state import Item, Side, Standing, Verb


def judge(draft: Draft) -> None:
    """Judge every reported absence: parents before their children, deletions before dates."""
    members = draft.unit.members.values()
    for member in sorted(members, key=lambda m: (m.parent is not None, m.clears is not None)):
        if draft.seen.blind(member.key):
            continue
        listing = draft.seen.listings[member.key]
        _note_reads(draft, member)
        reported = candidates(list(draft.items()), member.key, listing)
        _note(draft, member, reported)
        if _held(draft, member, reported) or listing.unclear:
            continue
        for item in reported:
            if _absent(draft, member, item):
                _judge_one(draft, member, draft.edit(item.id))
        draft.collections[member.key].released = False
    _bury(draft)


def _note_reads(draft: Draft, member: Member) -> None:
    """A record that a direct read did not find is missing, whatever was listed."""
    for item in list(draft.items()):
        side = item.sides.get(member.key)
        if side is None or side.standing is not Standing.HERE or side.missing:
            continue
        if side.ref is not None and draft.seen.confirmed_gone(member.key, side.ref):
            _miss(draft, draft.edit(item.id).sides[member.key])


def _note(draft: Draft, member: Member, reported: list[Item]) -> None:
    """A delta reports an absence once: remember it until it is judged."""
    for item in reported:
        side = item.sides[member.key]
        there = draft.seen.reads.get((member.key, side.ref or "")) is not None
        if there and side.missing:
            draft.edit(item.id).sides[member.key].missing = False
        elif not there and not side.missing:
            _miss(draft, draft.edit(item.id).sides[member.key])


def _miss(draft: Draft, side: Side) -> None:
    side.missing = True
    side.absent = draft.seen.at.isoformat() if draft.seen.at else None


def _held(draft: Draft, member: Member, reported: list[Item]) -> bool:
    """Too much left at once, or the side answers nothing: absences wait for a person."""
    state = draft.collections[member.key]
    missing = [i for i in reported if draft.look(i.id).sides[member.key].missing]
    stood = sum(
        1 for i in draft.items() if (s := i.sides.get(member.key)) and s.standing is Standing.HERE
    )
    state.held = None
    if missing and len(missing) == stood:
        draft.emptied.add(member.key)
    if not missing or state.released:
        return False
    before = draft.snapshot.spent.absences.get(member.key, 0)
    bound = draft.unit.rules.budget * (stood + before)
    if len(missing) == stood or len(missing) + before > bound:
        state.held = _("{missing} of {stood} records are missing").format(
            missing=len(missing), stood=stood
        )
    elif not sighted(list(draft.items()), member.key, draft.seen):
        state.held = _("records are missing and nothing there can be read")
    if state.held:
        draft.hold(member.key, state.held)
    return state.held is not None


def _absent(draft: Draft, member: Member, item: Item) -> bool:
    side = draft.look(item.id).sides[member.key]
    if not side.missing or not draft.seen.confirmed_gone(member.key, side.ref or ""):
        return False
    if _parent_unknown(draft, member, item) or _perhaps_moved(draft, member, item):
        return False
    intent = draft.intent(item.id, member.key)
    parent = draft.intent(item.parent, member.parent) if item.parent and member.parent else None
    return not any(i is not None and i.verb is Verb.DELETE for i in (intent, parent))


def _perhaps_moved(draft: Draft, member: Member, item: Item) -> bool:
    """Whether it may have got another ref since it was reported absent: all is listed next.

    A listing that lags behind may show neither the old name nor the new: two are looked at.
    """
    can, known = member.capabilities, draft.snapshot.items.get(item.id)
    missed = known is not None and member.key in known.sides and known.sides[member.key].missing
    complete = draft.seen.listings[member.key].complete
    if can.moves and not (complete and (missed or not can.lagging)):
        draft.unread.add(member.key)
        return True
    return False


def _parent_unknown(draft: Draft, member: Member, item: Item) -> bool:
    """Whether nobody can tell if the parent stands there, so nor what a child's absence says."""
    if member.parent is None or item.parent is None or not draft.known(item.parent):
        return False
    side = draft.look(item.parent).sides.get(member.parent)
    if side is None or side.standing is not Standing.HERE:
        return False
    blind = draft.seen.blind(member.parent)
    return side.missing or blind or draft.seen.listings[member.parent].unclear is not None


def _judge_one(draft: Draft, member: Member, item: Item) -> None:
    side = item.sides[member.key]
    side.missing, side.kids_met = False, False
    take_off(draft, member, item)
    _take_children(draft, member, item)
    if not side.in_scope or _went_with_its_parent(draft, member, item, side):
        side.standing = Standing.OUT
    elif member.on_absence is Absence.LEAVE:
        side.standing = Standing.LEFT
        item.dying = item.dying or not item.here()
    elif _means_clear(member, item, side):
        side.standing = Standing.OUT
        item.hub[member.clears or ""] = None
    elif member.on_absence is Absence.ITEM and not _edit_wins(draft, member, item, side):
        side.standing = Standing.GONE
        item.dying = True
        item.meant = item.meant or draft.collections[member.key].released
    else:
        side.standing = Standing.OUT
        if member.on_absence is Absence.ITEM:
            deletion_lost(draft, item, member.key)


def _take_children(draft: Draft, member: Member, item: Item) -> None:
    """What stood under a record left with it, which says nothing of the children."""
    kids = [m.key for m in draft.unit.members.values() if m.parent == member.key]
    for child in draft.children(item.id):
        for key in kids:
            side = child.sides.get(key)
            if side is not None and side.standing is Standing.HERE:
                own = draft.edit(child.id).sides[key]
                own.standing, own.missing = Standing.OUT, False


def _means_clear(member: Member, item: Item, side: Side) -> bool:
    """Whether people took the date away, where nobody moved it and the item is to stay."""
    field = member.clears
    if member.on_absence is not Absence.CLEAR or field is None or item.dying:
        return False
    return side.base.get(field) == item.hub.get(field)


def _edit_wins(draft: Draft, member: Member, item: Item, side: Side) -> bool:
    """Whether the item holds what the person who deleted it here could not have seen."""
    if (
        any(
            b.hub in side.base and side.base[b.hub] != item.hub.get(b.hub)
            for b in plain_bindings(member)
        )
        or _edited_now(draft, item)
        or _edited_since(draft, item, side)
    ):
        return True
    kids = [m.key for m in draft.unit.members.values() if m.parent == member.key]
    living = [c for c in draft.children(item.id) if c.here() and not (c.dead or c.dying)]
    return any(_new(draft, c) or any(_unseen_child(c, key) for key in kids) for c in living)


def _edited_now(draft: Draft, item: Item) -> bool:
    """Whether people edited it in this cycle, in a field that the side may not even have."""
    old = draft.snapshot.items.get(item.id)
    fields = [f.name for f in draft.unit.kinds[item.kind].fields.values() if f.type.name != RANK]
    return old is not None and any(old.hub.get(f) != item.hub.get(f) for f in fields)


def _edited_since(draft: Draft, item: Item, side: Side) -> bool:
    """Whether an edit was taken in while the absence waited, where the side may not show it."""
    fields = draft.unit.kinds[item.kind].fields
    changes = [c for f, c in item.previous.items() if f in fields and isinstance(c, dict)]
    return side.absent is not None and any(str(c.get("at", "")) > side.absent for c in changes)


def _new(draft: Draft, child: Item) -> bool:
    """A comment that was written or changed since the last cycle, on whatever side."""
    known = draft.snapshot.items.get(child.id)
    return known is None or known.hub != child.hub


def _unseen_child(child: Item, key: str) -> bool:
    """A comment that never stood there, or has changed since."""
    side = child.sides.get(key)
    if side is None or side.ref is None:
        return True
    return any(value != child.hub.get(field) for field, value in side.base.items())


def _went_with_its_parent(draft: Draft, member: Member, item: Item, side: Side) -> bool:
    """A child's absence says nothing of the child when its parent is not there either."""
    if member.parent is None or item.parent is None or not draft.known(item.parent):
        return False
    parent = draft.look(item.parent).sides.get(member.parent)
    if parent is None or parent.standing is not Standing.HERE:
        return True
    return side.parent_ref is not None and side.parent_ref != parent.ref


def _bury(draft: Draft) -> None:
    """An item that stands nowhere, with no write under way, is dead: a tombstone."""
    open_items = {i.item for i in draft.snapshot.intents}
    for item in list(draft.items()):
        if not item.dying or item.here() or item.id in open_items:
            continue
        _kill(draft, item)


def _kill(draft: Draft, item: Item) -> None:
    dead = draft.edit(item.id)
    dead.dying, dead.dead = False, True
    for side in dead.sides.values():
        if side.standing is Standing.OUT:
            side.standing = Standing.GONE
    draft.keep(dead, "*", dict(dead.hub), "", "deleted")
    for child in draft.children(item.id):
        if not child.dead and not child.here():
            _kill(draft, child)
