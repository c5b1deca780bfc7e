"""Cards: made, copied, read, changed, moved, archived, deleted."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import forget_card, heading, named, record
from connectors.sandbox.trello.attaching import add_file
from connectors.sandbox.trello.cardfields import changes, neighbours, peers
from connectors.sandbox.trello.moving import fit_to_board
from connectors.sandbox.trello.positions import make_room, position
from connectors.sandbox.trello.routes import Call, Upload, many, route
from connectors.sandbox.trello.state import Failure, Obj, State
from connectors.sandbox.trello.views import show_card

_COPIED: Final = {
    "due": ("due", "dueReminder"),
    "start": ("start",),
    "labels": ("idLabels",),
    "members": ("idMembers",),
}


@route("POST", "/cards")
@route("POST", "/lists/{list}/cards")
def create_card(call: Call) -> Obj:
    """Make a card at the bottom of a list unless told otherwise, perhaps as a copy."""
    state = call.state
    column = _column(call)
    board = state.boards[column["idBoard"]]
    state.room("cards.openPerList", len(neighbours(state, {"id": ""}, column["id"])))
    card = shapes.new_card(state, board, column["id"], number(state, board["id"]))
    source = call.get("idCardSource")
    origin = state.card(source) if source else None
    copied = _copied(state, origin, card, call.get("keepFromSource")) if origin else {}
    params = {"pos": "bottom"} | copied | {k: v for k, v in call.params.items() if k != "idList"}
    if origin and not call.get("name"):
        params["name"] = origin["name"]
    card |= changes(state, card, params)
    card["idMemberCreator"] = call.member["id"]
    state.cards[card["id"]] = card
    _attach(call, card)
    settle(state, card)
    kind = {"copyCard": {"cardSource": heading(origin)}} if origin else {"createCard": {}}
    [(word, more)] = kind.items()
    data = {"card": heading(card), "list": heading(column)} | more
    record(state, call.member, word, board, app=call.app, **data)
    shown: Obj = {"attachments": card.get("attachments") or [], "stickers": [], "limits": {}}
    return show_card(state, card, {}) | shown


def _column(call: Call) -> Obj:
    column = call.state.lists.get(call.parts.get("list") or call.get("idList") or "")
    if column is None:
        if not call.get("idList"):
            raise Failure(400, "invalid value for idList")
        raise Failure(404, "could not find the board that the card belongs to")
    return column


def number(state: State, board: str) -> int:
    """The next number of a board's cards."""
    return max((card["idShort"] for card in state.on_board(state.cards, board)), default=0) + 1


def _copied(state: State, origin: Obj, card: Obj, keep: Any) -> Obj:
    """What a copy takes over: all of it, unless told what."""
    words = many(keep) or ["all"]
    whole = "all" in words
    taken = {"desc": origin["desc"]}
    for word, names in _COPIED.items():
        if whole or word in words:
            taken |= {name: origin[name] for name in names}
    if whole or "attachments" in words:
        card["attachments"] = [
            one | {"id": state.mint()} for one in deepcopy(origin.get("attachments") or [])
        ]
    if whole or "checklists" in words:
        _copy_checklists(state, origin, card)
    if origin["idBoard"] != card["idBoard"]:
        taken.pop("idLabels", None)
        taken.pop("idMembers", None)
    return taken


def _copy_checklists(state: State, origin: Obj, card: Obj) -> None:
    for checklist in [c for c in state.checklists.values() if c["idCard"] == origin["id"]]:
        made = shapes.new_checklist(state, card, checklist["name"], checklist["pos"])
        for item in checklist["checkItems"]:
            copy = deepcopy(item) | {"id": state.mint(), "idChecklist": made["id"]}
            made["checkItems"].append(copy)
        state.checklists[made["id"]] = made


def _attach(call: Call, card: Obj) -> None:
    upload, url = call.get("fileSource"), call.get("urlSource")
    if isinstance(upload, Upload) or url:
        add_file(call, card, upload if isinstance(upload, Upload) else None, {"url": url})


@route("GET", "/cards/{card}")
def read_card(call: Call) -> Obj:
    """Show a card with whatever was asked to be nested in it."""
    return show_card(call.state, call.state.card(call["card"]), call.params)


@route("PUT", "/cards/{card}")
def update_card(call: Call) -> Obj:
    """Change a card."""
    if call.params.get("name", " ") in ("", None):
        raise Failure(400, "invalid value for name")
    return change_card(call, call.state.card(call["card"]), call.params)


@route("DELETE", "/cards/{card}")
def delete_card(call: Call) -> Obj:
    """Delete a card for good: its actions go too, and one `deleteCard` stays."""
    state = call.state
    card = state.card(call["card"])
    board, column = state.boards[card["idBoard"]], state.lists.get(card["idList"])
    del state.cards[card["id"]]
    for checklist in [one for one in state.checklists.values() if one["idCard"] == card["id"]]:
        del state.checklists[checklist["id"]]
    forget_card(state, board, card)
    told = {name: card[name] for name in ("id", "idShort", "shortLink")}
    where = {"list": heading(column)} if column else {}
    record(state, call.member, "deleteCard", board, app=call.app, card=told, **where)
    return {"limits": {}}


