"""The check of one side of a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.connector import Word
from sync.errors import ConfigError, JumelageError, Missing
from sync.i18n import _
from sync.kinds import Kind, KindField
from sync.mapping.binding import Collective, Mismatch, bind
from sync.mapping.circles import CIRCLE
from sync.mapping.defaults import System
from sync.mapping.document import Clear, Condition, Has, SideDocument
from sync.mapping.fields import Link, Linking
from sync.mapping.filters import only
from sync.mapping.loaded import Loaded
from sync.mapping.members import link_fields
from sync.mapping.places import Place, Places
from sync.mapping.problem import Problem
from sync.mapping.reading import suggestion
from sync.mapping.source import Steps

RESERVED = ("newest", "ask")
"""Words of `conflicts:`, which no side may bear."""
PRESENCE = ("present", "absent")
_SETTINGS = ("use", "direction", "only", "on-absence", "make", "fields")


@dataclass
class SideCheck:
    """What is wrong with one side; `kind` is None where the mapping's is unknown."""

    mapping: Loaded
    label: str
    kind: Kind | None
    kinds: Mapping[str, Kind]
    systems: Mapping[str, System]
    places: Places
    collective: Collective

    def problems(self) -> Iterator[Problem]:
        """Everything that can be said with what is known of the side."""
        if self.label in RESERVED:
            message = _("a side cannot be called “{side}”").format(side=self.label)
            yield self._at((), message, _("call it otherwise, with “use: SYSTEM”"), key=True)
        system = self.systems.get(self.mapping.system(self.label))
        if system is None:
            yield self._unknown_system()
        else:
            yield from self._word(system)
        yield from self._hub_fields()
        yield from self._absence()
        spot = self.mapping.spot(self.label)
        place = self.places.get(spot) if spot else None
        if isinstance(place, Place) and system is not None:
            yield from self._against(place, system)
        elif isinstance(place, Missing) and self._side.make:
            return  # the next run makes it
        elif isinstance(place, ConfigError) and system is not None and spot is not None:
            yield self._at((spot.word,), str(place))

    def unreached(self, place: Place | JumelageError | None) -> str | None:
        """Why the side's fields cannot be checked; None if they can, or there is no such thing."""
        system = self.systems.get(self.mapping.system(self.label))
        if system is None or self.mapping.word(self.label) not in system.words:
            return None
        if isinstance(place, Place | ConfigError):
            return None
        return str(place) if place else _("its system was not asked")

    @property
    def _side(self) -> SideDocument:
        return self.mapping.document.sides[self.label]

    def _at(self, steps: Steps, message: str, remedy: str = "", *, key: bool = False) -> Problem:
        return self.mapping.problem(("sides", self.label, *steps), message, remedy, key=key)

    # Which collection

    def _unknown_system(self) -> Problem:
        name = self.mapping.system(self.label)
        message = _("no system is called “{name}” in the settings").format(name=name)
        remedy = suggestion(name, list(self.systems))
        if self._side.use is not None:
            return self._at(("use",), message, remedy)
        remedy += _("; or name the system with “use:”")
        return self._at((), message, remedy, key=True)

    def _word(self, system: System) -> Iterator[Problem]:
        named = self._side.named
        words = [name for name in named if name in system.words]
        for name in named:
            if name not in system.words:
                message = _("unknown key “{key}” on a side of {side} ({connector})")
                yield self._at(
                    (name,),
                    message.format(key=name, side=system.name, connector=system.connector),
                    suggestion(name, [*system.words, *_SETTINGS]),
                    key=True,
                )
        if not named:
            message = _("the side names no collection")
            example = " / ".join(f"`{word}: …`" for word in sorted(system.words))
            remedy = _("write {words}").format(words=example)
            yield self._at((), message, remedy, key=True)
        if len(words) > 1:
            message = _("the side names two collections")
            yield self._at((words[1],), message, _("make them two sides"), key=True)
        for word in words:
            yield from self._holds_kind(word, system.words[word], system)
            yield from self._can(word, system.words[word])

    def _can(self, name: str, word: Word) -> Iterator[Problem]:
        if self._side.make and not word.makes:
            message = _("no {word} can be made").format(word=name)
            yield self._at(("make",), message, _("remove “make:”"), key=True)
        if self.label not in self.mapping.circles:
            return
        if word.place is None:
            message = _("“{word}:” names one collection").format(word=name)
            yield self._at((name,), message, _("make them several sides"))
        elif self.kind is not None and CIRCLE not in self.kind.fields:
            message = _("{kind} has no field “{field}”").format(kind=self.kind.name, field=CIRCLE)
            yield self._at((name,), message, _("declare it in the kind, of type text"))

    def _holds_kind(self, name: str, word: Word, system: System) -> Iterator[Problem]:
        if self.kind is None or _holds(word, self.kind):
            return
        message = _("“{word}:” does not hold the kind {kind}").format(
            word=name, kind=self.kind.name
        )
        others = [other for other, known in system.words.items() if _holds(known, self.kind)]
        remedy = _("it holds: {kinds}").format(kinds=", ".join(word.kinds or ()))
        if others:
            remedy = _("use one of: {words}").format(words=", ".join(sorted(others)))
        yield self._at((name,), message, remedy, key=True)

    # What it says of hub fields

    def _hub_fields(self) -> Iterator[Problem]:
        if self.kind is None:
            return
        for name in self._side.fields:
            if name not in self.kind.fields:
                yield self._unknown_field(("fields", name), name, key=True)
        for name, condition in self._side.only.items():
            known = self.kind.fields.get(name)
            if known is None:
                yield self._unknown_field(("only", name), name, key=True)
            else:
                yield from self._condition(known, condition)

    def _unknown_field(self, steps: Steps, name: str, *, key: bool = False) -> Problem:
        fields = list(self.kind.fields) if self.kind else []
        kind = self.kind.name if self.kind else ""
        message = _("{kind} has no field “{field}”").format(kind=kind, field=name)
        return self._at(steps, message, suggestion(name, fields), key=key)

    def _condition(self, field: KindField, condition: Condition) -> Iterator[Problem]:
        if isinstance(condition, str) and condition in PRESENCE:
            return
        wanted = _wanted(field)
        if not _suits(field, condition):
            message = _("this does not filter “{field}” ({type})").format(
                field=field.name, type=field.type.name
            )
            yield self._at(("only", field.name), message, _("write {words}").format(words=wanted))
        elif field.values is not None and isinstance(condition, str | list):
            asked = condition if isinstance(condition, list) else [condition]
            unknown = [str(value) for value in asked if value not in field.values]
            if unknown:
                message = _("“{field}” has no value “{value}”").format(
                    field=field.name, value=unknown[0]
                )
                yield self._at(
                    ("only", field.name), message, suggestion(unknown[0], list(field.values))
                )

    def _absence(self) -> Iterator[Problem]:
        meaning = self._side.on_absence
        if meaning == "put-back" and self._side.direction == "to-hub":
            message = _("nothing can be put back on a side that is only read")
            yield self._at(("on-absence",), message, _("write item or leave"))
        if not isinstance(meaning, Clear) or self.kind is None:
            return
        field = meaning.clear
        steps = ("on-absence", "clear")
        if field not in self.kind.fields:
            yield self._unknown_field(steps, field)
        elif field == self.kind.title:
            message = _("without “{field}” the item has no name").format(field=field)
            yield self._at(steps, message, _("empty another field"))
        elif self._side.direction == "from-hub":
            message = _("a side that is only published to empties no field")
            yield self._at(steps, message, _("write leave or put-back"))
        elif only(self._asked_of(field)).passes({field: None}, lambda _field, value: value):
            message = _("emptying “{field}” does not take the item off this side")
            remedy = _("add “only: {example}”").format(example=f"{{{field}: present}}")
            yield self._at(steps, message.format(field=field), remedy)

    def _asked_of(self, field: str) -> dict[str, Condition]:
        """The condition on one field, the side's own or its default map's."""
        system = self.systems.get(self.mapping.system(self.label))
        word, kind = self.mapping.word(self.label), self.mapping.document.kind
        default = system.default(word, kind) if system and word else None
        asked = {**(default.only if default else {}), **self._side.only}
        return {name: condition for name, condition in asked.items() if name == field}

    # Against what was found there

    def _against(self, place: Place, system: System) -> Iterator[Problem]:
        if not place.schema.writable and self._side.direction != "to-hub":
            message = _("{side} can only be read").format(side=self.label)
            said = "direction" in self._side.model_fields_set
            steps = ("direction",) if said else ()
            yield self._at(steps, message, _("write “direction: to-hub”"), key=not said)
        word = system.words.get(place.collection.word)
        if self.kind is not None and word is not None and _holds(word, self.kind):
            yield from self._linked(place, system, self.kind, None)
        for child in self.mapping.document.with_:
            if child in place.children and child in self.kinds:
                yield from self._linked(place, system, self.kinds[child], child)

    def _linked(
        self, place: Place, system: System, kind: Kind, child: str | None
    ) -> Iterator[Problem]:
        linking = link_fields(
            self.mapping, self.label, kind, place=place, system=system, child=child
        )
        links = linking.links()
        yield from linking.problems
        for link in links:
            yield from self._bound(link, system)
        yield from self._written_twice(links)
        yield from self._required(linking, links)

    def _bound(self, link: Link, system: System) -> Iterator[Problem]:
        try:
            bind(link, system.name, self.collective)
        except Mismatch as mismatch:
            steps: Steps = link.steps
            for key in mismatch.keys:
                if (*steps, key) not in self.mapping.source.values:
                    break
                steps = (*steps, key)
            yield self.mapping.problem(steps, mismatch.message, mismatch.remedy, key=not link.said)

    def _written_twice(self, links: list[Link]) -> Iterator[Problem]:
        """Two hub fields may be read from one side field; only one may be written to it."""
        first: dict[str, Link] = {}
        for link in sorted(links, key=lambda link: link.said):
            other = first.setdefault(link.side, link)
            if other is not link and (other.writes and link.writes):
                message = _("“{hub}” and “{other}” would both be written to “{side}”").format(
                    hub=link.hub.name, other=other.hub.name, side=link.side
                )
                remedy = _("write “{hub}: false” to leave one out").format(hub=other.hub.name)
                yield self.mapping.problem(link.steps, message, remedy, key=not link.said)

    def _required(self, linking: Linking, links: list[Link]) -> Iterator[Problem]:
        if self._side.direction == "to-hub" or not linking.schema.writable:
            return
        written = {link.side for link in links if link.writes}
        for name, spec in linking.schema.fields.items():
            if spec.required and name not in written:
                message = _("{side} makes no record without its field “{field}”").format(
                    side=self.label, field=name
                )
                remedy = _("map a field to it, or write “direction: to-hub”")
                yield self._at((), message, remedy, key=True)


def _holds(word: Word, kind: Kind) -> bool:
    return word.kinds is None or kind.name in word.kinds


def _wanted(field: KindField) -> str:
    """How a filter on a field is written."""
    match field.type.name:
        case "bool":
            return "true, false"
        case "set" | "people":
            return "present, absent, {has: …}"
        case "text" | "choice" | "person" | "link" | "number":
            return "present, absent, " + _("a value, or [a, list, of, values]")
    return "present, absent"


def _suits(field: KindField, condition: Condition) -> bool:
    match field.type.name:
        case "bool":
            return isinstance(condition, bool)
        case "set" | "people":
            return isinstance(condition, Has)
        case "text" | "choice" | "person" | "link":
            return isinstance(condition, str | list)
        case "number":
            return isinstance(condition, int | float | list) and not isinstance(condition, bool)
    return False
