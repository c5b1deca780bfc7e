"""Columns: that a list is archived or moved, and the colour of a label, on all sides alike.

What a list or a label is called is the engine's; these facts hang on no record, so they
are brought in step after it, by its own rule: what differs from what was last seen on a
side is an edit of people there, and a side is due what differs from what it last agreed
with. At first everything is taken as it stands. Each write can be repeated without harm,
so nothing has to be looked up after a crash; only the journal may lack a line then.

Between sides that take everything, what no record bears is copied too, once: who takes
it away there is not given it again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from sync import parting
from sync.connector import Connector
from sync.errors import JumelageError, Refused
from sync.mapping.unit import Binding, Everything, Member, Unit
from sync.model import Option, Plain
from sync.shaping import ORDER, Change
from sync.state import HubOption
from sync.store.base import Store, Transaction

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

    def note(self, unit: Unit) -> None:
        """Before a cycle: note what stands on the sides that have met no other yet.

        What is made there from then on is ours, and becomes what it is elsewhere.
        """
        states = self._store.collections()
        for member in unit.members.values():
            state = states.get(member.key)
            if member.parent or self._store.lost() or (state and state.met):
                continue
            with suppress(JumelageError):  # the cycle tells why
                listed = self._connectors[member.collection.system].options(member.collection)
                stood: dict[str, Plain] = {f: [o.id for o in some] for f, some in listed.items()}
                with self._store.transaction() as tx:
                    tx.put_meta(_stood(unit.name, member.key), stood or None)

    def planned(self, unit: Unit) -> list[Change]:
        """What `align` would do now. Writes nothing, not even to the store."""
        return [
            change
            for field in self._fields(unit)
            for change in self._aligned(unit, field, list(self._places(unit, field)))[1]
        ]

    def align(self, unit: Unit, run: str, only: Collection[Change] | None = None) -> int:
        """Take in what people did on each side, and do it on the others. Fails for no side.

        A unit that waits as a whole is left alone; so is a side that has not met the
        others yet, was not read or is held. Of what is due all is done, unless it is
        said which alone. Returns how many changes were made.
        """
        count = 0
        for field in self._fields(unit):
            places = list(self._places(unit, field))
            for place in places:
                place.may = lambda change: only is None or change in only
            name = _name(unit.name, field)
            after, made = self._aligned(unit, field, places)
            if made or after != self._store.meta(name):
                with self._store.transaction() as tx:
                    tx.put_meta(name, after)
                    for change in made:
                        tx.append(change.entry(run))
            count += len(made)
        return count

    def _fields(self, unit: Unit) -> list[str]:
        if self._store.lost() or parting.owed(unit, self._store):
            return []
        return sorted({b.hub for m in unit.members.values() for b in m.bindings})

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
                listed = connector.options(member.collection).get(binding.side)
            except JumelageError as error:
                log.warning("columns_missed", collection=member.key, reason=str(error))
                continue
            if listed is not None:
                known = self._store.meta(_stood(unit.name, member.key))
                stood = _names(known.get(binding.side)) if isinstance(known, dict) else None
                yield _Place(member, binding, connector, options, listed, stood=stood)

    def _aligned(self, unit: Unit, field: str, places: list[_Place]) -> tuple[Plain, list[Change]]:
        """What is known then, and what was changed."""
        before = self._store.meta(_name(unit.name, field))
        if len(places) < 2:  # noqa: PLR2004 - one side is alike with itself
            return before, []
        known = _Known(before if isinstance(before, dict) else {})
        for place in places:
            known.learn(place)
        for place in places:
            known.take_in(place)
        for place in places:
            if place.member.writes and place.binding.writes:
                others = [one for one in places if one is not place and one.reads]
                known.give_out(place, others)
        return known.plain(), [change for place in places for change in place.made]


def forget(unit: str, keys: Collection[str], store: Store, tx: Transaction) -> None:
    """Forget what is known of these sides: should they come back, they are as they stand."""
    for key in keys:
        tx.put_meta(_stood(unit, key), None)
    for field in store.options(unit):
        name = _name(unit, field)
        if isinstance(known := store.meta(name), dict):
            kept: dict[str, Plain] = {
                part: {key: one for key, one in sides.items() if key not in keys}
                for part, sides in known.items()
                if isinstance(sides, dict)
            }
            tx.put_meta(name, kept)


def _stood(unit: str, key: str) -> str:
    """Where the store keeps what stood on a side before it met the others."""
    return f"columns/{unit}//{key}"


def _name(unit: str, field: str) -> str:
    """Where the store keeps what is known of a field."""
    return f"columns/{unit}/{field}"


class _Place:
    """The options of one field on one side, by the ids that the hub has for them."""

    def __init__(
        self,
        member: Member,
        binding: Binding,
        connector: Connector,
        options: list[HubOption],
        listed: tuple[Option, ...],
        *,
        stood: list[str] | None,
    ) -> None:
        self.member, self.binding, self.connector = member, binding, connector
        hub = {o.natives[member.key]: o.id for o in options if member.key in o.natives}
        here = [one for one in listed if one.id in hub]
        ranked = sorted((one.rank, one.id) for one in here if one.rank is not None)
        self.natives = {hub[one.id]: one for one in here}
        self.names = {o.id: o.name for o in options}
        self.ours = {
            option
            for option, native in self.natives.items()
            if stood is not None and native.id not in stood
        }
        """What was not there before it met the others."""
        self.shared = {o.id for o in options if len(o.natives) > 1}
        self.whole = isinstance(member.only, Everything)
        self.born = {o.id for o in options if next(iter(o.natives), None) == member.key}
        """What was there before it was on any other side."""
        self.order = [hub[native] for _rank, native in ranked]
        self.facts: Facts = {
            hub[one.id]: {"closed": one.closed, "color": one.color} for one in here
        }
        self.made: list[Change] = []
        self.may: Callable[[Change], bool] | None = None
        """Whether a change is to be made; None: it is only noted."""

    @property
    def reads(self) -> bool:
        """Whether what people do there counts."""
        return self.member.reads and self.binding.reads

    def add(self, option: str, facts: Mapping[str, Plain]) -> bool:
        """Make one that is not there, if that may be; whether it was made."""
        name, color = self.names[option], facts.get("color")
        field = self.binding.side
        made: dict[str, Plain] = {"name": name, **({"color": color} if color else {})}
        change = Change(self.member.key, field, "", name, {}, made)
        if self.may is not None:
            if not self.may(change):
                return False
            wanted = Option("", name, color=str(color) if color else None)
            self.connector.write_option(self.member.collection, field, wanted)
            log.info("column_added", collection=self.member.key, option=name)
        self.made.append(change)
        return True

    def shape(self, option: str, facts: Mapping[str, Plain]) -> bool:
        """Make a list or a label what it is elsewhere, if that may be; whether it is so now."""
        native = self.natives[option]
        now, field = self.facts[option], self.binding.side
        after = {name: facts.get(name) for name in now if facts.get(name) != now[name]}
        before = {name: now[name] for name in after}
        change = Change(self.member.key, field, native.id, native.name, before, after)
        if self.may is not None:
            if not self.may(change):
                return False
            color, closed = facts.get("color"), facts.get("closed") is True
            wanted = replace(native, color=str(color) if color else None, closed=closed)
            self.connector.shape_option(self.member.collection, field, wanted)
            log.info("column_shaped", collection=self.member.key, option=native.name)
        self.made.append(change)
        return True

    def arrange(self, order: list[str]) -> bool:
        """Put the options in this order, if that may be; whether they stand so now."""
        field = self.binding.side
        before, after = (
            [self.natives[option].name for option in names] for names in (self.order, order)
        )
        change = Change(self.member.key, field, None, field, {ORDER: [*before]}, {ORDER: [*after]})
        if self.may is not None:
            if not self.may(change):
                return False
            natives = [self.natives[option].id for option in order]
            self.connector.arrange_options(self.member.collection, field, natives)
            log.info("columns_arranged", collection=self.member.key, field=field)
        self.made.append(change)
        return True


class _Known:
    """What was last seen of a field on each side, and what each last agreed with."""

    def __init__(self, data: dict[str, Plain]) -> None:
        self._facts = {key: _facts(one) for key, one in _part(data, "facts").items()}
        self._base = {key: _facts(one) for key, one in _part(data, "base").items()}
        self._order = {key: _names(one) for key, one in _part(data, "order").items()}
        self._agreed = {key: _names(one) for key, one in _part(data, "agreed").items()}
        self._had = {key: _names(one) for key, one in _part(data, "had").items()}
        """What stood on each side at any time."""

    def plain(self) -> dict[str, Plain]:
        """As the store keeps it."""
        return {
            "facts": {key: {**facts} for key, facts in self._facts.items()},
            "base": {key: {**facts} for key, facts in self._base.items()},
            "order": {key: [*names] for key, names in self._order.items()},
            "agreed": {key: [*names] for key, names in self._agreed.items()},
            "had": {key: [*names] for key, names in self._had.items()},
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
            agreed = base.setdefault(option, {} if met or option in place.ours else dict(new))
            for name, value in facts.items():
                if option in seen and seen[option].get(name) != value and place.reads:
                    new[name] = agreed[name] = value
        self._facts[key] = place.facts
        self._had[key] = sorted({*self._had.get(key, []), *place.natives})
        self._take_in_order(place)

    def _take_in_order(self, place: _Place) -> None:
        key, hub = place.member.key, self._order.get(HUB, [])
        before = self._order.get(key)
        moved = before is not None and _only(before, place.order) != _only(place.order, before)
        if moved and place.reads:
            hub = _following(hub, place.order)
        self._order[HUB] = hub = _with(hub, place.order, {*place.order})
        if before is None or (moved and place.reads):
            begun = before is None and not (place.natives.keys() & place.shared) - place.ours
            self._agreed[key] = [] if begun else _only(hub, place.order)
        self._order[key] = place.order

    def give_out(self, place: _Place, others: list[_Place]) -> None:
        """Do there what people did elsewhere."""
        try:
            self._give_out_new(place, others)
            self._give_out_facts(place)
            self._give_out_order(place)
        except Refused:
            return  # it cannot hold that
        except JumelageError as error:
            log.warning("columns_unaligned", collection=place.member.key, reason=str(error))

    def _give_out_new(self, place: _Place, others: list[_Place]) -> None:
        key, hub = place.member.key, self._facts[HUB]
        for other in others if place.whole else ():
            for option in other.natives if other.whole else ():
                new = option not in self._had[key] and not other.facts[option]["closed"]
                if new and place.add(option, hub[option]):
                    self._had[key] = sorted({*self._had[key], option})

    def _give_out_facts(self, place: _Place) -> None:
        key, hub = place.member.key, self._facts[HUB]
        for option, facts in place.facts.items():
            if self._base[key][option] == hub[option]:
                continue
            if facts != hub[option] and not place.shape(option, hub[option]):
                continue
            self._facts[key][option] = dict(hub[option])
            self._base[key][option] = dict(hub[option])

    def _give_out_order(self, place: _Place) -> None:
        key = place.member.key
        due = _only(self._order[HUB], place.order)
        agreed = self._agreed.get(key, due)
        if agreed == due:
            return
        if due != place.order and not place.arrange(due):
            return
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