def change_card(call: Call, card: Obj, params: Obj) -> Obj:
    """Take over what was sent, and record an action for each thing that changed."""
    state = call.state
    target = params.get("idBoard")
    if target and target != card["idBoard"]:
        _move(call, card, state.board(str(target)), params)
        params = {k: v for k, v in params.items() if k not in ("idBoard", "idList", "pos")}
    new = changes(state, card, params)
    old = {name: card.get(name) for name, value in new.items() if card.get(name) != value}
    card.update(new)
    if old.get("idList"):
        old.pop("pos", None)
    if "closed" in old and "dateClosed" in card:
        card["dateClosed"] = state.stamp() if card["closed"] else None
    if old:
        settle(state, card)
    for name, value in old.items():
        if name not in _SILENT:
            _tell(call, card, name, value)
    return show_card(state, card, {})


_SILENT: Final = ("descData", "manualCoverAttachment", "idAttachmentCover", "subscribed")
"""Fields that follow from others, or that are one member's own affair."""


def _move(call: Call, card: Obj, board: Obj, params: Obj) -> None:
    """Take a card to another board: to the end of the list that is named, or of the first."""
    state = call.state
    before = state.boards[card["idBoard"]]
    lists = state.in_order(state.on_board(state.lists, board["id"]))
    named_list = params.get("idList")
    columns = [one for one in lists if one["id"] == named_list or (not named_list)]
    if not columns:
        raise Failure(400, "invalid value for idList")
    source, column = state.lists.get(card["idList"]), columns[0]
    fit_to_board(state, card, board, number(state, board["id"]))
    card["idList"] = column["id"]
    card["pos"] = position(params.get("pos"), neighbours(state, card, column["id"]))
    settle(state, card)
    told = {"card": heading(card)}
    there = {"boardTarget": {"id": board["id"]}, "list": heading(source or {})}
    here = {"boardSource": {"id": before["id"]}, "list": heading(column)}
    record(state, call.member, "moveCardFromBoard", before, app=call.app, **told, **there)
    record(state, call.member, "moveCardToBoard", board, app=call.app, **told, **here)


def _tell(call: Call, card: Obj, name: str, value: Any) -> None:
    state, board = call.state, call.state.boards[card["idBoard"]]
    where: Obj = {"list": heading(state.lists.get(card["idList"]) or {})}
    if name == "idList":
        before = heading(state.lists.get(value) or {"id": value})
        where = {"listBefore": before, "listAfter": where["list"]}
    if name == "idMembers":
        _tell_members(call, board, card, value)
        return
    if name == "idLabels":
        _tell_labels(call, board, card, value)
    data = {"card": heading(card) | {name: card[name]}, "old": {name: value}} | where
    record(state, call.member, "updateCard", board, app=call.app, **data)


def _tell_members(call: Call, board: Obj, card: Obj, before: list[str]) -> None:
    state = call.state
    for kind, who in _comings(before, card["idMembers"]):
        word = f"{kind[0]}Member{kind[1]}Card"
        more: Obj = {"deactivated": False} if word.startswith("remove") else {}
        if who in state.members:
            more["member"] = named(state.members[who])
        data = {"card": heading(card), "idMember": who} | more
        record(state, call.member, word, board, app=call.app, **data)


def _tell_labels(call: Call, board: Obj, card: Obj, before: list[str]) -> None:
    state = call.state
    for kind, ref in _comings(before, card["idLabels"]):
        label = state.labels.get(ref) or {"id": ref, "name": "", "color": None}
        shown = {name: label[name] for name in ("id", "name", "color")}
        data = {"card": heading(card), "label": shown, "value": label["color"]}
        word = f"{kind[0]}Label{kind[1]}Card"
        record(state, call.member, word, board, app=call.app, text=label["name"], **data)


def _comings(before: list[str], after: list[str]) -> list[tuple[tuple[str, str], str]]:
    gone = [(("remove", "From"), who) for who in before if who not in after]
    return gone + [(("add", "To"), who) for who in after if who not in before]


def settle(state: State, card: Obj) -> None:
    """Bring what follows from a card's fields up to date."""
    card["dateLastActivity"] = state.stamp()
    make_room(card, [one for one in peers(state, card, card["idList"]) if not card["closed"]])
    end = shapes.slug(card["name"])
    card["url"] = f"{card['shortUrl']}/{card['idShort']}" + (f"-{end}" if end else "")
    checklists = [one for one in state.checklists.values() if one["idCard"] == card["id"]]
    items = [item for checklist in checklists for item in checklist["checkItems"]]
    dues = [item["due"] for item in items if item.get("due") and item["state"] != "complete"]
    card["checkItemStates"] = [
        {"id": item["id"], "idCheckItem": item["id"], "state": "complete"}
        for item in items
        if item["state"] == "complete"
    ]
    card["idChecklists"] = [one["id"] for one in checklists]
    card["badges"] |= {
        "description": bool(card["desc"]),
        "due": card["due"],
        "start": card.get("start"),
        "dueComplete": card["dueComplete"],
        "checkItems": len(items),
        "checkItemsChecked": sum(item["state"] == "complete" for item in items),
        "checkItemsEarliestDue": min(dues, default=None),
        "attachments": len(card.get("attachments") or []),
        "votes": len(card.get("idMembersVoted") or []),
        "location": bool(card.get("coordinates")),
        "subscribed": bool(card.get("subscribed")),
    }
