"""Columns: that a list is archived or moved, and the colour of a label, on all sides alike.

What a list or a label is called is the engine's; these facts hang on no record, so they
are brought in step after it, by its own rule: what differs from what was last seen on a
side is an edit of people there, and a side is due what differs from what it last agreed
with. At first everything is taken as it stands. Each write can be repeated without harm,
so nothing has to be looked up after a crash.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import structlog

from sync import parting
from sync.connector import Connector
from sync.errors import JumelageError, Refused
from sync.mapping.unit import Binding, Member, Unit
from sync.model import Option, Plain
from sync.state import HubOption
from sync.store.base import Store

log = structlog.get_logger()

HUB = ""
"""The name under which the hub's own facts are kept beside those of the sides."""
Facts = dict[str, dict[str, Plain]]
"""Option of the hub -> what is true of it: `closed`, `color`."""


class Columns:
    """Keeps in step what lists and labels are beside their names."""

    def __init__(self, store: Store, connectors: Mapping[str, Connector]) -> None:
        self._store = store
        self._connectors = connectors

    def align(self, unit: Unit) -> None:
        """Take in what people did on each side, and do it on the others. Fails for no side.

        A unit that waits as a whole is left alone; so is a side that has not met the
        others yet, was not read or is held.
        """
        if self._store.lost() or parting.owed(unit, self._store):
            return
        for field in sorted({b.hub for m in unit.members.values() for b in m.bindings}):
            places = list(self._places(unit, field))
            if len(places) > 1:
                self._align(unit, field, places)

    def _places(self, unit: Unit, field: str) -> Iterator[_Place]:
        options = self._store.options(unit.name).get(field, [])
        states = self._store.collections() if options else {}
        for member in unit.members.values():
            binding = member.binding(field)
            if not options or binding is None or not member.has_ids(binding):
                continue
            state = states.get(member.key)
            if state is None or not state.met or state.held or state.failure:
                continue
            connector = self._connectors[member.collection.system]
            try:
                listed = connector.options(member.collection).get(binding.side, ())
            except JumelageError as error:
                log.warning("columns_missed", collection=member.key, reason=str(error))
                continue
            if listed:
                yield _Place(member, binding, connector, options, listed)

    def _align(self, unit: Unit, field: str, places: list[_Place]) -> None:
        name = f"columns/{unit.name}/{field}"
        before = self._store.meta(name)
        known = _Known(before if isinstance(before, dict) else {})
        for place in places:
            known.learn(place)
        for place in places:
            known.take_in(place)
        for place in places:
            if place.member.writes and place.binding.writes:
                known.give_out(place)
        after = known.plain()
        if after != before:
            with self._store.transaction() as tx:
                tx.put_meta(name, after)


class _Place:
    """The options of one field on one side, by the ids that the hub has for them."""

    def __init__(
        self,
        member: Member,
        binding: Binding,
        connector: Connector,
        options: list[HubOption],
        listed: tuple[Option, ...],
    ) -> None:
        self.member, self.binding, self.connector = member, binding, connector
        hub = {o.natives[member.key]: o.id for o in options if member.key in o.natives}
        here = [one for one in listed if one.id in hub]
        ranked = sorted((one.rank, one.id) for one in here if one.rank is not None)
        self.natives = {hub[one.id]: one for one in here}
        self.born = {o.id for o in options if next(iter(o.natives), None) == member.key}
        """What was there before it was on any other side."""
        self.order = [hub[native] for _rank, native in ranked]
        self.facts: Facts = {
            hub[one.id]: {"closed": one.closed, "color": one.color} for one in here
        }

    @property
    def reads(self) -> bool:
        """Whether what people do there counts."""
        return self.member.reads and self.binding.reads

    def shape(self, option: str, facts: Mapping[str, Plain]) -> None:
        """Make a list or a label what it is elsewhere; a side that cannot is left alone."""
        native = self.natives[option]
        color, closed = facts.get("color"), facts.get("closed") is True
        wanted = replace(native, color=str(color) if color else None, closed=closed)
        collection = self.member.collection
        self.connector.shape_option(collection, self.binding.side, wanted)
        log.info("column_shaped", collection=collection.key, option=native.name)

    def arrange(self, order: list[str]) -> None:
        """Put the options in this order."""
        collection, natives = self.member.collection, [self.natives[o].id for o in order]
        self.connector.arrange_options(collection, self.binding.side, natives)
        log.info("columns_arranged", collection=collection.key, field=self.binding.side)


