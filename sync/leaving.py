"""Leaving a system, a mapping or everything: each trace of ours is taken away, but no content.

What people wrote stays as it stands on every side, and so do the store's journal and the
values that were kept. What the hub knew of the collections is forgotten: should they be
kept in step again, they meet as if for the first time. Safe to repeat after whatever
cut it short: traces are looked for anew, and each is taken away on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from sync import access, columns, noted, notices, pulse
from sync.account import Leaves, Trace
from sync.connector import Connector
from sync.errors import ConfigError, Gone, JumelageError, Unknown
from sync.i18n import _
from sync.mapping.places import Place, Places, Spot
from sync.model import Collection
from sync.noted import note_command
from sync.state import CollectionState, Item, JournalEntry, Standing
from sync.store.base import Store, Transaction

VERB = "leave"
"""The journal's word for it."""


@dataclass
class Departure:
    """What is left, what stands there of ours, and what could not be asked or taken away."""

    collections: list[Collection]
    accounts: list[str]
    """Systems that are left altogether: their accounts too."""
    traces: list[tuple[str, Trace]] = field(default_factory=list)
    """With the system of each."""
    silent: dict[str, str] = field(default_factory=dict)
    """System -> why it could not be asked."""
    failed: list[tuple[str, Trace, str]] = field(default_factory=list)
    """What could not be taken away, and why."""
    gone: int = 0
    """Traces that were taken away."""

    @property
    def complete(self) -> bool:
        """Whether nothing is left to take away, as far as it can be."""
        return not self.silent and not self.failed


Named = tuple[str, Spot]
"""A mapping, and a collection that it names."""


def scope(spots: Iterable[Named], systems: Iterable[str], name: str | None) -> set[Spot]:
    """The spots that leaving by this name is about; None: all. Raises `Unknown`, `ConfigError`."""
    known = list(spots)
    if name is None:
        return {spot for _mapping, spot in known}
    of_system = {spot for _mapping, spot in known if spot.system == name}
    of_mapping = {spot for mapping, spot in known if mapping == name}
    if name in systems and of_mapping:
        said = _("“{name}” is a system and a mapping: rename the mapping's file first")
        raise ConfigError(said.format(name=name))
    if name in systems:
        return of_system
    if not of_mapping:
        names = sorted({*systems, *(mapping for mapping, _spot in known)})
        said = _("no system or mapping is called “{name}” — there are {known}")
        raise Unknown(said.format(name=name, known=", ".join(names)))
    shared = {spot for mapping, spot in known if mapping != name}
    return of_mapping - shared


def look(
    spots: set[Spot], places: Places, connectors: Mapping[str, Connector], accounts: Iterable[str]
) -> Departure:
    """What leaving would take away. Writes nothing anywhere."""
    found = [place.collection for spot in spots if isinstance(place := places.get(spot), Place)]
    one_each = {collection.key: collection for collection in found}
    leaving = Departure([one_each[key] for key in sorted(one_each)], sorted(accounts))
    for spot in sorted(spots):
        if not isinstance(place := places.get(spot), Place):
            leaving.silent[spot.system] = str(place)
    systems = {one.system for one in leaving.collections} | set(leaving.accounts)
    for system in sorted(systems - set(leaving.silent)):
        mine = [one for one in leaving.collections if one.system == system]
        try:
            _seek(leaving, system, connectors[system], mine)
        except JumelageError as error:
            leaving.silent[system] = str(error)
    return leaving


def _seek(
    leaving: Departure, system: str, connector: Connector, collections: list[Collection]
) -> None:
    if isinstance(connector, Leaves):
        for trace in connector.traces(collections):
            if trace.collection is not None or system in leaving.accounts:
                leaving.traces.append((system, trace))


def efface(
    leaving: Departure,
    connectors: Mapping[str, Connector],
    tell: Callable[[str, Trace], None] = lambda _system, _trace: None,
) -> None:
    """Take away what can be; what fails is noted, and keeps nothing else from going."""
    for system, trace in leaving.traces:
        connector = connectors[system]
        if trace.stays or not isinstance(connector, Leaves):
            continue
        try:
            connector.efface(trace)
        except Gone:
            pass  # the record went meanwhile, and its mark with it
        except JumelageError as error:
            leaving.failed.append((system, trace, str(error)))
            continue
        leaving.gone += 1
        tell(system, trace)


def unresolved(leaving: Departure, store: Store) -> int:
    """Writes there whose outcome is not known: they are looked up by the marks."""
    keys = {one.key for one in leaving.collections}
    return sum(1 for intent in store.intents() if _above(intent.collection, keys) in keys)


def forget(leaving: Departure, store: Store) -> None:
    """Forget what the hub knew of the collections, in one transaction; the journal stays."""
    states = store.collections()
    left = {one.key for one in leaving.collections}
    gone = [key for key in states if _above(key, states) in left]
    units = {states[key].unit for key in gone if states[key].unit}
    with store.transaction() as tx:
        for unit in sorted(units):
            _forget_in(unit, left, states, store, tx)
        for key in sorted(gone):
            former, traced = states[key].former, states[key].traced
            tx.put_collection(CollectionState(key, former=former, traced=traced))
        for system in leaving.accounts:
            tx.put_meta(access.name_of(system), None)
        for key in sorted(left):
            tx.append(JournalEntry("", VERB, "", key, None, {}, {}, ""))
        note_command(store, tx)


def _forget_in(
    unit: str, left: set[str], states: dict[str, CollectionState], store: Store, tx: Transaction
) -> None:
    """What of a unit is left: the whole of it, unless two sides or more stay in step."""
    staying = {
        key
        for key, state in states.items()
        if state.unit == unit and _above(key, states) == key and key not in left
    }
    gone = left if len(staying) > 1 else left | staying
    columns.forget(unit, gone, store, tx)
    notices.forget(unit, gone, store, tx)
    for item in store.items(unit):
        remaining = [key for key in item.sides if _above(key, states) in staying]
        stands = any(item.sides[key].standing is Standing.HERE for key in remaining)
        if len(staying) < 2 or not stands:  # noqa: PLR2004 - one side mirrors nothing
            tx.remove_item(item.id)
        else:
            tx.put_item(_without(item, left, states))
    if len(staying) < 2:  # noqa: PLR2004
        for name in store.options(unit):
            tx.put_options(unit, name, [])
        for key, state in states.items():
            if state.unit == unit and _above(key, states) in staying:
                tx.put_collection(CollectionState(key))
        tx.put_meta(noted.name_of(unit), None)
        tx.put_meta(pulse.name_of(unit), None)


def _without(item: Item, left: set[str], states: dict[str, CollectionState]) -> Item:
    """An item on the sides that stay; which record it was elsewhere is remembered there."""
    for key in [key for key in item.sides if _above(key, states) in left]:
        side = item.sides.pop(key)
        if key in states:
            states[key].recall(side, item.id)
    return item


def _above(key: str, keys: Container[str]) -> str:
    """The key of the collection that one of children hangs on, or its own."""
    above, _hash, _child = key.rpartition("#")
    return above if above in keys else key
