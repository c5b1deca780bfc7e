"""Which lens shows a hub field in a side's field, and whether any can."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from sync.errors import ConfigError
from sync.i18n import _
from sync.mapping.fields import Link, Scalar
from sync.mapping.lens import Chain, Identity, Options, Truncate, ValueMap, renamed
from sync.mapping.people import Accounts, Entries
from sync.mapping.people import People as PeopleLens
from sync.mapping.transforms import Transform, known, named
from sync.mapping.unit import Binding, Lens
from sync.types import TYPES
from sync.types.checklist import Checklist

People: TypeAlias = Mapping[str, Mapping[str, str]]
"""System -> account of a person there -> the person's alias."""

COMPATIBLE: Mapping[str, frozenset[str]] = {
    "text": frozenset({"richtext"}),
    "richtext": frozenset({"text"}),
    "choice": frozenset({"text"}),
    "link": frozenset({"text"}),
    "rank": frozenset({"number"}),
}
"""Type in the hub -> the other types of side field in which such a value can stand as it is."""

_RENAMED = frozenset({"text", "choice", "set", "bool", "number"})
"""The types of values that may be called otherwise on a side."""
_ENTRY = frozenset({"done", "list", "due", "who"})


@dataclass(frozen=True)
class Collective:
    """What lenses need to know of the collective: who is who, and the zone of its clocks."""

    people: People = field(default_factory=dict)
    timezone: str = "Europe/Paris"


