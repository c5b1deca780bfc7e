"""New attachments: files that are uploaded, and links."""

from __future__ import annotations

import mimetypes
import re
from typing import Any, Final
from urllib.parse import quote

from connectors.sandbox.trello.activity import heading, record
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import Call, Upload, truth
from connectors.sandbox.trello.state import Failure, Obj

LARGEST_FILE: Final = 10 * 1024 * 1024
"""Bytes that one file may have on a board that nobody pays for."""
_LONGEST_NAME: Final = 256
_SIZES: Final = ((70, 50), (250, 150), (600, 336))


def add_file(call: Call, card: Obj, upload: Upload | None, params: Obj) -> Obj:
    """Attach a file or a link to a card. Raises `Failure`."""
    state = call.state
    attachments = card.setdefault("attachments", [])
    state.room("attachments.perCard", len(attachments))
    name = str(params.get("name") or (upload.name if upload else "") or params.get("url") or "")
    if len(name) > _LONGEST_NAME and (upload or params.get("name")):
        raise Failure(400, "invalid value for name")
    made = _new(call, name, position(params.get("pos"), [one["pos"] for one in attachments]))
    made |= _file(call, card, made["id"], upload, params) if upload else _link(params)
    attachments.append(made)
    if truth(params.get("setCover")) and (made["mimeType"] or "").startswith("image/"):
        card["cover"] = (card.get("cover") or {}) | {"idAttachment": made["id"], "color": None}
        card["idAttachmentCover"] = made["id"]
    card["badges"]["attachments"] = len(attachments)
    card["dateLastActivity"] = state.stamp()
    told = {key: made[key] for key in ("id", "name", "url")}
    where = {"card": heading(card), "list": heading(state.lists.get(card["idList"]) or {})}
    board = state.boards[card["idBoard"]]
    record(state, call.member, "addAttachmentToCard", board, app=call.app, attachment=told, **where)
    return made


def _new(call: Call, name: str, pos: float) -> Obj:
    return {
        "id": call.state.mint(),
        "bytes": None,
        "date": call.state.stamp(),
        "edgeColor": None,
        "idMember": call.member["id"],
        "isMalicious": False,
        "isUpload": False,
        "mimeType": None,
        "name": name,
        "previews": [],
        "url": "",
        "pos": pos,
        "fileName": None,
    }


def _link(params: Obj) -> Obj:
    url = str(params.get("url") or "")
    if not re.match(r"https?://\S", url):
        raise Failure(400, "invalid value for url")
    return {"url": url, "fileName": url, "mimeType": params.get("mimeType") or ""}


def _file(call: Call, card: Obj, ref: str, upload: Upload, params: Obj) -> Obj:
    if len(upload.content) > LARGEST_FILE:
        raise Failure(413, "File too large")
    call.state.files[ref] = upload.content
    here = f"{call.state.base}/1/cards/{card['id']}/attachments/{ref}"
    named = re.sub(r"[^\w.\-]+", "_", upload.name) or "upload"
    kind = params.get("mimeType") or upload.kind or mimetypes.guess_type(upload.name)[0]
    return {
        "bytes": len(upload.content),
        "isUpload": True,
        "mimeType": kind,
        "fileName": named,
        "url": f"{here}/download/{quote(named)}",
        "previews": _previews(call, here, named) if (kind or "").startswith("image/") else [],
    }


def _previews(call: Call, here: str, name: str) -> list[Obj]:
    """Smaller pictures: told as Trello does, though all of them are the picture itself."""
    refs = [call.state.mint() for _ in _SIZES]
    return [
        {
            "id": ref,
            "_id": ref,
            "scaled": False,
            "url": f"{here}/previews/{ref}/download/{quote(name)}",
            "bytes": width * height // 4,
            "height": height,
            "width": width,
        }
        for ref, (width, height) in zip(refs, _SIZES, strict=True)
    ]


def content(state: Any, attachment: Obj) -> bytes:
    """The bytes of a file; for a loaded board made up in the length that it tells."""
    ref = attachment["id"]
    if ref in state.files:
        return bytes(state.files[ref])
    seed = f"{ref} ".encode()
    size = int(attachment.get("bytes") or 0)
    return (seed * (size // len(seed) + 1))[:size]
