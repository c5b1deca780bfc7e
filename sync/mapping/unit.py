"""The compiled form of mappings: what the planner works on, with all questions settled.

Mappings that share a collection form one unit: observed, planned and locked together.
`sync.mapping.compile` makes units from checked mappings; the simulator makes them
directly. Everything here is frozen and knows no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from sync.connector import Capabilities
from sync.kinds import Kind
from sync.model import Collection, Fields, Plain, Schema
from sync.types import TYPES
from sync.types.base import FieldType

RANK = "rank"
"""The field type of a place in an order."""


class Unprojectable(Exception):
    """A hub value cannot be shown on a side until the named option exists there."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


class UnknownOption(Exception):
    """A view names an option that was not listed yet: what it means is not known now."""


class Words(Protocol):
    """How one side's field names the options of the hub."""

    def native(self, option: str) -> str | None:
        """The native id of a hub option there; None if it has none yet."""

    def former(self, option: str) -> Sequence[str]:
        """The names that a hub option had and by which it is understood still, the latest first."""

    def option(self, native: str) -> str:
        """The hub option that a native id stands for; a new name is a new option.

        Raises `UnknownOption` for a native id that was never listed.
        """


class Lens(Protocol):
    """How one hub field is shown in one side field, and how an edit there is put back.

    Laws: `put(project(v), v) == v`, and `project(put(w, v)) == w` for any view w that
    the side can show.
    """

    def project(self, value: Plain, words: Words) -> Plain:
        """What the side can hold of the hub value. Raises `Unprojectable`."""

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:
        """Write a view back into the richer value it was projected from.

        Raises ValueError if no hub value can be read from the view.
        """


@dataclass(frozen=True)
class Binding:
    """One hub field in one side field."""

    hub: str
    side: str
    type: FieldType
    lens: Lens
    reads: bool = True
    """Edits on the side are folded into the hub."""
    writes: bool = True
    """The hub's value is sent to the side."""
    options: bool = False
    """Values are options of the hub (choice, set)."""
    shown: FieldType | None = None
    """The type of the side's field, where it is not the hub's."""
    digest: str = ""
    """Changes when the field's mapping is edited in a way that makes it a first meeting."""
    spelling: str = ""
    """Changes when values are to be written otherwise there: nothing is due for that alone."""

    @property
    def view(self) -> FieldType:
        """The type of what the side shows."""
        return self.shown or self.type


class Absence(StrEnum):
    """What it means that a record left one side."""

    ITEM = "item"
    LEAVE = "leave"
    CLEAR = "clear"
    PUT_BACK = "put-back"


class Filter(Protocol):
    """Which items a side takes (`only:`)."""

    def passes(self, hub: Fields, names: Names) -> bool:
        """Tell whether the item belongs on the side, by its hub values."""


class Names(Protocol):
    """The name of a hub option, or all that it is to go by."""

    def __call__(self, field: str, option: Plain) -> Plain:
        """The name people see for a hub value of the field (itself if it is no option).

        A list means any of its names.
        """


@dataclass(frozen=True)
class Everything:
    """The filter that takes every item."""

    def passes(self, hub: Fields, names: Names) -> bool:  # noqa: ARG002 - the protocol's
        """Take it."""
        return True


@dataclass(frozen=True)
class Member:
    """One collection in a unit, with everything that mappings say of it."""

    collection: Collection
    label: str
    """The side's name in the mapping, for people."""
    kind: str
    schema: Schema
    capabilities: Capabilities
    bindings: tuple[Binding, ...]
    reads: bool = True
    """False for a side that is only published to (from-hub)."""
    writes: bool = True
    """False for a side that is only read (to-hub)."""
    only: Filter = field(default_factory=Everything)
    on_absence: Absence = Absence.ITEM
    clears: str | None = None
    """The hub field that absence empties, for `Absence.CLEAR`."""
    parent: str | None = None
    """Key of the collection that holds the parents, for children."""

    @cached_property
    def key(self) -> str:
        """The collection's key."""
        return self.collection.key

    @cached_property
    def by_value(self) -> tuple[Binding, ...]:
        """The fields that are compared by value; order has rules of its own."""
        return tuple(b for b in self.bindings if b.type.name != RANK)

    @cached_property
    def views(self) -> Mapping[str, FieldType]:
        """Side field that is mapped -> the type of what it shows."""
        return {b.side: b.view for b in self.bindings}

    @cached_property
    def types(self) -> Mapping[str, FieldType]:
        """Side field, mapped or not -> the type of what it shows."""
        named = {name: TYPES[spec.type] for name, spec in self.schema.fields.items()}
        return {**named, **self.views}

    def has_ids(self, binding: Binding) -> bool:
        """Whether the values of the field are native ids of options that the side lists."""
        spec = self.schema.fields.get(binding.side)
        return self.capabilities.options and spec is not None and spec.options

    def binding(self, hub: str) -> Binding | None:
        """The binding of a hub field here, if it is mapped."""
        return next((b for b in self.bindings if b.hub == hub), None)


@dataclass(frozen=True)
class Rules:
    """The policies of a unit."""

    conflicts: str = "newest"
    """`newest`, `ask`, or the label of the side that is preferred."""
    meeting: str = "ask"
    """What differs at a first meeting: `ask`, or `rule` if the mapping says `conflicts`."""
    deletions: str = "archive"
    """`archive` or `delete`."""
    delay: float = 0.0
    """Seconds between a deletion on one side and the deletions on the others."""
    final: str = "ask"
    """Where a deletion can neither be checked nor undone: `ask`, or `delete` all the same."""
    match: tuple[str, ...] = ()
    """Hub fields by which records are recognised at a first meeting."""
    budget: float = 0.5
    """The share of a side's records that may go in one cycle."""
    budget_count: int | None = None
    """The number of deletions in one run above which all are held; None: no bound."""


@dataclass(frozen=True)
class Unit:
    """Mappings that are observed, planned and locked together."""

    name: str
    mappings: tuple[str, ...]
    members: Mapping[str, Member]
    """Collection key -> member, parents before children."""
    kinds: Mapping[str, Kind]
    rules: Rules = field(default_factory=Rules)
    every: float = 300.0
    """Seconds between two cycles of the daemon."""

    def of_kind(self, kind: str) -> list[Member]:
        """The members that hold one kind."""
        return [m for m in self.members.values() if m.kind == kind]
