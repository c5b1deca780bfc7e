"""New accounts and organisations in the shapes that the real service answers with."""

from __future__ import annotations

import hashlib
from typing import Final

from connectors.sandbox.trello import limits
from connectors.sandbox.trello.shapes import emoji_data
from connectors.sandbox.trello.state import Obj, State


def new_member(state: State, username: str, full_name: str) -> Obj:
    """Somebody with an account."""
    ref = state.mint()
    picture = hashlib.md5(username.encode(), usedforsecurity=False).hexdigest()
    initials = "".join(part[0] for part in full_name.split())[:2].upper()
    return {
        "id": ref,
        "aaId": "0:0",
        "activityBlocked": False,
        "avatarHash": picture,
        "avatarUrl": f"https://trello-members.s3.amazonaws.com/{ref}/{picture}",
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
        "messagesDismissed": [
            {"_id": member["id"], "name": "welcome", "count": 1}
            | {"lastDismissed": "2026-01-01T00:00:00.000Z"}
        ],
        "oneTimeMessagesDismissed": ["create-first-board"],
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
        "ixUpdate": "1",
        "limits": {
            "boards": {"totalPerMember": limits.one(4500)},
            "orgs": {"totalPerMember": limits.one(850)},
        },
    }


def new_organization(state: State, name: str, display_name: str, desc: str) -> Obj:
    """An organisation, which Trello's pages call a workspace."""
    return {
        "id": state.mint(),
        "name": name,
        "displayName": display_name,
        "desc": desc,
        "descData": emoji_data(desc),
        "website": None,
        "teamType": None,
        "url": f"https://trello.com/{name}",
        "logoHash": None,
        "logoUrl": None,
        "products": [],
        "powerUps": [],
        "promotions": [],
        "enterpriseJoinRequest": {},
        "idMemberCreator": None,
        "invited": False,
        "invitations": [],
        "prefs": {
            "permissionLevel": "private",
            "orgInviteRestrict": [],
            "boardInviteRestrict": "any",
            "externalMembersDisabled": False,
            "associatedDomain": None,
            "googleAppsVersion": 1,
            "boardVisibilityRestrict": _RESTRICTED,
            "boardDeleteRestrict": _RESTRICTED,
            "attachmentRestrictions": None,
        },
        "premiumFeatures": [],
        "idEnterprise": None,
        "availableLicenseCount": None,
        "maximumLicenseCount": None,
        "ixUpdate": "1",
        "offering": "trello.free",
        "limits": {
            "orgs": {
                "totalMembersPerOrg": limits.one(4000),
                "freeBoardsPerOrg": limits.one(10) | {"count": 0},
            }
        },
        "billableMemberCount": 1,
        "billableCollaboratorCount": 0,
        "memberships": [],
    }


_RESTRICTED: Final = dict.fromkeys(("private", "org", "enterprise", "public"), "org")


def home_of(state: State, member: Obj) -> str:
    """The organisation that a member's boards belong to unless told otherwise."""
    for one in state.organizations.values():
        if any(place["idMember"] == member["id"] for place in one["memberships"]):
            return str(one["id"])
    name = f"{member['fullName']} and friends"
    made = new_organization(state, f"{member['username']}s", name, "")
    made["idMemberCreator"] = member["id"]
    made["memberships"] = [membership(state, member["id"], "admin")]
    state.organizations[made["id"]] = made
    return str(made["id"])


def membership(state: State, member: str, role: str = "normal") -> Obj:
    """Somebody's place on a board or in an organisation."""
    return {
        "id": state.mint(),
        "idMember": member,
        "memberType": role,
        "unconfirmed": False,
        "deactivated": False,
    }
