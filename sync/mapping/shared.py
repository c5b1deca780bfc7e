"""What mappings that share a collection must agree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sync.i18n import _
from sync.mapping.document import SideDocument
from sync.mapping.groups import groups, identity
from sync.mapping.loaded import Loaded
from sync.mapping.places import Places
from sync.mapping.policies import POLICIES, preferred
from sync.mapping.problem import Problem
from sync.mapping.source import Steps


@dataclass(frozen=True)
class _Stand:
    """One collection as one side of one mapping."""

    mapping: Loaded
    label: str

    @property
    def steps(self) -> Steps:
        return ("sides", self.label)

    @property
    def side(self) -> SideDocument:
        return self.mapping.document.sides[self.label]

    @property
    def where(self) -> str:
        mark = self.mapping.source.mark(self.steps, key=True)
        return f"{self.mapping.source.file}:{mark.line}"

    def problem(self, message: str, remedy: str, *tail: str) -> Problem:
        return self.mapping.problem((*self.steps, *tail), message, remedy, key=True)


def check_shared(mappings: Sequence[Loaded], places: Places) -> Iterator[Problem]:
    """Check what every two mappings say of one collection, and the policies of each unit."""
    first: dict[str, _Stand] = {}
    for mapping in mappings:
        for label, _side, spot in mapping.sides():
            here = _Stand(mapping, label)
            other = first.setdefault(identity(spot, places), here)
            if other is not here:
                yield from _differ(other, here, spot.name)
    for group in groups(mappings, places):
        for policy in POLICIES:
            yield from _policies(group, policy)


def _differ(first: _Stand, here: _Stand, name: str) -> Iterator[Problem]:
    if first.mapping is here.mapping:
        message = _("“{name}” is already the side {side} of this mapping")
        remedy = _("a collection stands in a mapping once: remove one of the two")
        yield here.problem(message.format(name=name, side=first.label), remedy)
        return
    kinds = first.mapping.document.kind, here.mapping.document.kind
    if kinds[0] != kinds[1]:
        message = _("“{name}” takes part as {kind} here, and as {other} in {where}")
        yield here.problem(
            message.format(name=name, kind=kinds[1], other=kinds[0], where=first.where),
            _("a collection holds one kind: name another collection"),
        )
        return
    for key, one, other in _described(first, here):
        if one != other:
            message = _("“{name}” is described otherwise in {where}: “{key}” differs")
            yield here.problem(
                message.format(name=name, where=first.where, key=key),
                _("write the same in both"),
                *((key,) if key in here.side.model_fields_set or key == "on-absence" else ()),
            )


def _described(first: _Stand, here: _Stand) -> list[tuple[str, object, object]]:
    return [
        ("direction", first.side.direction, here.side.direction),
        ("only", first.side.only, here.side.only),
        ("on-absence", first.side.on_absence, here.side.on_absence),
        ("fields", _rules(first), _rules(here)),
    ]


def _rules(stand: _Stand) -> object:
    chosen = stand.mapping.document.fields
    return stand.side.fields, sorted(chosen) if isinstance(chosen, list) else chosen


def _policies(group: Sequence[Loaded], policy: str) -> Iterator[Problem]:
    saying = [m for m in group if policy in m.document.model_fields_set]
    for mapping in saying[1:]:
        if _said(mapping, policy) != _said(saying[0], policy):
            message = _("“{policy}” differs from {file}, which shares a collection with this")
            yield mapping.problem(
                (policy,),
                message.format(policy=policy, file=saying[0].source.file),
                _("write the same in both, or in one of them only"),
                key=True,
            )


def _said(mapping: Loaded, policy: str) -> object:
    """What a mapping says of a policy; a preferred side by the collection that it is."""
    winner = preferred(mapping.document)
    if policy == "conflicts" and winner in mapping.document.sides:
        return mapping.spot(winner)
    return getattr(mapping.document, policy)
