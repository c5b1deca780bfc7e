"""Members, organisations, what was told to whom; and several reads at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from connectors.sandbox.trello import people, shapes
from connectors.sandbox.trello.rights import role_on
from connectors.sandbox.trello.routes import Call, Raw, dispatch, many, route
from connectors.sandbox.trello.state import Failure, Obj, not_found
from connectors.sandbox.trello.views import (
    MEMBER_FIELDS,
    chosen_actions,
    filtered,
    paged,
    picked,
    show_action,
    show_card,
)

_MOST_IN_BATCH: Final = 10
_ORGANIZATION_FIELDS: Final = (
    "id,name,displayName,descData,website,teamType,desc,url,logoHash,logoUrl,products,powerUps,"
    "offering"
)


@route("GET", "/members/{member}")
def read_member(call: Call) -> Obj:
    """Show a member; only one's own account shows its boards."""
    member = _member(call)
    shown = dict(member)
    if member["id"] == call.member["id"]:
        organizations = [one["id"] for one in _organizations(call, member)]
        shown |= people.own_account(member) | {"idOrganizations": organizations}
        shown["idBoards"] = [board["id"] for board in _boards(call, member)]
        shown |= {} if call["member"] == "me" else {"siftDecision": None}
    shown = picked(shown, call.get("fields"))
    if call.get("boards") not in (None, "", "none"):
        boards = filtered(_boards(call, member), call.get("boards"))
        shown["boards"] = [picked(board, call.get("board_fields")) for board in boards]
    return shown


@route("PUT", "/members/{member}")
def update_member(call: Call) -> Obj:
    """Change one's own name or initials: no action tells of it."""
    member = _member(call)
    if member is not call.member:
        raise Failure(401, "unauthorized permission requested")
    names = ("fullName", "initials", "username", "bio")
    member.update({name: call.params[name] for name in names if call.get(name)})
    return picked(member | people.own_account(member), call.get("fields"))


@route("GET", "/members/{member}/boards")
@route("GET", "/members/{member}/boards/{filter}")
def member_boards(call: Call) -> list[Obj]:
    """List the boards that a member sees."""
    wanted = call.parts.get("filter") or call.get("filter") or "all"
    return [_listed(call, one) for one in filtered(_boards(call, _member(call)), wanted)]


def _listed(call: Call, board: Obj) -> Obj:
    memberships = call.state.memberships.get(board["id"], [])
    shown = picked(board | {"memberships": memberships}, call.get("fields"))
    if call.get("lists") not in (None, "", "none"):
        lists = call.state.in_order(call.state.on_board(call.state.lists, board["id"]))
        shown["lists"] = filtered(lists, call.get("lists"))
    return shown


@route("GET", "/members/{member}/cards")
@route("GET", "/members/{member}/cards/{filter}")
def member_cards(call: Call) -> list[Obj]:
    """List the open cards that somebody is on."""
    member = _member(call)
    cards = [card for card in call.state.cards.values() if member["id"] in card["idMembers"]]
    wanted = call.parts.get("filter") or call.get("filter") or "open"
    return [show_card(call.state, card, call.params) for card in filtered(cards, wanted)]


@route("GET", "/members/{member}/actions")
def member_actions(call: Call) -> list[Obj]:
    """List what a member did, on whatever board."""
    member = _member(call)
    own = [
        action
        for actions in call.state.actions.values()
        for action in actions
        if action["idMemberCreator"] == member["id"]
    ]
    chosen = chosen_actions(own, call.get("filter"))
    return [show_action(one, call.params) for one in paged(chosen, call.params, usual=50)]


@route("GET", "/members/{member}/notifications")
def member_notifications(call: Call) -> list[Obj]:
    """List what was told to oneself."""
    told = call.state.notifications.get(_member(call)["id"], [])
    return [show_action(one, call.params) for one in paged(told, call.params, usual=50)]


@route("GET", "/notifications/{notification}")
def read_notification(call: Call) -> Obj:
    """Show what was told to oneself."""
    told = call.state.notifications.get(call.member["id"], [])
    found = call.state.one({one["id"]: one for one in told}, call["notification"])
    return picked(found, call.get("fields"))


@route("GET", "/members/{member}/organizations")
@route("GET", "/members/{member}/organizations/{filter}")
def member_organizations(call: Call) -> list[Obj]:
    """List the organisations that a member belongs to."""
    found = _organizations(call, _member(call))
    return [picked(_with_boards(call, one), call.get("fields")) for one in found]


def _member(call: Call) -> Obj:
    return call.member if call["member"] == "me" else call.state.member(call["member"])


def _boards(call: Call, member: Obj) -> list[Obj]:
    """Boards of a member; those that were loaded are everybody's."""
    state = call.state
    return [board for board in state.boards.values() if role_on(state, member, board)]


def _organizations(call: Call, member: Obj) -> list[Obj]:
    return [
        one
        for one in call.state.organizations.values()
        if any(place["idMember"] == member["id"] for place in one["memberships"])
    ]


def _with_boards(call: Call, one: Obj) -> Obj:
    boards = [b["id"] for b in call.state.boards.values() if b["idOrganization"] == one["id"]]
    return one | {"idBoards": boards}


@route("POST", "/organizations")
def create_organization(call: Call) -> Obj:
    """Make an organisation, of which the maker is the admin."""
    name = str(call.need("displayName"))
    short = str(call.get("name") or shapes.slug(name).replace("-", ""))
    made = people.new_organization(call.state, short, name, call.get("desc") or "")
    made["idMemberCreator"] = call.member["id"]
    made["memberships"] = [people.membership(call.state, call.member["id"], "admin")]
    call.state.organizations[made["id"]] = made
    shown = picked(made, f"{_ORGANIZATION_FIELDS},idMemberCreator")
    return shown | {"limits": {}}


