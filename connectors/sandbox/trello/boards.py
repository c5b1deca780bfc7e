"""Boards, their lists and their labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.routes import Call, route, truth
from connectors.sandbox.trello.state import Failure, Obj, not_found
from connectors.sandbox.trello.views import (
    MEMBER_FIELDS,
    chosen_actions,
    filtered,
    filtered_cards,
    paged,
    picked,
    show_action,
    show_card,
)

_BOARD_FIELDS = (
    "id,name,desc,descData,closed,idOrganization,idEnterprise,pinned,url,shortUrl,prefs,labelNames"
)


@route("GET", "/boards/{board}")
def read_board(call: Call) -> Obj:
    """Show a board with whatever was asked to be nested in it."""
    board = call.state.board(call["board"])
    shown = picked(board, call.get("fields"), _BOARD_FIELDS)
    for name, nest in _NESTS.items():
        if call.get(name) not in (None, "", "none", "false", False):
            shown[name] = nest(call, board)
    return shown


def _cards(call: Call, board: Obj) -> list[Obj]:
    state = call.state
    cards = filtered_cards(state, state.on_board(state.cards, board["id"]), call.get("cards"))
    prefixed = {"limit": call.get("cards_limit")}
    newest = {card["id"] for card in paged(cards, prefixed)}
    return [show_card(state, card, call.params, "card_") for card in cards if card["id"] in newest]


def _actions(call: Call, board: Obj) -> list[Obj]:
    chosen = chosen_actions(call.state.actions.get(board["id"], []), call.get("actions"))
    params = call.params | {
        "actions_memberCreator": call.get(
            "action_memberCreator", call.get("actions_memberCreator", True)
        ),
        "actions_fields": call.get("action_fields", call.get("actions_fields")),
    }
    return [show_action(one, params, "actions_") for one in paged(chosen, params, "actions_", 50)]


def _lists(call: Call, board: Obj) -> list[Obj]:
    lists = call.state.in_order(call.state.on_board(call.state.lists, board["id"]))
    return [picked(one, call.get("list_fields")) for one in filtered(lists, call.get("lists"))]


def _labels(call: Call, board: Obj) -> list[Obj]:
    limit = int(call.get("labels_limit") or call.get("label_limit") or 50)
    labels = call.state.on_board(call.state.labels, board["id"])
    return [picked(one, call.get("label_fields")) for one in labels[:limit]]


def _members(call: Call, board: Obj) -> list[Obj]:
    memberships = call.state.memberships.get(board["id"], [])
    found = [
        call.state.members[m["idMember"]]
        for m in memberships
        if m["idMember"] in call.state.members
    ]
    return [picked(one, call.get("member_fields"), MEMBER_FIELDS) for one in found]


_NESTS: Final[dict[str, Callable[[Call, Obj], list[Obj]]]] = {
    "cards": _cards,
    "actions": _actions,
    "lists": _lists,
    "labels": _labels,
    "members": _members,
    "checklists": lambda call, board: call.state.on_board(call.state.checklists, board["id"]),
    "memberships": lambda call, board: call.state.memberships.get(board["id"], []),
    "customFields": lambda call, board: call.state.on_board(call.state.custom_fields, board["id"]),
    "pluginData": lambda call, board: call.state.plugin_data.get(board["id"], []),
}


@route("POST", "/boards")
def create_board(call: Call) -> Obj:
    """Make a board, with three lists and six labels unless told otherwise."""
    state = call.state
    board = shapes.new_board(state, call.need("name"), call.get("desc") or "")
    state.boards[board["id"]] = board
    membership = {
        "id": state.mint(),
        "idMember": call.member["id"],
        "memberType": "admin",
        "unconfirmed": False,
        "deactivated": False,
    }
    state.memberships[board["id"]] = [membership]
    record(state, call.member, "createBoard", board, app=call.app)
    if truth(call.get("defaultLists", True)):
        for number, name in enumerate(("To Do", "Doing", "Done")):
            made = shapes.new_list(state, board["id"], name, 16384 * (number + 1))
            state.lists[made["id"]] = made
    if truth(call.get("defaultLabels", True)):
        for color in ("green", "yellow", "orange", "red", "purple", "blue"):
            label = shapes.new_label(state, board["id"], "", color)
            state.labels[label["id"]] = label
    return picked(board, None, _BOARD_FIELDS) | {"limits": {}}


@route("PUT", "/boards/{board}")
def update_board(call: Call) -> Obj:
    """Rename, describe or close a board."""
    board = call.state.board(call["board"])
    old = {}
    for name in ("name", "desc"):
        if name in call.params and call.get(name) != board[name]:
            old[name] = board[name]
            board[name] = call.get(name)
    if "closed" in call.params:
        board["closed"] = call.flag("closed")
    if old:
        record(call.state, call.member, "updateBoard", board, app=call.app, old=old)
    return picked(board, None, _BOARD_FIELDS)


@route("DELETE", "/boards/{board}")
def delete_board(call: Call) -> Obj:
    """Delete a board and all that is on it."""
    state = call.state
    board = state.board(call["board"])
    for place in (state.cards, state.lists, state.labels, state.checklists, state.custom_fields):
        for one in state.on_board(place, board["id"]):
            del place[one["id"]]
    del state.boards[board["id"]]
    return {"_value": None}


@route("GET", "/boards/{board}/cards")
@route("GET", "/boards/{board}/cards/{filter}")
def board_cards(call: Call) -> Any:
    """List cards, newest page first; or show one of them."""
    state = call.state
    board = state.board(call["board"])
    wanted = call.parts.get("filter") or call.get("filter") or "visible"
    if wanted not in ("all", "open", "visible", "closed", "none"):
        card = state.card(wanted)
        if card["idBoard"] != board["id"]:
            raise not_found()
        return show_card(state, card, call.params)
    cards = filtered_cards(state, state.on_board(state.cards, board["id"]), wanted)
    newest = {card["id"] for card in paged(cards, call.params)}
    return [show_card(state, card, call.params) for card in cards if card["id"] in newest]


@route("GET", "/boards/{board}/actions")
def board_actions(call: Call) -> list[Obj]:
    """List what happened on a board, newest first."""
    board = call.state.board(call["board"])
    chosen = chosen_actions(call.state.actions.get(board["id"], []), call.get("filter"))
    return [show_action(one, call.params) for one in paged(chosen, call.params, usual=50)]


@route("GET", "/boards/{board}/lists")
@route("GET", "/boards/{board}/lists/{filter}")
def board_lists(call: Call) -> list[Obj]:
    """List the columns of a board, open ones unless told otherwise."""
    board = call.state.board(call["board"])
    lists = call.state.in_order(call.state.on_board(call.state.lists, board["id"]))
    wanted = call.parts.get("filter") or call.get("filter") or "open"
    return [picked(one, call.get("fields")) for one in filtered(lists, wanted)]


@route("GET", "/boards/{board}/labels")
def board_labels(call: Call) -> list[Obj]:
    """List the labels of a board, 50 unless told otherwise."""
    board = call.state.board(call["board"])
    labels = call.state.on_board(call.state.labels, board["id"])
    return [picked(one, call.get("fields")) for one in labels[: int(call.get("limit") or 50)]]


@route("GET", "/boards/{board}/checklists")
def board_checklists(call: Call) -> list[Obj]:
    """List all checklists of a board's cards."""
    board = call.state.board(call["board"])
    return call.state.on_board(call.state.checklists, board["id"])


