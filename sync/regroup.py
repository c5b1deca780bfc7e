"""Regroup: what edits of mappings do to the state, before anything is observed.

Units are named for their mappings, and state belongs to collections: a mapping that is
renamed, joined with another or taken apart takes its items along. A side that no
mapping names any more is forgotten, but for which record was which item: put back, it
meets the hub as if for the first time, and nothing there is deleted or doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync.mapping.unit import Unit
from sync.plan.fingerprint import fingerprints
from sync.plan.observation import Snapshot
from sync.state import CollectionState, HubOption, Intent, Item, Standing
from sync.store.base import Store


@dataclass
class Regrouped:
    """What must be put into the store, in one transaction, and what is known with it."""

    items: dict[str, Item] = field(default_factory=dict)
    collections: dict[str, CollectionState] = field(default_factory=dict)
    options: dict[str, list[HubOption]] = field(default_factory=dict)
    known: Snapshot = field(default_factory=Snapshot)
    """The unit's state once that is done."""

    def commit(self, unit: Unit, store: Store) -> None:
        """Put it there; nothing to do means no transaction."""
        if not (self.items or self.collections or self.options):
            return
        with store.transaction() as tx:
            for item in self.items.values():
                tx.put_item(item)
            for state in self.collections.values():
                tx.put_collection(state)
            for name, options in self.options.items():
                tx.put_options(unit.name, name, options)


def regroup(unit: Unit, live: Iterable[Unit], store: Store) -> Regrouped:
    """What the mappings of this unit, as they are now, make of the state. Reads only."""
    states, options = store.collections(), store.options(unit.name)
    homes = {key: other.name for other in live for key in other.members}
    change = Regrouped()
    before = {s.unit for k in unit.members if (s := states.get(k)) and s.unit} - {unit.name}
    for old in sorted(before):
        _take(unit, old, homes, store, change)
        for name, theirs in store.options(old).items():
            if name not in options:
                change.options.setdefault(name, theirs)
    for key in unit.members:
        if key in states and states[key].stranded:  # it was put back: its writes are looked up
            states[key].stranded, states[key].held = False, None
            change.collections[key] = states[key]
        if key in states and states[key].unit in before:
            change.collections[key] = states[key]
            states[key].unit = unit.name
    _look_anew(unit, states, change)
    items, intents = {i.id: i for i in store.items(unit.name)}, store.intents()
    _forget(unit, homes, states, {**items, **change.items}, intents, change)
    change.known = Snapshot(
        items=dict(sorted({**items, **change.items}.items())),
        collections={key: state for key, state in states.items() if key in unit.members},
        options={**options, **change.options},
        intents=[intent for intent in intents if intent.collection in unit.members],
        nonces={key: store.nonces(key) for key in unit.members},
    )
    return change


def _look_anew(unit: Unit, states: dict[str, CollectionState], change: Regrouped) -> None:
    """What an edited mapping takes in now may stand there already: all is listed, and read."""
    for key, member in unit.members.items():
        state = states.get(key)
        if state is None or state.fingerprint in ({}, fingerprints(member)):
            continue
        state.cursor, change.collections[key] = None, state
        for ref, known in state.unmet.items():
            if isinstance(known, dict):
                state.unmet[ref] = {**known, "version": None}


def _take(unit: Unit, old: str, homes: Mapping[str, str], store: Store, change: Regrouped) -> None:
    """The items of another unit that stand here now; those that stay there are divided."""
    for item in store.items(old):
        if not any(key in unit.members for key in item.sides):
            continue
        divided = any(homes.get(key, unit.name) != unit.name for key in item.sides)
        taken = _half(unit, item) if divided else item
        taken.unit = unit.name
        change.items[taken.id] = taken
    for item in change.items.values():
        if item.parent is not None and f"{item.parent}~{unit.name}" in change.items:
            item.parent = f"{item.parent}~{unit.name}"


def _half(unit: Unit, item: Item) -> Item:
    """The part of an item that stands in this unit, as an item of its own."""
    half = item.copy()
    half.id = f"{item.id}~{unit.name}"
    half.sides = {key: side for key, side in half.sides.items() if key in unit.members}
    return half


def _forget(  # noqa: PLR0917 - one unit, and all that is known of it
    unit: Unit,
    homes: Mapping[str, str],
    states: dict[str, CollectionState],
    items: Mapping[str, Item],
    intents: list[Intent],
    change: Regrouped,
) -> None:
    """Sides that are in no mapping any more, unless a write there is not resolved yet."""
    unresolved = {(intent.item, intent.collection) for intent in intents}
    for item in items.values():
        for key in [k for k in item.sides if k not in unit.members]:
            state = states.get(key) or CollectionState(key)
            if (item.id, key) in unresolved or state.unit != homes.get(key, state.unit):
                continue  # a write is open, or the other unit has not taken its part yet
            side = item.sides.pop(key)
            change.items[item.id] = item
            if key in homes or state.unit not in ("", unit.name):
                continue  # another unit has it, and knows its own records
            if side.ref is not None and side.standing is Standing.HERE:
                state.former[side.ref] = item.id
            state.met, state.accepted, state.listed, state.cursor = False, False, None, None
            state.unit, state.held, state.failure, state.malformed = "", None, None, {}
            state.stranded = False
            states[key] = change.collections[key] = state
