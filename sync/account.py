"""What a connector may offer beside records: all of it optional, each found by its methods.

A system may tell of changes itself (`Tells`), grant access for a while only (`Grants`),
be left without a trace (`Leaves`), and guide a member through signing in (`Guides`).
Nothing here carries what people wrote: that is read by `sync.connector` alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from sync.model import Collection


@dataclass(frozen=True)
class Notice:
    """What came to the door. Nothing of it is believed but where to look."""

    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


@runtime_checkable
class Tells(Protocol):
    """A system that tells an address of changes (webhooks)."""

    def watch(self, collections: Iterable[Collection], address: str) -> int:
        """Have the address told of changes in these collections, and of nothing else.

        Safe to repeat: what was taken away or switched off is made anew, what is for other
        collections or another address of ours is removed. Returns how many were made.
        The address must answer HEAD by then. Raises `ConfigError` where notices could not
        be told from forged ones.
        """

    def heard(self, notice: Notice, address: str) -> frozenset[str] | None:
        """The ids of the collections to look at; None: it does not come from there.

        Called by any thread. Late, doubled and out-of-order notices are as good as others.
        """


class Lack(StrEnum):
    """What an account may not do with a collection."""

    SIGHT = "sight"
    """It does not see it any more."""
    WRITE = "write"
    """It may only read it."""
    CLOSED = "closed"
    """It was closed: nobody writes there."""


@dataclass(frozen=True)
class Grant:
    """For how long, and for what, a system lets us in."""

    expires: datetime | None = None
    """None: until it is taken back."""
    lacking: Mapping[str, Lack] = field(default_factory=dict)
    """Collection key -> what may not be done there."""
    writes: bool = True
    """The credentials may write at all."""


@runtime_checkable
class Grants(Protocol):
    """A system that tells what our credentials are good for."""

    def grant(self, collections: Iterable[Collection]) -> Grant:
        """Ask what may be done, before it fails. Raises `Unauthorized` if nothing may."""


class Sort(StrEnum):
    """What a trace is."""

    WEBHOOK = "webhook"
    NOTICE = "notice"
    """What we told people at a record (`Connector.tell`)."""
    MARK = "mark"
    """Our mark in a record: which create of ours made it."""
    FILES = "files"
    """Files of our own beside those of people."""
    IDENTITY = "identity"
    """A name or UID that we gave to a record when we made it."""
    BIN = "bin"
    """What we deleted or replaced there, kept: people's content."""
    HISTORY = "history"
    """The system's own history names us: nobody can change it."""


@dataclass(frozen=True)
class Trace:
    """Something of ours at a system that is not people's content."""

    sort: Sort
    where: str
    """What to take away, in the connector's words; for what stays, how it is known."""
    collection: Collection | None = None
    stays: bool = False
    """It cannot be taken away, or is not ours to take."""


@runtime_checkable
class Leaves(Protocol):
    """A system that can be left without a trace."""

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        """Every trace of ours: of the account, and in these collections. Writes nothing."""

    def efface(self, trace: Trace) -> None:
        """Take one away, and nothing else; what people wrote stays. Safe to repeat.

        Raises `Stale` if somebody edited the record meanwhile.
        """


@dataclass(frozen=True)
class Question:
    """One thing that a member is asked for, to be kept secret."""

    key: str
    """The key of the settings that takes the answer."""
    says: str
    """Where it is found, in the member's language."""
    form: str
    """The pattern that every such answer has."""


@dataclass(frozen=True)
class Offer:
    """A collection that a member may choose."""

    word: str
    name: str
    """As a mapping names it."""
    title: str


@runtime_checkable
class Guides(Protocol):
    """A system that a member can be guided to."""

    @classmethod
    def question(cls, known: Mapping[str, str], url: str | None) -> Question | None:
        """What to ask next, given what is known; None: that is all."""

    def offers(self) -> list[Offer]:
        """The collections that this account could keep in step."""
