"""Where the stand-in answers otherwise than was recorded, and why."""

from __future__ import annotations

_FETCHED = (
    "in 2020 Trello fetched the picture behind an address and kept it as an upload of its own; "
    "since then an address is kept as a link, of no size, and the stand-in fetches nothing"
)

EXPLAINED = {
    "POST /1/cards/ID/attachments attachment.bytes: number became null": _FETCHED,
    "POST /1/cards/ID/attachments preview: nothing in it": _FETCHED,
}
