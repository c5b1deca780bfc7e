"""What is wrong with mappings, all of it at once, before anything runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sync.i18n import _
from sync.kinds import Kind
from sync.mapping.binding import Collective
from sync.mapping.defaults import System
from sync.mapping.loaded import Loaded
from sync.mapping.places import Place, Places
from sync.mapping.policies import match_fields, preferred
from sync.mapping.problem import Problem
from sync.mapping.reading import suggestion
from sync.mapping.shared import check_shared
from sync.mapping.sides import SideCheck
from sync.mapping.source import Steps

_TELLING = frozenset({"text", "richtext", "choice", "moment", "link", "number", "person"})
"""The types by whose values records can be recognised."""


@dataclass(frozen=True)
class Unchecked:
    """A side whose fields could not be checked, and why."""

    mapping: str
    side: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What a check found; in the order of files and lines."""

    problems: tuple[Problem, ...]
    unchecked: tuple[Unchecked, ...]


def check(
    mappings: Iterable[Loaded],
    kinds: Mapping[str, Kind],
    systems: Mapping[str, System],
    places: Places,
    collective: Collective | None = None,
) -> Report:
    """Check mappings against kinds, systems and what was found at their spots.

    A spot where nobody looked, or whose system gave no answer, leaves its side
    unchecked; everything else about the mapping is checked all the same.
    """
    known = sorted(mappings, key=lambda mapping: mapping.name)
    problems: list[Problem] = []
    unchecked: list[Unchecked] = []
    for mapping in known:
        one = _Check(mapping, kinds, systems, places, collective or Collective())
        problems += one.problems()
        unchecked += one.unchecked()
    problems += check_shared(known, places)
    return Report(tuple(sorted(set(problems))), tuple(unchecked))


@dataclass
class _Check:
    """The check of one mapping."""

    mapping: Loaded
    kinds: Mapping[str, Kind]
    systems: Mapping[str, System]
    places: Places
    collective: Collective

    def problems(self) -> Iterator[Problem]:
        kind = self.kinds.get(self.mapping.document.kind)
        yield from self._sides_together()
        if kind is None:
            yield self._unknown_kind(("kind",), self.mapping.document.kind)
        else:
            yield from self._fields(kind)
            yield from self._match(kind)
        yield from self._children()
        for label in self.mapping.document.sides:
            yield from self._side(label, kind).problems()

    def unchecked(self) -> Iterator[Unchecked]:
        for label, _side, spot in self.mapping.sides():
            reason = self._side(label, None).unreached(self.places.get(spot))
            if reason is not None:
                yield Unchecked(self.mapping.name, label, reason)

    def _side(self, label: str, kind: Kind | None) -> SideCheck:
        return SideCheck(
            self.mapping, label, kind, self.kinds, self.systems, self.places, self.collective
        )

    def _unknown_kind(self, steps: Steps, kind: str) -> Problem:
        message = _("no kind is called “{kind}”").format(kind=kind)
        return self.mapping.problem(steps, message, suggestion(kind, list(self.kinds)))

    def _sides_together(self) -> Iterator[Problem]:
        sides = self.mapping.document.sides
        directions = {side.direction for side in sides.values()}
        if len(sides) < 2:  # noqa: PLR2004 - a pair
            yield self.mapping.problem(
                ("sides",), _("a mapping has two sides or more"), _("add a side"), key=True
            )
        elif directions == {"from-hub"}:
            message = _("every side is only published to, so nothing would come from anywhere")
            remedy = _("give one side “direction: both” or “to-hub”")
            yield self.mapping.problem(("sides",), message, remedy, key=True)
        elif directions == {"to-hub"}:
            message = _("every side is only read, so nothing would be written anywhere")
            remedy = _("give one side “direction: both” or “from-hub”")
            yield self.mapping.problem(("sides",), message, remedy, key=True)
        winner = preferred(self.mapping.document)
        if winner is not None and winner not in sides:
            message = _("no side is called “{side}”").format(side=winner)
            yield self.mapping.problem(
                ("conflicts", "prefer"), message, suggestion(winner, list(sides))
            )
        elif winner is not None and sides[winner].direction == "from-hub":
            message = _("{side} is only published to, so it never wins").format(side=winner)
            readable = [label for label, side in sides.items() if side.direction != "from-hub"]
            yield self.mapping.problem(("conflicts", "prefer"), message, suggestion("", readable))

    def _fields(self, kind: Kind) -> Iterator[Problem]:
        chosen = self.mapping.document.fields
        if isinstance(chosen, list):
            yield from self._named(kind, ("fields",), chosen)
            return
        for name in chosen:
            if name not in kind.fields:
                yield self._unknown_field(kind, ("fields", name), name, key=True)

    def _match(self, kind: Kind) -> Iterator[Problem]:
        fields = match_fields(self.mapping.document)
        single = isinstance(self.mapping.document.match, str)
        if not single:
            yield from self._named(kind, ("match",), list(fields))
        for position, name in enumerate(fields):
            steps: Steps = ("match",) if single else ("match", position)
            if single and name not in kind.fields:
                yield self._unknown_field(kind, steps, name)
            elif name in kind.fields and kind.fields[name].type.name not in _TELLING:
                message = _("records cannot be recognised by “{field}” ({type})").format(
                    field=name, type=kind.fields[name].type.name
                )
                telling = [f.name for f in kind.fields.values() if f.type.name in _TELLING]
                yield self.mapping.problem(steps, message, suggestion("", telling))

    def _named(self, kind: Kind, steps: Steps, names: list[str]) -> Iterator[Problem]:
        """Check a list of fields: each of the kind, and once."""
        seen: Counter[str] = Counter()
        for position, name in enumerate(names):
            seen[name] += 1
            if name not in kind.fields:
                yield self._unknown_field(kind, (*steps, position), name)
            elif seen[name] > 1:
                message = _("“{word}” is there twice").format(word=name)
                yield self.mapping.problem((*steps, position), message, _("remove one"))

    def _unknown_field(self, kind: Kind, steps: Steps, name: str, *, key: bool = False) -> Problem:
        message = _("{kind} has no field “{field}”").format(kind=kind.name, field=name)
        return self.mapping.problem(steps, message, suggestion(name, list(kind.fields)), key=key)

    def _children(self) -> Iterator[Problem]:
        seen: Counter[str] = Counter()
        for position, child in enumerate(self.mapping.document.with_):
            steps: Steps = ("with", position)
            seen[child] += 1
            if child not in self.kinds:
                yield self._unknown_kind(steps, child)
            elif seen[child] > 1:
                message = _("“{word}” is there twice").format(word=child)
                yield self.mapping.problem(steps, message, _("remove one"))
            elif (offered := self._offered()) is not None and child not in offered:
                message = _("no side has children of kind {kind}").format(kind=child)
                remedy = suggestion("", sorted(offered)) if offered else _("remove “with:”")
                yield self.mapping.problem(steps, message, remedy)

    def _offered(self) -> set[str] | None:
        """The child kinds that sides have; None if not every side could be asked."""
        offered: set[str] = set()
        found = self.mapping.sides()
        if len(found) < len(self.mapping.document.sides):
            return None
        for _label, _side, spot in found:
            place = self.places.get(spot)
            if not isinstance(place, Place):
                return None
            offered |= set(place.children)
        return offered
