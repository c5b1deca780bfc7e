"""Regroup: what edits of mappings do to the state, before anything is observed.

Units are named for their mappings, and state belongs to collections: a mapping that is
renamed, joined with another or taken apart takes its items along. A side that no
mapping names any more is forgotten, but for which record was which item: put back, it
meets the hub as if for the first time, and nothing there is deleted or doubled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sync.mapping.unit import Unit
from sync.plan.fingerprint import fingerprints
from sync.plan.observation import Snapshot
from sync.rejoin import alike, options_of_both, parts, rejoin
from sync.state import CollectionState, HubOption, Intent, Item, Nonce, Salvage
from sync.store.base import Store, Transaction


@dataclass
class Regrouped:
    """What must be put into the store, in one transaction, and what is known with it."""

    items: dict[str, Item] = field(default_factory=dict)
    collections: dict[str, CollectionState] = field(default_factory=dict)
    options: dict[str, list[HubOption]] = field(default_factory=dict)
    divided: set[str] = field(default_factory=set)
    """Units of which an item was divided."""
    halves: dict[str, str] = field(default_factory=dict)
    """Item of another unit -> the part of it that stands here now."""
    left: dict[str, Item] = field(default_factory=dict)
    """What of such items stays there."""
    joined: dict[str, str] = field(default_factory=dict)
    """Part of an item -> the item that has all of it now."""
    salvage: list[Salvage] = field(default_factory=list)
    intents: list[Intent] = field(default_factory=list)
    nonces: list[Nonce] = field(default_factory=list)
    known: Snapshot = field(default_factory=Snapshot)
    """The unit's state once that is done."""

    def rename(self, unit: Unit, intents: Iterable[Intent], store: Store) -> None:
        """Let writes that were sent for what came be known as writes for what it is now."""
        names = {**self.halves, **self.joined}
        for intent in intents:
            if intent.collection in unit.members and intent.item in names:
                intent.item = names[intent.item]
                self.intents.append(intent)
        for key in unit.members if names else ():
            for nonce in store.nonces(key).values():
                if nonce.item in names:
                    nonce.item = names[nonce.item]
                    self.nonces.append(nonce)

    def join(self, unit: Unit, whole: Item, part: Item) -> None:
        """Let an item have all that a part of it has."""
        self.salvage += rejoin(unit, whole, part)
        self.items[whole.id] = whole
        self.items.pop(part.id, None)
        self.joined[part.id] = whole.id

    def follow(self, items: Mapping[str, Item]) -> None:
        """Children stand under what their parents are now."""
        for item in items.values():
            if item.parent in self.joined and item.id not in self.joined:
                item.parent = self.joined[item.parent]
                self.items[item.id] = item

    def sent(self, key: str) -> dict[str, Nonce]:
        """The renamed writes that were sent to one collection."""
        return {nonce.nonce: nonce for nonce in self.nonces if nonce.collection == key}

    def commit(self, unit: Unit, store: Store) -> None:
        """Put it there; nothing to do means no transaction."""
        if not (self.items or self.collections or self.options):
            return
        with store.transaction() as tx:
            self._rename(store, tx)
            for salvage in self.salvage:
                tx.keep("", salvage)
            for item in [*self.items.values(), *self.left.values()]:
                tx.put_item(item)
            for state in self.collections.values():
                tx.put_collection(state)
            for name, options in self.options.items():
                tx.put_options(unit.name, name, options)

    def _rename(self, store: Store, tx: Transaction) -> None:
        for intent in self.intents:
            tx.put_intent(intent)
        for nonce in self.nonces:
            tx.put_nonce(nonce)
        for part, whole in self.joined.items():
            kept = [one for one in store.kept(item=part) if one.settled is None]
            for one in reversed(kept):
                tx.keep(one.run, replace(one.salvage, item=whole))
            tx.remove_kept(one.id for one in kept)
            tx.remove_item(part)


