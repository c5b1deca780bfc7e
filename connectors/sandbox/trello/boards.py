"""Boards: made, copied, read with what is on them, changed, deleted."""

from __future__ import annotations

from typing import Any, Final

from connectors.sandbox.trello import people, shapes
from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.cards import create_card
from connectors.sandbox.trello.nests import lists_of, members_of, nest
from connectors.sandbox.trello.rights import need_admin
from connectors.sandbox.trello.routes import Call, grouped, many, route, truth
from connectors.sandbox.trello.state import Failure, Obj, State, not_found
from connectors.sandbox.trello.views import (
    chosen_actions,
    filtered_cards,
    list_card,
    paged,
    picked,
    show_action,
    show_card,
)

BOARD_FIELDS: Final = (
    "id,name,desc,descData,closed,idOrganization,idEnterprise,pinned,url,shortUrl,prefs,labelNames"
)
_THREE_LISTS: Final = ("To Do", "Doing", "Done")
_SIX_COLORS: Final = ("green", "yellow", "orange", "red", "purple", "blue")


@route("GET", "/boards/{board}")
def read_board(call: Call) -> Obj:
    """Show a board with whatever was asked to be nested in it."""
    board = call.state.board(call["board"])
    return picked(board, call.get("fields"), BOARD_FIELDS) | nest(call, board)


@route("POST", "/boards")
def create_board(call: Call) -> Obj:
    """Make a board, with three lists and six labels unless told otherwise, or as a copy."""
    state = call.state
    name = str(call.need("name"))
    if len(name) > shapes.LONGEST:
        raise Failure(400, "invalid value for name")
    board = shapes.new_board(state, name, call.get("desc") or "")
    board["idOrganization"] = call.get("idOrganization") or people.home_of(state, call.member)
    board["idMemberCreator"] = call.member["id"]
    board["dateLastActivity"] = state.stamp()
    state.boards[board["id"]] = board
    state.memberships[board["id"]] = [people.membership(state, call.member["id"], "admin")]
    _prefer(board, {k[6:]: v for k, v in call.params.items() if k.startswith("prefs_")})
    source = call.get("idBoardSource")
    copied = {"idBoardSource": source} if source else {}
    record(
        state, call.member, "createBoard", board, app=call.app, creationMethod="assisted", **copied
    )
    if source:
        _copy(call, state.board(source), board)
    else:
        _furnish(call, board)
    return picked(board, None, BOARD_FIELDS) | {"limits": {}}


def _furnish(call: Call, board: Obj) -> None:
    state = call.state
    if truth(call.get("defaultLists", True)):
        for number, name in enumerate(_THREE_LISTS):
            made = shapes.new_list(state, board["id"], name, 16384 * (number + 1))
            state.lists[made["id"]] = made
    if truth(call.get("defaultLabels", True)):
        for color in _SIX_COLORS:
            label = shapes.new_label(state, board["id"], "", color)
            state.labels[label["id"]] = label


def _copy(call: Call, source: Obj, board: Obj) -> None:
    """Take over labels and open lists; and their cards, if that is asked."""
    state = call.state
    board["idBoardSource"] = source["id"]
    for label in state.on_board(state.labels, source["id"]):
        made = shapes.new_label(state, board["id"], label["name"], label["color"])
        state.labels[made["id"]] = made
    for column in lists_of(call, source, "open", None):
        made = shapes.new_list(state, board["id"], column["name"], column["pos"])
        state.lists[made["id"]] = made
        if "cards" in many(call.get("keepFromSource") or "cards"):
            _copy_cards(call, column["id"], made["id"])


def _copy_cards(call: Call, before: str, after: str) -> None:
    cards = call.state.in_order(
        c for c in list(call.state.cards.values()) if c["idList"] == before and not c["closed"]
    )
    for card in cards:
        params = {"idList": after, "idCardSource": card["id"], "pos": card["pos"]}
        create_card(Call(call.state, "POST", "/cards", params, call.member, call.app))


