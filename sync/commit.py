"""What an outcome makes of an item's standing: pure, used by whoever learns it.

The executor learns it from the answer, recovery from a look-up; both commit the same.
`remember` puts what a plan saw into the store.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from sync.mapping.unit import RANK, Binding, Member, Unit
from sync.model import Plain, Record
from sync.noted import WORD
from sync.plan.actions import Plan
from sync.plan.breaker import count_echo
from sync.plan.observation import Snapshot
from sync.settle import settle_what_agrees
from sync.state import Intent, Item, Side, Standing, Verb
from sync.store.base import Store


def received(member: Member, record: Record) -> Record:
    """A record in canonical form, with the empty fields of an open collection filled in.

    Raises ValueError if a value is not one of its field's type.
    """
    types = member.types
    fields = {
        name: value if value is None or name not in types else types[name].clean(value)
        for name, value in record.fields.items()
    }
    if member.schema.open:
        fields = {**dict.fromkeys(member.views), **fields}
    canonical = len(fields) == len(record.fields) and all(
        map(is_, fields.values(), record.fields.values())
    )
    return record if canonical else replace(record, fields=fields)


def written(member: Member, item: Item, intent: Intent, record: Record) -> None:
    """The record stands as the echo says, after a create or an update of ours.

    A field that is what was sent, but for spelling, is seen and agreed. One that is not
    was edited by somebody in between: what was sent is taken as seen, and the record is
    read again, so that the edit is folded as one.
    """
    created = intent.verb is Verb.CREATE
    side = _fresh(item, member.key) if created else item.sides[member.key]
    side.ref, side.standing, side.in_scope = record.ref, Standing.HERE, created or side.in_scope
    side.version, side.stable, side.parent_ref = record.version, record.stable, record.parent
    side.missing, side.stale = False, False
    for binding in member.bindings:
        if binding.side not in record.fields:
            continue
        raw = record.fields[binding.side]
        if binding.hub in intent.values:
            sent = intent.views.get(binding.side)
            faithful = binding.type.name == RANK or _echoes(binding, sent, raw)
            side.seen[binding.side] = raw if faithful else sent
            side.base[binding.hub] = intent.values[binding.hub]
            side.refused.pop(binding.side, None)
            side.stale |= not faithful
            if faithful:
                item.echoes.pop(binding.hub, None)
            elif binding.reads and member.reads:
                count_echo(item, binding.hub, sent, raw, member)
        elif binding.side not in side.seen or side.seen[binding.side] != raw:
            side.stale = True
    if created:
        side.refused.pop("", None)
    if not side.refused:
        item.held.pop(member.key, None)  # what it refused before, it took now
    if side.stale:  # a version only ever stands for what was seen
        side.version = None


def _echoes(binding: Binding, sent: Plain, raw: Plain) -> bool:
    """Whether a field is what was sent, but for spelling. Of a content only its hash tells."""
    unread = isinstance(raw, dict) and binding.view.name == "blob" and raw["hash"] is None
    return not unread and binding.view.equivalent(sent, raw)


def _fresh(item: Item, key: str) -> Side:
    side = Side(refused=item.sides[key].refused if key in item.sides else {})
    item.sides[key] = side
    return side


def adopted(member: Member, item: Item, intent: Intent, record: Record) -> None:
    """A look-up found what a create of ours left: what was sent was seen, all else is edits."""
    written(member, item, intent, replace(record, fields={**record.fields}))
    side = item.sides[member.key]
    side.kids_met, side.stale = False, True
    if item.dead:
        item.dead, item.dying = False, True


def deleted(unit: Unit, member: Member, item: Item, intent: Intent, children: list[Item]) -> None:
    """Our delete is done: the standing that was meant follows, for what stood under it too."""
    side, after = item.sides[member.key], intent.after
    if after is Standing.GONE and not item.dying:
        after = Standing.OUT  # revived meanwhile: put back
    if after is not None:  # a late twin was never the item's standing
        side.standing, side.missing, side.kids_met, side.stale = after, False, False, False
        side.seen |= intent.views
        side.base |= intent.values
    kids = {m.key for m in unit.members.values() if m.parent == member.key}
    for child in children:
        for key in kids & child.sides.keys():
            own = child.sides[key]
            if own.standing is Standing.HERE and own.parent_ref == intent.ref:
                own.standing, own.missing = Standing.OUT, False


def restored(item: Item, key: str, record: Record) -> None:
    """The record stands again under its ref; it is read, folded and patched next."""
    side = item.sides[key]
    side.ref, side.standing, side.kids_met, side.stale = record.ref, Standing.HERE, False, True


def unread(unit: Unit, item: Item) -> bool:
    """Whether a record of it, or what stands under one, is to be read before all is in step."""
    parents = {member.parent for member in unit.members.values()}
    return any(
        side.stale or (key in parents and side.standing is Standing.HERE and not side.kids_met)
        for key, side in item.sides.items()
    )


def remember(store: Store, known: Snapshot, made: Plan, run: str) -> bool:
    """Folds, cursors and salvage in one transaction, before any write.

    Nothing, if a command has changed the state since it was read: all is looked at again.
    """
    with store.transaction() as tx:
        if store.meta(WORD) != known.word:
            return False
        settle_what_agrees(store, tx, made)
        for salvage in made.salvage:
            tx.keep(run, salvage)
        for item in made.items.values():
            tx.put_item(item)
        for state in made.collections.values():
            tx.put_collection(state)
        for nonce in made.nonces:
            tx.put_nonce(nonce)
        for name, options in made.options.items():
            tx.put_options(made.unit, name, options)
        for entry in made.entries:
            tx.append(replace(entry, run=run))
    return True
