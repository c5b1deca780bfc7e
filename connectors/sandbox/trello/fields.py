"""One field at a time, for every sort of object: `GET /cards/{id}/name`, `PUT …?value=`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from connectors.sandbox.trello.members import read_member
from connectors.sandbox.trello.rights import allow
from connectors.sandbox.trello.routes import Call, Handler, dispatch, route
from connectors.sandbox.trello.state import Failure, Obj, State
from connectors.sandbox.trello.views import card_checklists, picked, show_card

_KEPT: Final = {
    "boards": ("board", "boards"),
    "lists": ("list", "lists"),
    "labels": ("label", "labels"),
    "checklists": ("checklist", "checklists"),
    "customFields": ("customField", "custom_fields"),
    "webhooks": ("webhook", "webhooks"),
    "organizations": ("organization", "organizations"),
}
_INSIDE: Final[dict[tuple[str, str], Callable[[State, Obj], Any]]] = {
    ("boards", "checklists"): lambda state, one: state.on_board(state.checklists, one["id"]),
    ("boards", "customFields"): lambda state, one: state.on_board(state.custom_fields, one["id"]),
    ("boards", "pluginData"): lambda state, one: state.plugin_data.get(one["id"], []),
    ("boards", "organization"): lambda state, one: state.one(
        state.organizations, one["idOrganization"] or ""
    ),
    ("lists", "board"): lambda state, one: state.boards[one["idBoard"]],
    ("labels", "board"): lambda state, one: state.boards[one["idBoard"]],
    ("checklists", "board"): lambda state, one: state.boards[one["idBoard"]],
    ("checklists", "cards"): lambda state, one: [show_card(state, state.cards[one["idCard"]], {})],
    ("cards", "board"): lambda state, one: state.boards[one["idBoard"]],
    ("cards", "list"): lambda state, one: state.lists[one["idList"]],
    ("cards", "checklists"): card_checklists,
    ("cards", "customFieldItems"): lambda _state, one: one.get("customFieldItems") or [],
    ("cards", "pluginData"): lambda _state, one: one.get("pluginData") or [],
    ("cards", "stickers"): lambda _state, one: one.get("stickers") or [],
}
"""What an object leads to, besides its own fields."""
_VALUE_NAMES: Final = ("value", "_value")


def _reader(place: str) -> Handler:
    word = _KEPT[place][0] if place in _KEPT else "card"

    def read(call: Call) -> Any:
        allow(call.state, call.member, "GET", {word: call["one"]}, {})
        one = _found(call, place)
        inside = _INSIDE.get((place, call["field"]))
        if inside:
            return _shown(inside(call.state, one), call)
        shown = show_card(call.state, one, {"fields": "all"}) if place == "cards" else one
        names = {name.lower(): name for name in shown}
        name = names.get(call["field"].lower())
        if name is None:
            raise Failure(404, f"Cannot GET /1{call.path}")
        value = shown[name]
        return value if isinstance(value, dict | list) else {"_value": value}

    return read


def _shown(value: Any, call: Call) -> Any:
    if isinstance(value, list):
        return [picked(one, call.get("fields")) for one in value]
    return picked(value, call.get("fields"))


def _found(call: Call, place: str) -> Obj:
    if place == "cards":
        return call.state.card(call["one"])
    if place == "boards":
        return call.state.board(call["one"])
    return call.state.one(getattr(call.state, _KEPT[place][1]), call["one"])


def _writer(place: str) -> Handler:
    def write(call: Call) -> Any:
        known = _found(call, place)
        name = call["field"]
        if name.split("/")[0] not in known and name not in ("cover", "idBoard", "pos"):
            raise Failure(404, f"Cannot PUT /1{call.path}")
        more = {k: v for k, v in call.params.items() if k not in _VALUE_NAMES}
        params = more | {name: call.get("value")}
        return dispatch(replace(call, path=f"/{place}/{call['one']}", params=params, parts={}))

    return write


@route("GET", "/members/{member}/{field}")
def member_field(call: Call) -> Any:
    """Show one field of a member."""
    shown = read_member(replace(call, params={}))
    if call["field"] not in shown:
        raise Failure(404, f"Cannot GET /1{call.path}")
    value = shown[call["field"]]
    return value if isinstance(value, dict | list) else {"_value": value}


for _place in (*_KEPT, "cards"):
    route("GET", f"/{_place}/{{one}}/{{field}}")(_reader(_place))
    route("PUT", f"/{_place}/{{one}}/{{field}}")(_writer(_place))
    if _place == "boards":
        route("PUT", "/boards/{one}/{field:prefs/[^/]+}")(_writer(_place))
        route("PUT", "/boards/{one}/{field:labelNames/[^/]+}")(_writer(_place))