def _organization(call: Call) -> Obj:
    ref = call["organization"]
    for one in call.state.organizations.values():
        if ref in (one["id"], one["name"]):
            if one not in _organizations(call, call.member):
                raise Failure(401, "unauthorized org permission requested")
            return one
    raise not_found()


@route("GET", "/organizations/{organization}")
def read_organization(call: Call) -> Obj:
    """Show an organisation."""
    fields = call.get("fields")
    return picked(_with_boards(call, _organization(call)), fields, _ORGANIZATION_FIELDS)


@route("PUT", "/organizations/{organization}")
def update_organization(call: Call) -> Obj:
    """Rename or describe an organisation."""
    one = _organization(call)
    names = ("name", "displayName", "desc", "website")
    one.update({name: call.params[name] for name in names if name in call.params})
    one["descData"] = shapes.emoji_data(one["desc"])
    one["url"] = f"https://trello.com/{one['name']}"
    return picked(one, _ORGANIZATION_FIELDS)


@route("DELETE", "/organizations/{organization}")
def delete_organization(call: Call) -> Obj:
    """Delete an organisation; its boards stay."""
    one = _organization(call)
    del call.state.organizations[one["id"]]
    for board in call.state.boards.values():
        if board["idOrganization"] == one["id"]:
            board["idOrganization"] = None
    return {"_value": None}


@route("GET", "/organizations/{organization}/boards")
def organization_boards(call: Call) -> list[Obj]:
    """List the boards of an organisation."""
    one = _organization(call)
    boards = [b for b in call.state.boards.values() if b["idOrganization"] == one["id"]]
    return [_listed(call, board) for board in filtered(boards, call.get("filter") or "all")]


@route("GET", "/organizations/{organization}/members")
@route("GET", "/organizations/{organization}/members/{filter}")
def organization_members(call: Call) -> list[Obj]:
    """List who is in an organisation."""
    members = [call.state.members[one["idMember"]] for one in _organization(call)["memberships"]]
    return [picked(one, call.get("fields", "id,fullName,username")) for one in members]


@route("GET", "/organizations/{organization}/actions")
def organization_actions(call: Call) -> list[Obj]:
    """List how an organisation came about."""
    one, state = _organization(call), call.state
    who = state.members[one["idMemberCreator"]]
    made: Obj = {
        "id": one["id"][:8] + "f" * 16,
        "idMemberCreator": who["id"],
        "data": {"organization": {"id": one["id"], "name": one["displayName"]}},
        "appCreator": None,
        "type": "createOrganization",
        "date": state.stamp(),
        "limits": {},
        "memberCreator": picked(who, None, "username,activityBlocked,avatarHash,avatarUrl,fullName")
        | {name: who[name] for name in ("idMemberReferrer", "initials", "nonPublic")}
        | {"nonPublicAvailable": who["nonPublicAvailable"]},
    }
    return [made]


@route("GET", "/batch")
def batch(call: Call) -> list[Obj]:
    """Answer up to ten reads at once, each under its own status."""
    urls = [url for url in str(call.need("urls")).split(",") if url]
    if len(urls) > _MOST_IN_BATCH:
        raise Failure(400, "invalid value for urls")
    return [_one_of_batch(call, url) for url in urls]


def _one_of_batch(call: Call, url: str) -> Obj:
    parts = urlsplit(url)
    path = parts.path.removeprefix("/1")
    if path.startswith("/batch"):
        raise Failure(400, "invalid value for urls")
    params: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        answer = dispatch(Call(call.state, "GET", path, params, call.member, call.app, call.token))
    except Failure as failure:
        return {"name": "", "message": failure.text, "statusCode": failure.status}
    if isinstance(answer, Raw):
        return {"name": "", "message": "not in a batch", "statusCode": 400}
    return {"200": answer}


@route("GET", "/search")
def search(call: Call) -> Obj:
    """Find boards, cards, members by words in their names and descriptions."""
    words = str(call.need("query")).lower().split()
    kinds = many(call.get("modelTypes")) or ["all"]
    found: Obj = {"options": {"terms": [{"text": word} for word in words], "modifiers": []}}
    for kind, look in _SEARCHES.items():
        if "all" in kinds or kind in kinds:
            found[kind] = look(call, words)[: int(call.get(f"{kind}_limit") or 10)]
    return found


def _boards_with(call: Call, words: list[str]) -> list[Obj]:
    fields = call.get("board_fields", "name,idOrganization")
    return [picked(b, fields) for b in _boards(call, call.member) if _has(b, words)]


def _cards_with(call: Call, words: list[str]) -> list[Obj]:
    seen = {one["id"] for one in _boards(call, call.member)}
    cards = [c for c in call.state.cards.values() if c["idBoard"] in seen and _has(c, words)]
    return [show_card(call.state, c, {"fields": call.get("card_fields", "all")}) for c in cards]


def _members_with(call: Call, words: list[str]) -> list[Obj]:
    names = ("username", "fullName")
    return [
        picked(one, call.get("member_fields"), MEMBER_FIELDS)
        for one in call.state.members.values()
        if all(any(word in one[name].lower() for name in names) for word in words)
    ]


_SEARCHES: Final[dict[str, Callable[[Call, list[str]], list[Obj]]]] = {
    "boards": _boards_with,
    "cards": _cards_with,
    "members": _members_with,
}


def _has(one: Obj, words: list[str]) -> bool:
    text = f"{one['name']} {one.get('desc') or ''}".lower()
    return all(word in text for word in words)
