"""Where the stand-in answers otherwise than was recorded, and why."""

from __future__ import annotations

_FETCHED = (
    "in 2020 Trello fetched the picture behind an address and kept it as an upload of its own; "
    "since then an address is kept as a link, of no size, and the stand-in fetches nothing"
)
_GONE = "told in 2020 and no more: a client that checks every field of live answers refuses it"

EXPLAINED = {
    "GET /1/cards/ID/checkItemStates card.id: missing": _GONE,
    "GET /1/members/ID/organizations organization.activeBillableMemberCount: missing": _GONE,
    "GET /1/members/ID/organizations organization.allAdminsEnabled: missing": _GONE,
    "PUT /1/cards/ID/checkItem/ID checkItem.type: missing": _GONE,
    "POST /1/cards/ID/attachments attachment.bytes: number became null": _FETCHED,
    "POST /1/cards/ID/attachments preview: nothing in it": _FETCHED,
}
