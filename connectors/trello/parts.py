"""What a board holds, part by part: each is a collection with a way of its own.

The connector asks the part that a collection stands for; all parts share one sight of
the boards and one door to Trello.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import BinaryIO, Final, TypeAlias

from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.dates import instant
from connectors.trello.feed import Cursor
from connectors.trello.looks import Looks
from connectors.trello.reading import News, Whole
from sync.connector import Origin, Tools
from sync.errors import Gone, Malformed, Refused
from sync.model import Collection, Fields, Option, Page, Record, Schema, Stub

Listed: TypeAlias = "Iterator[tuple[str, Record | Stub | Malformed]]"
"""Records, or why they cannot be read, with their refs."""
_FEW: Final = 2
"""Of so many parents the children are read one by one; for more, the board is one request."""


Found: TypeAlias = "list[tuple[str, Record | Stub | Malformed]]"


@dataclass
class _Families:
    """The children of a board's cards, as long as nothing made them out of date."""

    age: int
    asked: int = 0
    below: dict[str | None, list[Record]] | None = None


@dataclass(frozen=True)
class Desk:
    """What every part works with."""

    api: Api
    looks: Looks
    tools: Tools

    @property
    def zone(self) -> str:
        """The collective's zone."""
        return self.tools.timezone


class Part(ABC):
    """One sort of record on a board."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.api, self.looks = desk, desk.api, desk.looks
        self._families: dict[str, _Families] = {}
        self._listed: dict[str, dict[str, str]] = {}
        """What each record of a collection was when it was last listed, digested."""

    @abstractmethod
    def schema(self, board: Callable[[], Board]) -> Schema:
        """What records are made of; the board is read only where that depends on it."""

    @abstractmethod
    def listed(self, whole: Whole, collection: Collection, *, full: bool) -> Listed:
        """Every record that stands on a board, with its ref.

        Unless it shall be `full`, what is old for certain may be left out.
        """

    @abstractmethod
    def told(self, news: News, record: Record | Stub | Malformed, ref: str) -> bool:
        """Whether the feed itself names a record."""

    def left(self, news: News, standing: set[str]) -> tuple[str, ...]:
        """The refs that the feed says left."""
        return ()

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        """As `Connector.changes`."""
        if since is None:
            whole = self.looks.whole(collection)
            found = list(self.listed(whole, collection, full=True))
            self._differing(collection, found)
            page = _page(found)
            options = self.options(whole.board)
            yield replace(page, cursor=str(whole.cursor), complete=True, options=options)
            return
        before = Cursor.read(since)
        news = self.looks.news(collection, before)
        if news.quiet:
            yield Page(cursor=since, options=self.options(news.board))
            return
        whole = self.looks.whole(collection)
        found = list(self.listed(whole, collection, full=False))
        silent = self._differing(collection, found)
        new = [
            (ref, one)
            for ref, one in found
            if ref in silent or self.told(news, one, ref) or _later(one, before.active)
        ]
        gone = self.left(news, {ref for ref, _ in found})
        # The feed was read first: what happened in between is told again the next time.
        options = self.options(whole.board)
        yield replace(_page(new), gone=gone, cursor=str(news.cursor), options=options)

    def _differing(self, collection: Collection, found: Found) -> set[str]:
        """Which are not what they were when they were last listed, whatever the feed tells.

        Entries of checklists change without a word, and whole lists are dealt new positions.
        """
        known = self._listed.setdefault(collection.key, {})
        now = {ref: _digest(one) for ref, one in found}
        differing = {ref for ref, digest in now.items() if known.get(ref, digest) != digest}
        known |= now
        return differing

    def options(self, board: Board) -> dict[str, tuple[Option, ...]] | None:
        """The values that fields may take."""
        return None

    @abstractmethod
    def get(self, collection: Collection, ref: str) -> Record:
        """As `Connector.get`."""

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        """As `Connector.get_many`."""
        for ref in refs:
            try:
                yield ref, self.get(collection, ref)
            except (Gone, Malformed) as error:
                yield ref, error

    def children(self, collection: Collection, parent: str) -> Iterator[Record]:
        """As `Connector.children`. Who asks of many cards in a row has the board read once."""
        families = self._families.get(collection.key)
        if families is None or families.age != self.looks.age:
            families = self._families[collection.key] = _Families(self.looks.age)
        families.asked += 1
        if families.asked > _FEW and families.below is None:
            families.below = defaultdict(list)
            for record in self.standing(self.looks.whole(collection), collection):
                families.below[record.parent].append(record)
        if families.below is not None:
            return iter(families.below.get(parent, ()))
        return self.below(collection, parent)

    def standing(self, whole: Whole, collection: Collection) -> Iterator[Record]:
        """Every record that stands on a board and can be read."""
        found = self.listed(whole, collection, full=True)
        return (record for _, record in found if isinstance(record, Record))

    def below(self, collection: Collection, parent: str) -> Iterator[Record]:
        """The children of one card, from Trello itself."""
        raise Refused(f"{collection.key} has no children ({parent})")

    @abstractmethod
    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        """As `Connector.find`."""

    @abstractmethod
    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        """As `Connector.create`."""

    @abstractmethod
    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        """As `Connector.update`."""

    @abstractmethod
    def delete(self, collection: Collection, ref: str) -> None:
        """As `Connector.delete`."""

    def open(self, collection: Collection, ref: str) -> AbstractContextManager[BinaryIO]:
        """As `Connector.open`."""
        raise Refused(f"{collection.key} has no content for {ref}")


def _page(found: Iterable[tuple[str, Record | Stub | Malformed]]) -> Page:
    records: list[Record | Stub] = []
    malformed: dict[str, str] = {}
    for ref, outcome in found:
        if isinstance(outcome, Malformed):
            malformed[ref] = str(outcome)
        else:
            records.append(outcome)
    return Page(tuple(records), malformed=malformed)


def _digest(outcome: Record | Stub | Malformed) -> str:
    if isinstance(outcome, Record):
        said = json.dumps(dict(outcome.fields), sort_keys=True)
    else:
        said = str(outcome) if isinstance(outcome, Malformed) else str(outcome.version)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _later(outcome: Record | Stub | Malformed, active: str) -> bool:
    """Whether something happened to a record after the board was last read."""
    since = instant(active)
    if not isinstance(outcome, Record) or outcome.changed is None or since is None:
        return True
    return outcome.changed > since
