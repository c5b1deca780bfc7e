"""Webhooks: registered after a HEAD of their address, and told of each action.

https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/
"""

from __future__ import annotations

import re
from typing import Any

from connectors.sandbox.trello.boards import BOARD_FIELDS
from connectors.sandbox.trello.courier import send
from connectors.sandbox.trello.routes import Call, route, truth
from connectors.sandbox.trello.state import Failure, Obj, State
from connectors.sandbox.trello.views import LIST_FIELDS, MEMBER_FIELDS, picked, show_card

_OK = 200


@route("POST", "/webhooks")
def register(call: Call) -> Obj:
    """Register a webhook, if its address answers."""
    return make(call)


def make(call: Call) -> Obj:
    """Make a webhook. Raises `Failure` unless its address answers."""
    state = call.state
    url, model = str(call.need("callbackURL")), str(call.need("idModel"))
    if model_of(state, model) is None:
        raise Failure(400, "invalid value for idModel")
    same = (url, model, call.token)
    if any((o["callbackURL"], o["idModel"], o["token"]) == same for o in state.webhooks.values()):
        text = "A webhook with that callback, model, and token already exists"
        raise Failure(400, text)
    _reach(url)
    made: Obj = {
        "id": state.mint(),
        "description": call.get("description") or "",
        "idModel": model,
        "callbackURL": url,
        "active": truth(call.get("active", True)),
        "consecutiveFailures": 0,
        "firstConsecutiveFailDate": None,
        "token": call.token,
        "app": call.app,
    }
    state.webhooks[made["id"]] = made
    return shown(made)


def _reach(url: str) -> None:
    """Raise `Failure` unless the address answers a HEAD with 200."""
    if not re.match(r"https?://[^/\s]+", url):
        raise Failure(400, "invalid value for callbackURL")
    status = send("HEAD", url, b"", {}).status
    if status != _OK:
        said = f"got {status}" if status else "could not be reached"
        raise Failure(400, f"URL ({url}) did not return 200 status code, {said}")


def shown(webhook: Obj) -> Obj:
    """A webhook as its owner sees it."""
    return {name: value for name, value in webhook.items() if name not in ("token", "app")}


def _own(call: Call) -> Obj:
    webhook = call.state.one(call.state.webhooks, call["webhook"])
    if call.token and webhook["token"] != call.token:
        raise Failure(401, "unauthorized webhook permission requested")
    return webhook


@route("GET", "/webhooks/{webhook}")
def read(call: Call) -> Obj:
    """Show a webhook."""
    return picked(shown(_own(call)), call.get("fields"))


@route("PUT", "/webhooks/{webhook}")
def update(call: Call) -> Obj:
    """Change a webhook."""
    return change(call)


def change(call: Call) -> Obj:
    """Change a webhook; a new address must answer as well. Raises `Failure`."""
    webhook, params = _own(call), call.params
    if params.get("callbackURL", webhook["callbackURL"]) != webhook["callbackURL"]:
        _reach(params["callbackURL"])
    names = ("description", "callbackURL", "idModel")
    webhook.update({name: params[name] for name in names if name in params})
    if "active" in params:
        webhook["active"] = truth(params["active"])
    return shown(webhook)


@route("DELETE", "/webhooks/{webhook}")
def delete(call: Call) -> Obj:
    """Remove a webhook."""
    del call.state.webhooks[_own(call)["id"]]
    return {"_value": None}


def model_of(state: State, ref: str) -> Obj | None:
    """What a webhook watches, as its deliveries show it; None if there is no such thing."""
    shapes: tuple[tuple[dict[str, Obj], str], ...] = (
        (state.boards, BOARD_FIELDS),
        (state.lists, LIST_FIELDS),
        (state.members, MEMBER_FIELDS),
        (state.checklists, "all"),
        (state.organizations, "name,displayName,desc,url"),
    )
    if ref in state.cards:
        return show_card(state, state.cards[ref], {})
    found = (picked(place[ref], fields) for place, fields in shapes if ref in place)
    return next(found, None)


def watchers(state: State, action: Obj) -> list[Obj]:
    """The active webhooks that an action is told to."""
    data: dict[str, Any] = action["data"]
    named = {one["id"] for one in data.values() if isinstance(one, dict) and "id" in one}
    named |= {action["idMemberCreator"], data.get("idMember")}
    return [one for one in state.webhooks.values() if one["active"] and one["idModel"] in named]
