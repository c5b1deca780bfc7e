"""Checklists and their entries.

Only a change of an entry's state is told as an action; entries that are added, renamed,
moved or deleted leave no trace in the lists of actions, as on the real service.
"""

from __future__ import annotations

from typing import Any

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.cardfields import LONGEST, date
from connectors.sandbox.trello.cards import settle
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, route
from connectors.sandbox.trello.state import Failure, Obj, State, not_found
from connectors.sandbox.trello.views import card_checklists, picked


@route("POST", "/checklists")
@route("POST", "/cards/{card}/checklists")
def create_checklist(call: Call) -> Obj:
    """Make a checklist on a card, empty or as a copy of another."""
    state = call.state
    card = state.card(call.parts.get("card") or call.need("idCard"))
    taken = [one["pos"] for one in card_checklists(state, card)]
    state.room("checklists.perCard", len(taken))
    pos = position(call.get("pos"), taken)
    made = shapes.new_checklist(state, card, str(call.get("name") or "Checklist"), pos)
    source = call.get("idChecklistSource")
    if source:
        if not call.get("name"):
            made["name"] = state.one(state.checklists, source)["name"]
        for item in state.one(state.checklists, source)["checkItems"]:
            copy = shapes.new_check_item(state, made["id"], item["name"], item["pos"])
            made["checkItems"].append(copy)
    state.checklists[made["id"]] = made
    settle(state, card)
    _tell(call, card, "addChecklistToCard", checklist=heading(made))
    return made if call.parts.get("card") else made | {"limits": {}}


@route("GET", "/checklists/{checklist}")
def read_checklist(call: Call) -> Obj:
    """Show a checklist with its entries."""
    one = call.state.one(call.state.checklists, call["checklist"])
    shown = picked(one, call.get("fields"))
    if call.get("checkItems") != "none":
        items = [picked(item, call.get("checkItem_fields")) for item in one["checkItems"]]
        shown["checkItems"] = items
    return shown


@route("GET", "/cards/{card}/checklists")
def list_checklists(call: Call) -> list[Obj]:
    """List a card's checklists."""
    return card_checklists(call.state, call.state.card(call["card"]))


@route("PUT", "/checklists/{checklist}")
@route("PUT", "/checklists/{checklist}/{field}")
def update_checklist(call: Call) -> Obj:
    """Rename or move a checklist."""
    state = call.state
    checklist = state.one(state.checklists, call["checklist"])
    card = state.cards[checklist["idCard"]]
    params = {call["field"]: call.get("value")} if "field" in call.parts else call.params
    if params.get("name") and params["name"] != checklist["name"]:
        old = {"name": checklist["name"]}
        checklist["name"] = str(params["name"])
        _tell(call, card, "updateChecklist", checklist=heading(checklist), old=old)
    if "pos" in params:
        others = [one["pos"] for one in card_checklists(state, card) if one is not checklist]
        checklist["pos"] = position(params["pos"], others)
    return checklist


@route("DELETE", "/checklists/{checklist}")
@route("DELETE", "/cards/{card}/checklists/{checklist}")
def delete_checklist(call: Call) -> Obj:
    """Delete a checklist with all its entries."""
    state = call.state
    checklist = state.one(state.checklists, call["checklist"])
    del state.checklists[checklist["id"]]
    card = state.cards[checklist["idCard"]]
    settle(state, card)
    _tell(call, card, "removeChecklistFromCard", checklist=heading(checklist))
    return {"limits": {}}


@route("POST", "/checklists/{checklist}/checkItems")
def create_item(call: Call) -> Obj:
    """Add an entry, at the bottom unless told otherwise."""
    state = call.state
    checklist = state.one(state.checklists, call["checklist"])
    items = checklist["checkItems"]
    state.room("checkItems.perChecklist", len(items))
    pos = position(call.get("pos"), [one["pos"] for one in items])
    item = shapes.new_check_item(state, checklist["id"], _name(call.get("name")), pos)
    item["state"] = "complete" if call.flag("checked") else "incomplete"
    item["due"] = date("due", call.get("due"))
    item["idMember"] = call.get("idMember") or None
    items.append(item)
    card = state.cards[checklist["idCard"]]
    settle(state, card)
    _tell_item(call, card, "createCheckItem", checklist, item)
    return item | {"limits": {}}


@route("GET", "/checklists/{checklist}/checkItems")
def list_items(call: Call) -> list[Obj]:
    """List the entries of a checklist."""
    checklist = call.state.one(call.state.checklists, call["checklist"])
    items: list[Obj] = checklist["checkItems"]
    return items


