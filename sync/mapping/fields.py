"""Which hub field stands in which field of a side: default maps, and what an admin changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from sync.connector import Capabilities
from sync.i18n import _
from sync.kinds import Kind, KindField
from sync.mapping.circles import CIRCLE
from sync.mapping.defaults import DefaultMap
from sync.mapping.document import Direction, FieldMap, SideDocument
from sync.mapping.loaded import Loaded
from sync.mapping.problem import Problem
from sync.mapping.reading import suggestion
from sync.mapping.source import Steps
from sync.model import FieldSpec, Schema

Scalar: TypeAlias = str | bool | int | float


@dataclass(frozen=True)
class Link:
    """One hub field in one field of a side, before it is known how it is shown there."""

    hub: KindField
    side: str
    spec: FieldSpec
    schema: Schema
    """What the side field stands among."""
    natives: bool
    """The side's options have native ids."""
    reads: bool
    writes: bool
    values: Mapping[str, Scalar] | None = None
    transform: str | None = None
    steps: Steps = ()
    """Where in the mapping it is said."""
    said: bool = False
    """The admin said it; it is no default."""


@dataclass
class Linking:
    """Links the fields of one kind with those of one collection, and notes what cannot be.

    `label` is the side of `mapping` that the collection stands for; what a side says of
    fields is about the mapping's own kind and not about children (`own` is false).
    """

    mapping: Loaded
    label: str
    kind: Kind
    schema: Schema
    default: DefaultMap | None
    capabilities: Capabilities
    own: bool = True
    place: FieldMap | None = None
    """How the circle's name stands in the records of a side that is one of several."""
    problems: list[Problem] = field(default_factory=list)

    def links(self) -> list[Link]:
        """The links, in the order of the kind's fields."""
        said = dict(self._side.fields) if self.own else {}
        rules = self._defaults()
        for name, rule in said.items():
            if rule is False:
                rules.pop(name, None)
            elif isinstance(rule, str):
                rules[name] = FieldMap(to=rule)
            else:
                rules[name] = _over(rules.get(name), rule)
        if self.place is not None:
            rules[CIRCLE] = self.place
        dropped = self._dropped() - ({CIRCLE} if self.place else set())
        found = (
            self._link(known, rules[name], said=name in said)
            for name, known in self.kind.fields.items()
            if name in rules and name not in dropped
        )
        return [link for link in found if link]

    @property
    def _side(self) -> SideDocument:
        return self.mapping.document.sides[self.label]

    def _defaults(self) -> dict[str, FieldMap]:
        given = self.default.fields if self.default else {}
        rules: dict[str, FieldMap] = {}
        if self.schema.open or self.default is None:
            rules = {
                name: FieldMap(to=name)
                for name, known in self.kind.fields.items()
                if self.schema.open or self._same(known)
            }
        for name, rule in given.items():
            if rule is False:
                rules.pop(name, None)
            else:
                rules[name] = (
                    FieldMap(to=rule) if isinstance(rule, str) else _over(rules.get(name), rule)
                )
        return rules

    def _same(self, hub: KindField) -> bool:
        """Whether the side has a field of that name and type, which nobody needs to map."""
        spec = self.schema.fields.get(hub.name)
        return spec is not None and spec.type == hub.type.name

    def _dropped(self) -> set[str]:
        chosen = self.mapping.document.fields if self.own else {}
        if isinstance(chosen, list):
            return set(self.kind.fields) - set(chosen)
        return set(chosen)

    def _link(self, hub: KindField, rule: FieldMap, *, said: bool) -> Link | None:
        side = rule.to or hub.name
        steps: Steps = ("sides", self.label, "fields", hub.name) if said else ("sides", self.label)
        spec = self.schema.fields.get(side)
        if spec is None and self.schema.open:
            spec = FieldSpec(hub.type.name)
        if spec is None and rule.make and hub.type.name in self.schema.makes:
            spec = replace(self.schema.makes[hub.type.name], made=True)
            self.schema = replace(self.schema, fields={**self.schema.fields, side: spec})
        if spec is None:
            if said:
                self._unknown(hub, side, steps)
            return None
        direction = self._direction(hub, side, spec, rule, steps if said else None)
        both: Literal["both"] = "both"
        reads = {self._side.direction, direction} <= {both, "to-hub"}
        writes = {self._side.direction, direction} <= {both, "from-hub"} and self.schema.writable
        if not (reads or writes):
            if said and self.schema.writable:
                self._idle(hub, direction, steps)
            return None
        return Link(
            hub=hub,
            side=side,
            spec=spec,
            schema=self.schema,
            natives=self.capabilities.options,
            reads=reads,
            writes=writes,
            values=rule.values,
            transform=rule.transform,
            steps=steps,
            said=said,
        )

    def _unknown(self, hub: KindField, side: str, steps: Steps) -> None:
        message = _("{side} has no field “{field}”").format(side=self.label, field=side)
        remedy = suggestion(side, list(self.schema.fields))
        if hub.type.name in self.schema.makes:
            remedy += _("; or have it made with “make: true”")
        at = (*steps, "to") if (*steps, "to") in self.mapping.source.values else steps
        if side == hub.name and at == steps:
            remedy = _("say which one with “to:”; {suggestion}").format(suggestion=remedy)
        self.problems.append(self.mapping.problem(at, message, remedy))

    def _idle(self, hub: KindField, direction: Direction, steps: Steps) -> None:
        message = _("“{hub}” goes nowhere: it is {direction} on a side that is {other}").format(
            hub=hub.name,
            direction=direction,
            other=self._side.direction,
        )
        remedy = _("write “{hub}: false” to leave it out").format(hub=hub.name)
        self.problems.append(self.mapping.problem(steps, message, remedy))

    def _direction(
        self, hub: KindField, side: str, spec: FieldSpec, rule: FieldMap, steps: Steps | None
    ) -> Direction:
        """The direction of a field; one that cannot be written is only read."""
        if spec.writable:
            return rule.direction or "both"
        if steps and rule.direction in {"both", "from-hub"}:
            self.problems.append(
                self.mapping.problem(
                    (*steps, "direction"),
                    _("{side} cannot write its field “{field}”").format(
                        side=self.label, field=side
                    ),
                    _("write “direction: to-hub”, or map {hub} to another field").format(
                        hub=hub.name
                    ),
                )
            )
        return "to-hub"


def _over(rule: FieldMap | None, said: FieldMap) -> FieldMap:
    """A rule with what was said over it."""
    if rule is None:
        return said
    return rule.model_copy(update=said.model_dump(exclude_unset=True))
