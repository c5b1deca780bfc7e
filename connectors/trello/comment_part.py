"""Comments: actions of a board that say something under a card.

https://developer.atlassian.com/cloud/trello/rest/api-group-actions/: a comment is edited in
place by its author alone, and leaves no trace when it is deleted; neither is told in the
feed. Author and time are Trello's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from connectors.trello.cards import Board
from connectors.trello.dates import instant, moment
from connectors.trello.feed import Action, card_of, listed, oldest
from connectors.trello.fields import TEXT_LIMIT
from connectors.trello.origins import stamp
from connectors.trello.parts import Desk, Listed, Part
from connectors.trello.reading import PAGE, News, Whole
from sync.connector import Origin
from sync.errors import Ambiguous, Gone, Malformed, Refused, Unreachable
from sync.model import Collection, Fields, FieldSpec, Plain, Record, Schema

_TYPES: Final = ("commentCard", "copyCommentCard")
_ASKED: Final[dict[str, str | int]] = {
    "filter": ",".join(_TYPES),
    "fields": "type,data,date,idMemberCreator,appCreator",
    "memberCreator": "false",
    "limit": PAGE,
}
_SCHEMA: Final = Schema(
    fields={
        "text": FieldSpec("richtext", required=True, limit=TEXT_LIMIT, dialect="markdown"),
        "author": FieldSpec("person", writable=False),
        "at": FieldSpec("moment", writable=False),
    }
)


class Comments(Part):
    """What was said under a board's cards."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._own: set[str] = set()

    def schema(self, board: Callable[[], Board]) -> Schema:
        return _SCHEMA

    def listed(self, whole: Whole, collection: Collection, *, full: bool) -> Listed:
        actions = list(whole.actions)
        if full and len(actions) >= PAGE:  # older ones are not among the newest actions
            before = oldest(actions)
            actions += self._pages(f"boards/{collection.id}/actions", before=before)
        standing = {ref for ref, _ in whole.board.records()}
        for action in actions:
            if action.get("type") in _TYPES and card_of(action) in standing:
                yield self._outcome(whole.board, action)

    def told(self, news: News, record: Record | Malformed, ref: str) -> bool:
        return any(action.get("id") == ref for action in news.actions)

    def children(self, collection: Collection, parent: str) -> Iterator[Record]:
        board = self.looks.heading(collection.id)
        for action in self._pages(f"cards/{parent}/actions"):
            outcome = self._outcome(board, action)[1]
            if isinstance(outcome, Record):
                yield outcome

    def get(self, collection: Collection, ref: str) -> Record:
        told = self.api.get(f"actions/{ref}", memberCreator="false")
        if not isinstance(told, dict) or told.get("id") != ref or told.get("type") not in _TYPES:
            raise Unreachable(f"Trello answered with something other than the comment {ref}")
        if _board_of(told) != collection.id:
            raise Gone(f"the comment {ref} is not on the board {collection.name!r} any more")
        return self._record(self.looks.heading(collection.id), told)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        board, me = self.looks.heading(collection.id), self.api.me()
        said = origin.key.get("text")
        for action in self._pages(f"boards/{collection.id}/actions", since=stamp(origin.since)):
            mine = action.get("idMemberCreator") == me and action.get("appCreator")
            if mine and said in (None, _text(action)) and action.get("type") == _TYPES[0]:
                yield self._record(board, action)

    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        if parent is None:
            raise Refused("a comment stands under a card")
        text = _checked(fields)
        board = self.looks.heading(collection.id)
        made = self.api.post(f"cards/{parent}/actions/comments", {"text": text})
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Ambiguous("Trello took a comment and did not say which")
        return self._echoed(board, made)

    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        text = _checked(patch) if patch else None
        self._ours(collection, ref)
        if text is None:
            return self.get(collection, ref)
        told = self.api.put(f"actions/{ref}", {"text": text})
        return self._echoed(self.looks.heading(collection.id), told)

    def delete(self, collection: Collection, ref: str) -> None:
        self._ours(collection, ref)
        self.api.delete(f"actions/{ref}")

    def _ours(self, collection: Collection, ref: str) -> None:
        """Raise `Refused` for somebody else's: Trello's own refusal looks like a bad key.

        Who said something never changes.
        """
        if ref not in self._own and not self.get(collection, ref).ours:
            raise Refused("only its author can change a comment on Trello")

    def _pages(self, path: str, **start: str) -> Iterator[Action]:
        """Yield comments, newest page first."""
        page: list[Action] | None = None
        while page is None or len(page) >= PAGE:
            edge = start if page is None else start | {"before": oldest(page)}
            page = listed(self.api.get(path, **_ASKED, **edge))
            yield from page

    def _outcome(self, board: Board, action: Action) -> tuple[str, Record | Malformed]:
        ref = str(action.get("id"))
        try:
            return ref, self._record(board, action)
        except Malformed as error:
            return ref, error

    def _echoed(self, board: Board, told: Plain) -> Record | None:
        try:
            return self._record(board, told) if isinstance(told, dict) else None
        except Malformed:
            return None

    def _record(self, board: Board, action: Action) -> Record:
        ref, card, text = action.get("id"), card_of(action), _text(action)
        who, at = action.get("idMemberCreator"), instant(action.get("date"))
        if not (isinstance(ref, str) and isinstance(who, str) and card and text and at):
            raise Malformed("a comment cannot be read")
        author = _original(action) or who
        if ours := who == self.api.me():
            self._own.add(ref)
        return Record(
            ref=ref,
            version=None,
            fields={
                "text": text,
                "author": board.usernames.get(author, author),
                "at": moment(str(action["date"]), board.zone),
            },
            parent=card,
            ours=ours,
            author=author,
            changed=_edited(action) or at,
        )


def _checked(fields: Fields) -> str:
    """The text, if a comment can hold it. Raises `Refused`."""
    if unknown := sorted(fields.keys() - {"text"}):
        raise Refused(f"a comment's {', '.join(unknown)} cannot be written")
    text = fields.get("text")
    if not isinstance(text, str) or not text:
        raise Refused("a comment cannot be without its text")
    if len(text) > TEXT_LIMIT:
        raise Refused(f"a comment holds at most {TEXT_LIMIT} characters")
    return text


def _data(action: Action, name: str) -> Plain:
    data = action.get("data")
    return data.get(name) if isinstance(data, dict) else None


def _text(action: Action) -> str | None:
    text = _data(action, "text")
    return text if isinstance(text, str) else None


def _original(action: Action) -> str | None:
    """Who said what was copied here together with its card."""
    who = _data(action, "idOriginalCommenter")
    return who if isinstance(who, str) else None


def _edited(action: Action) -> datetime | None:
    return instant(_data(action, "dateLastEdited"))


def _board_of(action: Action) -> Plain:
    board = _data(action, "board")
    return board.get("id") if isinstance(board, dict) else None
