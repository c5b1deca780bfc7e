"""The activity of a board: one action for each change that Trello records.

What Trello does not list is not listed here either (`HIDDEN`): edits of checklist
entries other than their state, of labels, of comments. Those are told to webhooks and
can be read by id. A deleted card takes its actions with it and leaves one `deleteCard`.
Which types are excluded:
https://developer.atlassian.com/cloud/trello/guides/rest-api/action-types/
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from connectors.sandbox.trello import limits
from connectors.sandbox.trello.state import Obj, State

HIDDEN: Final = frozenset(
    {
        *("addLabelToCard", "removeLabelFromCard", "createLabel", "updateLabel", "deleteLabel"),
        *("createCheckItem", "updateCheckItem", "deleteCheckItem", "updateComment"),
        *("deleteComment", "voteOnCard", "addStickerToCard", "removeStickerFromCard"),
    }
)


def record(
    state: State, who: Obj, kind: str, board: Obj, *, app: str | None = None, **data: Any
) -> Obj:
    """Add an action to a board, mark the board as active now, and tell it to webhooks."""
    action: Obj = {
        "id": state.mint(),
        "idMemberCreator": who["id"],
        "data": data | ({} if "organization" in data else {"board": heading(board)}),
        "appCreator": {"id": app} if app else None,
        "type": kind,
        "date": state.stamp(),
        "limits": limits.told(*limits.OF_COMMENT) if kind == "commentCard" else {},
        "memberCreator": shown_member(who),
    }
    if kind in HIDDEN:
        action["data"]["board"] = heading(board)
        state.hidden[action["id"]] = action
    else:
        state.actions.setdefault(board["id"], []).insert(0, action)
        board["dateLastActivity"] = action["date"]
    for listener in state.listeners:
        listener(action)
    return action


def application(key: str) -> str:
    """The id of the application that a key belongs to."""
    return hashlib.sha256(f"application {key}".encode()).hexdigest()[:24]


def heading(one: Obj) -> Obj:
    """How an action names a board, a card or a list."""
    return {name: one[name] for name in ("id", "name", "idShort", "shortLink") if name in one}


def named(member: Obj) -> Obj:
    """How an action names a member whom something happened to."""
    return {"id": member["id"], "name": member["fullName"]}


def shown_member(member: Obj) -> Obj:
    """How an action shows who did it."""
    names = ("id", "username", "activityBlocked", "avatarHash", "avatarUrl", "fullName")
    more = ("idMemberReferrer", "initials", "nonPublic", "nonPublicAvailable")
    return {name: member.get(name) for name in (*names, *more)}


def forget_card(state: State, board: Obj, card: Obj) -> None:
    """Take away every action of a card that is deleted."""
    actions = state.actions.get(board["id"], [])
    state.actions[board["id"]] = [
        action for action in actions if (action["data"].get("card") or {}).get("id") != card["id"]
    ]


_KEYS: Final = {
    "createCard": "action_create_card",
    "copyCard": "action_copy_card",
    "deleteCard": "action_delete_card",
    "commentCard": "action_comment_on_card",
    "createList": "action_added_list_to_board",
    "createBoard": "action_create_board",
    "createCustomField": "action_create_custom_field",
    "updateCustomFieldItem": "action_update_custom_field_item",
    "addMemberToBoard": "action_added_member_to_board",
    "addMemberToCard": "action_added_member_to_card",
    "removeMemberFromCard": "action_removed_member_from_card",
    "addAttachmentToCard": "action_add_attachment_to_card",
    "deleteAttachmentFromCard": "action_delete_attachment_from_card",
    "addChecklistToCard": "action_add_checklist_to_card",
    "removeChecklistFromCard": "action_remove_checklist_from_card",
    "addLabelToCard": "action_add_label_to_card",
    "removeLabelFromCard": "action_remove_label_from_card",
}
_CHANGES: Final = {
    ("updateCard", "name"): "action_renamed_card",
    ("updateCard", "desc"): "action_changed_description_of_card",
    ("updateCard", "idList"): "action_move_card_from_list_to_list",
    ("updateCard", "due"): "action_changed_a_due_date",
    ("updateCard", "start"): "action_added_a_start_date",
    ("updateList", "name"): "action_renamed_list",
    ("updateBoard", "name"): "action_update_board_name",
}
_ENTITIES: Final = (
    *("attachment", "card", "checklist", "list", "listBefore", "listAfter", "board", "label"),
    *("customField", "organization", "member"),
)


def display(action: Obj) -> Obj:
    """How Trello's own pages word an action: a sentence's key, and what it speaks of."""
    data = action["data"]
    changed = next(iter(data.get("old") or {}), "")
    key = _CHANGES.get((action["type"], changed)) or _KEYS.get(action["type"], "unknown")
    entities = {name: _entity(name, data[name]) for name in _ENTITIES if name in data}
    if "text" in data and action["type"] == "commentCard":
        entities.pop("board", None)
        entities.pop("list", None)
        entities["card"]["hideIfContext"] = True
        entities["contextOn"] = {
            "type": "translatable",
            "translationKey": "action_on",
            "hideIfContext": True,
            "idContext": data["card"]["id"],
        }
        entities["comment"] = {"type": "comment", "text": data["text"]}
    who = action.get("memberCreator") or {}
    entities["memberCreator"] = {
        "type": "member",
        "id": who.get("id"),
        "username": who.get("username"),
        "text": who.get("fullName"),
    }
    return {"translationKey": key, "entities": entities}


def _entity(name: str, told: Obj) -> Obj:
    kind = "list" if name.startswith("list") else name
    entity = {"type": kind, "id": told.get("id"), "text": told.get("name")}
    if "shortLink" in told:
        entity["shortLink"] = told["shortLink"]
    if name == "label":
        entity["color"] = told.get("color")
    return entity


def entities(action: Obj) -> list[Obj]:
    """The same as one flat list: what the answer to a new comment holds besides."""
    shown = display(action)["entities"]
    first = shown.pop("memberCreator")
    text = {"type": "text", "text": "on", "hideIfContext": True}
    context = shown.pop("contextOn", None)
    middle = [text | {"idContext": context["idContext"]}] if context else []
    return [first, *middle, *shown.values()]
