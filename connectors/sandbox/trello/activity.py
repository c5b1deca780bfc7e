"""The activity of a board: one action for each change that Trello records.

What Trello does not list is not listed here either: edits of checklist entries other
than their state, of labels, of comments. A deleted card takes its actions with it and
leaves one `deleteCard`.
"""

from __future__ import annotations

import hashlib
from typing import Any

from connectors.sandbox.trello.state import Obj, State


def record(
    state: State, who: Obj, kind: str, board: Obj, *, app: str | None = None, **data: Any
) -> Obj:
    """Add an action to a board and mark the board as active now."""
    action: Obj = {
        "id": state.mint(),
        "idMemberCreator": who["id"],
        "data": data | {"board": heading(board)},
        "appCreator": {"id": app} if app else None,
        "type": kind,
        "date": state.stamp(),
        "limits": None,
        "memberCreator": shown_member(who),
    }
    state.actions.setdefault(board["id"], []).insert(0, action)
    board["dateLastActivity"] = action["date"]
    return action


def application(key: str) -> str:
    """The id of the application that a key belongs to."""
    return hashlib.sha256(f"application {key}".encode()).hexdigest()[:24]


def heading(one: Obj) -> Obj:
    """How an action names a board, a card or a list."""
    return {name: one[name] for name in ("id", "name", "idShort", "shortLink") if name in one}


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