@route("PUT", "/boards/{board}")
def update_board(call: Call) -> Obj:
    """Rename, describe, close or share a board."""
    state, params = call.state, call.params
    board = state.board(call["board"])
    if params.get("name", " ") in ("", None):
        raise Failure(400, "invalid value for name")
    if "closed" in params and truth(params["closed"]) != board["closed"]:
        need_admin(state, call.member, board)
    new: Obj = {name: params[name] or "" for name in ("name", "desc") if name in params}
    new |= {name: truth(params[name]) for name in ("closed", "subscribed") if name in params}
    if params.get("idOrganization"):
        new["idOrganization"] = params["idOrganization"]
    old: Obj = {name: board.get(name) for name, v in new.items() if board.get(name) != v}
    board.update(new)
    board["descData"] = shapes.emoji_data(board["desc"])
    old |= _prefer(board, grouped(params, "prefs") or {})
    for color, name in (grouped(params, "labelNames") or {}).items():
        _name_label(state, board, color, str(name or ""))
    _settle(board, old)
    for name, value in old.items():
        if name != "subscribed":
            record(state, call.member, "updateBoard", board, app=call.app, old={name: value})
    return picked(board, None, BOARD_FIELDS)


def _settle(board: Obj, old: Obj) -> None:
    if "name" in old:
        board["url"] = f"{board['shortUrl']}/{shapes.slug(board['name'])}"


def _prefer(board: Obj, asked: Obj) -> Obj:
    """Set preferences, and return what was before."""
    before = dict(board["prefs"])
    for name, value in asked.items():
        if name == "background" and value in shapes.BACKGROUNDS:
            board["prefs"] |= shapes.background(value) | {
                "backgroundImage": None,
                "backgroundImageScaled": None,
            }
        elif name in before and name != "background":
            kept = truth(value) if isinstance(before[name], bool) else value
            board["prefs"][name] = None if kept == "" else kept
    changed = {k: v for k, v in before.items() if board["prefs"][k] != v}
    return {"prefs": changed} if changed else {}


def _name_label(state: State, board: Obj, color: str, name: str) -> None:
    board["labelNames"][color] = name
    for label in state.on_board(state.labels, board["id"]):
        if label["color"] == color:
            label["name"] = name


@route("DELETE", "/boards/{board}")
def delete_board(call: Call) -> Obj:
    """Delete a board and all that is on it."""
    state = call.state
    board = state.board(call["board"])
    need_admin(state, call.member, board)
    for place in (state.cards, state.lists, state.labels, state.checklists, state.custom_fields):
        for one in state.on_board(place, board["id"]):
            del place[one["id"]]
    del state.boards[board["id"]]
    return {"_value": None}


@route("GET", "/boards/{board}/cards")
@route("GET", "/boards/{board}/cards/{filter}")
def board_cards(call: Call) -> Any:
    """List cards, newest page first; or show one of them."""
    state = call.state
    board = state.board(call["board"])
    wanted = call.parts.get("filter") or call.get("filter") or "visible"
    if wanted not in ("all", "open", "visible", "closed", "none"):
        return show_card(state, _card_on(state, board, wanted), call.params)
    cards = filtered_cards(state, state.on_board(state.cards, board["id"]), wanted)
    newest = {card["id"] for card in paged(cards, call.params)}
    return [list_card(state, card, call.params) for card in cards if card["id"] in newest]


def _card_on(state: State, board: Obj, ref: str) -> Obj:
    """A card of a board by id, short link, or by its number there."""
    for card in state.on_board(state.cards, board["id"]):
        if ref == str(card["idShort"]) or ref in (card["id"], card["shortLink"]):
            return card
    raise not_found()


@route("GET", "/boards/{board}/actions")
def board_actions(call: Call) -> list[Obj]:
    """List what happened on a board, newest first."""
    board = call.state.board(call["board"])
    chosen = chosen_actions(call.state.actions.get(board["id"], []), call.get("filter"))
    return [show_action(one, call.params) for one in paged(chosen, call.params, usual=50)]


