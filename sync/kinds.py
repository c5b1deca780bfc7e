"""The common vocabulary: which fields a kind of item has, and of what type.

Kinds are data (`mappings/kinds/*.yaml`, and those that a collective adds beside its
mappings). Code knows field types, never kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sync.types.base import FieldType


@dataclass(frozen=True)
class KindField:
    """One field of a kind."""

    name: str
    type: FieldType
    labels: Mapping[str, str] = field(default_factory=dict)
    """Language -> what people call it."""
    within: str | None = None
    """For a rank: the choice within which it orders (a card's place in its list)."""
    values: tuple[str, ...] | None = None
    """A closed vocabulary, for a choice that people cannot extend."""
    options: bool = False
    """Values are options of the hub, with a native id in each collection that has such ids."""


@dataclass(frozen=True)
class Kind:
    """One kind of item."""

    name: str
    fields: Mapping[str, KindField]
    title: str
    """The field that names an item to people."""
    key: tuple[str, ...] = ()
    """The fields by which records are recognised at a first meeting, unless a mapping says."""
    archived: str | None = None
    """The bool field that says an item is archived, if the kind has one."""
    labels: Mapping[str, str] = field(default_factory=dict)
    unique: bool = False
    """No place can hold two of one key: it is the address, as a file's path is."""
