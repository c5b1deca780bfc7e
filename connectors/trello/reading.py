"""Reading a board in one request, and its cards in as few as there can be.

Nested resources:
https://developer.atlassian.com/cloud/trello/guides/rest-api/nested-resources/
One answer holds at most 1,000 cards; further ones are asked for by `before`, which
acts on the time of creation, and are not in order within an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.trello.api import Api
from connectors.trello.cards import CARD_FIELDS, Board
from sync.errors import CursorExpired, Gone, Malformed, Refused, Unreachable
from sync.model import Plain, Record

PAGE: Final = 1000
HEADING: Final[dict[str, str | int]] = {
    "fields": "name,shortLink,dateLastActivity",
    "lists": "all",
    "list_fields": "name,pos,closed",
    "labels": "all",
    "labels_limit": 1000,
    "members": "all",
    "member_fields": "username",
}
_NESTED: Final[dict[str, str | int]] = {
    "attachments": "true",
    "customFieldItems": "true",
}
_ATTACHMENT_FIELDS: Final = "name,bytes"
_BOARD: Final[dict[str, str | int]] = HEADING | {
    "cards": "all",
    "card_fields": CARD_FIELDS,
    "card_attachments": "true",
    "card_attachment_fields": _ATTACHMENT_FIELDS,
    "card_customFieldItems": "true",
    "checklists": "all",
}
_FEED: Final[dict[str, str | int]] = {
    "actions": "all",
    "action_fields": "type,data,date",
    "action_memberCreator": "false",
}


@dataclass(frozen=True)
class Cursor:
    """How far a board was read: its newest action, and when something last happened.

    The date finds what has no action and what was told out of order; the action
    finds what left the date as it was.
    """

    action: str
    active: str

    def __str__(self) -> str:
        return f"{self.action}@{self.active}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read one. Raises `CursorExpired` for what is none of ours."""
        action, at, active = text.partition("@")
        if not at or len(action) != 24 or set(action) - set("0123456789abcdef"):  # noqa: PLR2004
            raise CursorExpired(f"{text!r} is no position in a Trello board")
        return cls(action, active)


@dataclass(frozen=True)
class News:
    """What a board's feed tells since a cursor."""

    cursor: Cursor
    cards: frozenset[str]
    quiet: bool
    """Nothing at all happened."""


def heading(api: Api, board: str, zone: str) -> Board:
    """Read what cards refer to: lists, labels, members."""
    raw = api.seen(f"boards/{board}", **HEADING)
    return _board(_mapping(raw) | {"cards": []}, board, zone)


def whole(api: Api, board: str, zone: str) -> tuple[Board, Cursor]:
    """Read everything of a board, and the position that this stands for."""
    feed = _FEED | {"actions_limit": 1, "action_fields": "date"}
    try:
        raw = _mapping(api.seen(f"boards/{board}", **_BOARD, **feed))
    except Refused:  # 403, "too many cards requested": large boards come in pages only
        raw = _mapping(api.seen(f"boards/{board}", **HEADING, **feed))
        raw["cards"] = _pages(api, board)
    cards = raw.get("cards")
    if isinstance(cards, list) and len(cards) == PAGE:
        raw["cards"] = [*cards, *_pages(api, board, cards)]
    return _board(raw, board, zone), _cursor(raw, board)


def news(api: Api, board: str, since: Cursor) -> News:
    """Ask in one small request what happened. Raises `CursorExpired` if it was too much."""
    raw = _mapping(
        api.seen(
            f"boards/{board}",
            fields="dateLastActivity",
            actions_limit=PAGE,
            actions_since=since.action,
            **_FEED,
        )
    )
    actions = _actions(raw)
    if len(actions) >= PAGE:
        raise CursorExpired("more happened on the board than its feed tells at once")
    active = str(raw.get("dateLastActivity") or "")
    cursor = Cursor(_newest(actions, since.action), active)
    cards = frozenset(filter(None, (_card_of(action) for action in actions)))
    return News(cursor, cards, quiet=not actions and active == since.active)


def card(api: Api, board: Board, ref: str) -> Record:
    """Read one card. Raises `Gone` if it is not there, or stands on another board."""
    raw = api.get(
        f"cards/{ref}",
        fields=CARD_FIELDS,
        attachment_fields=_ATTACHMENT_FIELDS,
        checklists="all",
        **_NESTED,
    )
    told = _mapping(raw)
    if told.get("id") != ref or not isinstance(told.get("idBoard"), str):
        raise Unreachable(f"Trello answered with something other than the card {ref}")
    if told["idBoard"] != board.id:
        raise Gone(f"the card {ref} is not on the board {board.name!r} any more")
    return board.record(raw)


def _pages(api: Api, board: str, newest: list[Plain] | None = None) -> list[Plain]:
    """Read the cards that were made before these, newest page first; all of them if None."""
    found: list[Plain] = []
    page = newest
    while page is None or len(page) >= PAGE:
        start: dict[str, str | int] = {}
        if page:
            start = {"before": min(str(_mapping(one).get("id")) for one in page)}
        answer = api.seen(
            f"boards/{board}/cards",
            filter="all",
            limit=PAGE,
            fields=CARD_FIELDS,
            attachment_fields=_ATTACHMENT_FIELDS,
            checklists="all",
            **_NESTED,
            **start,
        )
        if not isinstance(answer, list):
            raise Unreachable("Trello answered with something other than a list of cards")
        found += answer
        page = answer
    return found


def _board(raw: Plain, ref: str, zone: str) -> Board:
    try:
        board = Board.read(raw, zone)
    except Malformed as error:
        raise Unreachable(f"Trello answered with what is no board: {error}") from error
    # A card without its id would be taken for absent.
    if board.id != ref or not all(isinstance(_mapping_of(c).get("id"), str) for c in board.cards):
        raise Unreachable(f"Trello answered with other than the board {ref} and its cards")
    return board


def _mapping_of(raw: object) -> dict[str, object]:
    return raw if isinstance(raw, dict) else {}


def _mapping(raw: Plain) -> dict[str, Plain]:
    if not isinstance(raw, dict):
        raise Unreachable("Trello answered with something other than an object")
    return raw


def _cursor(raw: dict[str, Plain], board: str) -> Cursor:
    # Every id carries its time, and a board is older than whatever happened on it.
    return Cursor(_newest(_actions(raw), board), str(raw.get("dateLastActivity") or ""))


def _actions(raw: dict[str, Plain]) -> list[dict[str, Plain]]:
    actions = raw.get("actions")
    if not isinstance(actions, list):
        raise Unreachable("Trello answered without the actions that were asked for")
    return [_mapping(action) for action in actions]


def _newest(actions: list[dict[str, Plain]], otherwise: str) -> str:
    return max([str(action.get("id")) for action in actions], default=otherwise)


def _card_of(action: dict[str, Plain]) -> str | None:
    data = action.get("data")
    told = data.get("card") if isinstance(data, dict) else None
    ref = told.get("id") if isinstance(told, dict) else None
    return ref if isinstance(ref, str) else None