@route("GET", "/boards/{board}/lists")
@route("GET", "/boards/{board}/lists/{filter}")
def board_lists(call: Call) -> list[Obj]:
    """List the columns of a board, open ones unless told otherwise, perhaps with their cards."""
    state = call.state
    board = state.board(call["board"])
    wanted = call.parts.get("filter") or call.get("filter") or "open"
    shown = lists_of(call, board, wanted, call.get("fields"))
    if call.get("cards") not in (None, "", "none"):
        cards = filtered_cards(state, state.on_board(state.cards, board["id"]), call.get("cards"))
        for one in shown:
            inside = [card for card in state.in_order(cards) if card["idList"] == one["id"]]
            one["cards"] = [show_card(state, card, call.params, "card_") for card in inside]
    return shown


@route("GET", "/boards/{board}/labels")
def board_labels(call: Call) -> list[Obj]:
    """List the labels of a board, 50 unless told otherwise."""
    board = call.state.board(call["board"])
    labels = call.state.on_board(call.state.labels, board["id"])
    limit = min(int(call.get("limit") or 50), 1000)
    return [picked(one, call.get("fields")) for one in labels[:limit]]


@route("GET", "/boards/{board}/members")
@route("GET", "/boards/{board}/members/{filter}")
def board_members(call: Call) -> list[Obj]:
    """List the members of a board."""
    wanted = call.parts.get("filter") or call.get("filter")
    fields = call.get("fields", "id,fullName,username")
    return members_of(call, call.state.board(call["board"]), wanted, fields)


@route("GET", "/boards/{board}/memberships")
def board_memberships(call: Call) -> list[Obj]:
    """List who is on a board, and in which role."""
    return call.state.memberships.get(call.state.board(call["board"])["id"], [])


@route("PUT", "/boards/{board}/members/{member}")
def add_board_member(call: Call) -> Obj:
    """Bring somebody onto a board, or give them another role there."""
    state = call.state
    board, member = state.board(call["board"]), state.member(call["member"])
    role = call.get("type") or "normal"
    if role not in ("admin", "normal", "observer"):
        raise Failure(400, "invalid value for type")
    memberships = state.memberships.setdefault(board["id"], [])
    there = [one for one in memberships if one["idMember"] == member["id"]]
    if there:
        need_admin(state, call.member, board)
        there[0]["memberType"] = role
    else:
        state.room("boards.totalMembersPerBoard", len(memberships))
        memberships.append(people.membership(state, member["id"], role))
        told = {"idMemberAdded": member["id"], "memberType": role, "member": heading(member)}
        record(state, call.member, "addMemberToBoard", board, app=call.app, **told)
    shown = members_of(call, board, "all", _SHARED)
    return {"id": board["id"], "members": shown, "memberships": memberships}


_SHARED: Final = (
    "id,username,confirmed,memberType,activityBlocked,avatarHash,avatarUrl,fullName,"
    "idMemberReferrer,initials,nonPublic,nonPublicAvailable"
)


@route("DELETE", "/boards/{board}/members/{member}")
def remove_board_member(call: Call) -> Obj:
    """Take somebody off a board: oneself, or as an admin anybody."""
    state = call.state
    board, member = state.board(call["board"]), state.member(call["member"])
    if member is not call.member:
        need_admin(state, call.member, board)
    memberships = state.memberships.get(board["id"], [])
    if all(one["idMember"] != member["id"] for one in memberships):
        raise not_found()
    state.memberships[board["id"]] = [m for m in memberships if m["idMember"] != member["id"]]
    listed = state.listed.get(board["id"], [])
    state.listed[board["id"]] = [ref for ref in listed if ref != member["id"]]
    told = {"idMember": member["id"], "member": heading(member)}
    record(state, call.member, "removeMemberFromBoard", board, app=call.app, **told)
    shown = picked(board, None, BOARD_FIELDS)
    return shown | {"members": members_of(call, board, "all", _SHARED)}
