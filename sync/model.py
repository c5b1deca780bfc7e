"""What passes through the seam between the engine and the connectors.

Every value of a field is plain data (what JSON can hold) in the canonical form
that its field type defines (`sync.types`), and `None` is the one empty value:
no connector ever yields `""` or `[]` for "nothing there".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""What JSON can hold: the form of every value in records, state, plans and journal."""

Fields: TypeAlias = Mapping[str, Plain]

_ATOMS = frozenset({str, int, float, bool, type(None)})


def copy_plain(value: Plain) -> Plain:
    """A copy that shares nothing mutable; TypeError for what is no plain data."""
    if isinstance(value, list | tuple):
        return [entry if entry.__class__ in _ATOMS else copy_plain(entry) for entry in value]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):  # last: an abstract class is slow to ask
        return copy_fields(value)
    raise TypeError(f"not plain data: {type(value).__name__}")


def copy_fields(fields: Fields) -> dict[str, Plain]:
    """A copy of plain values by name; most are scalars, which need none."""
    copied = dict(fields)
    for name, value in copied.items():
        if value.__class__ not in _ATOMS:
            copied[name] = copy_plain(value)
    return copied


@dataclass(frozen=True, order=True)
class Collection:
    """What a system keeps records of one type in: a board, a calendar, a folder.

    `word` is the mapping's word for it (`board`, `calendar`), `name` what the admin
    wrote, `id` the system's own stable id, found by `Connector.locate`. A collection
    of children (the comments of a board's cards) is the parent collection with
    `child` set to the child's kind.
    """

    system: str
    word: str
    id: str
    name: str = field(compare=False, default="")
    child: str | None = None

    @cached_property
    def key(self) -> str:
        """The name under which the store knows this collection; stable over renames."""
        tail = f"#{self.child}" if self.child else ""
        return f"{self.system}/{self.word}:{self.id}{tail}"

    def of_children(self, kind: str) -> Collection:
        """The collection of this collection's children of one kind."""
        return Collection(self.system, self.word, self.id, self.name, kind)


@dataclass(frozen=True)
class Stub:
    """A record that was listed without its content: it stands there, in this version.

    The engine reads it (`get`) only when the version differs from the one it knows.
    """

    ref: str
    version: str | None
    parent: str | None = None
    stable: str | None = None


@dataclass(frozen=True)
class Record:
    """One thing in a collection, as that system holds it.

    `ref` names it within its collection. `version` is the precondition for the next
    write (an ETag, a revision), or None where the system has none. `fields` hold what
    is observed, in the side's own words; a field that is absent from the mapping was
    not observed, a field that is None was observed to be empty. `parent` is the
    parent record's ref, for children. `origin` is the nonce of the write of ours that
    made it, where the system shows one. `stable` is an id that survives a move (a
    file id), `ours` whether our own account made the last change (None: unknown),
    `author` the native id of who did, `changed` when (aware). `rest` is whatever the
    record holds that no field names, kept so that nothing is deleted unseen.
    """

    ref: str
    version: str | None
    fields: Fields
    parent: str | None = None
    origin: str | None = None
    stable: str | None = None
    ours: bool | None = None
    author: str | None = None
    changed: datetime | None = None
    url: str | None = None
    rest: Plain = None


@dataclass(frozen=True)
class Option:
    """One value that a choice or a set may take there: a list, a stack, a label.

    `id` is the native id that fields hold; where a system has no ids of its own
    (folder, wiki, categories) it is the name.
    """

    id: str
    name: str
    color: str | None = None
    rank: float | None = None
    closed: bool = False


@dataclass(frozen=True)
class Page:
    """A part of what `changes` yields.

    `records` are changed or listed records; `gone` are refs that left since the
    cursor; `malformed` maps a ref that stands there but cannot be read to the reason.
    The last page carries the new `cursor` (None: the system has none) and says
    `complete=True` if all pages together are everything that stands there, so that
    what is not in them is absent. `options` are the values that fields may take, for
    each field whose options were listed (None: not listed this time).
    """

    records: tuple[Record | Stub, ...] = ()
    gone: tuple[str, ...] = ()
    malformed: Mapping[str, str] = field(default_factory=dict)
    cursor: str | None = None
    complete: bool = False
    options: Mapping[str, tuple[Option, ...]] | None = None


@dataclass(frozen=True)
class FieldSpec:
    """What one field of a collection can hold.

    `type` names a field type. `writable` may be false (a card's link). `options` says
    whether values are ids of options that `changes` lists. `values` is a closed
    vocabulary, where there is one; for a checklist, what else than its text an entry can
    show (`done`, `list`, `due`, `who`; None: all of it). `limit` is the longest text in characters,
    `dialect` the markup of a rich text (`markdown`, `plain`, `dokuwiki`, ...).
    `required` fields must be given to `create`. `create_only` ones cannot change. `later`
    ones take requests of their own: `create` can set them, but if it is cut in the middle
    the record stands without them, so they are best left out of it and sent as an update.
    A field that is `made` is not there yet: who writes it first makes it.
    `guests`: it may name people who have no account there, in parentheses.
    """

    type: str
    writable: bool = True
    required: bool = False
    create_only: bool = False
    options: bool = False
    values: tuple[str, ...] | None = None
    limit: int | None = None
    dialect: str | None = None
    later: bool = False
    made: bool = False
    guests: bool = False


@dataclass(frozen=True)
class Schema:
    """What the records of one collection are made of.

    An `open` collection (a folder, a wiki namespace) holds any field beside the
    named ones, in the canonical plain form of whatever type it has in the hub; its
    options have no ids of their own. `children` are the kinds of child that records
    may have here. `writable` is false for a source that can only be read. `makes` is what
    a field can be that is not there yet, by its type in the hub: named by a mapping, it is
    made with the first value (see `Connector.expect`).
    """

    fields: Mapping[str, FieldSpec]
    open: bool = False
    writable: bool = True
    children: tuple[str, ...] = ()
    makes: Mapping[str, FieldSpec] = field(default_factory=dict)
