"""Spread: what each side is due.

A side gets a patch only for a field that was observed there, whose hub value differs
from its base, and whose projection differs from what is seen. Nothing is rewritten
because it looks different.
"""

from __future__ import annotations

from sync.mapping.unit import Binding, Member, Unprojectable
from sync.model import Plain
from sync.plan.address import taken
from sync.plan.draft import Draft
from sync.plan.dying import count_delays, delete_dying
from sync.plan.reading import agrees, match_key, plain_bindings
from sync.plan.renamed import tell, withheld
from sync.state import Item, Side, Standing, Verb

_NEVER = object()


def spread(draft: Draft) -> None:
    """Plan the writes; parents before children, deletions after all else."""
    for member in draft.unit.members.values():
        if member.writes:
            for binding in plain_bindings(member):
                if binding.options and member.has_ids(binding):
                    draft.option_writes += draft.vocabulary.renames(member, binding)
    count_delays(draft)
    for member in draft.unit.members.values():
        if draft.seen.blind(member.key) or not draft.met(member):
            continue  # a side that is met anew is shown first
        for item in list(draft.items()):
            if item.kind == member.kind and not item.dead:
                _spread_one(draft, member, item)
    draft.actions.sort(key=lambda a: a.verb is Verb.DELETE)


def _spread_one(draft: Draft, member: Member, item: Item) -> None:
    side = item.sides.get(member.key)
    here = side is not None and side.standing is Standing.HERE
    if not item.dying and withheld(draft, member, item):
        if member.parent is None and (here or member.writes):
            tell(draft, member, item)
    elif side is not None and here:
        if item.dying:
            delete_dying(draft, member, item, side)
        elif draft.passes(member, item):
            _mark_in_scope(draft, member, item, side)
            _patch(draft, member, item, side)
        else:
            _leave_filter(draft, member, item, side)
    elif not item.dying and item.kind == member.kind:
        _enter(draft, member, item, side)


def _mark_in_scope(draft: Draft, member: Member, item: Item, side: Side) -> None:
    if not side.in_scope:
        draft.edit(item.id).sides[member.key].in_scope = True


# Patches


def _patch(draft: Draft, member: Member, item: Item, side: Side) -> None:
    if not member.writes or side.malformed or side.missing or draft.intent(item.id, member.key):
        return
    views: dict[str, Plain] = {}
    values: dict[str, Plain] = {}
    for binding in plain_bindings(member):
        view = _due(draft, member, binding, item, side)
        if view is not _NEVER:
            views[binding.side] = view  # type: ignore[assignment]
            values[binding.hub] = item.hub.get(binding.hub)
    if views:
        for name in views.keys() & side.undone.keys():
            draft.edit(item.id).sides[member.key].undone.pop(name)
        draft.act(Verb.UPDATE, item, member.key, views=views, values=values, reason="changed")


def _due(draft: Draft, member: Member, binding: Binding, item: Item, side: Side) -> Plain | object:
    """The view that a side is due of one field; `_NEVER` if it is due nothing."""
    field = binding.hub
    if not binding.writes or field in item.held or "" in item.held:
        return _NEVER
    if binding.side not in side.seen:
        return _NEVER
    value = item.hub.get(field)
    agreed = field in side.base and binding.type.equal(side.base[field], value)
    if agreed and not _shows_former_name(draft, member, binding, item, side):
        return _NEVER
    if not agreed and agrees(draft, member, binding, side, item):
        return _NEVER
    if field in draft.unit.kinds[item.kind].key and taken(draft, member, item):
        return _NEVER
    view = project(draft, member, binding, item)
    name = binding.side
    unwanted = (side.seen[name], side.refused.get(name, _NEVER), side.undone.get(name, _NEVER))
    return _NEVER if view in unwanted else view


def _shows_former_name(
    draft: Draft, member: Member, binding: Binding, item: Item, side: Side
) -> bool:
    """Whether a side without native ids still shows a name that an option no longer has."""
    if not binding.options or member.has_ids(binding):
        return False
    seen, value = side.seen.get(binding.side), item.hub.get(binding.hub)
    shown = seen if isinstance(seen, list) else [seen]
    for name in value if isinstance(value, list) else [value]:
        option = draft.vocabulary.get(binding.hub, str(name))
        if option and option.name not in shown and any(n in shown for n in option.former):
            return True
    return False


def project(draft: Draft, member: Member, binding: Binding, item: Item) -> Plain:
    """What the side is to show of a field; options that it lacks are made on the way."""
    words = draft.vocabulary.words(member, binding)
    while True:
        try:
            return binding.view.clean(binding.lens.project(item.hub.get(binding.hub), words))
        except Unprojectable as missing:
            made = draft.vocabulary.make(member, binding, missing.option)
            if made is None:
                raise
            draft.option_writes.append(made)


