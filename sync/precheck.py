"""What the engine makes up for where a system does not check writes itself.

Before a write: read what stands there. After it: ask the history what it replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from sync.commit import received
from sync.connector import Connector
from sync.errors import Gone, Malformed, Refused, Stale
from sync.mapping.unit import RANK, Member, Unit
from sync.model import Fields, Plain, Record
from sync.plan.actions import Action, Audit
from sync.state import Intent, Item, Salvage, Standing, Verb
from sync.store.base import Store


def check(
    unit: Unit,
    connectors: Mapping[str, Connector],
    store: Store,
    action: Action,
) -> list[Salvage]:
    """Make sure that the record still is what the plan saw; what a deletion ends is kept.

    Reads nothing for an update that the system itself makes conditional. Raises `Stale`
    if somebody edited the record or, for a deletion, anything under it.
    """
    member = unit.members[action.collection]
    doomed = action.verb is Verb.DELETE
    conditional = member.capabilities.conditional and action.expect is not None
    if action.verb in (Verb.CREATE, Verb.RESTORE) or action.ref is None:
        return []
    if conditional and not doomed:
        return []
    connector = connectors[member.collection.system]
    record = received(member, connector.get(member.collection, action.ref))
    if _moved(record, _taken_in(member, action.before), action.expect):
        raise Stale(f"{action.ref} was edited in the meantime")
    if not doomed:
        return []
    whole = {**record.fields, **action.before, **({"": record.rest} if record.rest else {})}
    return [
        Salvage(action.item, "*", whole, member.key, "deleted", record.author),
        *_strangers(unit, connectors, store, action),
    ]


def _taken_in(member: Member, seen: Fields) -> Fields:
    """What was seen, without a place in an order that people may change and nobody follows."""
    ranks = [b for b in member.bindings if b.type.name == RANK]
    ignored = {b.side for b in ranks if not (b.reads and member.reads)}
    return {name: view for name, view in seen.items() if name not in ignored}


def _moved(record: Record, seen: Fields, version: str | None) -> bool:
    """Whether any field is not what was seen.

    A direct read may leave the hash of content unknown: then the version speaks for it.
    """
    same = record.version is not None and record.version == version
    changed = [
        record.fields[name]
        for name, view in seen.items()
        if name in record.fields and record.fields[name] != view
    ]
    return any(not (same and _unread(value)) for value in changed)


def _unread(value: Plain) -> bool:
    return isinstance(value, dict) and value.get("hash", "") is None


def _strangers(
    unit: Unit, connectors: Mapping[str, Connector], store: Store, action: Action
) -> list[Salvage]:
    """What stands under a doomed record, and goes with it.

    Raises `Stale` where it was not taken in as it stands; under a published record it
    never is.
    """
    item = store.item(action.item)
    known = {
        (key, side.ref): (child.id, side)
        for child in (children_of(store, item) if item else ())
        for key, side in child.sides.items()
    }
    found = _unmapped(unit, connectors, action)
    for kid in (m for m in unit.members.values() if m.parent == action.collection):
        connector = connectors[kid.collection.system]
        for record in connector.children(kid.collection, action.ref or ""):
            whole = received(kid, record)
            child, side = known.get((kid.key, record.ref), (action.item, None))
            if kid.reads and (side is None or _moved(whole, side.seen, side.version)):
                raise Stale(f"something under {action.ref} was edited in the meantime")
            found.append(Salvage(child, "*", dict(whole.fields), kid.key, "deleted", record.author))
    return found


def _unmapped(unit: Unit, connectors: Mapping[str, Connector], action: Action) -> list[Salvage]:
    """What goes with a doomed record, of the kinds of child that no mapping takes in there."""
    member = unit.members[action.collection]
    connector = connectors[member.collection.system]
    kinds = member.schema.children if member.parent is None else ()
    places = [member.collection.of_children(kind) for kind in kinds]
    found: list[Salvage] = []
    for place in (p for p in places if p.key not in unit.members):
        with suppress(Refused):
            found += [
                Salvage(action.item, "*", dict(r.fields), place.key, "deleted", r.author)
                for r in connector.children(place, action.ref or "")
            ]
    return found


def children_of(store: Store, item: Item) -> list[Item]:
    """The items whose parent this is."""
    return [other for other in store.items(item.unit) if other.parent == item.id]


def unclaimed(store: Store, unit: Unit, member: Member, found: Iterable[Record]) -> list[Record]:
    """Of the records that were found for a create of ours, those that no item has.

    Where nothing is marked, another that was made of the same words a moment before is found, too.
    """
    if not (records := list(found)):
        return []
    sides = (item.sides.get(member.key) for item in store.items(unit.name))
    known = {side.ref for side in sides if side is not None}
    return [record for record in records if record.ref not in known]


def read_unless_gone(connector: Connector, member: Member, ref: str) -> Record | None:
    """The record, or None if a direct read says it is gone. Raises what makes it unknown."""
    try:
        return received(member, connector.get(member.collection, ref))
    except Gone:
        return None
    except ValueError as error:
        raise Malformed(str(error)) from error


def sighted_by_get(
    unit: Unit, connector: Connector, store: Store, member: Member, ref: str | None
) -> bool | None:
    """Whether a direct read finds a record known to stand there; None: there is no other.

    Raises what makes it unknown.
    """
    for item in store.items(unit.name):
        side = item.sides.get(member.key)
        if side and side.standing is Standing.HERE and side.ref not in (None, ref):
            return read_unless_gone(connector, member, side.ref or "") is not None
    return None


def overwritten(member: Member, connector: Connector, intent: Intent) -> list[Salvage]:
    """What people typed between our read and our write, where a history tells.

    Raises what keeps the history from being read: then the write is not settled yet.
    """
    can = member.capabilities
    if can.conditional or not can.history or intent.verb is not Verb.UPDATE:
        return []
    if intent.since is None or intent.ref is None:
        return []
    states = list(connector.overwritten(member.collection, intent.ref, intent.since))
    return [
        Salvage(intent.item, b.hub, value, member.key, "overwritten", state.author)
        for state in states
        for b in member.bindings
        if b.side in intent.views
        and (value := state.fields.get(b.side)) is not None
        and value not in (intent.before.get(b.side), intent.views[b.side])
    ]


def replaced_late(member: Member, connector: Connector, audit: Audit) -> list[Salvage]:
    """What people typed that a write of ours replaced after everybody gave it up.

    Raises what keeps the history from being read.
    """
    found: dict[str, Salvage] = {}
    for state in connector.overwritten(member.collection, audit.ref, audit.since):
        for b in member.bindings if state.ours is False else ():
            value = state.fields.get(b.side)
            if value is not None and value != audit.shown.get(b.side):
                one = Salvage(audit.item, b.hub, value, member.key, "overwritten", state.author)
                found.setdefault(repr((b.hub, value)), one)
    return list(found.values())
