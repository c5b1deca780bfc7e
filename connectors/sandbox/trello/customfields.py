"""Custom fields: definitions on a board, the options of lists, and values on cards.

Values are strings, whatever their type; an unchecked box, a text without letters and a
cleared value are not there at all. Sources: recorded exchanges, and
https://developer.atlassian.com/cloud/trello/guides/rest-api/getting-started-with-custom-fields/
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from connectors.sandbox.trello import limits
from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.cardfields import date, text
from connectors.sandbox.trello.cards import settle
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, grouped, plain, route, truth
from connectors.sandbox.trello.state import Failure, Obj
from connectors.sandbox.trello.views import picked

_TYPES: Final = ("checkbox", "date", "list", "number", "text")


@route("POST", "/customFields")
def define(call: Call) -> Obj:
    """Define a field on a board."""
    state = call.state
    board = state.board(str(call.need("idModel")))
    if call.get("type") not in _TYPES:
        raise Failure(400, "invalid value for type")
    there = state.on_board(state.custom_fields, board["id"])
    state.room("customFields.perBoard", len(there))
    name = text("name", call.need("name"))
    made: Obj = {
        "id": state.mint(),
        "idModel": board["id"],
        "modelType": "board",
        "fieldGroup": hashlib.sha256(
            f"{board['id']} {name} {call.get('type')}".encode()
        ).hexdigest(),
        "display": {"cardFront": _front(call.params, usual=True)},
        "name": name,
        "pos": position(call.get("pos"), [one["pos"] for one in there]),
        "type": call.get("type"),
        "isSuggestedField": False,
    }
    if made["type"] == "list":
        made["options"] = []
        for option in plain(call.get("options")) or []:
            _add_option(call, made, option)
    state.custom_fields[made["id"]] = made
    told = {"customField": heading(made)}
    record(state, call.member, "createCustomField", board, app=call.app, **told)
    return _shown(made)


def _front(params: Obj, *, usual: bool) -> bool:
    asked = grouped(params, "display") or {}
    return truth(asked["cardFront"]) if "cardFront" in asked else usual


def _shown(one: Obj) -> Obj:
    return one | {"limits": limits.told(*limits.OF_FIELD)}


@route("GET", "/customFields/{customField}")
def read_field(call: Call) -> Obj:
    """Show a definition."""
    return picked(_shown(_field(call)), call.get("fields"))


def _field(call: Call) -> Obj:
    return call.state.one(call.state.custom_fields, call["customField"])


@route("PUT", "/customFields/{customField}")
def redefine(call: Call) -> Obj:
    """Rename a field, move it, or show it on the front of cards."""
    one, state = _field(call), call.state
    board = state.boards[one["idModel"]]
    if call.get("name"):
        old = {"name": one["name"]}
        one["name"] = text("name", call.get("name"))
        told = {"customField": heading(one), "old": old}
        record(state, call.member, "updateCustomField", board, app=call.app, **told)
    if "pos" in call.params:
        others = state.on_board(state.custom_fields, board["id"])
        one["pos"] = position(call.get("pos"), [o["pos"] for o in others if o is not one])
    one["display"] = {"cardFront": _front(call.params, usual=one["display"]["cardFront"])}
    return _shown(one)


@route("DELETE", "/customFields/{customField}")
def undefine(call: Call) -> Obj:
    """Delete a definition, and its values on all cards."""
    one, state = _field(call), call.state
    del state.custom_fields[one["id"]]
    for card in state.on_board(state.cards, one["idModel"]):
        items = card.get("customFieldItems") or []
        card["customFieldItems"] = [i for i in items if i["idCustomField"] != one["id"]]
    board, told = state.boards[one["idModel"]], {"customField": heading(one)}
    record(state, call.member, "deleteCustomField", board, app=call.app, **told)
    return {}


@route("GET", "/customFields/{customField}/options")
def list_options(call: Call) -> list[Obj]:
    """List the options of a list; here they call their id `_id`."""
    return [
        {"_id": one["id"], "value": one["value"], "color": one["color"], "pos": one["pos"]}
        for one in _field(call).get("options") or []
    ]


@route("POST", "/customFields/{customField}/options")
def add_option(call: Call) -> Obj:
    """Add an option to a list."""
    return _add_option(call, _field(call), call.params)


def _add_option(call: Call, field: Obj, params: Obj) -> Obj:
    options = field.setdefault("options", [])
    call.state.room("customFieldOptions.perField", len(options))
    made = {
        "id": call.state.mint(),
        "idCustomField": field["id"],
        "value": {"text": text("value", (grouped(params, "value") or {}).get("text"))},
        "color": params.get("color") or "none",
        "pos": position(params.get("pos"), [one["pos"] for one in options]),
    }
    options.append(made)
    return made


@route("GET", "/customFields/{customField}/options/{option}")
def read_option(call: Call) -> Obj:
    """Show an option."""
    return _option(call)


@route("PUT", "/customFields/{customField}/options/{option}")
def change_option(call: Call) -> Obj:
    """Rename an option, recolour or move it."""
    one = _option(call)
    value = grouped(call.params, "value")
    if value:
        one["value"] = {"text": text("value", value.get("text"))}
    if call.get("color"):
        one["color"] = call.get("color")
    if "pos" in call.params:
        others = [o["pos"] for o in _field(call)["options"] if o is not one]
        one["pos"] = position(call.get("pos"), others)
    return one


@route("DELETE", "/customFields/{customField}/options/{option}")
def remove_option(call: Call) -> Obj:
    """Delete an option; cards that held it hold nothing."""
    one, field = _option(call), _field(call)
    field["options"].remove(one)
    for card in call.state.on_board(call.state.cards, field["idModel"]):
        items = card.get("customFieldItems") or []
        card["customFieldItems"] = [i for i in items if i.get("idValue") != one["id"]]
    return {}


def _option(call: Call) -> Obj:
    options = {one["id"]: one for one in _field(call).get("options") or []}
    return call.state.one(options, call["option"])


@route("PUT", "/cards/{card}/customField/{customField}/item")
@route("PUT", "/card/{card}/customField/{customField}/item")
def set_value(call: Call) -> Obj:
    """Set or clear one value of a card."""
    return _set(call, _field(call), call.params)


@route("PUT", "/cards/{card}/customFields")
def set_values(call: Call) -> list[Obj]:
    """Set or clear several values of a card."""
    found = plain(call.need("customFieldItems"))
    fields = call.state.custom_fields
    return [_set(call, call.state.one(fields, one["idCustomField"]), one) for one in found]


def _set(call: Call, field: Obj, params: Obj) -> Obj:
    state, card = call.state, call.state.card(call["card"])
    if field["idModel"] != card["idBoard"]:
        raise Failure(400, "invalid value for idCustomField")
    items = card.setdefault("customFieldItems", [])
    there = next((one for one in items if one["idCustomField"] == field["id"]), None)
    new = _read(field, params)
    old = {key: there.get(key) for key in ("value", "idValue") if there and key in there}
    item = _item(state.mint() if there is None else there["id"], field, card) | (new or {})
    card["customFieldItems"] = [one for one in items if one is not there] + ([item] if new else [])
    settle(state, card)
    told = {name: field[name] for name in ("id", "name", "type")}
    data = {"customField": told, "customFieldItem": item, "card": heading(card)}
    board = state.boards[card["idBoard"]]
    old = old or {"value": None}
    record(state, call.member, "updateCustomFieldItem", board, app=call.app, **data, old=old)
    return item if new else item | {"value": None}


def _item(ref: str, field: Obj, card: Obj) -> Obj:
    return {"id": ref, "idCustomField": field["id"], "idModel": card["id"], "modelType": "card"}


def _read(field: Obj, params: Obj) -> Obj | None:
    """The value as it is kept; None clears it."""
    if field["type"] == "list":
        ref = params.get("idValue")
        if ref and all(one["id"] != ref for one in field.get("options") or []):
            raise Failure(400, "Invalid custom field item value.")
        return {"idValue": ref, "value": None} if ref else None
    value = grouped(params, "value")
    word = "checked" if field["type"] == "checkbox" else field["type"]
    if not isinstance(value, dict):
        if value not in (None, ""):
            raise Failure(400, "Invalid custom field item value.")
        return None
    if word not in value:
        raise Failure(400, "Invalid custom field item value.")
    kept = _KEPT[word](value[word])
    return None if kept is None else {"value": {word: kept}}


def _number(value: Any) -> str | None:
    if value in (None, ""):
        return None
    try:
        float(value)
    except (TypeError, ValueError):
        raise Failure(400, "Invalid custom field item value.") from None
    return str(value)


_KEPT: Final[dict[str, Callable[[Any], str | None]]] = {
    "checked": lambda value: "true" if truth(value) else None,
    "date": lambda value: date("value", value),
    "number": _number,
    "text": lambda value: text("value", value) or None,
}
