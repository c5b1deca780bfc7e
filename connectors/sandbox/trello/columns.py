"""Lists (the columns of a board) and labels."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, route
from connectors.sandbox.trello.state import Failure, Obj, State
from connectors.sandbox.trello.views import filtered_cards, picked, show_card


@route("POST", "/lists")
@route("POST", "/boards/{board}/lists")
def create_list(call: Call) -> Obj:
    """Make a column, at the top unless told otherwise."""
    state = call.state
    board = _board_of(call)
    pos = position(call.get("pos", "top"), _positions(state, board["id"]))
    made = shapes.new_list(state, board["id"], str(call.need("name")), pos)
    state.lists[made["id"]] = made
    record(state, call.member, "createList", board, app=call.app, list=heading(made))
    names = ("id", "name", "closed", "pos", "idBoard")
    return {name: made[name] for name in names} | {"limits": {}}


@route("GET", "/lists/{list}")
def read_list(call: Call) -> Obj:
    """Show a column."""
    column = call.state.one(call.state.lists, call["list"])
    return picked(column, call.get("fields"), "name,closed,pos,idBoard")


@route("PUT", "/lists/{list}")
def update_list(call: Call) -> Obj:
    """Rename, close or move a column."""
    return _change_list(call, call.params)


@route("PUT", "/lists/{list}/{field}")
def update_list_field(call: Call) -> Obj:
    """Change one field of a column."""
    return _change_list(call, {call["field"]: call.get("value")})


def _change_list(call: Call, params: Obj) -> Obj:
    state = call.state
    column = state.one(state.lists, call["list"])
    new: Obj = {}
    if "name" in params:
        if not params["name"]:
            raise Failure(400, "invalid value for name")
        new["name"] = str(params["name"])
    if "closed" in params:
        new["closed"] = str(params["closed"]).lower() == "true"
    if "pos" in params:
        new["pos"] = position(params["pos"], _positions(state, column["idBoard"], column["id"]))
    old = {name: column[name] for name, value in new.items() if column[name] != value}
    column.update(new)
    board = state.boards[column["idBoard"]]
    for name, value in old.items():
        told = heading(column) | {name: column[name]}
        record(state, call.member, "updateList", board, app=call.app, list=told, old={name: value})
    return {name: column[name] for name in ("id", "name", "closed", "pos", "idBoard")}


@route("GET", "/lists/{list}/cards")
def list_cards(call: Call) -> list[Obj]:
    """List the cards of a column, open ones unless told otherwise."""
    state = call.state
    column = state.one(state.lists, call["list"])
    cards = [card for card in state.cards.values() if card["idList"] == column["id"]]
    chosen = filtered_cards(state, state.in_order(cards), call.get("filter") or "open")
    return [show_card(state, card, call.params) for card in chosen]


@route("POST", "/lists/{list}/archiveAllCards")
def archive_all(call: Call) -> Obj:
    """Archive every card of a column."""
    column = call.state.one(call.state.lists, call["list"])
    for card in call.state.cards.values():
        if card["idList"] == column["id"]:
            card["closed"] = True
            card["dateLastActivity"] = call.state.stamp()
    return {}


@route("POST", "/labels")
@route("POST", "/boards/{board}/labels")
def create_label(call: Call) -> Obj:
    """Make a label."""
    state = call.state
    board = _board_of(call)
    label = shapes.new_label(state, board["id"], call.get("name") or "", _color(call.get("color")))
    state.labels[label["id"]] = label
    return label | {"limits": {}}


@route("GET", "/labels/{label}")
def read_label(call: Call) -> Obj:
    """Show a label."""
    return picked(call.state.one(call.state.labels, call["label"]), call.get("fields"))


@route("PUT", "/labels/{label}")
def update_label(call: Call) -> Obj:
    """Rename or recolour a label: no action is listed, and no card is marked as changed."""
    label = call.state.one(call.state.labels, call["label"])
    if "name" in call.params:
        label["name"] = call.get("name") or ""
    if "color" in call.params:
        label["color"] = _color(call.get("color"))
    return label


@route("DELETE", "/labels/{label}")
def delete_label(call: Call) -> Obj:
    """Delete a label, from every card too."""
    state = call.state
    label = state.one(state.labels, call["label"])
    del state.labels[label["id"]]
    for card in state.cards.values():
        if label["id"] in card["idLabels"]:
            card["idLabels"].remove(label["id"])
    return {"limits": {}}


def _board_of(call: Call) -> Obj:
    ref = call.parts.get("board") or call.get("idBoard")
    if not ref:
        raise Failure(400, "invalid value for idBoard")
    return call.state.board(ref)


def _positions(state: State, board: str, but: str = "") -> list[float]:
    return [one["pos"] for one in state.on_board(state.lists, board) if one["id"] != but]


def _color(color: Any) -> str | None:
    if color in (None, "", "null"):
        return None
    if color not in shapes.COLORS:
        raise Failure(400, "invalid value for color")
    return str(color)
