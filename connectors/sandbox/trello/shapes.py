"""New objects in the shapes that the real service answers with."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from connectors.sandbox.trello import limits
from connectors.sandbox.trello.state import Obj, State

COLORS: Final = tuple(
    base + shade
    for shade in ("", "_dark", "_light")
    for base in (
        "green",
        "yellow",
        "orange",
        "red",
        "purple",
        "blue",
        "sky",
        "lime",
        "pink",
        "black",
    )
)


LONGEST: Final = 16384
"""Characters of a name, a description, a comment or an entry."""


def slug(name: str) -> str:
    """The readable end of an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def emoji_data(text: str) -> Obj | None:
    """`descData`: null for no text, else a table of custom emoji (always empty here)."""
    return {"emoji": {}} if text else None


def new_board(state: State, name: str, desc: str) -> Obj:
    """A private board without lists or labels."""
    link, ref = state.short_link(), state.mint()
    return {
        "id": ref,
        "name": name,
        "desc": desc,
        "descData": emoji_data(desc),
        "closed": False,
        "dateClosed": None,
        "idOrganization": None,
        "idEnterprise": None,
        "pinned": False,
        "starred": False,
        "subscribed": False,
        "shortLink": link,
        "shortUrl": f"https://trello.com/b/{link}",
        "url": f"https://trello.com/b/{link}/{slug(name)}",
        "prefs": _prefs(),
        "labelNames": dict.fromkeys(COLORS, ""),
        "limits": limits.told(*limits.OF_BOARD),
        "powerUps": [],
        "dateLastActivity": None,
        "dateLastView": state.stamp(),
        "nodeId": f"ari:cloud:trello::board/workspace/none/{ref}",
        "type": None,
        "idTags": [],
        "datePluginDisable": None,
        "creationMethod": None,
        "creationMethodError": None,
        "creationMethodLoadingStartedAt": None,
        "ixUpdate": "1",
        "enterpriseOwned": False,
        "idBoardSource": None,
        "idMemberCreator": None,
        "templateGallery": None,
        "premiumFeatures": ["customBoardBackgrounds", "customEmoji", "customStickers", "plugins"],
    }


BACKGROUNDS: Final = {
    "blue": "#0079BF",
    "orange": "#D29034",
    "green": "#519839",
    "red": "#B04632",
    "purple": "#89609E",
    "pink": "#CD5A91",
    "lime": "#4BBF6B",
    "sky": "#00AECC",
    "grey": "#838C91",
}
"""The plain backgrounds that every board can have."""


def background(name: str) -> Obj:
    """The preferences that follow from a plain background."""
    color = BACKGROUNDS[name]
    return {"background": name} | dict.fromkeys(
        ("backgroundColor", "backgroundBottomColor", "backgroundTopColor"), color
    )


_VIEWS: Final = ("Board", "Table", "Calendar", "Dashboard", "Timeline", "Map")


def _prefs() -> Obj:
    return {
        "permissionLevel": "private",
        "hideVotes": False,
        "voting": "disabled",
        "comments": "members",
        "invitations": "members",
        "selfJoin": True,
        "cardCovers": True,
        "isTemplate": False,
        "cardAging": "regular",
        "calendarFeedEnabled": False,
        "hiddenPluginBoardButtons": [],
        "switcherViews": [
            {"viewType": view, "enabled": view in ("Board", "Table")} for view in _VIEWS
        ],
        "autoArchive": None,
        "showCompleteStatus": True,
        "cardCounts": False,
        "backgroundImage": None,
        "backgroundImageScaled": None,
        "backgroundTile": False,
        "backgroundBrightness": "dark",
        **background("blue"),
        "canBePublic": True,
        "canBeEnterprise": True,
        "canBeOrg": True,
        "canBePrivate": True,
        "canInvite": True,
    }


def new_list(state: State, board: str, name: str, pos: float) -> Obj:
    """A column."""
    return {
        "id": state.mint(),
        "name": name,
        "closed": False,
        "pos": pos,
        "softLimit": None,
        "idBoard": board,
        "subscribed": False,
        "color": None,
        "type": None,
        "datasource": {"filter": False},
        "creationMethod": None,
        "limits": limits.told(*limits.OF_LIST),
    }


def new_label(state: State, board: str, name: str, color: str | None) -> Obj:
    """A label."""
    return {"id": state.mint(), "idBoard": board, "name": name, "color": color}


def new_checklist(state: State, card: Obj, name: str, pos: float) -> Obj:
    """A checklist without entries."""
    return {
        "id": state.mint(),
        "name": name,
        "idCard": card["id"],
        "pos": pos,
        "idBoard": card["idBoard"],
        "checkItems": [],
    }


def new_check_item(state: State, checklist: str, name: str, pos: float) -> Obj:
    """An entry that is not done."""
    return {
        "idChecklist": checklist,
        "state": "incomplete",
        "id": state.mint(),
        "name": name,
        "nameData": {"emoji": {}},
        "pos": pos,
        "due": None,
        "dueReminder": None,
        "idMember": None,
    }


def new_card(state: State, board: Obj, id_list: str, number: int) -> Obj:
    """A card with nothing on it."""
    link = state.short_link()
    return {
        "id": state.mint(),
        "checkItemStates": [],
        "closed": False,
        "dateLastActivity": state.stamp(),
        "desc": "",
        "descData": {"emoji": {}},
        "dueReminder": None,
        "idBoard": board["id"],
        "idList": id_list,
        "idMembersVoted": [],
        "idShort": number,
        "idAttachmentCover": None,
        "idLabels": [],
        "manualCoverAttachment": False,
        "name": "",
        "pos": 0,
        "shortLink": link,
        "isTemplate": False,
        "cardRole": None,
        "dueComplete": False,
        "due": None,
        "email": None,
        "labels": [],
        "shortUrl": f"https://trello.com/c/{link}",
        "start": None,
        "url": "",
        "cover": no_cover(),
        "idMembers": [],
        "idChecklists": [],
        "badges": _badges(),
        "subscribed": False,
        "address": None,
        "coordinates": None,
        "locationName": None,
        "staticMapUrl": None,
        "creationMethod": None,
        "dateClosed": None,
        "dateCompleted": None,
        "pinned": False,
        "mirrorSourceId": None,
        "limits": limits.told(*limits.OF_CARD),
    }


COVERS: Final = COLORS[:10]
"""The colours that a cover can have."""


def no_cover() -> Obj:
    """The cover of a card without one."""
    return {
        "idAttachment": None,
        "color": None,
        "idUploadedBackground": None,
        "size": "normal",
        "brightness": "dark",
        "idPlugin": None,
    }


def _badges() -> Obj:
    return {
        "attachmentsByType": {"trello": {"board": 0, "card": 0}},
        "location": False,
        "votes": 0,
        "viewingMemberVoted": False,
        "subscribed": False,
        "fogbugz": "",
        "checkItems": 0,
        "checkItemsChecked": 0,
        "checkItemsEarliestDue": None,
        "comments": 0,
        "attachments": 0,
        "description": False,
        "due": None,
        "dueComplete": False,
        "start": None,
    }
