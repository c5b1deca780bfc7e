"""How objects are shown: `fields=`, nested resources, and what Trello computes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from connectors.sandbox.trello.activity import display
from connectors.sandbox.trello.routes import many, truth
from connectors.sandbox.trello.state import Failure, Obj, State

LARGEST_PAGE: Final = 1000
"""The most cards or actions that one answer holds."""
NESTED_IN_CARDS: Final = (
    "attachments",
    "checklists",
    "customFieldItems",
    "pluginData",
    "stickers",
    "actions",
    "members",
)
CARD_FIELDS: Final = (
    "id,checkItemStates,closed,dateLastActivity,desc,descData,dueReminder,idBoard,idList,"
    "idMembersVoted,idShort,idAttachmentCover,idLabels,manualCoverAttachment,name,pos,"
    "shortLink,isTemplate,cardRole,dueComplete,due,email,labels,shortUrl,start,url,cover,"
    "idMembers,idChecklists,badges,subscribed,mirrorSourceId,pinned"
)
"""What a card shows of itself unless told otherwise."""
LIST_FIELDS: Final = "name,closed,pos,idBoard"
MEMBER_FIELDS: Final = (
    "id,username,activityBlocked,avatarHash,avatarUrl,fullName,idMemberReferrer,initials,"
    "nonPublic,nonPublicAvailable"
)
_EVERY: Final = ("all", "true", "open", "visible", "closed")


def picked(one: Obj, fields: Any, default: str = "all") -> Obj:
    """The fields that were asked for; the id is always there."""
    wanted = default if fields is None else fields
    if wanted in ("all", ["all"]):
        return dict(one)
    names = many(wanted)
    return {"id": one["id"]} | {name: one[name] for name in names if name in one}


def show_card(state: State, card: Obj, params: Obj, prefix: str = "") -> Obj:
    """A card with what was asked to be nested in it; inside others, all fields are usual."""
    bare = {key: value for key, value in card.items() if key not in NESTED_IN_CARDS}
    bare["labels"] = [state.labels[ref] for ref in card["idLabels"] if ref in state.labels]
    fields = params.get("card_fields" if prefix else "fields")
    shown = picked(bare, fields, "all" if prefix else CARD_FIELDS)
    for name in ("attachments", "customFieldItems", "pluginData", "stickers"):
        wanted = params.get(prefix + name)
        if truth(wanted) or wanted in ("all", "cover"):
            found = card.get(name) or []
            if wanted == "cover":
                found = [one for one in found if one["id"] == card["idAttachmentCover"]]
            shown[name] = [picked(one, params.get(f"{prefix}{name[:-1]}_fields")) for one in found]
    if params.get(prefix + "checklists") in _EVERY:
        shown["checklists"] = card_checklists(state, card)
    for name, source in (("members", "idMembers"), ("membersVoted", "idMembersVoted")):
        if truth(params.get(prefix + name)):
            word = f"{prefix}{name.replace('members', 'member')}_fields"
            shown[name] = show_members(state, card[source], params.get(word))
    if prefix == "":
        _around(state, card, params, shown)
    return shown


def _around(state: State, card: Obj, params: Obj, shown: Obj) -> None:
    if truth(params.get("board")):
        shown["board"] = picked(state.boards[card["idBoard"]], params.get("board_fields"))
    if truth(params.get("list")):
        shown["list"] = picked(state.lists[card["idList"]], params.get("list_fields"))
    if truth(params.get("customFields")):
        shown["customFields"] = state.on_board(state.custom_fields, card["idBoard"])
    if params.get("actions"):
        chosen = chosen_actions(actions_about(state, "card", card), params["actions"])
        shown["actions"] = [
            show_action(one, params, "action_") for one in paged(chosen, params, "actions_", 50)
        ]


def list_card(state: State, card: Obj, params: Obj) -> Obj:
    """A card among others: there the states of its entries have no ids of their own."""
    shown = show_card(state, card, params)
    if shown.get("checkItemStates"):
        states = [{k: v for k, v in one.items() if k != "id"} for one in shown["checkItemStates"]]
        shown["checkItemStates"] = states
    return shown


def show_members(state: State, refs: Iterable[str], fields: Any = None) -> list[Obj]:
    """Members by their ids, briefly unless told otherwise."""
    known = [state.members[ref] for ref in refs if ref in state.members]
    return [picked(one, fields, MEMBER_FIELDS) for one in known]


def actions_about(state: State, word: str, one: Obj) -> list[Obj]:
    """The listed actions that name a card, a list or whatever else of a board."""
    return [
        action
        for action in state.actions.get(one["idBoard"], [])
        if (action["data"].get(word) or {}).get("id") == one["id"]
    ]


def card_checklists(state: State, card: Obj) -> list[Obj]:
    """A card's checklists in the order in which they came."""
    return [one for one in state.checklists.values() if one["idCard"] == card["id"]]


