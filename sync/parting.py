"""Parting: what is still owed to a side that no mapping names any more.

A write whose outcome is not known is looked up before the side is forgotten: what it
replaced or hid there would be out of everybody's sight. Until then the unit waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import structlog

from sync.connector import Connector
from sync.errors import JumelageError
from sync.i18n import _
from sync.mapping.lens import Identity
from sync.mapping.unit import Binding, Member, Unit
from sync.model import Collection
from sync.plan.actions import Hold, release
from sync.state import CollectionState, Intent, Nonce, Verb
from sync.store.base import Store, Transaction
from sync.types import TYPES

log = structlog.get_logger()


def owed(unit: Unit, store: Store) -> list[Intent]:
    """The unresolved writes to sides that were taken out of the unit's mappings."""
    elsewhere = [i for i in store.intents() if i.collection not in unit.members]
    states = store.collections() if elsewhere else {}
    return [
        intent
        for intent in elsewhere
        if (item := store.item(intent.item)) is not None and item.unit == unit.name
        if intent.collection not in states or states[intent.collection].unit in ("", unit.name)
    ]


def held(unit: Unit, store: Store) -> list[Hold]:
    """Why the unit waits for sides that it parted with, and what releases it."""
    return [
        Hold(
            key,
            _(
                "this side was taken out of the mapping while a write there was not resolved:"
                " it must answer once more, or be let go"
            ),
            release(key),
        )
        for key in sorted({intent.collection for intent in owed(unit, store)})
    ]


def tell(unit: Unit, store: Store, holds: Iterable[Hold]) -> None:
    """Note on each such side why the unit waits, for whoever looks at the store alone."""
    states = store.collections()
    told = {hold.subject: hold.cause for hold in holds}
    with store.transaction() as tx:
        for key, cause in told.items():
            state = states.get(key) or CollectionState(key)
            state.stranded, state.held, state.unit = True, cause, unit.name
            tx.put_collection(state)


def let_go(units: Iterable[Unit], store: Store, key: str) -> bool:
    """Give up the writes owed to a side that answers no more; tell whether there were any."""
    open_writes = [i for unit in units for i in owed(unit, store) if i.collection == key]
    if open_writes:
        with store.transaction() as tx:
            give_up(tx, open_writes)
            if (state := store.collections().get(key)) is not None:
                state.stranded, state.held = False, None
                tx.put_collection(state)
    return bool(open_writes)


def give_up(tx: Transaction, open_writes: Iterable[Intent]) -> None:
    """Forget writes that nobody will ask about; should an update land late, it is no edit."""
    for intent in open_writes:
        if intent.verb is Verb.UPDATE:
            tx.put_nonce(Nonce.watching(intent))
        tx.drop_intent(intent.nonce)


def with_those_that_left(unit: Unit, connectors: Mapping[str, Connector], store: Store) -> Unit:
    """The unit, and as much of the sides that it parted with as resolving writes needs."""
    members = dict(unit.members)
    for intent in owed(unit, store):
        try:
            known = members.get(intent.collection)
            members[intent.collection] = _member(known, intent, connectors, store)
        except (JumelageError, LookupError) as error:
            log.warning("recovery_waited", collection=intent.collection, error=str(error))
    return replace(unit, members=members)


def _member(
    known: Member | None, intent: Intent, connectors: Mapping[str, Connector], store: Store
) -> Member:
    """A side with the fields that were sent to it. Raises `LookupError`, or why it is silent."""
    item = store.item(intent.item)
    collection = known.collection if known else _collection(intent, item.kind if item else "")
    connector = connectors[collection.system]
    schema = known.schema if known else connector.schema(collection)
    others = [b.side for b in known.bindings] if known else []
    fields = {*intent.views, *intent.before, *others}
    return Member(
        collection,
        collection.key,
        item.kind if item else "",
        schema,
        connector.capable(collection),
        tuple(
            Binding(name, name, TYPES[schema.fields[name].type], Identity())
            for name in sorted(fields)
            if name in schema.fields
        ),
        parent=replace(collection, child=None).key if collection.child else None,
    )


def _collection(intent: Intent, kind: str) -> Collection:
    system, _slash, rest = intent.collection.partition("/")
    word, _colon, rest = rest.partition(":")
    where, _hash, child = rest.rpartition("#")
    if where and child == kind:
        return Collection(system, word, where, where, child)
    return Collection(system, word, rest, rest)
