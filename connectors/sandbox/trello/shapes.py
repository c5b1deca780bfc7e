"""New objects in the shapes that the real service answers with."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

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


def slug(name: str) -> str:
    """The readable end of an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def emoji_data(text: str) -> Obj | None:
    """`descData`: null for no text, else a table of custom emoji (always empty here)."""
    return {"emoji": {}} if text else None


def new_member(state: State, username: str, full_name: str) -> Obj:
    """Somebody with an account."""
    initials = "".join(part[0] for part in full_name.split())[:2].upper()
    return {
        "id": state.mint(),
        "aaId": None,
        "activityBlocked": False,
        "avatarHash": None,
        "avatarUrl": None,
        "bio": "",
        "bioData": None,
        "confirmed": True,
        "fullName": full_name,
        "idEnterprise": None,
        "idEnterprisesDeactivated": [],
        "idMemberReferrer": None,
        "idPremOrgsAdmin": [],
        "initials": initials,
        "memberType": "normal",
        "nonPublic": {},
        "nonPublicAvailable": True,
        "products": [],
        "url": f"https://trello.com/{username}",
        "username": username,
        "status": "disconnected",
    }


def own_account(member: Obj) -> Obj:
    """What a member sees of their own account alone."""
    return {
        "aaBlockSyncUntil": None,
        "aaEmail": None,
        "aaEnrolledDate": None,
        "avatarSource": "none",
        "credentialsRemovedCount": 0,
        "domainClaimed": None,
        "email": f"{member['username']}@example.org",
        "gravatarHash": "0" * 32,
        "idOrganizations": [],
        "idEnterprisesAdmin": [],
        "loginTypes": ["password"],
        "marketingOptIn": {"optedIn": False, "date": "2026-01-01T00:00:00.000Z"},
        "messagesDismissed": [],
        "oneTimeMessagesDismissed": [],
        "prefs": {
            "privacy": {"fullName": "public", "avatar": "public"},
            "sendSummaries": True,
            "minutesBetweenSummaries": 60,
            "minutesBeforeDeadlineToNotify": 1440,
            "colorBlind": False,
            "locale": "fr-FR",
        },
        "trophies": [],
        "uploadedAvatarHash": None,
        "uploadedAvatarUrl": None,
        "premiumFeatures": [],
        "isAaMastered": True,
        "siftDecision": None,
        "ixUpdate": "1",
        "limits": {},
    }


def new_board(state: State, name: str, desc: str) -> Obj:
    """A private board without lists or labels."""
    link = state.short_link()
    return {
        "id": state.mint(),
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
        "limits": {},
        "powerUps": [],
        "dateLastActivity": None,
        "dateLastView": state.stamp(),
    }


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
        "background": "blue",
        "backgroundImage": None,
        "backgroundImageScaled": None,
        "backgroundTile": False,
        "backgroundBrightness": "dark",
        "backgroundColor": "#0079BF",
        "backgroundBottomColor": "#0079BF",
        "backgroundTopColor": "#0079BF",
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
        "descData": None,
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
        "cover": {
            "idAttachment": None,
            "color": None,
            "idUploadedBackground": None,
            "size": "normal",
            "brightness": "light",
        },
        "idMembers": [],
        "idChecklists": [],
        "badges": _badges(),
        "subscribed": False,
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
