"""Actions by their ids: comments are edited and deleted, all else is for reading."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.trello.activity import display, record, shown_member
from connectors.sandbox.trello.cardparts import comment_text
from connectors.sandbox.trello.rights import need_admin
from connectors.sandbox.trello.routes import Call, route
from connectors.sandbox.trello.state import Failure, Obj
from connectors.sandbox.trello.views import picked, show_action


@route("GET", "/actions/{action}")
def read_action(call: Call) -> Obj:
    """Show an action."""
    usual = {"display": "true"} if "fields" not in call.params else {}
    return show_action(_action(call), usual | call.params)


@route("PUT", "/actions/{action}")
@route("PUT", "/cards/{card}/actions/{action}/comments")
def edit_comment(call: Call) -> Obj:
    """Edit a comment in place."""
    return _edit(call, call.need("text"))


def _edit(call: Call, text: Any) -> Obj:
    """Only the author may, and no list of actions tells of it. Raises `Failure`."""
    state, action = call.state, _comment(call)
    if action["idMemberCreator"] != call.member["id"]:
        raise Failure(401, "unauthorized permission requested")
    old = {"text": action["data"]["text"]}
    action["data"]["text"] = comment_text(text)
    action["data"]["dateLastEdited"] = state.stamp()
    told = {"id": action["id"], "text": action["data"]["text"]}
    _tell(call, "updateComment", action, told, old=old)
    return action | {"display": display(action)}


@route("PUT", "/actions/{action}/text")
def edit_text(call: Call) -> Obj:
    """Edit a comment, its text being the value."""
    return _edit(call, call.need("value"))


@route("DELETE", "/actions/{action}")
@route("DELETE", "/cards/{card}/actions/{action}/comments")
def delete_comment(call: Call) -> Obj:
    """Delete a comment: it leaves no trace."""
    state = call.state
    action = _comment(call)
    board = state.boards[action["data"]["board"]["id"]]
    if action["idMemberCreator"] != call.member["id"]:
        need_admin(state, call.member, board)
    state.actions[board["id"]].remove(action)
    card = state.cards.get(action["data"]["card"]["id"])
    if card:
        card["badges"]["comments"] = max(0, (card["badges"].get("comments") or 0) - 1)
    _tell(call, "deleteComment", action, {"id": action["id"]})
    return {"_value": None}


def _tell(call: Call, kind: str, action: Obj, told: Obj, **more: Obj) -> None:
    data = action["data"]
    board, state = call.state.boards[data["board"]["id"]], call.state
    more["card"] = data["card"]
    record(state, call.member, kind, board, app=call.app, action=told, **more)


def _action(call: Call) -> Obj:
    return call.state.action(call["action"])


def _comment(call: Call) -> Obj:
    action = _action(call)
    if action["type"] != "commentCard":
        raise Failure(400, "invalid action type")
    return action


@route("GET", "/actions/{action}/{part}")
def part_of_action(call: Call) -> Obj:
    """Show the board, card, list or member that an action tells of, or one of its fields."""
    state, action, part = call.state, _action(call), call["part"]
    places = {"board": state.boards, "card": state.cards, "list": state.lists}
    if part in places:
        ref = (action["data"].get(part) or {}).get("id", "")
        return _whole(call, part, state.one(places[part], ref))
    if part in ("memberCreator", "member"):
        return shown_member(state.members[action["idMemberCreator"]])
    if part not in action:
        raise Failure(404, f"Cannot GET /1{call.path}")
    value: Obj = action[part]
    return value if isinstance(value, dict) else {"_value": value}


def _whole(call: Call, part: str, one: Obj) -> Obj:
    labels = call.state.labels
    if part == "board":
        one = one | {"memberships": call.state.memberships.get(one["id"], [])}
    if part == "card":
        inside = ("attachments", "customFieldItems", "pluginData", "stickers")
        one = {k: v for k, v in one.items() if k not in inside}
        one["labels"] = [labels[ref] for ref in one["idLabels"] if ref in labels]
    return picked(one, call.get("fields"))
