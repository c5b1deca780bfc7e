"""Lists and labels, made and renamed; both are safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pydantic import ValidationError

from connectors.trello.api import Api
from connectors.trello.cards import Board
from connectors.trello.names import own_name, sent_name
from connectors.trello.objects import UNCOLOURED, TrelloLabel, TrelloList, brief, label_option
from connectors.trello.order import positions
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
    """Create or rename a list or a label; `board` must have been read just now.

    What was given a number to tell it from another of its name is called like that one.
    """
    if not option.name:
        raise Refused("a list or a label needs a name")
    known = board.options().get(field)
    if known is None:
        raise Refused(f"a card's {field} has no options")
    there = next((one for one in known if one.id == option.id), None)
    if there is not None and there.name == option.name:
        return there  # an unnamed label keeps its name, which is none
    sent = sent_name(option.name, {one.name for one in known if one.id != option.id})
    if option.id:
        told = api.put(f"{field.removesuffix('s')}s/{option.id}", {"name": sent})
    elif standing := _standing(known, option):
        return standing
    else:
        told = _made(api, board, field, replace(option, name=sent))
    made = _list_option(told) if field == "list" else _label_option(told)
    return replace(made, name=option.name) if own_name(option.name) == made.name else made


def _standing(known: Iterable[Option], option: Option) -> Option | None:
    """One of that name, unless it is a list that was archived."""
    return next((one for one in known if one.name == option.name and not one.closed), None)


def _made(api: Api, board: Board, field: str, option: Option) -> Plain:
    sent: dict[str, Plain] = {"name": option.name, "idBoard": board.id}
    if field == "list":
        return api.post("lists", sent | {"pos": "bottom"})
    color = option.color if option.color in COLORS else None
    unnamed = option.name in COLORS | {UNCOLOURED} and option.name == (color or UNCOLOURED)
    return api.post("labels", sent | {"name": "" if unnamed else option.name, "color": color})


def shape(api: Api, board: Board, field: str, option: Option) -> None:
    """Archive a list or bring it back; give a label its colour. What stands so is left alone."""
    columns = {column.id: column.closed for column in board.lists}
    colors = {label.id: label.color for label in board.labels}
    if field == "list" and columns.get(option.id, option.closed) != option.closed:
        api.put(f"lists/{option.id}", {"closed": option.closed})
    elif field == "labels" and colors.get(option.id, option.color) != option.color:
        if option.color not in COLORS | {None}:
            raise Refused(f"no label is {option.color} on Trello")
        api.put(f"labels/{option.id}", {"color": option.color})


def arrange(api: Api, board: Board, field: str, ids: Sequence[str]) -> None:
    """Let lists follow each other so; as few as can be are moved."""
    if field != "list":
        raise Refused(f"a card's {field} have no order")
    current = {column.id: column.pos for column in board.lists}
    known = [ref for ref in ids if ref in current]
    for ref, pos in positions(known, current).items():
        api.put(f"lists/{ref}", {"pos": pos})


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