class Mismatch(Exception):
    """A field cannot be mapped so: why, what to do, and the key of its rule that says it."""

    def __init__(self, message: str, remedy: str, *keys: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.keys = keys


def bind(link: Link, system: str, collective: Collective) -> Binding:
    """The binding that a link makes. Raises `Mismatch`."""
    return Binding(
        hub=link.hub.name,
        side=link.side,
        type=link.hub.type,
        lens=_lens(link, system, collective),
        reads=link.reads,
        writes=link.writes,
        options=link.hub.options,
        shown=None if link.spec.type == link.hub.type.name else TYPES.get(link.spec.type),
        digest=digest(link),
        spelling=spelling(link),
    )


def digest(link: Link) -> str:
    """Tell two ways of mapping a field apart, where the difference makes old bases void.

    Directions are no part of it, nor what a server's limits are: neither changes what
    the values mean.
    """
    return _hash([link.hub.type.name, link.side])


def spelling(link: Link) -> str:
    """Tell apart how the values of a field are written on a side."""
    return _hash([link.transform, link.values and dict(link.values)])


def _hash(said: Sequence[object]) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _lens(link: Link, system: str, collective: Collective) -> Lens:
    if link.transform is not None:
        lens: Lens = _transform(link, link.transform, collective.timezone)
    elif link.values is not None:
        lens = _renamed(link, link.values)
    else:
        _check_types(link)
        lens = _plain(link, system, collective)
    if link.spec.limit is None or link.spec.type not in {"text", "richtext"}:
        return lens
    cut = Truncate(link.spec.limit)
    return cut if isinstance(lens, Identity) else Chain((lens, cut))


def _plain(link: Link, system: str, collective: Collective) -> Lens:
    """The lens between fields of types that go together."""
    if link.hub.options:
        return Options()
    kind = link.hub.type.name
    if kind not in {"person", "people", Checklist.name}:
        return Identity()
    accounts = None
    if system in collective.people or not link.schema.open:
        accounts = Accounts(system, collective.people.get(system, {}))
    if kind == Checklist.name:
        holds = _ENTRY if link.spec.values is None else _ENTRY & set(link.spec.values)
        return Entries(holds, accounts, ids=not link.schema.open)
    return Identity() if accounts is None else PeopleLens(accounts, link.spec.guests)


def _check_types(link: Link) -> None:
    hub, spec = link.hub, link.spec
    if spec.type != hub.type.name and spec.type not in COMPATIBLE.get(hub.type.name, frozenset()):
        raise Mismatch(_cannot_stand(link), _fitting(link), "to")
    if spec.options and not hub.options:
        message = _("“{side}” has options of its own, and the kind's field “{hub}” has none")
        raise Mismatch(
            message.format(side=link.side, hub=hub.name),
            _("declare “options: true” in the kind, or map another field"),
            "to",
        )
    if hub.options and spec.type == "text" and link.natives:
        raise Mismatch(_cannot_stand(link), _fitting(link), "to")
    if spec.type == "choice" and spec.values is not None:
        _check_vocabulary(link, spec.values)


def _check_vocabulary(link: Link, values: tuple[str, ...]) -> None:
    if link.writes and not set(link.hub.values or ("*",)) <= set(values):
        message = _("“{side}” holds only {values}").format(side=link.side, values=", ".join(values))
        raise Mismatch(message, _("say with “values:” which value stands for which"), "to")


def _cannot_stand(link: Link) -> str:
    return _("“{hub}” ({type}) cannot stand in “{side}” ({other})").format(
        hub=link.hub.name, type=link.hub.type.name, side=link.side, other=link.spec.type
    )


def _fitting(link: Link) -> str:
    """What would do: fields of the right type, and transforms."""
    fit = {link.hub.type.name} | COMPATIBLE.get(link.hub.type.name, frozenset())
    words = [f"to: {name}" for name, spec in link.schema.fields.items() if spec.type in fit]
    words += [f"transform: {name}" for name in _transforms_for(link)]
    if not words:
        return _("write “{hub}: false” to leave it out").format(hub=link.hub.name)
    return _("write one of: {words}").format(words=", ".join(words))


def _transforms_for(link: Link) -> list[str]:
    """The transforms that would join both types in the directions wanted."""
    ready = (named(name, link.hub.type, "UTC") for name in known() if ":" not in name)
    return [
        transform.name
        for transform in ready
        if _joins(transform, link) and (transform.two_way or not link.reads)
    ]


def _joins(transform: Transform, link: Link) -> bool:
    taken = transform.takes is None or link.hub.type.name in transform.takes
    fits = {transform.gives} | COMPATIBLE.get(transform.gives, frozenset())
    return taken and link.spec.type in fits


def _transform(link: Link, said: str, timezone: str) -> Transform:
    if link.values is not None:
        message = _("“{hub}” has values and a transform").format(hub=link.hub.name)
        raise Mismatch(message, _("keep one of the two"), "transform")
    try:
        transform = named(said, link.hub.type, timezone)
    except ConfigError:
        message = _("no transform is called “{name}”").format(name=said)
        remedy = _("use one of: {words}").format(words=", ".join(known()))
        raise Mismatch(message, remedy, "transform") from None
    if not _joins(transform, link):
        message = _("the transform “{name}” does not lead from {type} to {other}")
        raise Mismatch(
            message.format(name=said, type=link.hub.type.name, other=link.spec.type),
            _fitting(link),
            "transform",
        )
    if link.reads and not transform.two_way:
        message = _("what the transform “{name}” shows cannot be read back").format(name=said)
        raise Mismatch(message, _("add “direction: from-hub”"), "transform")
    return transform


def _renamed(link: Link, values: Mapping[str, Scalar]) -> Lens:
    hub, spec = link.hub, link.spec
    for name, kind in ((hub.name, hub.type.name), (link.side, spec.type)):
        if kind not in _RENAMED:
            message = _("values of “{field}” ({type}) have no names").format(field=name, type=kind)
            raise Mismatch(message, _("remove “values:”"), "values")
    if (hub.type.name == "set") != (spec.type == "set"):
        raise Mismatch(_cannot_stand(link), _fitting(link), "to")
    if spec.options or (hub.options and link.natives):
        message = _("an option has one name on every side that has options of its own")
        raise Mismatch(message, _("remove “values:”"), "values")
    _check_values(link, values)
    return renamed(hub.type, values) if hub.options else ValueMap(hub.type, values)


def _check_values(link: Link, values: Mapping[str, Scalar]) -> None:
    allowed = link.spec.values
    for value, name in values.items():
        if not _is_of(name, link.spec.type) or (allowed is not None and name not in allowed):
            message = _("“{side}” cannot hold “{value}”").format(
                side=link.side, value=json.dumps(name, ensure_ascii=False).strip('"')
            )
            remedy = _("write a value of type {type}").format(type=link.spec.type)
            if allowed is not None:
                remedy = _("use one of: {words}").format(words=", ".join(allowed))
            raise Mismatch(message, remedy, "values", value)
        _check_hub_value(link, value)


def _is_of(value: Scalar, kind: str) -> bool:
    match kind:
        case "bool":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _check_hub_value(link: Link, value: str) -> None:
    allowed = ("true", "false") if link.hub.type.name == "bool" else link.hub.values
    if allowed is not None and value not in allowed:
        message = _("“{hub}” has no value “{value}”").format(hub=link.hub.name, value=value)
        remedy = _("use one of: {words}").format(words=", ".join(allowed))
        raise Mismatch(message, remedy, "values", value)
