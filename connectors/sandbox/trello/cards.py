"""Cards: made, read, changed, archived, deleted; their labels, members and comments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import forget_card, heading, record
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, many, route, truth
from connectors.sandbox.trello.state import Failure, Obj, State, not_found
from connectors.sandbox.trello.views import chosen_actions, paged, picked, show_action, show_card

LONGEST: Final = 16384
_FLAGS: Final = ("closed", "dueComplete", "subscribed", "isTemplate")


@route("POST", "/cards")
@route("POST", "/lists/{list}/cards")
def create_card(call: Call) -> Obj:
    """Make a card at the bottom of a list, unless told otherwise."""
    state = call.state
    column = state.lists.get(call.parts.get("list") or call.get("idList") or "")
    if column is None:
        if not call.get("idList"):
            raise Failure(400, "invalid value for idList")
        raise Failure(404, "could not find the board that the card belongs to")
    board = state.boards[column["idBoard"]]
    numbers = [card["idShort"] for card in state.on_board(state.cards, board["id"])]
    card = shapes.new_card(state, board, column["id"], max(numbers, default=0) + 1)
    params = {"pos": "bottom"} | {k: v for k, v in call.params.items() if k != "idList"}
    card |= _changes(state, card, params)
    state.cards[card["id"]] = card
    settle(state, card)
    record(
        state,
        call.member,
        "createCard",
        board,
        app=call.app,
        card=heading(card),
        list=heading(column),
    )
    more: Obj = {"attachments": [], "stickers": [], "limits": {}}
    return show_card(state, card, {}) | more


@route("GET", "/cards/{card}")
def read_card(call: Call) -> Obj:
    """Show a card with whatever was asked to be nested in it."""
    card = call.state.card(call["card"])
    shown = show_card(call.state, card, call.params)
    if truth(call.get("board")):
        shown["board"] = picked(call.state.boards[card["idBoard"]], call.get("board_fields"))
    if truth(call.get("list")):
        shown["list"] = picked(call.state.lists[card["idList"]], call.get("list_fields"))
    return shown


@route("PUT", "/cards/{card}")
def update_card(call: Call) -> Obj:
    """Change a card."""
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
    new = _changes(state, card, params)
    old = {name: card[name] for name, value in new.items() if card[name] != value}
    card.update(new)
    board = state.boards[card["idBoard"]]
    moved = old.get("idList")
    if moved:
        old.pop("pos", None)
    if old:
        settle(state, card)
    for name, value in old.items():
        _tell(call, board, card, name, value)
    return show_card(state, card, {})


def _tell(call: Call, board: Obj, card: Obj, name: str, value: Any) -> None:
    state = call.state
    where: Obj = {"list": heading(state.lists[card["idList"]])}
    if name == "idList":
        where = {"listBefore": heading(state.lists[value]), "listAfter": where["list"]}
    if name == "idMembers":
        for kind, who in _comings(value, card["idMembers"]):
            told = heading(card)
            record(state, call.member, kind, board, app=call.app, card=told, idMember=who)
        return
    told = heading(card) | {name: card[name]}
    data = {"card": told, "old": {name: value}} | where
    record(state, call.member, "updateCard", board, app=call.app, **data)


def _comings(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    gone = [("removeMemberFromCard", who) for who in before if who not in after]
    return gone + [("addMemberToCard", who) for who in after if who not in before]


def _changes(state: State, card: Obj, params: Obj) -> Obj:
    """Check every parameter before any is taken over: a refused write changes nothing."""
    checks: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: _text("name", value),
        "desc": lambda value: _text("desc", value),
        "due": lambda value: _date("due", value),
        "start": lambda value: _date("start", value),
        "idList": lambda value: _list(state, card, value),
        "idLabels": lambda value: _refs(state.labels, many(value), "idLabels"),
        "idMembers": lambda value: _refs(state.members, many(value), "idMembers"),
    } | dict.fromkeys(_FLAGS, truth)
    new: Obj = {name: check(params[name]) for name, check in checks.items() if name in params}
    if "desc" in new:
        new["descData"] = shapes.emoji_data(new["desc"])
    if "pos" in params or "idList" in new:
        column = str(new.get("idList", card["idList"]))
        new["pos"] = position(params.get("pos", card["pos"]), _neighbours(state, card, column))
    return new


def _text(name: str, value: Any) -> str:
    text = "" if value is None else str(value)
    if len(text) > LONGEST:
        raise Failure(400, f"invalid value for {name}")
    return text


def _date(name: str, value: Any) -> str | None:
    """Take any usual form of a date, answer in Trello's own."""
    if value in (None, "", "null"):
        return None
    text = str(value).replace(" UTC", "Z").replace(" ", "T", 1)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(400, f"invalid value for {name}") from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    utc = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return utc.replace("+00:00", "Z")


def _list(state: State, card: Obj, ref: Any) -> str:
    column = state.lists.get(str(ref))
    if column is None or column["idBoard"] != card["idBoard"]:
        raise Failure(400, "invalid value for idList")
    return str(ref)


def _refs(place: dict[str, Obj], refs: list[str], name: str) -> list[str]:
    if any(ref not in place for ref in refs):
        raise Failure(400, f"invalid value for {name}")
    return list(dict.fromkeys(refs))


