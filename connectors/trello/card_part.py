"""The cards of a board: listed with it, read ten at once, written field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Final, TypeGuard

from connectors.landed import landed
from connectors.trello import checklists, custom, fields, options, origins, reading
from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.feed import card_of
from connectors.trello.fields import MADE, SCHEMA
from connectors.trello.parts import Desk, Listed, Part
from connectors.trello.reading import News, Whole
from connectors.trello.writing import (
    CHECKLISTS,
    EMPTY,
    LATER,
    apart,
    checked,
    parameters,
    strings,
)
from sync.connector import Origin
from sync.errors import Ambiguous, Gone, Malformed
from sync.model import Collection, Fields, Option, Plain, Record, Schema, Stub

_SAID: Final = frozenset({"commentCard", "copyCommentCard"})
_FEW: Final = 3 * reading.BATCH
"""Up to so many cards are read ten at once; for more, the whole board is one request."""


class Cards(Part):
    """A board's cards, archived ones included."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._making = Lock()

    def schema(self, board: Callable[[], Board]) -> Schema:
        known = board()
        return fields.schema(known.custom, known.awaited)

    def options(self, board: Board) -> dict[str, tuple[Option, ...]]:
        return board.options()

    def listed(self, whole: Whole, collection: Collection, *, full: bool) -> Listed:
        editors = _editors(whole)
        for ref, found in whole.board.records():
            if isinstance(found, Record) and ref in editors:
                yield ref, replace(found, author=editors[ref])
            else:
                yield ref, found

    def told(self, news: News, record: Record | Stub | Malformed, ref: str) -> bool:
        return ref in news.cards

    def left(self, news: News, standing: set[str]) -> tuple[str, ...]:
        return tuple(sorted(news.cards - standing))

    def get(self, collection: Collection, ref: str) -> Record:
        board = self.looks.heading(collection.id)
        found = reading.card(self.api, board, ref)
        if board.custom.keys() <= found.fields.keys():
            return found
        self.looks.forget(collection.id)  # it holds a choice that is younger than our heading
        return reading.card(self.api, self.looks.heading(collection.id), ref)

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        wanted = list(dict.fromkeys(refs))
        if len(wanted) > _FEW:
            found = dict(self.looks.anew(collection).board.records())
        else:
            found = dict(self._together(collection, wanted))
        yield from ((ref, found[ref]) for ref in wanted if ref in found)
        yield from super().get_many(collection, [ref for ref in wanted if ref not in found])

    def _together(
        self, collection: Collection, refs: list[str]
    ) -> Iterator[tuple[str, Record | Malformed]]:
        for start in range(0, len(refs), reading.BATCH):
            some = refs[start : start + reading.BATCH]
            if len(some) > 1:
                yield from reading.cards(self.api, self.looks.heading(collection.id), some)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        name = origin.key.get("name")
        refs = origins.made_by_us(self.api, collection.id, origin.since, name)
        yield from (found for _, found in self.get_many(collection, refs) if _is_record(found))

    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        board, fields = self._for_writing(collection, fields)
        missing = {name: None for name, s in SCHEMA.fields.items() if s.required} | dict(fields)
        # Who makes a card where there are no lists says nothing of it: it comes in at the left.
        column = fields.get("list") or board.first_list() or self._first_list(collection)
        checked({**missing, "list": column}, board)
        later = {n: v for n, v in fields.items() if n in LATER or n in board.custom}
        at_once = {n: v for n, v in fields.items() if n not in later} | {"list": column}
        made = self.api.post("cards", parameters(at_once, board))
        ref = made.get("id") if isinstance(made, dict) else None
        if not isinstance(ref, str):
            raise Ambiguous("Trello made a card and did not say which")
        later = {name: value for name, value in later.items() if value not in (None, False)}
        if not later:
            return self._echoed(board, made, new=True)
        with landed(f"a part of the card {ref}"):
            return self._change(collection, board, ref, later)

    def _first_list(self, collection: Collection) -> str:
        """The list of a board that had none, for a card that is on none elsewhere."""
        name = {"fr": "À faire"}.get(self.desk.tools.language, "To do")
        with self._making:
            board = self._heading(collection)
            first = (
                board.first_list() or options.write(self.api, board, "list", Option("", name)).id
            )
            self._heading(collection)
            return first

    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        board, patch = self._for_writing(collection, patch)
        checked(patch, board)
        return self._change(collection, board, ref, patch)

    def delete(self, collection: Collection, ref: str) -> None:
        self.api.delete(f"cards/{ref}")

    def _change(
        self, collection: Collection, board: Board, ref: str, patch: Fields
    ) -> Record | None:
        whole = any(apart(board, name) for name in patch)
        done = self._written(board, ref, patch)
        # The first request says for itself whether it did anything.
        answer = next(done, None)
        if not whole:
            return self._echoed(board, answer)
        with landed(f"a part of the card {ref}"):
            for _ in done:
                pass
            return self.get(collection, ref)

    def _written(self, board: Board, ref: str, patch: Fields) -> Iterator[Plain]:
        """Yield the answer to each request; the first is sent when all are known to be sound."""
        plain = {name: value for name, value in patch.items() if not apart(board, name)}
        own = {name: value for name, value in patch.items() if name in board.custom}
        sound = parameters(plain, board)
        for name, value in own.items():
            custom.body(board.custom[name], value, board.zone)
        steps: list[checklists.Step] = []
        if {CHECKLISTS, EMPTY} & patch.keys():
            now = checklists.current(self.api, ref)
            entries = patch.get(CHECKLISTS, [*board.entries(now)])
            empty = strings(patch[EMPTY]) if EMPTY in patch else None
            steps = checklists.steps(board, ref, now, entries, empty)
        if plain or not patch:
            yield self.api.put(f"cards/{ref}", sound)
        for name, value in own.items():
            custom.write(self.api, ref, board.custom[name], value, board.zone)
            yield None
        for _ in checklists.write(self.api, steps):
            yield None

    def _echoed(self, board: Board, raw: Plain, *, new: bool = False) -> Record | None:
        """What an answer to a write shows; checklists are in it only if there are none."""
        if not isinstance(raw, dict):
            return None
        try:
            record = board.record(raw)
        except Malformed:
            return None
        bare = new or raw.get("idChecklists") == []
        hidden = {CHECKLISTS, EMPTY} if not bare else set()
        hidden |= set() if new else set(board.custom)
        shown = {name: value for name, value in record.fields.items() if name not in hidden}
        return replace(record, rest=None, fields=shown)

    def _for_writing(self, collection: Collection, fields: Fields) -> tuple[Board, Fields]:
        """The heading that names are looked up in, and what can be written.

        It is read anew if somebody is not known to it. Custom fields and their choices are
        made first, if they are not there; where there is no field, there is nothing to empty.
        """
        members = fields.get("members")
        board = self.looks.heading(collection.id)
        known = {*board.usernames, *board.usernames.values()}
        if isinstance(members, list) and not known.issuperset(map(str, members)):
            board = self._heading(collection)
        if _unmade(board, fields):
            with self._making:  # writes run side by side, and each thing is made once
                board = self._heading(collection)
                for what in _unmade(board, fields):
                    what(self.api)
                    board = self._heading(collection)
                for what in _unmade(board, fields):  # the choices of a field just made
                    what(self.api)
                    board = self._heading(collection)
        kept = {n: v for n, v in fields.items() if n not in board.awaited or v not in (None, False)}
        return board, kept

    def _heading(self, collection: Collection) -> Board:
        self.looks.forget(collection.id)
        return self.looks.heading(collection.id)


