"""Lists and labels, made and renamed; both are safe to repeat."""

from __future__ import annotations

from typing import Final

from pydantic import ValidationError

from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.objects import UNCOLOURED, TrelloLabel, TrelloList, brief, label_option
from sync.errors import Ambiguous, Refused
from sync.model import Option, Plain

COLORS: Final = frozenset(
    base + shade
    for shade in ("", "_dark", "_light")
    for base in (
        "green",
        "yellow",
        "orange",
        "red",
        "purple",
        "blue",
        "sky",
        "lime",
        "pink",
        "black",
    )
)


def write(api: Api, board: Board, field: str, option: Option) -> Option:
    """Create or rename a list or a label; `board` must have been read just now."""
    if not option.name:
        raise Refused("a list or a label needs a name")
    if field == "list":
        return _list(api, board, option)
    if field == "labels":
        return _label(api, board, option)
    raise Refused(f"a card's {field} has no options")


def _list(api: Api, board: Board, option: Option) -> Option:
    if option.id:
        return _list_option(api.put(f"lists/{option.id}", {"name": option.name}))
    for column in board.lists:
        if column.name == option.name and not column.closed:
            return Option(column.id, column.name, rank=column.pos)
    sent: dict[str, Plain] = {"name": option.name, "idBoard": board.id, "pos": "bottom"}
    return _list_option(api.post("lists", sent))


def _label(api: Api, board: Board, option: Option) -> Option:
    known = {label.id: label for label in board.labels}
    if option.id in known and label_option(known[option.id]).name == option.name:
        return label_option(known[option.id])  # an unnamed label keeps its name, which is none
    if option.id:
        return _label_option(api.put(f"labels/{option.id}", {"name": option.name}))
    alike = [label for label in board.labels if label_option(label).name == option.name]
    for label in sorted(alike, key=lambda label: label.color != option.color):
        return label_option(label)
    color = option.color if option.color in COLORS else None
    unnamed = option.name in COLORS | {UNCOLOURED} and option.name == (color or UNCOLOURED)
    name = "" if unnamed else option.name
    sent: dict[str, Plain] = {"name": name, "color": color, "idBoard": board.id}
    return _label_option(api.post("labels", sent))


def _list_option(raw: Plain) -> Option:
    try:
        column = TrelloList.model_validate(raw)
    except ValidationError as error:
        raise Ambiguous(f"Trello answered with what is no list: {brief(error)}") from None
    return Option(column.id, column.name, rank=column.pos, closed=column.closed)


def _label_option(raw: Plain) -> Option:
    try:
        return label_option(TrelloLabel.model_validate(raw))
    except ValidationError as error:
        raise Ambiguous(f"Trello answered with what is no label: {brief(error)}") from None