@route("GET", "/cards/{card}/checkItem/{item}")
def read_item(call: Call) -> Obj:
    """Show an entry."""
    return _find(call.state, call.state.card(call["card"]), call["item"])[1]


@route("GET", "/cards/{card}/checkItemStates")
def item_states(call: Call) -> list[Obj]:
    """List the entries that are done."""
    return [
        {"idCheckItem": item["id"], "state": "complete"}
        for checklist in card_checklists(call.state, call.state.card(call["card"]))
        for item in checklist["checkItems"]
        if item["state"] == "complete"
    ]


@route("GET", "/checklists/{checklist}/checkItems/{item}")
def read_item_of_checklist(call: Call) -> Obj:
    """Show an entry."""
    checklist = call.state.one(call.state.checklists, call["checklist"])
    return call.state.one({item["id"]: item for item in checklist["checkItems"]}, call["item"])


@route("PUT", "/cards/{card}/checkItem/{item}")
@route("PUT", "/cards/{card}/checklist/{checklist}/checkItem/{item}")
def update_item(call: Call) -> Obj:
    """Change an entry, or move it to another checklist of the card."""
    state = call.state
    card = state.card(call["card"])
    checklist, item = _find(state, card, call["item"])
    new = _item_changes(call, item)
    target = _target(call, card, checklist)
    if "pos" in call.params:
        others = [one["pos"] for one in target["checkItems"] if one is not item]
        new["pos"] = position(call.get("pos"), others)
    if target is not checklist:
        checklist["checkItems"].remove(item)
        target["checkItems"].append(item)
        new["idChecklist"] = target["id"]
    turned = new.get("state", item["state"]) != item["state"]
    item.update(new)
    settle(state, card)
    if turned:
        told = {name: item[name] for name in ("id", "name", "state")}
        told["textData"] = {"emoji": {}}
        data: dict[str, Any] = {"checkItem": told, "checklist": heading(target)}
        _tell(call, card, "updateCheckItemStateOnCard", **data)
    elif new:
        _tell_item(call, card, "updateCheckItem", target, item)
    return item | {"creationMethod": None}


def _item_changes(call: Call, item: Obj) -> Obj:
    new: Obj = {}
    if "name" in call.params:
        new["name"] = _name(call.get("name"))
    if "state" in call.params:
        wanted = str(call.get("state")).lower()
        new["state"] = "complete" if wanted in ("complete", "true") else "incomplete"
    if "due" in call.params:
        new["due"] = date("due", call.get("due"))
    if "idMember" in call.params:
        new["idMember"] = call.get("idMember") or None
    if "dueReminder" in call.params:
        new["dueReminder"] = int(call.get("dueReminder") or -1)
    return {name: value for name, value in new.items() if item.get(name) != value}


def _target(call: Call, card: Obj, checklist: Obj) -> Obj:
    wanted = call.get("idChecklist")
    if not wanted or wanted == checklist["id"]:
        return checklist
    target = call.state.one(call.state.checklists, wanted)
    if target["idCard"] != card["id"]:
        raise Failure(400, "invalid value for idChecklist")
    return target


@route("DELETE", "/cards/{card}/checkItem/{item}")
@route("DELETE", "/checklists/{checklist}/checkItems/{item}")
def delete_item(call: Call) -> Obj:
    """Delete an entry."""
    state = call.state
    if "card" in call.parts:
        card = state.card(call["card"])
    else:
        card = state.cards[state.one(state.checklists, call["checklist"])["idCard"]]
    checklist, item = _find(state, card, call["item"])
    checklist["checkItems"].remove(item)
    settle(state, card)
    _tell_item(call, card, "deleteCheckItem", checklist, item)
    return {"limits": {}}


def _find(state: State, card: Obj, ref: str) -> tuple[Obj, Obj]:
    for checklist in card_checklists(state, card):
        for item in checklist["checkItems"]:
            if item["id"] == ref:
                return checklist, item
    raise not_found()


def _name(value: Any) -> str:
    name = "" if value is None else str(value)
    if not name or len(name) > LONGEST:
        raise Failure(400, "invalid value for name")
    return name


def _tell_item(call: Call, card: Obj, kind: str, checklist: Obj, item: Obj) -> None:
    told = {name: item[name] for name in ("id", "name", "state")}
    _tell(call, card, kind, checkItem=told, checklist=heading(checklist))


def _tell(call: Call, card: Obj, kind: str, **data: Any) -> None:
    board = call.state.boards[card["idBoard"]]
    record(call.state, call.member, kind, board, app=call.app, card=heading(card), **data)