def _unmade(board: Board, fields: Fields) -> list[Callable[[Api], None]]:
    """What makes the custom fields and choices that values need and the board lacks."""
    found: list[Callable[[Api], None]] = []
    for name, value in fields.items():
        if name in board.awaited and value not in (None, False):
            kind = MADE[board.awaited[name].type]
            found.append(partial(custom.define, board=board.id, name=name, kind=kind))
        elif name in board.custom and not custom.has_choice(board.custom[name], value):
            found.append(partial(custom.add_choice, field=board.custom[name], value=value))
    return found


def _editors(whole: Whole) -> dict[str, str]:
    """Card -> the user name of who edited it last, as far as the newest actions tell.

    What a member did by hand goes before what an application did in their name.
    """
    found: dict[str, tuple[bool, str, str]] = {}
    for action in whole.actions:
        ref, who = card_of(action), action.get("idMemberCreator")
        if ref and isinstance(who, str) and str(action.get("type")) not in _SAID:
            last = (not action.get("appCreator"), str(action.get("id")), who)
            found[ref] = max(found.get(ref, last), last)
    names = whole.board.usernames
    return {ref: names.get(who, who) for ref, (_by_hand, _ref, who) in found.items()}


def _is_record(found: Record | Gone | Malformed) -> TypeGuard[Record]:
    return isinstance(found, Record)