def _neighbours(state: State, card: Obj, column: str) -> list[float]:
    return [
        one["pos"]
        for one in state.cards.values()
        if one["idList"] == column and one["id"] != card["id"] and not one["closed"]
    ]


def settle(state: State, card: Obj) -> None:
    """Bring what follows from a card's fields up to date."""
    card["dateLastActivity"] = state.stamp()
    end = shapes.slug(card["name"])
    card["url"] = f"{card['shortUrl']}/{card['idShort']}" + (f"-{end}" if end else "")
    checklists = [one for one in state.checklists.values() if one["idCard"] == card["id"]]
    items = [item for checklist in checklists for item in checklist["checkItems"]]
    card["idChecklists"] = [one["id"] for one in checklists]
    card["badges"] |= {
        "description": bool(card["desc"]),
        "due": card["due"],
        "start": card.get("start"),
        "dueComplete": card["dueComplete"],
        "checkItems": len(items),
        "checkItemsChecked": sum(item["state"] == "complete" for item in items),
    }


@route("POST", "/cards/{card}/idLabels")
def add_label(call: Call) -> list[str]:
    """Put a label on a card."""
    card = call.state.card(call["card"])
    ref = call.need("value")
    if ref in card["idLabels"]:
        raise Failure(400, "that label is already on the card")
    change_card(call, card, {"idLabels": [*card["idLabels"], ref]})
    return list(card["idLabels"])


@route("DELETE", "/cards/{card}/idLabels/{label}")
def remove_label(call: Call) -> Obj:
    """Take a label off a card."""
    card = call.state.card(call["card"])
    if call["label"] not in card["idLabels"]:
        raise Failure(400, "that label is not on the card")
    change_card(call, card, {"idLabels": [r for r in card["idLabels"] if r != call["label"]]})
    return {"_value": None}


@route("POST", "/cards/{card}/idMembers")
def add_member(call: Call) -> list[Obj]:
    """Put somebody on a card."""
    card = call.state.card(call["card"])
    ref = call.need("value")
    if ref in card["idMembers"]:
        raise Failure(400, "member is already on the card")
    change_card(call, card, {"idMembers": [*card["idMembers"], ref]})
    return _members(call.state, card)


@route("DELETE", "/cards/{card}/idMembers/{member}")
def remove_member(call: Call) -> list[Obj]:
    """Take somebody off a card."""
    card = call.state.card(call["card"])
    if call["member"] not in card["idMembers"]:
        raise Failure(400, "member is not on the card")
    change_card(call, card, {"idMembers": [r for r in card["idMembers"] if r != call["member"]]})
    return _members(call.state, card)


@route("GET", "/cards/{card}/members")
def card_members(call: Call) -> list[Obj]:
    """List who is on a card."""
    return _members(call.state, call.state.card(call["card"]))


def _members(state: State, card: Obj) -> list[Obj]:
    shown = show_card(state, card, {"members": "true"})
    found: list[Obj] = shown["members"]
    return found


@route("GET", "/cards/{card}/actions")
def card_actions(call: Call) -> list[Obj]:
    """List what happened to a card; comments and moves unless told otherwise."""
    state = call.state
    card = state.card(call["card"])
    own = [
        action
        for action in state.actions.get(card["idBoard"], [])
        if (action["data"].get("card") or {}).get("id") == card["id"]
    ]
    chosen = chosen_actions(own, call.get("filter") or "commentCard,updateCard:idList")
    return [show_action(one, call.params) for one in paged(chosen, call.params, usual=50)]


@route("POST", "/cards/{card}/actions/comments")
def comment(call: Call) -> Obj:
    """Say something under a card."""
    state = call.state
    card = state.card(call["card"])
    text = str(call.need("text"))
    if len(text) > LONGEST:
        raise Failure(400, "invalid value for text")
    column = heading(state.lists[card["idList"]])
    board = state.boards[card["idBoard"]]
    card["badges"]["comments"] = (card["badges"].get("comments") or 0) + 1
    card["dateLastActivity"] = state.stamp()
    data = {"text": text, "textData": {"emoji": {}}, "card": heading(card), "list": column}
    return record(state, call.member, "commentCard", board, app=call.app, **data)


@route("GET", "/cards/{card}/{field}")
def card_field(call: Call) -> Any:
    """Show one field, or one nested resource, of a card."""
    card = call.state.card(call["card"])
    name = call["field"]
    if name in ("attachments", "customFieldItems", "pluginData", "stickers"):
        return card.get(name) or []
    if name == "board":
        return picked(call.state.boards[card["idBoard"]], call.get("fields"))
    if name == "list":
        return picked(call.state.lists[card["idList"]], call.get("fields"))
    if name not in card:
        raise Failure(404, f"Cannot GET /1{call.path}")
    value = show_card(call.state, card, {})[name]
    return value if isinstance(value, dict | list) else {"_value": value}


@route("PUT", "/cards/{card}/{field}")
def update_card_field(call: Call) -> Obj:
    """Change one field of a card."""
    card = call.state.card(call["card"])
    if call["field"] not in (
        "name",
        "desc",
        "due",
        "start",
        "pos",
        "closed",
        "idList",
        "dueComplete",
    ):
        raise not_found()
    return change_card(call, card, {call["field"]: call.get("value")})
