"""Members, actions by id, tokens, and several reads at once."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.routes import Call, dispatch, route
from connectors.sandbox.trello.state import Failure, Obj, not_found
from connectors.sandbox.trello.views import filtered, picked, show_action, show_card

_MOST_IN_BATCH: Final = 10


@route("GET", "/members/{member}")
def read_member(call: Call) -> Obj:
    """Show a member; only one's own account shows its boards."""
    member = _member(call)
    shown = dict(member)
    if member["id"] == call.member["id"]:
        shown |= shapes.own_account(member)
        shown["idBoards"] = [board["id"] for board in _boards(call, member)]
    return picked(shown, call.get("fields"))


@route("GET", "/members/{member}/boards")
def member_boards(call: Call) -> list[Obj]:
    """List the boards that a member sees."""
    boards = filtered(_boards(call, _member(call)), call.get("filter") or "all")
    return [picked(board, call.get("fields")) for board in boards]


@route("GET", "/members/{member}/cards")
def member_cards(call: Call) -> list[Obj]:
    """List the open cards that somebody is on."""
    member = _member(call)
    cards = [card for card in call.state.cards.values() if member["id"] in card["idMembers"]]
    chosen = filtered(cards, call.get("filter") or "open")
    return [show_card(call.state, card, call.params) for card in chosen]


def _member(call: Call) -> Obj:
    return call.member if call["member"] == "me" else call.state.member(call["member"])


def _boards(call: Call, member: Obj) -> list[Obj]:
    """Boards of a member; the first account sees those that were loaded as well."""
    state = call.state
    if member["id"] == state.me:
        return list(state.boards.values())
    return [
        board
        for ref, board in state.boards.items()
        if any(one["idMember"] == member["id"] for one in state.memberships.get(ref, []))
    ]


@route("GET", "/tokens/{token}")
def read_token(call: Call) -> Obj:
    """Show what a token may do."""
    return {
        "id": call.state.me,
        "identifier": "Jumelage",
        "idMember": call.member["id"],
        "dateCreated": "2026-01-01T00:00:00.000Z",
        "dateExpires": None,
        "permissions": [
            {"idModel": "*", "modelType": kind, "read": True, "write": True}
            for kind in ("Board", "Organization")
        ],
    }


@route("GET", "/actions/{action}")
def read_action(call: Call) -> Obj:
    """Show an action."""
    return show_action(_action(call), call.params)


@route("PUT", "/actions/{action}")
def edit_comment(call: Call) -> Obj:
    """Edit a comment in place: only its author may."""
    action = _comment(call)
    if action["idMemberCreator"] != call.member["id"]:
        raise Failure(401, "unauthorized permission requested")
    action["data"]["text"] = str(call.need("text"))
    action["data"]["dateLastEdited"] = call.state.stamp()
    return action


@route("DELETE", "/actions/{action}")
def delete_comment(call: Call) -> Obj:
    """Delete a comment: it leaves no trace."""
    state = call.state
    action = _comment(call)
    board = action["data"]["board"]["id"]
    state.actions[board].remove(action)
    card = state.cards.get(action["data"]["card"]["id"])
    if card:
        card["badges"]["comments"] = max(0, (card["badges"].get("comments") or 0) - 1)
    return {"_value": None}


def _action(call: Call) -> Obj:
    for actions in call.state.actions.values():
        for action in actions:
            if action["id"] == call["action"]:
                return action
    raise not_found()


def _comment(call: Call) -> Obj:
    action = _action(call)
    if action["type"] != "commentCard":
        raise Failure(400, "invalid action type")
    return action


@route("GET", "/batch")
def batch(call: Call) -> list[Obj]:
    """Answer up to ten reads at once, each under its own status."""
    urls = [url for url in str(call.need("urls")).split(",") if url]
    if len(urls) > _MOST_IN_BATCH:
        raise Failure(400, "invalid value for urls")
    return [_one_of_batch(call, url) for url in urls]


def _one_of_batch(call: Call, url: str) -> Obj:
    parts = urlsplit(url)
    path = parts.path.removeprefix("/1")
    if path.startswith("/batch"):
        raise Failure(400, "invalid value for urls")
    params: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        answer = dispatch(Call(call.state, "GET", path, params, call.member, call.app))
    except Failure as failure:
        return {"name": "", "message": failure.text, "statusCode": failure.status}
    return {"200": answer}
