"""Field types: how a value is compared, merged and shown (see `sync.types.base`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sync.errors import ConfigError
from sync.types.base import FieldType
from sync.types.blob import Blob
from sync.types.checklist import Checklist
from sync.types.duration import Duration
from sync.types.location import Location
from sync.types.moment import MomentType
from sync.types.recurrence import Recurrence
from sync.types.richtext import RichText
from sync.types.scalar import Bool, Number, Rank
from sync.types.sets import People, Set
from sync.types.text import Choice, Link, Person, Text

_ALL: tuple[FieldType, ...] = (
    Text(),
    RichText(),
    Choice(),
    Set(),
    Person(),
    People(),
    MomentType(),
    Duration(),
    Bool(),
    Number(),
    Rank(),
    Checklist(),
    Blob(),
    Link(),
    Location(),
    Recurrence(),
)

TYPES: Mapping[str, FieldType] = MappingProxyType({known.name: known for known in _ALL})
"""Every field type by the name that kinds and schemas use."""


def of(name: str) -> FieldType:
    """Return the field type of that name. Raises `ConfigError`, naming those there are."""
    try:
        return TYPES[name]
    except KeyError:
        known = ", ".join(sorted(TYPES))
        raise ConfigError(f"no field type is called {name!r}; there are: {known}") from None
