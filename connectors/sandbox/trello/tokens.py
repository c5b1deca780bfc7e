"""Tokens: what they may do, whose they are, and the webhooks that belong to them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from connectors.sandbox.trello.routes import Call, route
from connectors.sandbox.trello.state import Failure, Obj
from connectors.sandbox.trello.views import picked
from connectors.sandbox.trello.webhooks import change, make, shown


@route("GET", "/tokens/{token}")
def read_token(call: Call) -> Obj:
    """Show what a token may do."""
    token = _own(call)
    told = {
        "id": token_id(token),
        "identifier": "Jumelage",
        "idMember": call.member["id"],
        "dateCreated": "2026-01-01T00:00:00.000Z",
        "dateExpires": call.state.expires.get(token),
        "permissions": [
            {"idModel": model, "modelType": kind, "read": True, "write": _writes(call, token)}
            for kind, model in (
                ("Member", call.member["id"]),
                ("Board", "*"),
                ("Organization", "*"),
            )
        ],
    }
    more = {"webhooks": token_webhooks(call)} if call.flag("webhooks") else {}
    return picked(told, call.get("fields")) | more


def token_id(token: str) -> str:
    """The id of a token, which is not the token."""
    return hashlib.sha256(f"token {token}".encode()).hexdigest()[:24]


def _own(call: Call) -> str:
    """The token in the address, which must be the one that signs. Raises `Failure`."""
    if call["token"] != call.token and call.token:
        raise Failure(401, "invalid token")
    return call["token"]


def _writes(call: Call, token: str) -> bool:
    return call.state.refused.get(token) != "read"


@route("GET", "/members/{member}/tokens")
def own_tokens(call: Call) -> list[Obj]:
    """List one's own tokens: the one that signs."""
    return [read_token(replace(call, parts={"token": call.token}))]


@route("GET", "/tokens/{token}/member")
def token_member(call: Call) -> Obj:
    """Show whose token it is."""
    _own(call)
    return picked(call.member, call.get("fields"))


@route("DELETE", "/tokens/{token}")
def revoke(call: Call) -> Obj:
    """Take a token back; its webhooks go with it."""
    token = _own(call)
    call.state.refused[token] = "invalid token"
    hooks = call.state.webhooks
    for ref in [ref for ref, one in hooks.items() if one["token"] == token]:
        del hooks[ref]
    return {}


@route("GET", "/tokens/{token}/webhooks")
def token_webhooks(call: Call) -> list[Obj]:
    """List the webhooks of a token."""
    token = _own(call)
    return [shown(one) for one in call.state.webhooks.values() if one["token"] == token]


@route("POST", "/tokens/{token}/webhooks")
def make_webhook(call: Call) -> Obj:
    """Register a webhook."""
    _own(call)
    return make(call)


@route("GET", "/tokens/{token}/webhooks/{webhook}")
def read_webhook(call: Call) -> Obj:
    """Show a webhook."""
    _own(call)
    return shown(call.state.one(call.state.webhooks, call["webhook"]))


@route("PUT", "/tokens/{token}/webhooks/{webhook}")
def change_webhook(call: Call) -> Obj:
    """Change a webhook."""
    _own(call)
    return change(call)


@route("DELETE", "/tokens/{token}/webhooks/{webhook}")
def delete_webhook(call: Call) -> Obj:
    """Remove a webhook."""
    _own(call)
    call.state.one(call.state.webhooks, call["webhook"])
    del call.state.webhooks[call["webhook"]]
    return {"_value": None}
