"""From mappings to units: everything that shares a collection, with all questions settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sync.errors import ConfigError, JumelageError, Missing, Unreachable
from sync.i18n import _
from sync.kinds import Kind
from sync.mapping.binding import Collective
from sync.mapping.circles import CIRCLE
from sync.mapping.defaults import System
from sync.mapping.document import Prefer
from sync.mapping.groups import groups
from sync.mapping.loaded import Loaded
from sync.mapping.members import member
from sync.mapping.places import Place, Places, Spot
from sync.mapping.policies import period, rules
from sync.mapping.unit import Member, Rules, Unit


@dataclass(frozen=True)
class Waiting:
    """Mappings that cannot run yet: some collection of theirs could not be asked about."""

    name: str
    mappings: tuple[str, ...]
    causes: Mapping[Spot, JumelageError]


@dataclass(frozen=True)
class Compiled:
    """What can run, and what must wait for a system to answer."""

    units: tuple[Unit, ...]
    waiting: tuple[Waiting, ...]


def compile_units(
    mappings: Iterable[Loaded],
    kinds: Mapping[str, Kind],
    systems: Mapping[str, System],
    places: Places,
    collective: Collective | None = None,
) -> Compiled:
    """Make the units of mappings in which `check` found no problem, in the order of names."""
    collective = collective or Collective()
    units: list[Unit] = []
    waiting: list[Waiting] = []
    for group in groups(mappings, places):
        causes = dict(_causes(group, places))
        if causes:
            names = tuple(mapping.name for mapping in group)
            waiting.append(Waiting(names[0], names, causes))
        else:
            units.append(_Assembly(group, kinds, systems, places, collective).unit())
    return Compiled(tuple(units), tuple(waiting))


def _causes(group: list[Loaded], places: Places) -> Iterator[tuple[Spot, JumelageError]]:
    for mapping in group:
        for label, _side, spot in mapping.sides():
            place = places.get(spot)
            if isinstance(place, Missing) and mapping.document.sides[label].make:
                yield spot, ConfigError(to_be_made(spot))
            elif not isinstance(place, Place):
                yield spot, place or Unreachable(f"{spot.system} has not been asked")


def to_be_made(spot: Spot) -> str:
    """What is said of a collection that the mapping lets us make."""
    said = _("there is no {word} “{name}” yet: the next `jumelage sync` makes it")
    return said.format(word=spot.word, name=spot.name)


@dataclass
class _Assembly:
    """One unit in the making, from mappings in the order of their names."""

    group: list[Loaded]
    kinds: Mapping[str, Kind]
    systems: Mapping[str, System]
    places: Places
    collective: Collective
    parents: dict[str, Member] = field(default_factory=dict)
    children: dict[str, Member] = field(default_factory=dict)

    def unit(self) -> Unit:
        for mapping in self.group:
            for label, _side, spot in mapping.sides():
                self._take(mapping, label, spot)
        members = {**self.parents, **self.children}
        return Unit(
            name=self.group[0].name,
            mappings=tuple(mapping.name for mapping in self.group),
            members=members,
            kinds={m.kind: self.kinds[m.kind] for m in members.values()},
            rules=self._rules(),
            every=min(period(mapping.document) for mapping in self.group),
        )

    def _take(self, mapping: Loaded, label: str, spot: Spot) -> None:
        place = self.places[spot]
        if not isinstance(place, Place):
            return
        key = place.collection.key
        if key not in self.parents:
            self.parents[key] = self._member(mapping, label, spot, place, None)
        for child in mapping.document.with_:
            below = place.collection.of_children(child).key
            if child in place.children and below not in self.children:
                self.children[below] = self._member(mapping, label, spot, place, child)

    def _member(
        self, mapping: Loaded, label: str, spot: Spot, place: Place, child: str | None
    ) -> Member:
        kind = self.kinds[child or mapping.document.kind]
        system = self.systems[spot.system]
        shown = self._label(mapping, label, place.collection.key)
        return member(
            mapping,
            label,
            kind,
            place=place,
            system=system,
            collective=self.collective,
            shown=shown,
            child=child,
        )

    def _label(self, mapping: Loaded, label: str, key: str) -> str:
        """The side's name, told apart from another side of that name in the same unit."""
        known = self.parents.get(key)
        if known:
            return known.label
        taken = any(member.label == label for member in self.parents.values())
        return f"{label} ({mapping.name})" if taken else label

    def _rules(self) -> Rules:
        preferred = {
            (mapping.name, label): self.parents[place.collection.key].label
            for mapping in self.group
            for label, _side, spot in mapping.sides()
            if isinstance(place := self.places[spot], Place)
        }
        for mapping in self.group:
            if isinstance(mapping.document.conflicts, Prefer):
                side = preferred[mapping.name, mapping.document.conflicts.prefer]
                return self._apart(rules(self.group, side))
        return self._apart(rules(self.group, None))

    def _apart(self, said: Rules) -> Rules:
        """Things of one name in two circles are two things."""
        if not any(mapping.circles for mapping in self.group):
            return said
        key = said.match or self.kinds[self.group[0].document.kind].key
        return replace(said, match=tuple(dict.fromkeys([*key, CIRCLE])))
