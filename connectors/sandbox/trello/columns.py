"""Lists (the columns of a board) and labels."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.cards import change_card, create_card
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, route, truth
from connectors.sandbox.trello.state import Failure, Obj, State
from connectors.sandbox.trello.views import (
    LIST_FIELDS,
    actions_about,
    chosen_actions,
    filtered_cards,
    list_card,
    paged,
    picked,
    show_action,
    show_card,
)


@route("POST", "/lists")
@route("POST", "/boards/{board}/lists")
def create_list(call: Call) -> Obj:
    """Make a column at the top unless told otherwise, perhaps as a copy of another."""
    state = call.state
    board = board_of(call)
    there = state.on_board(state.lists, board["id"])
    state.room("lists.openPerBoard", sum(not one["closed"] for one in there))
    pos = position(call.get("pos", "top"), _positions(state, board["id"]))
    made = shapes.new_list(state, board["id"], str(call.need("name")), pos)
    state.lists[made["id"]] = made
    record(state, call.member, "createList", board, app=call.app, list=heading(made))
    source = call.get("idListSource")
    if source:
        for card in _open_cards(state, state.one(state.lists, source)):
            copy = {"idList": made["id"], "idCardSource": card["id"], "pos": card["pos"]}
            create_card(Call(state, "POST", "/cards", copy, call.member, call.app))
    return picked(made, LIST_FIELDS) | {"limits": {}}


@route("GET", "/lists/{list}")
def read_list(call: Call) -> Obj:
    """Show a column."""
    column = call.state.one(call.state.lists, call["list"])
    shown = picked(column, call.get("fields"), LIST_FIELDS)
    if call.get("cards") not in (None, "", "none"):
        shown["cards"] = cards_in(call, column, call.get("cards"), "card_")
    return shown


def cards_in(call: Call, column: Obj, wanted: Any, prefix: str) -> list[Obj]:
    """The cards of a column, in the order that members see."""
    state = call.state
    cards = [card for card in state.cards.values() if card["idList"] == column["id"]]
    chosen = filtered_cards(state, state.in_order(cards), wanted)
    if not prefix:
        return [list_card(state, card, call.params) for card in chosen]
    return [show_card(state, card, call.params, prefix) for card in chosen]


@route("PUT", "/lists/{list}")
def update_list(call: Call) -> Obj:
    """Rename, close, move or watch a column."""
    state, params = call.state, call.params
    column = state.one(state.lists, call["list"])
    target = params.get("idBoard")
    if target and target != column["idBoard"]:
        _move_list(call, column, state.board(target))
    new = _list_changes(state, column, params)
    old = {name: column[name] for name, value in new.items() if column[name] != value}
    column.update(new)
    column.update({k: truth(params[k]) for k in ("subscribed",) if k in params})
    board = state.boards[column["idBoard"]]
    for name, value in old.items():
        told = heading(column) | {name: column[name]}
        record(state, call.member, "updateList", board, app=call.app, list=told, old={name: value})
    return picked(column, LIST_FIELDS)


def _list_changes(state: State, column: Obj, params: Obj) -> Obj:
    new: Obj = {}
    if "name" in params:
        if not params["name"]:
            raise Failure(400, "invalid value for name")
        new["name"] = str(params["name"])
    if "closed" in params:
        new["closed"] = truth(params["closed"])
    if "pos" in params:
        new["pos"] = position(params["pos"], _positions(state, column["idBoard"], column["id"]))
    return new


def _move_list(call: Call, column: Obj, board: Obj) -> None:
    state = call.state
    before = state.boards[column["idBoard"]]
    cards = [card for card in state.cards.values() if card["idList"] == column["id"]]
    column["idBoard"] = board["id"]
    for card in cards:
        change_card(
            call, card, {"idBoard": board["id"], "idList": column["id"], "pos": card["pos"]}
        )
    told = {"list": heading(column)}
    for kind, where, other in (
        ("moveListFromBoard", before, {"boardTarget": {"id": board["id"]}}),
        ("moveListToBoard", board, {"boardSource": {"id": before["id"]}}),
    ):
        record(state, call.member, kind, where, app=call.app, **told, **other)


@route("GET", "/lists/{list}/cards")
@route("GET", "/lists/{list}/cards/{filter}")
def list_cards(call: Call) -> list[Obj]:
    """List the cards of a column, open ones unless told otherwise."""
    column = call.state.one(call.state.lists, call["list"])
    wanted = call.parts.get("filter") or call.get("filter") or "open"
    shown = cards_in(call, column, wanted, "")
    newest = {one["id"] for one in paged(shown, call.params)}
    return [one for one in shown if one["id"] in newest]


@route("GET", "/lists/{list}/actions")
def list_actions(call: Call) -> list[Obj]:
    """List what happened to a column."""
    column = call.state.one(call.state.lists, call["list"])
    chosen = chosen_actions(actions_about(call.state, "list", column), call.get("filter"))
    return [show_action(one, call.params) for one in paged(chosen, call.params, usual=50)]


@route("POST", "/lists/{list}/archiveAllCards")
def archive_all(call: Call) -> Obj:
    """Archive every card of a column."""
    column = call.state.one(call.state.lists, call["list"])
    for card in _open_cards(call.state, column):
        change_card(call, card, {"closed": True})
    return {}


@route("POST", "/lists/{list}/moveAllCards")
def move_all(call: Call) -> list[Obj]:
    """Move every open card of a column to the end of another."""
    state = call.state
    target = state.one(state.lists, call.need("idList"))
    moved = _open_cards(state, state.one(state.lists, call["list"]))
    for card in moved:
        there = {"idBoard": target["idBoard"], "idList": target["id"], "pos": "bottom"}
        change_card(call, card, there)
    return [{name: card[name] for name in ("id", "idBoard", "idList", "pos")} for card in moved]


def _open_cards(state: State, column: Obj) -> list[Obj]:
    cards = [c for c in state.cards.values() if c["idList"] == column["id"] and not c["closed"]]
    return state.in_order(cards)


@route("POST", "/labels")
@route("POST", "/boards/{board}/labels")
def create_label(call: Call) -> Obj:
    """Make a label."""
    color = color_of(call.get("color"))
    return make_label(call, board_of(call)["id"], call.get("name") or "", color) | {"limits": {}}


def make_label(call: Call, board: str, name: str, color: str | None) -> Obj:
    """Make a label on a board. Raises `Failure` if there are too many."""
    state = call.state
    state.room("labels.perBoard", len(state.on_board(state.labels, board)))
    label = shapes.new_label(state, board, name, color)
    state.labels[label["id"]] = label
    _tell_label(call, "createLabel", label)
    return label


@route("GET", "/labels/{label}")
def read_label(call: Call) -> Obj:
    """Show a label."""
    return picked(call.state.one(call.state.labels, call["label"]), call.get("fields"))


@route("PUT", "/labels/{label}")
def update_label(call: Call) -> Obj:
    """Rename or recolour a label: no action is listed, and no card is marked as changed."""
    label = call.state.one(call.state.labels, call["label"])
    old = {name: label[name] for name in ("name", "color") if name in call.params}
    if "name" in call.params:
        label["name"] = call.get("name") or ""
    if "color" in call.params:
        label["color"] = color_of(call.get("color"))
    _tell_label(call, "updateLabel", label, old=old)
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
    _tell_label(call, "deleteLabel", label)
    return {"limits": {}}


def _tell_label(call: Call, kind: str, label: Obj, **more: Any) -> None:
    told = {name: label[name] for name in ("id", "name", "color")}
    board = call.state.boards[label["idBoard"]]
    record(call.state, call.member, kind, board, app=call.app, label=told, **more)


def board_of(call: Call) -> Obj:
    """The board that is named in the address or in a parameter. Raises `Failure`."""
    ref = call.parts.get("board") or call.get("idBoard")
    if not ref:
        raise Failure(400, "invalid value for idBoard")
    return call.state.board(ref)


def _positions(state: State, board: str, but: str = "") -> list[float]:
    return [one["pos"] for one in state.on_board(state.lists, board) if one["id"] != but]


def color_of(color: Any) -> str | None:
    """One of the 31 colours, of which one is none. Raises `Failure`."""
    if color in (None, "", "null"):
        return None
    if color not in shapes.COLORS:
        raise Failure(400, "invalid value for color")
    return str(color)
