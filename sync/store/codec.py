"""Records of the state as JSON text: what no column holds lies in one text per row.

A field that a record gains has its default in the rows written before, and a field
it loses is skipped, so that only a change of meaning needs a migration.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeVar

from sync.model import Plain
from sync.state import CollectionState, HubOption, Intent, Item, Nonce, Side, Standing, Verb

T = TypeVar("T")


def moment_to_text(moment: datetime) -> str:
    """A moment in UTC, of one width, so that text sorts as time; ValueError if it has no zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment.isoformat()}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def text_to_moment(text: str) -> datetime:
    """The moment that `moment_to_text` wrote."""
    return datetime.fromisoformat(text)


def _plain(value: object) -> Plain:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not plain data: {type(value).__name__}")


def to_text(value: object) -> str:
    """Plain data as JSON; TypeError or ValueError for what JSON cannot hold."""
    return json.dumps(value, default=_plain, allow_nan=False, separators=(",", ":"))


def from_text(text: str) -> Plain:
    """The plain data that `to_text` wrote."""
    value: Plain = json.loads(text)
    return value


def fields_of(text: str) -> dict[str, Plain]:
    """Plain values by name that `to_text` wrote."""
    value: dict[str, Plain] = json.loads(text)
    return value


class Garbled(ValueError):
    """A row is not what was written there."""


_SUM = ',"sum":"'
"""What stands before the checksum at the end of a row's text."""


def _checksum(text: str, columns: Iterable[object]) -> str:
    # The database checks how its pages fit together, not what is in them.
    return f"{zlib.crc32(to_text([text, *columns]).encode()):08x}"


@dataclass(frozen=True)
class Codec(Generic[T]):
    """How the records of one class become a text and come back.

    `columns` name the fields that have a column of their own, `moments` those that
    hold a datetime or None, `enums` those that hold a member of an enumeration or None.
    """

    cls: type[T]
    columns: frozenset[str]
    moments: frozenset[str] = frozenset()
    enums: Mapping[str, type[StrEnum]] = field(default_factory=dict)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        names = (each.name for each in fields(self.cls))  # type: ignore[arg-type]
        return tuple(name for name in names if name not in self.columns)

    @cached_property
    def _held(self) -> tuple[str, ...]:
        """The columns that are covered by the checksum: those that hold plain data."""
        return tuple(sorted(self.columns - {"sides"}))

    def pack(self, record: T, *place: str) -> str:
        """The text of what no column holds, with a checksum of the columns and `place` too."""
        values = {name: getattr(record, name) for name in self._names}
        for name in self.moments:
            if values[name] is not None:
                values[name] = moment_to_text(values[name])
        text = to_text(values)
        held = (getattr(record, name) for name in self._held)
        return f'{text[:-1]}{_SUM}{_checksum(text, [*held, *place])}"}}'

    def unpack(self, text: str, *place: str, **columns: object) -> T:
        """The record again, from its text and its columns; `Garbled` if they were changed."""
        try:
            return self._unpack(text, place, columns)
        except (ValueError, TypeError) as error:
            raise Garbled(f"{self.cls.__name__}: {error}") from None

    def _unpack(self, text: str, place: Iterable[str], columns: Mapping[str, object]) -> T:
        body, found, checksum = text.rpartition(_SUM)
        if found:  # rows of the first version have none
            text = body + "}"
            held = [columns[name] for name in self._held]
            if _checksum(text, [*held, *place]) != checksum[:-2]:
                raise ValueError("the checksum differs")
        stored = json.loads(text)
        values = {name: stored[name] for name in self._names if name in stored}
        for name in self.moments & values.keys():
            if values[name] is not None:
                values[name] = text_to_moment(values[name])
        for name, enum in self.enums.items():
            if values.get(name) is not None:
                values[name] = enum(values[name])
        return self.cls(**values, **columns)


ITEM = Codec(Item, frozenset({"id", "unit", "kind", "parent", "sides"}))
SIDE = Codec(Side, frozenset({"ref"}), enums={"standing": Standing})
COLLECTION = Codec(
    CollectionState,
    frozenset({"key"}),
    moments=frozenset({"listed_at", "full_listing_at", "unaudited"}),
)
OPTION = Codec(HubOption, frozenset({"id"}))
INTENT = Codec(
    Intent,
    frozenset({"nonce", "item", "collection"}),
    moments=frozenset({"since"}),
    enums={"verb": Verb, "after": Standing},
)
NONCE = Codec(Nonce, frozenset({"nonce", "item", "collection"}), moments=frozenset({"since"}))
