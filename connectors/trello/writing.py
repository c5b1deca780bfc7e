"""Fields as the parameters of Trello's requests.

https://developer.atlassian.com/cloud/trello/rest/api-group-cards/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from connectors.trello import locations
from connectors.trello.cards import Board
from connectors.trello.dates import sent
from connectors.trello.fields import SCHEMA, TEXT_LIMIT, schema
from sync.errors import Refused
from sync.model import Fields, Plain

CHECKLISTS: Final = "checklists"
EMPTY: Final = "empty_checklists"
LATER: Final = frozenset(name for name, spec in SCHEMA.fields.items() if spec.later)
"""What a new card cannot be given in the request that makes it; so are all custom fields."""
_NAMES: Final = {
    "name": "name",
    "desc": "desc",
    "list": "idList",
    "rank": "pos",
    "labels": "idLabels",
    "members": "idMembers",
    "start": "start",
    "due": "due",
    "due_complete": "dueComplete",
    "due_reminder": "dueReminder",
    "closed": "closed",
    "cover": "cover",
    "template": "isTemplate",
}


def apart(board: Board, name: str) -> bool:
    """Whether a field is no parameter of a card, but takes requests of its own."""
    return name in {CHECKLISTS, EMPTY} or name in board.custom


def checked(fields: Fields, board: Board) -> Fields:
    """Return the fields if a card can hold them. Raises `Refused` before anything is sent."""
    specs = schema(board.custom, board.awaited).fields
    for name, value in fields.items():
        spec = specs.get(name)
        if spec is None or not spec.writable:
            raise Refused(f"a card's {name} cannot be written")
        if (spec.required or name == "list") and not value:
            raise Refused(f"a card cannot be without its {name}")
        if isinstance(value, str) and spec.limit and len(value) > spec.limit:
            raise Refused(f"a card's {name} holds at most {spec.limit} characters")
        if value is not None and spec.values is not None and value not in spec.values:
            raise Refused(f"a card's {name} is one of {', '.join(spec.values)}")
    entries = fields.get("checklists")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and len(str(entry.get("text"))) > TEXT_LIMIT:
            raise Refused(f"an entry of a checklist holds at most {TEXT_LIMIT} characters")
    return fields


def parameters(fields: Fields, board: Board) -> dict[str, Plain]:
    """Say in Trello's words what is to be set. Raises `Refused`."""
    writers: Mapping[str, Callable[[Plain], Plain]] = {
        "desc": lambda value: value or "",
        "rank": _position,
        "labels": lambda value: ",".join(strings(value)),
        "members": lambda value: ",".join(member_id(board, who) for who in strings(value)),
        "start": lambda value: date(value, board.zone, start=True),
        "due": lambda value: date(value, board.zone),
        "due_complete": bool,
        "due_reminder": _reminder,
        "closed": bool,
        "cover": lambda value: {"color": value},
        "template": bool,
    }
    plain = {name: value for name, value in fields.items() if not apart(board, name)}
    place = locations.parameters(plain.pop("location")) if "location" in plain else {}
    return {_NAMES[name]: writers.get(name, _same)(value) for name, value in plain.items()} | place


def member_id(board: Board, username: str, field: str = "members") -> str:
    """The id of somebody on the board. Raises `Refused`: strangers cannot be put on cards."""
    for ref, known in board.usernames.items():
        if username in (known, ref):
            return ref
    raise Refused(f"nobody on the board {board.name!r} is called {username!r}", {field})


def date(value: Plain, zone: str, *, start: bool = False) -> str | None:
    """A moment as Trello takes it. Raises `Refused`."""
    if value is None:
        return None
    try:
        return sent(str(value), zone, start=start)
    except ValueError as error:
        raise Refused(f"{value!r} is no date: {error}") from None


def _same(value: Plain) -> Plain:
    return value


def _reminder(value: Plain) -> Plain:
    """Whole minutes; -1 is no reminder."""
    if value is None:
        return -1
    if not isinstance(value, int) or value < 0:
        raise Refused(f"a reminder comes whole minutes before a card is due, not {value!r}")
    return value


def _position(value: Plain) -> Plain:
    """Positions are above 0: what is asked to stand lower stands at the top."""
    if isinstance(value, int | float) and value > 0:
        return value
    return "bottom" if value is None else "top"


def strings(value: Plain) -> list[str]:
    """The elements of a set."""
    return [str(one) for one in value] if isinstance(value, list) else []
