"""What hangs on a card: labels, members, votes, comments, stickers."""

from __future__ import annotations

from typing import Any, Final

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.activity import display, entities, heading, record
from connectors.sandbox.trello.cards import change_card
from connectors.sandbox.trello.columns import color_of, make_label
from connectors.sandbox.trello.routes import Call, route
from connectors.sandbox.trello.state import Failure, Obj
from connectors.sandbox.trello.views import (
    actions_about,
    chosen_actions,
    paged,
    picked,
    show_action,
    show_members,
)

_PICTURES: Final = "https://d2k1ftgv7pobq7.cloudfront.net/images/stickers"


@route("POST", "/cards/{card}/idLabels")
def add_label(call: Call) -> list[str]:
    """Put a label on a card."""
    card = call.state.card(call["card"])
    ref = call.need("value")
    if ref in card["idLabels"]:
        raise Failure(400, "that label is already on the card")
    change_card(call, card, {"idLabels": [*card["idLabels"], ref]})
    return list(card["idLabels"])


@route("POST", "/cards/{card}/labels")
def add_new_label(call: Call) -> Obj:
    """Make a label and put it on a card."""
    card = call.state.card(call["card"])
    label = make_label(call, card["idBoard"], call.get("name") or "", color_of(call.need("color")))
    change_card(call, card, {"idLabels": [*card["idLabels"], label["id"]]})
    return label


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
    return show_members(call.state, card["idMembers"])


@route("DELETE", "/cards/{card}/idMembers/{member}")
def remove_member(call: Call) -> list[Obj]:
    """Take somebody off a card."""
    card = call.state.card(call["card"])
    if call["member"] not in card["idMembers"]:
        raise Failure(400, "member is not on the card")
    change_card(call, card, {"idMembers": [r for r in card["idMembers"] if r != call["member"]]})
    return show_members(call.state, card["idMembers"])


@route("GET", "/cards/{card}/members")
def card_members(call: Call) -> list[Obj]:
    """List who is on a card."""
    card = call.state.card(call["card"])
    return show_members(call.state, card["idMembers"], call.get("fields"))


@route("GET", "/cards/{card}/membersVoted")
def card_votes(call: Call) -> list[Obj]:
    """List who voted for a card."""
    card = call.state.card(call["card"])
    return show_members(call.state, card["idMembersVoted"], call.get("fields"))


@route("POST", "/cards/{card}/membersVoted")
def vote(call: Call) -> Obj:
    """Vote for a card, once."""
    card = call.state.card(call["card"])
    ref = call.state.member(call.need("value"))["id"]
    if ref in card["idMembersVoted"]:
        raise Failure(400, "member has already voted on the card")
    card["idMembersVoted"].append(ref)
    _voted(call, card, voted=True)
    return {"_value": None}


@route("DELETE", "/cards/{card}/membersVoted/{member}")
def withdraw_vote(call: Call) -> Obj:
    """Take a vote back."""
    card = call.state.card(call["card"])
    if call["member"] not in card["idMembersVoted"]:
        raise Failure(400, "member has not voted on the card")
    card["idMembersVoted"].remove(call["member"])
    _voted(call, card, voted=False)
    return {"_value": None}


def _voted(call: Call, card: Obj, *, voted: bool) -> None:
    card["badges"]["votes"] = len(card["idMembersVoted"])
    board = call.state.boards[card["idBoard"]]
    data = {"card": heading(card), "voted": voted}
    record(call.state, call.member, "voteOnCard", board, app=call.app, **data)


@route("GET", "/cards/{card}/actions")
def card_actions(call: Call) -> list[Obj]:
    """List what happened to a card; comments and moves unless told otherwise."""
    own = actions_about(call.state, "card", call.state.card(call["card"]))
    chosen = chosen_actions(own, call.get("filter") or "commentCard,updateCard:idList")
    return [show_action(one, call.params) for one in paged(chosen, call.params, usual=50)]


@route("POST", "/cards/{card}/actions/comments")
def comment(call: Call) -> Obj:
    """Say something under a card."""
    state = call.state
    card = state.card(call["card"])
    text = comment_text(call.need("text"))
    board = state.boards[card["idBoard"]]
    card["badges"]["comments"] = (card["badges"].get("comments") or 0) + 1
    card["dateLastActivity"] = state.stamp()
    data = {"text": text, "textData": {"emoji": {}}, "card": heading(card)}
    column = heading(state.lists.get(card["idList"]) or {})
    made = record(state, call.member, "commentCard", board, app=call.app, **data, list=column)
    for member in state.members.values():
        if f"@{member['username']}" in text and member is not call.member:
            state.notify(member["id"], made | {"type": "mentionedOnCard"})
    return made | {"display": display(made), "entities": entities(made)}


def comment_text(value: Any) -> str:
    """The text of a comment. Raises `Failure` for none, or for too much."""
    text = str(value)
    if not text.strip() or len(text) > shapes.LONGEST:
        raise Failure(400, "invalid value for text")
    return text


@route("POST", "/cards/{card}/stickers")
def add_sticker(call: Call) -> Obj:
    """Put a sticker on a card."""
    state = call.state
    card = state.card(call["card"])
    stickers = card.setdefault("stickers", [])
    state.room("stickers.perCard", len(stickers))
    image = str(call.need("image"))
    numbers = {name: float(call.get(name) or 0) for name in ("top", "left", "zIndex", "rotate")}
    url = f"{_PICTURES}/{image}"
    scaled = [
        {"_id": None, "id": None, "scaled": False, "bytes": None}
        | {"url": f"{url}{end}.png", "height": size, "width": size}
        for end, size in (("", 80), ("@2x", 160))
    ]
    made = {"id": state.mint(), **numbers, "image": image, "imageUrl": f"{url}.png"}
    stickers.append(made | {"imageScaled": scaled})
    return dict(stickers[-1])


@route("GET", "/cards/{card}/stickers/{sticker}")
def read_sticker(call: Call) -> Obj:
    """Show a sticker."""
    return picked(_sticker(call), call.get("fields"))


@route("PUT", "/cards/{card}/stickers/{sticker}")
def move_sticker(call: Call) -> Obj:
    """Move or turn a sticker."""
    one = _sticker(call)
    names = ("top", "left", "zIndex", "rotate")
    one.update({name: float(call.get(name)) for name in names if name in call.params})
    return one


@route("DELETE", "/cards/{card}/stickers/{sticker}")
def remove_sticker(call: Call) -> Obj:
    """Take a sticker off."""
    call.state.card(call["card"])["stickers"].remove(_sticker(call))
    return {"stickers": call.state.card(call["card"])["stickers"]}


def _sticker(call: Call) -> Obj:
    stickers = call.state.card(call["card"]).get("stickers") or []
    found = {one["id"]: one for one in stickers}
    return call.state.one(found, call["sticker"])
