"""What few clients ask: one's own settings of a board, reactions, notifications, emoji."""

from __future__ import annotations

from typing import Any, Final

from connectors.sandbox.trello.activity import shown_member
from connectors.sandbox.trello.boards import BOARD_FIELDS
from connectors.sandbox.trello.nests import members_of
from connectors.sandbox.trello.rights import need_admin
from connectors.sandbox.trello.routes import Call, plain, route, truth
from connectors.sandbox.trello.shelves import items
from connectors.sandbox.trello.state import Failure, Obj
from connectors.sandbox.trello.views import picked, show_card

_OWN: Final[dict[str, Any]] = {
    "showSidebar": True,
    "showSidebarMembers": True,
    "showSidebarBoardActions": True,
    "showSidebarActivity": True,
    "idEmailList": None,
    "emailPosition": "bottom",
}
"""One's own settings of a board, before one changed any."""
_SMILE: Final = {
    "unified": "1F44D",
    "name": "THUMBS UP SIGN",
    "native": "👍",
    "shortName": "thumbsup",
}


@route("GET", "/boards/{board}/myPrefs")
def own_settings(call: Call) -> Obj:
    """Show one's own settings of a board."""
    return _settings(call)


@route("PUT", "/boards/{board}/myPrefs/{name}")
def set_own(call: Call) -> Obj:
    """Change one of one's own settings of a board."""
    settings, name = _settings(call), call["name"]
    if name not in settings:
        raise Failure(404, f"Cannot PUT /1{call.path}")
    value = call.get("value")
    settings[name] = truth(value) if isinstance(_OWN[name], bool) else value
    return settings


def _settings(call: Call) -> Obj:
    board = call.state.board(call["board"])["id"]
    kept = items(call.state, f"{board} {call.member['id']}", "myPrefs")
    if not kept:
        kept.append(dict(_OWN))
    return kept[0]


@route("GET", "/boards/{board}/boardStars")
def stars(call: Call) -> list[Obj]:
    """List one's own star of a board."""
    board = call.state.board(call["board"])["id"]
    own = items(call.state, call.member["id"], "boardStars")
    return [one for one in own if one["idBoard"] == board]


@route("POST", "/boards/{board}/emailKey/generate")
@route("POST", "/boards/{board}/calendarKey/generate")
@route("POST", "/boards/{board}/markedAsViewed")
def new_key(call: Call) -> Obj:
    """Make a new address for mail or calendar: the board is shown."""
    return picked(call.state.board(call["board"]), f"{BOARD_FIELDS},dateLastView")


@route("PUT", "/boards/{board}/memberships/{membership}")
def change_membership(call: Call) -> Obj:
    """Give somebody another role on a board."""
    state = call.state
    board = state.board(call["board"])
    need_admin(state, call.member, board)
    places = {one["id"]: one for one in state.memberships.get(board["id"], [])}
    found = state.one(places, call["membership"])
    found["memberType"] = str(call.need("type"))
    return found


@route("PUT", "/boards/{board}/members")
def invite(call: Call) -> Obj:
    """Bring somebody onto a board by mail address; accounts here are `NAME@example.org`."""
    state = call.state
    board, email = state.board(call["board"]), str(call.need("email"))
    member = state.member(email.partition("@")[0])
    places = state.memberships.setdefault(board["id"], [])
    if all(one["idMember"] != member["id"] for one in places):
        role = call.get("type") or "normal"
        more = {"unconfirmed": False, "deactivated": False}
        places.append({"id": state.mint(), "idMember": member["id"], "memberType": role} | more)
    members = members_of(call, board, "all", "all")
    return {"id": board["id"], "members": members, "memberships": places}


@route("POST", "/cards/{card}/markAssociatedNotificationsRead")
@route("POST", "/notifications/all/read")
def read_all(call: Call) -> Obj:
    """Mark what was told to oneself as read."""
    for one in call.state.notifications.get(call.member["id"], []):
        _mark(call, one, unread=False)
    return {}


def _mark(call: Call, one: Obj, *, unread: bool) -> None:
    one["unread"] = unread
    one["dateRead"] = None if unread else call.state.stamp()


