"""Who may see and change what: members of a board, those of its organisation, observers.

A board out of sight answers 401 with the words that name it, not 404.
"""

from __future__ import annotations

from typing import Final

from connectors.sandbox.trello.state import Failure, Obj, State

_NAMED: Final = {
    "board": "boards",
    "card": "cards",
    "list": "lists",
    "label": "labels",
    "checklist": "checklists",
    "customField": "custom_fields",
}
"""What the braces of a route may hold, and where it is kept."""
_SENT: Final = {
    "idBoard": "boards",
    "idList": "lists",
    "idCard": "cards",
    "idModel": "boards",
    "idCardSource": "cards",
    "idBoardSource": "boards",
    "idListSource": "lists",
}


def allow(state: State, who: Obj, method: str, parts: Obj, params: Obj) -> None:
    """Raise `Failure` unless the member may do this to everything that the request names."""
    for name, place in _NAMED.items():
        if name in parts:
            _check(state, who, method, name, _board_of(state, place, parts[name]))
    for name, place in _SENT.items():
        if method != "GET" and params.get(name):
            what = place.rstrip("s")
            _check(state, who, "GET", what, _board_of(state, place, str(params[name])))


def _check(state: State, who: Obj, method: str, what: str, board: Obj | None) -> None:
    if board is None:
        return  # whoever answers says that it is not there
    word = " card" if what == "card" else ""
    refused = Failure(401, f"unauthorized{word} permission requested")
    role = role_on(state, who, board)
    if role is None and (method != "GET" or not _open_to(state, who, board)):
        raise refused
    if role == "observer" and method != "GET":
        raise refused


def role_on(state: State, who: Obj, board: Obj) -> str | None:
    """`admin`, `normal` or `observer`; None for somebody who is not on the board."""
    for membership in state.memberships.get(board["id"], []):
        if membership["idMember"] == who["id"]:
            return str(membership["memberType"])
    return "admin" if board["id"] in state.loaded else None


def need_admin(state: State, who: Obj, board: Obj) -> None:
    """Raise `Failure` unless the member may close, delete and share the board."""
    if role_on(state, who, board) != "admin":
        raise Failure(401, "unauthorized permission requested")


def _open_to(state: State, who: Obj, board: Obj) -> bool:
    level = board["prefs"]["permissionLevel"]
    organization = state.organizations.get(board.get("idOrganization") or "") or {}
    inside = any(one["idMember"] == who["id"] for one in organization.get("memberships", ()))
    return level == "public" or (level == "org" and inside)


def _board_of(state: State, place: str, ref: str) -> Obj | None:
    """The board that something stands on; None if there is no such thing."""
    objects: dict[str, Obj] = getattr(state, place)
    found = objects.get(ref) or next(
        (one for one in objects.values() if one.get("shortLink") == ref), None
    )
    if found is None or place == "boards":
        return found
    return state.boards.get(found.get("idBoard") or found.get("idModel") or "")