class _Known:
    """What was last seen of a field on each side, and what each last agreed with."""

    def __init__(self, data: dict[str, Plain]) -> None:
        self._facts = {key: _facts(one) for key, one in _part(data, "facts").items()}
        self._base = {key: _facts(one) for key, one in _part(data, "base").items()}
        self._order = {key: _names(one) for key, one in _part(data, "order").items()}
        self._agreed = {key: _names(one) for key, one in _part(data, "agreed").items()}

    def plain(self) -> dict[str, Plain]:
        """As the store keeps it."""
        return {
            "facts": {key: {**facts} for key, facts in self._facts.items()},
            "base": {key: {**facts} for key, facts in self._base.items()},
            "order": {key: [*names] for key, names in self._order.items()},
            "agreed": {key: [*names] for key, names in self._agreed.items()},
        }

    def learn(self, place: _Place) -> None:
        """Let the hub learn of what began there: it is what it is there, and where."""
        hub = self._facts.setdefault(HUB, {})
        for option in place.born & place.facts.keys():
            hub.setdefault(option, dict(place.facts[option]))
        self._order[HUB] = _with(self._order.get(HUB, []), place.order, place.born)

    def take_in(self, place: _Place) -> None:
        """Let the hub learn what people did there."""
        key, hub = place.member.key, self._facts.setdefault(HUB, {})
        met = key in self._facts
        seen, base = self._facts.get(key, {}), self._base.setdefault(key, {})
        for option, facts in place.facts.items():
            new = hub.setdefault(option, dict(facts))
            # What was made there since is to become what it is elsewhere.
            agreed = base.setdefault(option, {} if met else dict(new))
            for name, value in facts.items():
                if option in seen and seen[option].get(name) != value and place.reads:
                    new[name] = agreed[name] = value
        self._facts[key] = place.facts
        self._take_in_order(place)

    def _take_in_order(self, place: _Place) -> None:
        key, hub = place.member.key, self._order.get(HUB, [])
        before = self._order.get(key)
        moved = before is not None and _only(before, place.order) != _only(place.order, before)
        if moved and place.reads:
            hub = _following(hub, place.order)
        self._order[HUB] = hub = _with(hub, place.order, {*place.order})
        if before is None or (moved and place.reads):
            self._agreed[key] = _only(hub, place.order)
        self._order[key] = place.order

    def give_out(self, place: _Place) -> None:
        """Do there what people did elsewhere."""
        try:
            self._give_out_facts(place)
            self._give_out_order(place)
        except Refused:
            return  # it cannot hold that
        except JumelageError as error:
            log.warning("columns_unaligned", collection=place.member.key, reason=str(error))

    def _give_out_facts(self, place: _Place) -> None:
        key, hub = place.member.key, self._facts[HUB]
        for option, facts in place.facts.items():
            if self._base[key][option] == hub[option]:
                continue
            if facts != hub[option]:
                place.shape(option, hub[option])
            self._facts[key][option] = dict(hub[option])
            self._base[key][option] = dict(hub[option])

    def _give_out_order(self, place: _Place) -> None:
        key = place.member.key
        due = _only(self._order[HUB], place.order)
        agreed = self._agreed.get(key, due)
        if agreed == due:
            return
        if due != place.order:
            place.arrange(due)
        self._order[key] = self._agreed[key] = due


def _only(names: list[str], some: list[str]) -> list[str]:
    return [name for name in names if name in some]


def _following(hub: list[str], order: list[str]) -> list[str]:
    """The hub's order, in which those that stand on a side follow each other as there."""
    turn = iter(name for name in order if name in hub)
    return [next(turn) if name in order else name for name in hub]


def _with(hub: list[str], order: list[str], taken: set[str]) -> list[str]:
    """The hub's order, and what is new on a side behind what it stands behind there."""
    whole, before = list(hub), 0
    for name in order:
        if name in taken and name not in whole:
            whole.insert(before, name)
        if name in whole:
            before = whole.index(name) + 1
    return whole


def _part(data: dict[str, Plain], name: str) -> dict[str, Plain]:
    part = data.get(name)
    return part if isinstance(part, dict) else {}


def _facts(data: Plain) -> Facts:
    known = data if isinstance(data, dict) else {}
    return {name: one for name, one in known.items() if isinstance(one, dict)}


def _names(data: Plain) -> list[str]:
    return [str(name) for name in data] if isinstance(data, list) else []
