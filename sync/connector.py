"""The seam: what a connector is, and what it promises.

A connector is one class in one module (or package) of `connectors/`, registered as
an entry point of the group `jumelage.connectors`. It imports nothing of the engine
but this contract. The conformance suite proves every promise made here, including
each entry of `Capabilities`, by behaviour.

Any method may raise `Retry`, `Unauthorized`, `Unreachable` or `ConfigError`. A write
raises `Ambiguous` when it may have happened. Nothing is ever retried behind the
engine's back unless repeating it cannot do harm.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, ClassVar

from pydantic import BaseModel, ConfigDict

from sync.errors import Gone, Malformed, Refused
from sync.model import Collection, Fields, FieldSpec, Option, Page, Plain, Record, Schema


@dataclass(frozen=True)
class Capabilities:
    """What the engine may rely on, and what it must make up for.

    Each entry is proved by the conformance suite.
    """

    conditional: bool = True
    """`expect` is checked by the server in the same act as the write."""
    cursor: bool = False
    """`changes(since=cursor)` yields only what changed."""
    tombstones: bool = False
    """A delta names what left; without, absence shows only in a complete listing."""
    soft_delete: bool = False
    """`delete` archives; `restore` brings the same ref back."""
    history: bool = False
    """`overwritten` tells what our own writes replaced."""
    echo: bool = True
    """Writes answer with what now stands."""
    origin: bool = False
    """A record shows the nonce it was created with, and `find` finds it at once."""
    options: bool = False
    """Values of choices and sets have native ids; `write_option` creates and renames them."""
    rank: bool = False
    """Records have an order, by the numeric field `rank`."""
    lagging: bool = False
    """Listings may lag behind direct reads."""
    moves: bool = False
    """`update` may change a ref, and `Record.stable` survives a move."""
    notices: bool = False
    """`tell` says something to people at a record, which is no record, child or edit to us."""


@dataclass(frozen=True)
class Word:
    """A word that names a collection in a mapping (`board`, `calendar`) and what it may hold."""

    kinds: tuple[str, ...] | None
    """The kinds that such a collection can take part with; None: any."""
    title: str
    """What it is, in English, for messages and documentation."""
    place: str | None = None
    """The field by which a record tells the id of the collection that it stands in; where there
    is one, a side may name several collections."""
    makes: bool = False
    """`make` makes such a collection."""


class SystemSettings(BaseModel):
    """What every system's settings have in common; connectors subclass it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connector: str


@dataclass(frozen=True)
class Origin:
    """What a create leaves on the wire so that a crashed one can be found again.

    `nonce` is one per attempt, 20 characters of [a-z0-9], safe in any marker, UID or
    file name. `since` is when the intent was written. `key` holds the fields that were
    sent, for systems that can be searched only by content and time.
    """

    nonce: str
    since: datetime
    key: Fields = field(default_factory=dict)


@dataclass(frozen=True)
class Message:
    """What people are told at a record: plain text, in lines, that bears the nonce of its origin.

    `to` are the accounts whose owners are called upon to look.
    """

    text: str
    origin: Origin
    to: tuple[str, ...] = ()


BlobOpener = Callable[[Plain], AbstractContextManager[BinaryIO]]
"""Opens the content of a blob value that the engine holds, by its hash."""


def _no_blobs(blob: Plain) -> AbstractContextManager[BinaryIO]:
    raise Refused(f"no content is at hand for {blob!r}")


@dataclass(frozen=True)
class Tools:
    """What the world gives a connector: all its I/O beyond its own system comes from here.

    `name` is the system's name in the settings, `base` the folder that relative paths
    count from, `timezone` the collective's zone (IANA name), `language` its language
    (`fr`, `en`), `now` the clock (aware, UTC), `blobs` opens content for writing.
    """

    name: str
    base: Path = Path()
    timezone: str = "Europe/Paris"
    language: str = "fr"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    blobs: BlobOpener = _no_blobs


