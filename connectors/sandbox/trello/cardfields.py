"""A card's fields as they are sent: each is checked before any is taken over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.positions import position
from connectors.sandbox.trello.routes import grouped, many, plain, truth
from connectors.sandbox.trello.state import Failure, Obj, State

LONGEST: Final = shapes.LONGEST
_EMPTY: Final = (None, "", "null")
_COVER: Final = ("size", "brightness", "yPosition", "url", "idAttachment", "color")


def changes(state: State, card: Obj, params: Obj) -> Obj:
    """What the parameters make of a card's fields. Raises `Failure`, and nothing is changed."""
    new: Obj = {
        name: check(state, card, name, params[name])
        for name, check in _CHECKS.items()
        if name in params
    }
    cover = grouped(params, "cover")
    if cover is not None or "idAttachmentCover" in params:
        new |= _cover(state, card, cover, params)
    if "desc" in new:
        new["descData"] = {"emoji": {}}
    if "labels" in params and "idLabels" not in new:
        new["idLabels"] = _by_color(state, card, many(params["labels"]))
    if "pos" in params or "idList" in new:
        column = str(new.get("idList", card["idList"]))
        new["pos"] = position(params.get("pos", card["pos"]), neighbours(state, card, column))
    return new


def neighbours(state: State, card: Obj, column: str) -> list[float]:
    """The positions of the open cards that a card would stand among."""
    return [one["pos"] for one in peers(state, card, column)]


def peers(state: State, card: Obj, column: str) -> list[Obj]:
    """The open cards of a list, but for the card itself."""
    return [
        one
        for one in state.cards.values()
        if one["idList"] == column and one["id"] != card["id"] and not one["closed"]
    ]


def text(name: str, value: Any) -> str:
    """A text, however it was sent. Raises `Failure` above the limit."""
    found = "" if value is None else str(value)
    if len(found) > LONGEST:
        raise Failure(400, f"invalid value for {name}")
    return found


def date(name: str, value: Any) -> str | None:
    """Take any usual form of a date, answer in Trello's own."""
    if value in _EMPTY:
        return None
    words = str(value).replace(" UTC", "Z").replace(" +", "+").replace(" ", "T", 1)
    try:
        instant = datetime.fromisoformat(words)
    except ValueError:
        raise Failure(400, f"invalid value for {name}") from None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    utc = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return utc.replace("+00:00", "Z")


def _text(_state: State, _card: Obj, name: str, value: Any) -> str:
    return text(name, value)


def _place(_state: State, _card: Obj, name: str, value: Any) -> str | None:
    return None if value is None else text(name, value)


def _date(_state: State, _card: Obj, name: str, value: Any) -> str | None:
    return date(name, value)


def _flag(_state: State, _card: Obj, _name: str, value: Any) -> bool:
    return truth(value)


def _minutes(_state: State, _card: Obj, name: str, value: Any) -> int | None:
    if value in _EMPTY:
        return None
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Failure(400, f"invalid value for {name}") from None


def _list(state: State, card: Obj, _name: str, value: Any) -> str:
    column = state.lists.get(str(value))
    if column is None or column["idBoard"] != card["idBoard"]:
        raise Failure(400, "invalid value for idList")
    return str(value)


def _refs(state: State, _card: Obj, name: str, value: Any) -> list[str]:
    known = state.labels if name == "idLabels" else state.members
    refs = many(value)
    if any(ref not in known for ref in refs):
        raise Failure(400, f"invalid value for {name}")
    return list(dict.fromkeys(refs))


def _by_color(state: State, card: Obj, colors: list[str]) -> list[str]:
    here = state.on_board(state.labels, card["idBoard"])
    return [one["id"] for color in colors for one in here if one["color"] == color][: len(colors)]


def _coordinates(_state: State, _card: Obj, name: str, value: Any) -> Obj | None:
    value = plain(value)
    if value in _EMPTY:
        return None
    try:
        if isinstance(value, dict):
            return {key: float(value[key]) for key in ("latitude", "longitude")}
        latitude, longitude = str(value).split(",")
        return {"latitude": float(latitude), "longitude": float(longitude)}
    except (KeyError, ValueError):
        raise Failure(400, f"invalid value for {name}") from None


def _role(_state: State, _card: Obj, name: str, value: Any) -> str | None:
    if value in _EMPTY:
        return None
    if value not in ("separator", "board", "mirror", "link"):
        raise Failure(400, f"invalid value for {name}")
    return str(value)


_Check = Callable[[State, Obj, str, Any], Any]
_CHECKS: Final[dict[str, _Check]] = {
    "name": _text,
    "desc": _text,
    "due": _date,
    "start": _date,
    "idList": _list,
    "idLabels": _refs,
    "idMembers": _refs,
    "closed": _flag,
    "dueComplete": _flag,
    "subscribed": _flag,
    "isTemplate": _flag,
    "pinned": _flag,
    "dueReminder": _minutes,
    "address": _place,
    "locationName": _place,
    "coordinates": _coordinates,
    "cardRole": _role,
}


def _cover(state: State, card: Obj, sent: Any, params: Obj) -> Obj:
    """A cover is a colour, one of the card's attachments, or a picture from elsewhere."""
    asked = {name: plain(v) for name, v in sent.items()} if isinstance(sent, dict) else {}
    if not asked and sent not in (None, "", {}):
        raise Failure(400, "invalid value for cover")
    if "idAttachmentCover" in params:
        asked["idAttachment"] = params["idAttachmentCover"]
    old = card.get("cover") or shapes.no_cover()
    if not asked:
        return _covered(shapes.no_cover())
    if set(asked) & {"url", "idAttachment", "color"}:
        old = old | {"idAttachment": None, "color": None, "idUploadedBackground": None}
        old = {k: v for k, v in old.items() if k not in ("scaled", "edgeColor", "sharedSourceUrl")}
    new = old | {name: value or None for name, value in asked.items() if name in _COVER}
    return _covered(_checked(state, card, new))


def _covered(cover: Obj) -> Obj:
    ref = cover["idAttachment"]
    return {"cover": cover, "idAttachmentCover": ref, "manualCoverAttachment": bool(ref)}


def _checked(state: State, card: Obj, cover: Obj) -> Obj:
    if cover["color"] is not None and cover["color"] not in shapes.COVERS:
        raise Failure(400, "invalid value for color")
    found = [one for one in card.get("attachments") or [] if one["id"] == cover["idAttachment"]]
    if cover["idAttachment"] and not found:
        raise Failure(400, "invalid value for idAttachment")
    if found:
        scaled = {"scaled": found[0]["previews"], "edgeColor": found[0]["edgeColor"]}
        cover = cover | scaled
    url = cover.pop("url", None)
    if url:
        ref = state.mint()
        scaled = {"_id": ref, "id": ref, "scaled": True, "url": url, "bytes": 3672}
        scaled |= {"height": 93, "width": 140}
        shared = {"sharedSourceUrl": url, "scaled": [scaled], "edgeColor": "#e2dfe4"}
        cover = cover | {"idUploadedBackground": state.mint()} | shared
    return cover