@route("GET", "/boards/{board}/members")
def board_members(call: Call) -> list[Obj]:
    """List the members of a board."""
    board = call.state.board(call["board"])
    fields = {"member_fields": call.get("fields", "id,fullName,username")}
    return _members(Call(call.state, "GET", "", fields, call.member, call.app), board)


@route("GET", "/boards/{board}/memberships")
def board_memberships(call: Call) -> list[Obj]:
    """List who is on a board, and in which role."""
    return call.state.memberships.get(call.state.board(call["board"])["id"], [])


@route("GET", "/boards/{board}/customFields")
def board_custom_fields(call: Call) -> list[Obj]:
    """List the definitions of custom fields."""
    board = call.state.board(call["board"])
    return call.state.on_board(call.state.custom_fields, board["id"])


@route("GET", "/boards/{board}/pluginData")
def board_plugin_data(call: Call) -> list[Obj]:
    """List what power-ups keep on a board."""
    return call.state.plugin_data.get(call.state.board(call["board"])["id"], [])


@route("GET", "/boards/{board}/{field}")
def board_field(call: Call) -> Any:
    """Show one field of a board."""
    board = call.state.board(call["board"])
    name = {"labelnames": "labelNames"}.get(call["field"].lower(), call["field"])
    if name not in board:
        raise Failure(404, f"Cannot GET /1{call.path}")
    return board[name] if isinstance(board[name], dict) else {"_value": board[name]}


@route("PUT", "/boards/{board}/members/{member}")
def add_board_member(call: Call) -> Obj:
    """Bring somebody onto a board."""
    state = call.state
    board, member = state.board(call["board"]), state.member(call["member"])
    memberships = state.memberships.setdefault(board["id"], [])
    if all(one["idMember"] != member["id"] for one in memberships):
        memberships.append(
            {
                "id": state.mint(),
                "idMember": member["id"],
                "memberType": call.get("type") or "normal",
                "unconfirmed": False,
                "deactivated": False,
            }
        )
        record(state, call.member, "addMemberToBoard", board, app=call.app, member=heading(member))
    return {"members": _members(call, board), "memberships": memberships}
