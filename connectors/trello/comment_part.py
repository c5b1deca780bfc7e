"""Comments: actions of a board that say something under a card.

https://developer.atlassian.com/cloud/trello/rest/api-group-actions/: a comment is edited in
place by its author alone, and leaves no trace when it is deleted; neither is told in the
feed. Author and time are Trello's to say; of what we write for somebody, a line before
the text says them (`saying`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from connectors.trello import saying
from connectors.trello.cards import Board
from connectors.trello.dates import instant, moment
from connectors.trello.feed import Action, card_of, listed, oldest
from connectors.trello.fields import TEXT_LIMIT
from connectors.trello.notices import nonce_of, written
from connectors.trello.origins import stamp
from connectors.trello.parts import Desk, Listed, Part
from connectors.trello.reading import PAGE, News, Whole
from sync.connector import Message, Origin
from sync.errors import Ambiguous, Gone, Malformed, Refused, Unreachable
from sync.model import Collection, Fields, FieldSpec, Plain, Record, Schema, Stub

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
        "author": FieldSpec("person", create_only=True, guests=True),
        "at": FieldSpec("moment", create_only=True),
    }
)


class Comments(Part):
    """What was said under a board's cards."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._own: dict[str, str] = {}
        """What we said, by ref, with the line that names its author."""

    def schema(self, board: Callable[[], Board]) -> Schema:
        return _SCHEMA

    def listed(self, whole: Whole, collection: Collection, *, full: bool) -> Listed:
        actions = list(whole.actions)
        if full and len(actions) >= PAGE:  # older ones are not among the newest actions
            before = oldest(actions)
            actions += self._pages(f"boards/{collection.id}/actions", before=before)
        standing = {ref for ref, _ in whole.board.records()}
        for action in actions:
            said = action.get("type") in _TYPES and not self._is_notice(action)
            if said and card_of(action) in standing:
                yield self._outcome(whole.board, action)

    def told(self, news: News, record: Record | Stub | Malformed, ref: str) -> bool:
        return any(action.get("id") == ref for action in news.actions)

    def below(self, collection: Collection, parent: str) -> Iterator[Record]:
        board = self.looks.heading(collection.id)
        for action in self._pages(f"cards/{parent}/actions"):
            if self._is_notice(action):
                continue
            outcome = self._outcome(board, action)[1]
            if isinstance(outcome, Record):
                yield outcome

    def get(self, collection: Collection, ref: str) -> Record:
        told = self.api.get(f"actions/{ref}", memberCreator="false")
        if not isinstance(told, dict) or told.get("id") != ref or told.get("type") not in _TYPES:
            raise Unreachable(f"Trello answered with something other than the comment {ref}")
        if self._is_notice(told):
            raise Gone(f"{ref} is no comment but a notice of ours")
        if _board_of(told) != collection.id:
            raise Gone(f"the comment {ref} is not on the board {collection.name!r} any more")
        return self._record(self.looks.heading(collection.id), told)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        board, me = self.looks.heading(collection.id), self.api.me()
        said = origin.key.get("text")
        for action in self._pages(f"boards/{collection.id}/actions", since=stamp(origin.since)):
            mine = action.get("idMemberCreator") == me and action.get("appCreator")
            if not mine or self._is_notice(action) or action.get("type") != _TYPES[0]:
                continue
            found = self._record(board, action)
            if said in (None, found.fields["text"]):
                yield found

    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        if parent is None:
            raise Refused("a comment stands under a card")
        text = _checked(fields, set(_SCHEMA.fields))
        board = self.looks.heading(collection.id)
        sent = self._introduced(board, text, fields)
        made = self.api.post(f"cards/{parent}/actions/comments", {"text": sent})
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Ambiguous("Trello took a comment and did not say which")
        return self._echoed(board, made)

    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        text = _checked(patch, {"text"}) if patch else None
        line = self._ours(collection, ref)
        if text is None:
            return self.get(collection, ref)
        told = self.api.put(f"actions/{ref}", {"text": _fitting(line, text)})
        return self._echoed(self.looks.heading(collection.id), told)

    def delete(self, collection: Collection, ref: str) -> None:
        self._ours(collection, ref)
        self.api.delete(f"actions/{ref}")

    # What we tell people

    def tell(self, card: str, notice: Message) -> str:
        """As `Connector.tell`."""
        made = self.api.post(f"cards/{card}/actions/comments", {"text": written(notice)})
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Ambiguous("Trello took a comment and did not say which")
        return str(made["id"])

    def notices(self, card: str, origin: Origin) -> Iterator[str]:
        """As `Connector.told`."""
        for action in self._pages(f"cards/{card}/actions", since=stamp(origin.since)):
            if self._is_notice(action) and nonce_of(_text(action)) == origin.nonce:
                yield str(action["id"])

    def retell(self, name: str, notice: Message) -> None:
        """As `Connector.retell`."""
        self._own_notice(name)
        self.api.put(f"actions/{name}", {"text": written(replace(notice, to=()))})

    def all_notices(self, collection: Collection) -> Iterator[str]:
        """Name every notice of ours on a board."""
        for action in self._pages(f"boards/{collection.id}/actions"):
            if self._is_notice(action):
                yield str(action["id"])

    def unsay(self, name: str) -> None:
        """Take a notice away. Raises `Gone` for what is none (any more)."""
        self._own_notice(name)
        self.api.delete(f"actions/{name}")

    def _own_notice(self, name: str) -> None:
        if not self._is_notice(_object(self.api.get(f"actions/{name}", memberCreator="false"))):
            raise Gone(f"{name} is no notice of ours")

    def _is_notice(self, action: Action) -> bool:
        """Whether we said it to people; a member who copies one says it themselves."""
        marked = nonce_of(_text(action)) is not None
        return marked and action.get("idMemberCreator") == self.api.me()

    def _ours(self, collection: Collection, ref: str) -> str:
        """The line before its text. Raises `Refused` for somebody else's comment.

        Trello's own refusal looks like a bad key. Who said something never changes.
        """
        if ref not in self._own and not self.get(collection, ref).ours:
            raise Refused("only its author can change a comment on Trello")
        return self._own[ref]

    def _introduced(self, board: Board, text: str, fields: Fields) -> str:
        """The text behind a line that says whose it is, unless it is our own account's."""
        who, at = fields.get("author"), fields.get("at")
        ours = board.usernames.get(self.api.me()) == who
        name = None if ours or who is None else str(who)
        return _fitting(saying.line(name, str(at or ""), text, board.zone), text)

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
        facts: dict[str, Plain] = {
            "author": board.usernames.get(author, author),
            "at": moment(str(action["date"]), board.zone),
        }
        if ours := who == self.api.me():
            said = saying.read(text) if action.get("appCreator") else saying.Said("", None, text)
            self._own[ref], text = said.line, said.text
            if action.get("appCreator"):  # a mirror of what somebody said, somewhere, once
                facts = {"author": said.who} if said.who else {}
        return Record(
            ref=ref,
            version=None,
            fields={"text": text, **facts},
            parent=card,
            ours=ours,
            author=board.usernames.get(author, author),
            changed=_edited(action) or at,
        )


def _fitting(line: str, text: str) -> str:
    """The text behind its line, or alone where there is no room for both."""
    return line + text if len(line) + len(text) <= TEXT_LIMIT else text


def _checked(fields: Fields, known: set[str]) -> str:
    """The text, if a comment can hold it. Raises `Refused`."""
    if unknown := sorted(fields.keys() - known):
        raise Refused(f"a comment's {', '.join(unknown)} cannot be written")
    text = fields.get("text")
    if not isinstance(text, str) or not text:
        raise Refused("a comment cannot be without its text")
    if len(text) > TEXT_LIMIT:
        raise Refused(f"a comment holds at most {TEXT_LIMIT} characters")
    return text


def _object(told: Plain) -> Action:
    if not isinstance(told, dict):
        raise Unreachable("Trello answered with something other than an action")
    return told


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
