"""What the token is good for: until when, and on which boards.

https://developer.atlassian.com/cloud/trello/rest/api-group-tokens/ (dateExpires,
permissions). Which member may write on a board is said by the board's memberships:
observers may not.
"""

from __future__ import annotations

from collections.abc import Iterable

from connectors.trello.api import Api
from connectors.trello.dates import instant
from sync.account import Grant, Lack
from sync.errors import Unreachable
from sync.model import Collection, Plain


def grant(api: Api, collections: Iterable[Collection]) -> Grant:
    """As `Grants.grant`. Two requests, however many boards."""
    token = api.of_token("", fields="dateExpires,permissions")
    if not isinstance(token, dict):
        raise Unreachable("Trello did not say what the token may do")
    boards = _boards(api)
    me = api.me()
    writes = _writes(token)
    lacking = {
        one.key: lack
        for one in collections
        if (lack := _lack(boards.get(one.id), me, writes=writes))
    }
    expires = token.get("dateExpires")
    return Grant(instant(expires), lacking, writes)


def _lack(board: dict[str, Plain] | None, me: str, *, writes: bool) -> Lack | None:
    if board is None:
        return Lack.SIGHT
    if board.get("closed"):
        return Lack.CLOSED
    return None if writes and _role(board, me) != "observer" else Lack.WRITE


def _role(board: dict[str, Plain], me: str) -> Plain:
    """Our member's role; None where nothing is said of it (admins of the whole workspace)."""
    places = board.get("memberships")
    for one in places if isinstance(places, list) else ():
        if isinstance(one, dict) and one.get("idMember") == me:
            return one.get("memberType")
    return None


def _writes(token: dict[str, Plain]) -> bool:
    """Whether the token may write on boards, whosever they are."""
    told = token.get("permissions")
    if not isinstance(told, list):
        raise Unreachable("Trello did not say what the token may do")
    return any(
        isinstance(one, dict) and one.get("modelType") == "Board" and one.get("write") is True
        for one in told
    )


def _boards(api: Api) -> dict[str, dict[str, Plain]]:
    told = api.seen("members/me/boards", filter="all", fields="name,closed,memberships")
    if not isinstance(told, list):
        raise Unreachable("Trello answered with something other than a list of boards")
    return {str(one.get("id")): one for one in told if isinstance(one, dict)}
