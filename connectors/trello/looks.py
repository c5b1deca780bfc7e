"""What was read of boards in this cycle, so that each board is read once for all its parts.

A board's cards, comments and attached files are collections of their own, and stand in
one answer. Each collection is handed an answer once: who looks a second time sees anew.
Whatever we write makes everything that was read of the board out of date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Generic, TypeAlias, TypeVar

from connectors.trello import reading
from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.feed import Cursor
from connectors.trello.reading import News, Whole
from sync.model import Collection, FieldSpec

Part: TypeAlias = "tuple[str, str | None]"
"""Which collection of a board: the word and the child."""
Told = TypeVar("Told", Whole, News)


@dataclass
class _Look(Generic[Told]):
    """One answer, and the collections that were handed it."""

    told: Told
    order: int
    """Answers are numbered as they were asked for."""
    given: set[Part] = field(default_factory=set)


class Looks:
    """The answers of one cycle."""

    def __init__(self, api: Api, zone: str) -> None:
        self._api, self._zone = api, zone
        self._headings: dict[str, Board] = {}
        self._wholes: dict[str, _Look[Whole]] = {}
        self._news: dict[tuple[str, str], _Look[News]] = {}
        self._asked = count(1)
        self._after: dict[tuple[str, Part], int] = {}
        """For each collection, the news that it was handed: all else must be younger."""
        self._awaited: dict[str, dict[str, FieldSpec]] = {}
        self.age = 0
        """Counts what made earlier answers out of date."""

    def expect(self, board: str, fields: Mapping[str, FieldSpec]) -> None:
        """Custom fields that are not on a board yet: its cards show them, and they are empty."""
        self._awaited.setdefault(board, {}).update(fields)
        self.forget(board)

    def forget(self, board: str | None = None) -> None:
        """Forget one board, or all of them."""
        if board is None:
            self._headings.clear()
        self._headings.pop(board or "", None)
        self.wrote(board)

    def wrote(self, board: str | None) -> None:
        """A write made what was read of the records of a board out of date."""
        self.age += 1
        self._wholes = {ref: look for ref, look in self._wholes.items() if board not in (None, ref)}
        self._news = {key: look for key, look in self._news.items() if board not in (None, key[0])}

    def heading(self, board: str) -> Board:
        """What cards refer to: lists, labels, members, custom fields."""
        if board not in self._headings:
            self._headings[board] = self._full(reading.heading(self._api, board, self._zone))
        return self._headings[board]

    def whole(self, collection: Collection) -> Whole:
        """Everything of a board, read after the news that this collection was handed."""
        look = self._wholes.get(collection.id)
        after = self._after.get((collection.id, _part(collection)), 0)
        if look is None or _part(collection) in look.given or look.order < after:
            return self.anew(collection)
        return self._handed(look, collection)

    def anew(self, collection: Collection) -> Whole:
        """Everything of a board, as it stands now."""
        order = next(self._asked)
        look = _Look(reading.whole(self._api, collection.id, self._zone), order)
        self._wholes[collection.id] = look
        return self._handed(look, collection)

    def news(self, collection: Collection, since: Cursor) -> News:
        """What happened on a board since then. Raises `CursorExpired`."""
        key = (collection.id, str(since))
        look = self._news.get(key)
        if look is None or _part(collection) in look.given:
            order = next(self._asked)
            look = _Look(reading.news(self._api, collection.id, self._zone, since), order)
            self._news[key] = look
        self._after[collection.id, _part(collection)] = look.order
        return self._handed(look, collection)

    def _handed(self, look: _Look[Told], collection: Collection) -> Told:
        look.given.add(_part(collection))
        board = self._full(look.told.board)
        look.told = replace(look.told, board=board)
        self._headings[collection.id] = replace(board, cards=(), checklists={}, broken={})
        return look.told

    def _full(self, board: Board) -> Board:
        awaited = self._awaited.get(board.id, {})
        missing = {name: spec for name, spec in awaited.items() if name not in board.custom}
        return replace(board, awaited=missing)


def _part(collection: Collection) -> Part:
    return collection.word, collection.child
