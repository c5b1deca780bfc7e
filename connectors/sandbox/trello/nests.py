"""What a board shows inside itself, when asked: `?cards=all&card_attachments=true&…`.

https://developer.atlassian.com/cloud/trello/guides/rest-api/nested-resources/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from connectors.sandbox.trello.routes import Call, truth
from connectors.sandbox.trello.state import Failure, Obj
from connectors.sandbox.trello.views import (
    LARGEST_PAGE,
    MEMBER_FIELDS,
    chosen_actions,
    filtered,
    filtered_cards,
    paged,
    picked,
    show_action,
    show_card,
)

_NOTHING: Final = (None, "", "none", "false", False)


def nest(call: Call, board: Obj) -> Obj:
    """Everything that the parameters ask to be shown inside a board."""
    return {name: make(call, board) for name, make in _NESTS.items() if _asked(call, name)}


def _asked(call: Call, name: str) -> bool:
    return call.get(name) not in _NOTHING


def _cards(call: Call, board: Obj) -> list[Obj]:
    state = call.state
    found = state.on_board(state.cards, board["id"])
    if len(found) >= LARGEST_PAGE and _asked(call, "card_actions"):
        body = '{"error":"API_TOO_MANY_CARDS_REQUESTED","message":"Requested too many cards"}'
        raise Failure(403, body)
    cards = filtered_cards(state, found, call.get("cards"))
    words = ("limit", "since", "before")
    prefixed = {word: call.get(f"cards_{word}") for word in words}
    newest = {card["id"] for card in paged(cards, prefixed)}
    return [show_card(state, card, call.params, "card_") for card in cards if card["id"] in newest]


def _actions(call: Call, board: Obj) -> list[Obj]:
    chosen = chosen_actions(call.state.actions.get(board["id"], []), call.get("actions"))
    params = call.params | {
        f"actions_{word}": call.get(f"action_{word}", call.get(f"actions_{word}", usual))
        for word, usual in (("memberCreator", True), ("fields", None), ("display", None))
    }
    return [show_action(one, params, "actions_") for one in paged(chosen, params, "actions_", 50)]


def _lists(call: Call, board: Obj) -> list[Obj]:
    return lists_of(call, board, call.get("lists"), call.get("list_fields"))


def lists_of(call: Call, board: Obj, wanted: Any, fields: Any) -> list[Obj]:
    """The columns of a board from left to right."""
    lists = call.state.in_order(call.state.on_board(call.state.lists, board["id"]))
    return [picked(one, fields) for one in filtered(lists, wanted)]


def _labels(call: Call, board: Obj) -> list[Obj]:
    limit = int(call.get("labels_limit") or call.get("label_limit") or 50)
    labels = call.state.on_board(call.state.labels, board["id"])
    fields = call.get("label_fields")
    return [picked(one, fields) for one in labels[: min(limit, LARGEST_PAGE)]]


def _members(call: Call, board: Obj) -> list[Obj]:
    return members_of(call, board, call.get("members"), call.get("member_fields", MEMBER_FIELDS))


def members_of(call: Call, board: Obj, wanted: Any, fields: Any) -> list[Obj]:
    """Who is on a board: all, or those of one role (`admins`, `normal`)."""
    role = {"admins": "admin", "owners": "admin", "normal": "normal"}.get(str(wanted))
    memberships = call.state.memberships.get(board["id"], [])
    listed = call.state.listed.get(board["id"], []) if role is None else []
    found = [one["idMember"] for one in memberships if role in (None, one["memberType"])]
    refs = dict.fromkeys([*listed, *found])
    known = call.state.members
    return [picked(known[ref], fields) for ref in refs if ref in known]


def _checklists(call: Call, board: Obj) -> list[Obj]:
    found = call.state.on_board(call.state.checklists, board["id"])
    return [picked(one, call.get("checklist_fields")) for one in found]


def _organization(call: Call, board: Obj) -> Obj | None:
    found = call.state.organizations.get(board.get("idOrganization") or "")
    fields = call.get("organization_fields", "name,displayName")
    return picked(found, fields) if found and truth(call.get("organization")) else None


_NESTS: Final[dict[str, Callable[[Call, Obj], Any]]] = {
    "cards": _cards,
    "actions": _actions,
    "lists": _lists,
    "labels": _labels,
    "members": _members,
    "checklists": _checklists,
    "memberships": lambda call, board: call.state.memberships.get(board["id"], []),
    "customFields": lambda call, board: call.state.on_board(call.state.custom_fields, board["id"]),
    "pluginData": lambda call, board: call.state.plugin_data.get(board["id"], []),
    "organization": _organization,
}
