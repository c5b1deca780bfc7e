"""Attachments of cards: listed, changed, deleted, and fetched from where files are kept.

A file is fetched with the Authorization header alone (credentials in the address are
refused since 2021), and the answer sends the client on to another host, which refuses
whoever hands it those credentials.
"""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.attaching import add_file, content
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, Raw, Upload, route, truth
from connectors.sandbox.trello.state import Failure, Obj, State, not_found
from connectors.sandbox.trello.views import picked

_LARGEST_LINKED: Final = 256


@route("POST", "/cards/{card}/attachments")
def attach(call: Call) -> Obj:
    """Attach a file or a link."""
    upload = call.get("file")
    found = upload if isinstance(upload, Upload) else None
    if found is None and not call.get("url"):
        raise Failure(400, "Must provide either url or file")
    return add_file(call, call.state.card(call["card"]), found, call.params) | {"limits": {}}


@route("GET", "/cards/{card}/attachments")
def list_attachments(call: Call) -> list[Obj]:
    """List a card's files and links, or the one that is its cover."""
    card = call.state.card(call["card"])
    found = card.get("attachments") or []
    if call.get("filter") == "cover":
        found = [one for one in found if one["id"] == card["idAttachmentCover"]]
    return [picked(one, call.get("fields")) for one in found]


@route("GET", "/cards/{card}/attachments/{attachment}")
def read_attachment(call: Call) -> Obj:
    """Show a file or link."""
    return picked(_one(call)[1], call.get("fields"))


@route("PUT", "/cards/{card}/attachments/{attachment}")
def change_attachment(call: Call) -> Obj:
    """Rename a file or link, or move it among the others."""
    card, one = _one(call)
    if call.get("name"):
        one["name"] = str(call.get("name"))[:_LARGEST_LINKED]
    if "pos" in call.params:
        others = [other["pos"] for other in card["attachments"] if other is not one]
        one["pos"] = position(call.get("pos"), others)
    if truth(call.get("setCover")):
        card["idAttachmentCover"] = one["id"]
    card["dateLastActivity"] = call.state.stamp()
    return one


@route("DELETE", "/cards/{card}/attachments/{attachment}")
def detach(call: Call) -> Obj:
    """Take a file or link off a card; it is its cover no longer."""
    state = call.state
    card, one = _one(call)
    card["attachments"].remove(one)
    state.files.pop(one["id"], None)
    if card["idAttachmentCover"] == one["id"]:
        card["idAttachmentCover"] = None
        card["cover"] = (card.get("cover") or {}) | {"idAttachment": None}
    card["badges"]["attachments"] = len(card["attachments"])
    card["dateLastActivity"] = state.stamp()
    told = {"id": one["id"], "name": one["name"]}
    board = state.boards[card["idBoard"]]
    data = {"attachment": told, "card": heading(card)}
    record(state, call.member, "deleteAttachmentFromCard", board, app=call.app, **data)
    return {"limits": {}}


@route("GET", "/cards/{card}/attachments/{attachment}/download/{name}")
@route("GET", "/cards/{card}/attachments/{attachment}/previews/{preview}/download/{name}")
def download(call: Call) -> Raw:
    """Send on to where the file is kept."""
    one = _one(call)[1]
    if not call.signed:
        raise Failure(401, "unauthorized permission requested")
    if not one["isUpload"]:
        raise not_found()
    where = f"{call.state.storage}/{one['id']}/{_seal(one['id'])}/{quote(call['name'])}"
    return Raw(302, headers={"Location": where})


def stored(state: State, path: str) -> Raw:
    """What the host of the files answers. Raises `Failure` unless the address is sealed."""
    words = path.strip("/").split("/")
    if len(words) != 3 or words[1] != _seal(words[0]):  # noqa: PLR2004
        raise Failure(403, "AccessDenied")
    for card in state.cards.values():
        for one in card.get("attachments") or []:
            if one["id"] == words[0]:
                kind = one["mimeType"] or "application/octet-stream"
                return Raw(200, content(state, one), kind)
    raise Failure(404, "NoSuchKey")


def _seal(ref: str) -> str:
    return hashlib.sha256(f"sealed {ref}".encode()).hexdigest()[:32]


def _one(call: Call) -> tuple[Obj, Obj]:
    card = call.state.card(call["card"])
    found = {one["id"]: one for one in card.get("attachments") or []}
    return card, call.state.one(found, call["attachment"])
