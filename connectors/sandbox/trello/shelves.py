"""Small collections that hang on a member, an organisation, a board or a comment.

Stars, saved searches, tags, Power-Ups, reactions: each is a list of plain objects, read,
added to and taken from in the same way, so that a table says all that there is to say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, Handler, route
from connectors.sandbox.trello.state import Obj, State


@dataclass(frozen=True)
class Shelf:
    """One sort of small collection."""

    owner: str
    """Where its owner is kept: `members`, `organizations`, `boards` or `actions`."""
    path: str
    fields: tuple[str, ...] = ()
    """What a new object takes from the parameters; nothing: it can only be read."""
    needed: tuple[str, ...] = ()


SHELVES: Final = (
    Shelf("members", "boardStars", ("idBoard", "pos"), ("idBoard",)),
    Shelf("members", "savedSearches", ("name", "query", "pos"), ("name", "query")),
    Shelf("members", "boardBackgrounds"),
    Shelf("members", "customBoardBackgrounds"),
    Shelf("members", "customEmoji"),
    Shelf("members", "customStickers"),
    Shelf("members", "boardsInvited"),
    Shelf("members", "organizationsInvited"),
    Shelf("organizations", "tags", ("name",), ("name",)),
    Shelf("organizations", "pluginData"),
    Shelf("boards", "boardPlugins", ("idPlugin",), ("idPlugin",)),
    Shelf("boards", "plugins"),
    Shelf("boards", "powerUps"),
    Shelf("boards", "tags"),
)


def _owner(call: Call, place: str) -> str:
    ref = call["owner"]
    if place == "members":
        return str((call.member if ref == "me" else call.state.member(ref))["id"])
    finders: dict[str, Callable[[], Obj]] = {
        "boards": lambda: call.state.board(ref),
        "organizations": lambda: call.state.one(call.state.organizations, ref),
    }
    return str(finders[place]()["id"])


def items(state: State, owner: str, path: str) -> list[Obj]:
    """What is on a shelf, to be changed in place."""
    return state.shelves.setdefault(f"{owner} {path}", [])


def _lister(shelf: Shelf) -> Handler:
    return lambda call: items(call.state, _owner(call, shelf.owner), shelf.path)


def _found(call: Call, shelf: Shelf) -> tuple[list[Obj], Obj]:
    there = items(call.state, _owner(call, shelf.owner), shelf.path)
    return there, call.state.one({one["id"]: one for one in there}, call["item"])


def _reader(shelf: Shelf) -> Handler:
    return lambda call: _found(call, shelf)[1]


def _maker(shelf: Shelf) -> Handler:
    def make(call: Call) -> Obj:
        there = items(call.state, _owner(call, shelf.owner), shelf.path)
        for name in shelf.needed:
            call.need(name)
        made = {"id": call.state.mint()} | {name: call.get(name) for name in shelf.fields}
        if "pos" in shelf.fields:
            made["pos"] = position(call.get("pos"), [one["pos"] for one in there])
        there.append(made)
        return made

    return make


def _changer(shelf: Shelf) -> Handler:
    def change(call: Call) -> Obj:
        there, one = _found(call, shelf)
        one.update({name: call.get(name) for name in shelf.fields if name in call.params})
        if "pos" in call.params:
            one["pos"] = position(call.get("pos"), [o["pos"] for o in there if o is not one])
        return one

    return change


def _remover(shelf: Shelf) -> Handler:
    def remove(call: Call) -> Any:
        there, one = _found(call, shelf)
        there.remove(one)
        return {"_value": None}

    return remove


for _shelf in SHELVES:
    _path = f"/{_shelf.owner}/{{owner}}/{_shelf.path}"
    route("GET", _path)(_lister(_shelf))
    route("GET", f"{_path}/{{item}}")(_reader(_shelf))
    if _shelf.fields:
        route("POST", _path)(_maker(_shelf))
        route("PUT", f"{_path}/{{item}}")(_changer(_shelf))
        route("DELETE", f"{_path}/{{item}}")(_remover(_shelf))
