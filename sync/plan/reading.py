"""Reading a record: from the side's words to the hub's, field by field."""

from __future__ import annotations

from sync.mapping.unit import Binding, Member, UnknownOption, Unprojectable
from sync.model import Plain, Record, Stub
from sync.plan.draft import Draft
from sync.plan.vocabulary import fold_name
from sync.state import Item, Side


def plain_bindings(member: Member) -> tuple[Binding, ...]:
    """The fields that are compared by value; order has rules of its own (`sync.plan.order`)."""
    return member.by_value


def as_read(member: Member, side: Side, record: Record | Stub) -> bool:
    """Whether it is of the version last read and, as far as it tells, still as it was then.

    Not every server gives each edit a version of its own (a weak ETag).
    """
    if record.version is None or side.version != record.version:
        return False
    told = {} if isinstance(record, Stub) else record.fields
    names = {b.side for b in plain_bindings(member)} & told.keys() & side.seen.keys()
    return all(told[name] == side.seen[name] for name in names)


def decode(draft: Draft, member: Member, binding: Binding, view: Plain, base: Plain) -> Plain:
    """What a view means in the hub, put back into the value it was projected from."""
    put = binding.lens.put(view, base, draft.vocabulary.words(member, binding))
    return binding.type.clean(put)


def read(draft: Draft, member: Member, record: Record) -> dict[str, Plain]:
    """Every hub field that a record holds, for a record that never met the hub."""
    return {
        b.hub: decode(draft, member, b, record.fields[b.side], None)
        for b in plain_bindings(member)
        if b.side in record.fields
    }


def hub_of(draft: Draft, item: Item) -> dict[str, Plain]:
    """What an item holds; of one that was met in this cycle and is not folded, what is read."""
    hub = item.hub
    for key, side in item.sides.items() if not hub else ():
        record = draft.seen.record(key, side.ref or "")
        if record is not None:
            hub = read(draft, draft.unit.members[key], record)
    return hub


def agrees(draft: Draft, member: Member, binding: Binding, side: Side, item: Item) -> bool:
    """Whether the side shows all that it can show of the hub's value."""
    if binding.side not in side.seen:
        return False
    value = item.hub.get(binding.hub)
    seen = side.seen[binding.side]
    base = side.base.get(binding.hub, value)
    try:
        if binding.type.equal(decode(draft, member, binding, seen, base), value):
            return True
        return binding.lens.project(value, draft.vocabulary.words(member, binding)) == seen
    except (Unprojectable, UnknownOption, ValueError):  # it was written otherwise then
        return False


def match_key(draft: Draft, kind: str, hub: dict[str, Plain]) -> tuple[str, ...] | None:
    """What a thing is recognised by at a first meeting; None if it has nothing to go by."""
    known = draft.unit.kinds[kind]
    fields = draft.unit.rules.match or known.key
    values = [known.fields[f].type.show(hub.get(f)) for f in fields if f in known.fields]
    folded = tuple(fold_name(v) for v in values)
    return folded if folded and folded[0] else None