class Connector(ABC):
    """One account on one system."""

    settings_type: ClassVar[type[SystemSettings]] = SystemSettings
    words: ClassVar[Mapping[str, Word]]
    capabilities: Capabilities
    """A class attribute; an instance may narrow it once it knows its server."""

    def __init__(self, settings: SystemSettings, tools: Tools) -> None:
        self.settings = settings
        self.tools = tools

    def capable(self, collection: Collection) -> Capabilities:  # noqa: ARG002 - one for all
        """What holds for one collection, where a system is several servers in one."""
        return self.capabilities

    @abstractmethod
    def locate(self, word: str, name: str) -> Collection:
        """Find the collection that a mapping names.

        Raises `Missing`, naming those that exist, if there is none, and `ConfigError` where
        the name leaves it open which one is meant. A connector
        whose collections are made by writing to them (folder, wiki namespace) returns
        it whether or not anything stands there.
        """

    def make(self, word: str, name: str, within: str | None) -> Collection:
        """Make a collection that `locate` does not find (`Missing`), if a mapping says so.

        `within` names the workspace that it is to belong to, where the system has such.
        """
        raise Refused(f"{self.tools.name} makes no {word} ({name}, {within})")

    @abstractmethod
    def schema(self, collection: Collection) -> Schema:
        """Say what records here are made of. Asks the system at most once a process."""

    def expect(self, collection: Collection, fields: Mapping[str, FieldSpec]) -> None:  # noqa: B027 - few can make fields
        """Take note of fields that are not there yet and that writing shall make."""

    @abstractmethod
    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        """Yield what changed since the cursor; everything that stands there if None.

        Archived records are part of what stands there. A listing that may be cut must
        not say `complete`; an error on the way raises rather than end the listing.
        Raises `CursorExpired` when `since` is no longer honoured.
        """

    @abstractmethod
    def get(self, collection: Collection, ref: str) -> Record:
        """Read one record directly, from the system and not from a cache.

        Raises `Gone` only on this record's own 404 or 410, `Malformed` if it stands
        there and cannot be read.
        """

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        """Read several records directly, in as few requests as the system allows."""
        for ref in refs:
            try:
                yield ref, self.get(collection, ref)
            except (Gone, Malformed) as error:
                yield ref, error

    def children(self, collection: Collection, parent: str) -> Iterator[Record]:
        """List the children under one parent record, directly.

        `collection` is the child collection (`Collection.child` is set).
        """
        raise Refused(f"{collection.key} has no children ({parent})")

    @abstractmethod
    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        """Yield the records that a create with this origin may have left, if any."""

    @abstractmethod
    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        """Make a record. Returns what now stands; None: no echo, the engine reads it back.

        Raises `Stale` if something else stands in its place, `Refused` if the system
        will not have these fields.
        """

    @abstractmethod
    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        """Change the fields in `patch`, and leave every other as it stands.

        `expect` is the version that the engine read. Raises `Stale` if the record
        moved since, `Gone` if it is not there, `Refused` if the value is not accepted.
        """

    @abstractmethod
    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        """Delete the record, softly where the system can. `Gone` if it was not there."""

    def restore(self, collection: Collection, ref: str) -> Record | None:
        """Bring back a softly deleted record under the same ref. `Gone` if it cannot be."""
        raise Gone(f"{collection.key} cannot restore {ref}")

    def write_option(self, collection: Collection, name: str, option: Option) -> Option:
        """Create (`option.id == ""`) or rename an option of the field `name`; safe to repeat."""
        raise Refused(f"{collection.key} has no options for {name} ({option.name})")

    def options(self, collection: Collection) -> Mapping[str, tuple[Option, ...]]:  # noqa: ARG002
        """The options of each field as they stand, where they are more than names.

        Read in this cycle; asks the system only if nothing of it was read yet.
        """
        return {}

    def shape_option(self, collection: Collection, name: str, option: Option) -> None:
        """Make an option of the field `name` archived or not, and of this colour; repeatable."""
        raise Refused(f"{collection.key}: options of {name} have only a name ({option.name})")

    def arrange_options(self, collection: Collection, name: str, ids: Sequence[str]) -> None:
        """Let these options of the field `name` follow each other so; safe to repeat."""
        raise Refused(f"{collection.key}: the {len(ids)} options of {name} have no order")

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        """Yield the states that writes of our own account replaced since then (history)."""
        raise Refused(f"{collection.key} keeps no history of {ref} since {since}")

    def open(self, collection: Collection, ref: str) -> AbstractContextManager[BinaryIO]:
        """Open the content of the record's blob for reading, streamed."""
        raise Refused(f"{collection.key} has no content for {ref}")

    def tell(self, collection: Collection, ref: str, notice: Message) -> str:
        """Say something to the people of a record, once; returns what names it there.

        What was said is never listed as a record, a child or a change of anything.
        """
        raise Refused(f"nobody can be told of {ref} at {collection.key}: {notice.text}")

    def told(self, collection: Collection, ref: str, origin: Origin) -> Iterator[str]:
        """Name what a `tell` with this origin may have left, if anything."""
        raise Refused(f"nobody can be told of {ref} at {collection.key} ({origin.nonce})")

    def retell(self, collection: Collection, name: str, notice: Message) -> None:
        """Say this instead of what was told, calling on nobody anew; safe to repeat.

        `Gone` if somebody took it away.
        """
        raise Refused(f"nobody can be told anything at {collection.key} ({name}, {notice.text})")

    def begin(self) -> None:  # noqa: B027 - most connectors cache nothing
        """A cycle begins: forget what was cached of the system's content."""

    def close(self) -> None:  # noqa: B027 - some hold nothing open
        """Release sockets and files. Safe to call twice."""