@route("PUT", "/notifications/{notification}")
@route("PUT", "/notifications/{notification}/unread")
def mark(call: Call) -> Obj:
    """Mark one notification as read, or as unread again."""
    one = _notification(call)
    _mark(call, one, unread=truth(call.get("unread", call.get("value"))))
    return one


@route("GET", "/notifications/{notification}/{part}")
def part_of_notification(call: Call) -> Any:
    """Show the board, card or member that a notification tells of, or one of its fields."""
    state, one, part = call.state, _notification(call), call["part"]
    if part in ("memberCreator", "member"):
        return shown_member(state.members[one["idMemberCreator"]])
    if part in ("board", "card", "list"):
        place = getattr(state, f"{part}s")
        found = state.one(place, (one["data"].get(part) or {}).get("id", ""))
        return show_card(state, found, {}) if part == "card" else picked(found, None)
    if part not in one:
        raise Failure(404, f"Cannot GET /1{call.path}")
    return one[part] if isinstance(one[part], dict) else {"_value": one[part]}


def _notification(call: Call) -> Obj:
    told = call.state.notifications.get(call.member["id"], [])
    return call.state.one({one["id"]: one for one in told}, call["notification"])


@route("GET", "/actions/{action}/reactions")
def reactions(call: Call) -> list[Obj]:
    """List the reactions to a comment."""
    return items(call.state, call.state.action(call["action"])["id"], "reactions")


@route("POST", "/actions/{action}/reactions")
def react(call: Call) -> Obj:
    """React to a comment."""
    there = reactions(call)
    call.state.room("reactions.perAction", len(there))
    emoji = {k: call.get(k) for k in _SMILE if call.get(k)} or plain(call.get("emoji")) or _SMILE
    made = {
        "id": call.state.mint(),
        "idMember": call.member["id"],
        "idModel": call["action"],
        "idEmoji": emoji.get("unified") or _SMILE["unified"],
        "member": shown_member(call.member),
        "emoji": dict(_SMILE),
    }
    there.append(made)
    return made


@route("GET", "/actions/{action}/reactions/{reaction}")
def read_reaction(call: Call) -> Obj:
    """Show a reaction."""
    return call.state.one({one["id"]: one for one in reactions(call)}, call["reaction"])


@route("DELETE", "/actions/{action}/reactions/{reaction}")
def withdraw(call: Call) -> Obj:
    """Take a reaction back."""
    reactions(call).remove(read_reaction(call))
    return {"_value": None}


@route("GET", "/actions/{action}/reactionsSummary")
def summary(call: Call) -> list[Obj]:
    """Count the reactions to a comment by emoji."""
    there = reactions(call)
    kinds = {one["idEmoji"]: one for one in there}
    return [
        {
            "id": f"{call['action']}-{ref}",
            "idEmoji": ref,
            "idModel": call["action"],
            "idReaction": one["id"],
            "count": sum(other["idEmoji"] == ref for other in there),
            "emoji": one["emoji"],
            "firstReacted": call.state.stamp(),
        }
        for ref, one in kinds.items()
    ]


@route("GET", "/emoji")
def emoji(_call: Call) -> Obj:
    """List emoji, of which there is one here."""
    more = {"shortNames": ["thumbsup"], "text": None, "texts": None, "category": "People & Body"}
    return {"trello": [_SMILE | more | {"sheetX": 1, "sheetY": 1, "keywords": []}]}


@route("GET", "/search/members")
def search_members(call: Call) -> list[Obj]:
    """Find members by the beginning of a name."""
    word = str(call.need("query")).lower()
    names = ("username", "fullName")
    found = [m for m in call.state.members.values() if any(word in m[n].lower() for n in names)]
    return [shown_member(one) for one in found[: int(call.get("limit") or 8)]]


@route("GET", "/organizations/{owner}/memberships")
@route("GET", "/organizations/{owner}/memberships/{membership}")
def memberships(call: Call) -> Any:
    """List who is in an organisation, in which role."""
    places = call.state.one(call.state.organizations, call["owner"])["memberships"]
    ref = call.parts.get("membership")
    return call.state.one({one["id"]: one for one in places}, ref) if ref else places