def filtered_cards(state: State, cards: Iterable[Obj], wanted: Any) -> list[Obj]:
    """Cards by the words `all`, `open`, `visible`, `closed` and `none`."""
    if wanted in (None, "none", "false", False):
        return []
    open_lists = {ref for ref, column in state.lists.items() if not column["closed"]}
    tests: dict[str, Callable[[Obj], bool]] = {
        "all": lambda _card: True,
        "true": lambda card: not card["closed"] and card["idList"] in open_lists,
        "visible": lambda card: not card["closed"] and card["idList"] in open_lists,
        "open": lambda card: not card["closed"],
        "closed": lambda card: bool(card["closed"]),
    }
    if str(wanted).lower() not in tests:
        raise Failure(400, "invalid value for filter")
    test = tests[str(wanted).lower()]
    return [card for card in cards if test(card)]


def filtered(objects: Iterable[Obj], wanted: Any) -> list[Obj]:
    """Lists (or whatever is `closed`) by the words `all`, `open`, `closed` and `none`."""
    if wanted in ("none", "false", False):
        return []
    if wanted == "all":
        return list(objects)
    return [one for one in objects if bool(one.get("closed")) == (wanted == "closed")]


def paged(
    objects: list[Obj], params: Obj, prefix: str = "", usual: int = LARGEST_PAGE
) -> list[Obj]:
    """The newest objects within `since` and `before`, which act on the time of creation.

    Newest first. Both take an id or a date.
    """
    limit = min(int(params.get(f"{prefix}limit") or usual), LARGEST_PAGE)
    since, before = params.get(f"{prefix}since"), params.get(f"{prefix}before")
    chosen = [
        one
        for one in objects
        if (not since or _born(one, since) > _edge(since))
        and (not before or _born(one, before) < _edge(before))
    ]
    newest = sorted(chosen, key=lambda one: str(one.get("date") or one["id"]), reverse=True)
    start = int(params.get(f"{prefix}page") or 0) * limit
    return newest[start : start + limit]


def _edge(value: str) -> str:
    return value if _is_id(value) else value.replace("+00:00", "Z")


def _born(one: Obj, edge: str) -> str:
    """What is compared: an id with an id, a date with a date."""
    if _is_id(edge):
        return str(one["id"])
    if "date" in one:
        return str(one["date"])
    born = datetime.fromtimestamp(int(one["id"][:8], 16), UTC)
    return born.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_id(value: str) -> bool:
    return len(value) == 24 and not set(value) - set("0123456789abcdef")  # noqa: PLR2004


def show_action(action: Obj, params: Obj, prefix: str = "") -> Obj:
    """An action, with or without who did it."""
    word = f"{prefix}fields" if prefix else "fields"
    shown = picked(
        {key: v for key, v in action.items() if key != "memberCreator"}, params.get(word)
    )
    if params.get(f"{prefix}display") in (True, "true"):
        shown["display"] = display(action)
    flag = params.get(f"{prefix}memberCreator", True)
    if "memberCreator" in action and flag not in (False, "false"):
        shown["memberCreator"] = action["memberCreator"]
    return shown


def chosen_actions(actions: list[Obj], wanted: Any) -> list[Obj]:
    """Actions by type; `updateCard:idList` asks for changes of one field."""
    if wanted in (None, "", "all", True, "true"):
        return actions
    kinds = many(wanted)
    return [action for action in actions if any(_is_of(action, kind) for kind in kinds)]


def _is_of(action: Obj, kind: str) -> bool:
    name, _, changed = kind.partition(":")
    return action["type"] == name and (not changed or changed in action["data"].get("old", {}))