# Coming


def _enter(draft: Draft, member: Member, item: Item, side: Side | None) -> None:
    """An item that does not stand on a side, and perhaps should."""
    passes = draft.passes(member, item)
    if side is not None and side.standing is Standing.LEFT and not passes:
        draft.edit(item.id).sides[member.key].standing = Standing.OUT
    if not passes or not _may_create(draft, member, item, side):
        return
    if _attach_unmet(draft, member, item) or taken(draft, member, item):
        return
    verb = Verb.RESTORE if _in_a_bin(draft, member, item, side) else Verb.CREATE
    views: dict[str, Plain] = {}
    values: dict[str, Plain] = {}
    for binding in plain_bindings(member) if verb is Verb.CREATE else ():
        if binding.writes and binding.hub not in item.held:
            view = project(draft, member, binding, item)
            if view is not None and _comes_later(member, binding):
                continue  # an update of its own follows, once it was seen to be empty there
            if side is not None and side.refused.get(binding.side, _NEVER) == view:
                continue  # the record can stand without it
            if view is not None:
                views[binding.side] = view
            values[binding.hub] = item.hub.get(binding.hub)
    draft.act(
        verb,
        item,
        member.key,
        views=views,
        values=values,
        before={},
        reason="put back" if side and side.ref else "new",
    )


def _in_a_bin(draft: Draft, member: Member, item: Item, side: Side | None) -> bool:
    """Whether its record can be taken out of a bin; a child's would join the parent it had."""
    if side is None or side.ref is None or not member.capabilities.soft_delete:
        return False
    above = draft.look(item.parent).sides.get(member.parent or "") if item.parent else None
    return side.parent_ref is None or (above is not None and above.ref == side.parent_ref)


def _comes_later(member: Member, binding: Binding) -> bool:
    spec = member.schema.fields.get(binding.side)
    return spec is not None and spec.later


def _may_create(draft: Draft, member: Member, item: Item, side: Side | None) -> bool:
    state = draft.collections[member.key]
    if not member.writes or "" in item.held or draft.intent(item.id, member.key):
        return False
    if state.held and member.key in draft.emptied:
        return False  # an empty mount point, a server made anew: nothing is put there unasked
    if side is not None and (side.standing is not Standing.OUT or "" in side.refused):
        return False
    if member.parent is not None:
        return _under_a_met_parent(draft, member, item)
    return state.met


def _under_a_met_parent(draft: Draft, member: Member, item: Item) -> bool:
    """A child is made only under a parent that stands there, whose children were met."""
    if item.parent is None or not draft.known(item.parent):
        return False
    if any(
        a.item == item.parent and a.collection == member.parent and a.verb is Verb.CREATE
        for a in draft.actions
    ):
        return True
    parent = draft.look(item.parent)
    side = parent.sides.get(member.parent or "")
    if side is None or side.standing is not Standing.HERE or not side.kids_met:
        return False
    return not (parent.dying or side.missing or draft.seen.blind(member.parent or ""))


def _attach_unmet(draft: Draft, member: Member, item: Item) -> bool:
    """Let a record that was known all along be the item there, rather than make a second."""
    state = draft.collections[member.key]
    key = match_key(draft, item.kind, item.hub)
    alike = sorted(ref for ref in state.unmet if key and _unmet_key(draft, member, ref) == key)
    if not alike:
        return False
    listed = [ref for ref in alike if not _left(state.unmet[ref])]
    ref = min(listed or alike)
    if 1 in {len(alike), len(listed)} and ref not in state.ambiguous:
        own = draft.edit(item.id)
        own.sides[member.key] = Side(standing=Standing.HERE, ref=ref, stale=True)
        draft.index[member.key, ref] = item.id
        del state.unmet[ref]
    return True  # ambiguous: held, nothing is created beside it


def _left(known: Plain) -> bool:
    """Whether the last listing of all did not show a record that no item has."""
    return isinstance(known, dict) and bool(known.get("gone"))


def _unmet_key(draft: Draft, member: Member, ref: str) -> tuple[str, ...] | None:
    known = draft.collections[member.key].unmet.get(ref)
    key = known.get("key") if isinstance(known, dict) else None
    return tuple(str(k) for k in key) if isinstance(key, list) and key else None


# Going


def _leave_filter(draft: Draft, member: Member, item: Item, side: Side) -> None:
    """An item that left a side's filter leaves the side, if it came there through it."""
    if not (side.in_scope and member.writes) or side.malformed or side.missing:
        return
    if "" in item.held or draft.intent(item.id, member.key):
        return
    draft.act(Verb.DELETE, item, member.key, after=Standing.OUT, reason="left the filter")
