"""Reading a board in one request, and its cards in as few as there can be.

Nested resources:
https://developer.atlassian.com/cloud/trello/guides/rest-api/nested-resources/
One answer holds at most 1,000 cards; further ones are asked for by `before`, which
acts on the time of creation, and are not in order within an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.feed import FEED, Action, Cursor, actions, card_of, position
from connectors.trello.fields import CARD_FIELDS
from sync.errors import CursorExpired, Gone, Malformed, Refused, Unreachable
from sync.model import Plain, Record

PAGE: Final = 1000
BATCH: Final = 10
"""Reads that one request may hold (https://developer.atlassian.com/cloud/trello/rest/api-group-batch/)."""
HEADING: Final[dict[str, str | int]] = {
    "fields": "name,shortLink,dateLastActivity",
    "lists": "all",
    "list_fields": "name,pos,closed",
    "labels": "all",
    "labels_limit": 1000,
    "members": "all",
    "member_fields": "username",
    "customFields": "true",
}
ATTACHMENT_FIELDS: Final = "name,bytes,date,isUpload,mimeType,url,fileName,idMember"
_CARD: Final[dict[str, str | int]] = {
    "fields": CARD_FIELDS,
    "attachments": "true",
    "attachment_fields": ATTACHMENT_FIELDS,
    "checklists": "all",
    "customFieldItems": "true",
}
_BOARD: Final[dict[str, str | int]] = HEADING | {
    "cards": "all",
    "card_fields": CARD_FIELDS,
    "card_attachments": "true",
    "card_attachment_fields": ATTACHMENT_FIELDS,
    "card_customFieldItems": "true",
    "checklists": "all",
}


@dataclass(frozen=True)
class Whole:
    """Everything of a board, as one answer (or its pages) told it."""

    board: Board
    cursor: Cursor
    actions: tuple[Action, ...] = field(repr=False)
    """The newest of them, up to `PAGE`."""


@dataclass(frozen=True)
class News:
    """What a board's feed tells since a cursor."""

    board: Board
    """Without cards."""
    cursor: Cursor
    cards: frozenset[str]
    actions: tuple[Action, ...] = field(repr=False)
    quiet: bool
    """Nothing at all happened."""


def heading(api: Api, board: str, zone: str) -> Board:
    """Read what cards refer to: lists, labels, members."""
    raw = api.seen(f"boards/{board}", **HEADING)
    return _board(_mapping(raw) | {"cards": []}, board, zone)


def whole(api: Api, board: str, zone: str) -> Whole:
    """Read everything of a board, and the position that this stands for."""
    feed = FEED | {"actions_limit": PAGE}
    try:
        raw = _mapping(api.seen(f"boards/{board}", **_BOARD, **feed))
    except Refused:  # 403, "too many cards requested": large boards come in pages only
        raw = _mapping(api.seen(f"boards/{board}", **HEADING, **feed))
        raw["cards"] = _pages(api, board)
    cards = raw.get("cards")
    if isinstance(cards, list) and len(cards) == PAGE:
        raw["cards"] = [*cards, *_pages(api, board, cards)]
    # Every id carries its time, and a board is older than whatever happened on it.
    found = _board(raw, board, zone)
    return Whole(found, position(raw, board), tuple(actions(raw)))


def news(api: Api, board: str, zone: str, since: Cursor) -> News:
    """Ask in one small request what happened. Raises `CursorExpired` if it was too much.

    What cards refer to is small, and told with it: a renamed label has no action, and the
    next write needs the names.
    """
    raw = _mapping(
        api.seen(
            f"boards/{board}", actions_limit=PAGE, actions_since=since.action, **HEADING, **FEED
        )
    )
    told = actions(raw)
    if len(told) >= PAGE:
        raise CursorExpired("more happened on the board than its feed tells at once")
    cursor = position(raw, since.action)
    return News(
        board=_board(raw | {"cards": []}, board, zone),
        cursor=cursor,
        cards=frozenset(filter(None, map(card_of, told))),
        actions=tuple(told),
        quiet=not told and cursor.active == since.active,
    )


def card(api: Api, board: Board, ref: str) -> Record:
    """Read one card. Raises `Gone` if it is not there, or stands on another board."""
    return _card(api.get(f"cards/{ref}", **_CARD), board, ref)


def cards(api: Api, board: Board, refs: Sequence[str]) -> Iterator[tuple[str, Record | Malformed]]:
    """Read up to `BATCH` cards in one request; what is not yielded must be read by itself.

    Only what stands on the board is told: that a card is gone takes its own 404.
    """
    query = urlencode(_CARD)
    told = api.seen("batch", urls=",".join(f"/cards/{ref}?{query}" for ref in refs))
    if not isinstance(told, list) or len(told) != len(refs):
        raise Unreachable("Trello answered with something other than what was asked at once")
    for ref, answer in zip(refs, told, strict=True):
        found = answer.get("200") if isinstance(answer, dict) else None
        if isinstance(found, dict):
            with suppress(Gone):
                try:
                    yield ref, _card(found, board, ref)
                except Malformed as error:
                    yield ref, error


def _card(raw: Plain, board: Board, ref: str) -> Record:
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
            **_CARD,
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