def regroup(unit: Unit, live: Iterable[Unit], store: Store) -> Regrouped:
    """What the mappings of this unit, as they are now, make of the state. Reads only."""
    states, options = store.collections(), store.options(unit.name)
    homes = {key: other.name for other in live for key in other.members}
    change = Regrouped()
    before = {s.unit for k in unit.members if (s := states.get(k)) and s.unit} - {unit.name}
    for old in sorted(before):
        _take(unit, old, homes, store, change)
        _take_options(unit, old, states, store, change)
    for key in unit.members:
        if key in states and states[key].stranded:  # it was put back: its writes are looked up
            states[key].stranded, states[key].held = False, None
            change.collections[key] = states[key]
        if key in states and states[key].unit in before:
            change.collections[key] = states[key]
            if states[key].unit in change.divided:
                states[key].past = states[key].unit
            states[key].unit = unit.name
    _look_anew(unit, states, change)
    items, intents = {i.id: i for i in store.items(unit.name)}, store.intents()
    came = set(change.items)
    _forget(unit, homes, states, {**items, **change.items}, intents, change)
    if came:
        _rejoin(unit, {**items, **change.items}, came, states, change)
    _meet(unit, {**items, **change.items}, states, change, asked=not came)
    change.rename(unit, intents, store)
    here = {n: item for n, item in {**items, **change.items}.items() if n not in change.joined}
    change.known = Snapshot(
        items=dict(sorted(here.items())),
        collections={key: state for key, state in states.items() if key in unit.members},
        options={**options, **change.options},
        intents=[intent for intent in intents if intent.collection in unit.members],
        nonces={key: {**store.nonces(key), **change.sent(key)} for key in unit.members},
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
        taken = item
        if any(homes.get(key, unit.name) != unit.name for key in item.sides):
            taken = _half(unit, item)
            change.divided.add(old)
            change.halves[item.id] = taken.id
            item.sides = {k: side for k, side in item.sides.items() if k not in taken.sides}
            change.left[item.id] = item
        taken.unit = unit.name
        change.items[taken.id] = taken
    for item in change.items.values():
        item.parent = change.halves.get(item.parent or "", item.parent)


def _take_options(
    unit: Unit, old: str, states: Mapping[str, CollectionState], store: Store, change: Regrouped
) -> None:
    """The options that came, and what they are called on the sides that came with them."""
    came = [key for key in unit.members if key in states and states[key].unit == old]
    ours = {**store.options(unit.name), **change.options}
    for name, theirs in store.options(old).items():
        both = options_of_both(ours.get(name, []), theirs, came)
        if both != ours.get(name):
            change.options[name] = both


def _rejoin(
    unit: Unit,
    items: Mapping[str, Item],
    came: set[str],
    states: Mapping[str, CollectionState],
    change: Regrouped,
) -> None:
    """What was one item before the mappings were taken apart is one again."""
    for whole, part in parts(items, came, states):
        change.join(unit, whole, part)
    change.follow(items)


def _meet(
    unit: Unit,
    items: Mapping[str, Item],
    states: Mapping[str, CollectionState],
    change: Regrouped,
    *,
    asked: bool,
) -> None:
    """What mappings had apart and people call the same is one item, once an admin agrees."""
    top = [states[m.key] for m in unit.members.values() if m.parent is None and m.key in states]
    if asked and not (top and all(state.joined and state.accepted for state in top)):
        return
    for children in (False, True):
        here = [i for i in items.values() if i.id not in change.joined]
        groups = alike(unit, [i for i in here if (i.parent is not None) == children])
        for state in top if groups and not asked and not children else ():
            state.met = state.accepted = False
            state.joined, state.listed = True, None
            change.collections[state.key] = state
        for group in groups if asked else ():
            for part in group[1:]:
                change.join(unit, group[0], part)
        change.follow(items)
    for state in top if asked else ():
        state.joined, change.collections[state.key] = False, state


def _half(unit: Unit, item: Item) -> Item:
    """The part of an item that stands in this unit, as an item of its own."""
    half = item.copy()
    half.id, half.whole = f"{item.id}~{unit.name}", item.whole or item.id
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
            state.recall(side, item.id)
            state.met, state.accepted, state.listed, state.cursor = False, False, None, None
            state.past, state.unit, state.held, state.failure = unit.name, "", None, None
            state.malformed = {}
            state.stranded = False
            states[key] = change.collections[key] = state
