"""Recorded exchanges with the real service, and what is known of each field from them.

They are not kept in this repository: whoever has them puts them beside the checkout.
Order of trust: recordings and exports first, whatever a reference says after them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

_DATA = Path(__file__).resolve().parents[3].parent / "shared/data/trello"
RECORDINGS = _DATA / "recordings/http-exchanges.jsonl"
EXPORTS = _DATA / "exports"

_ONE = {
    "boards": "board",
    "lists": "list",
    "cards": "card",
    "labels": "label",
    "checklists": "checklist",
    "checkItems": "checkItem",
    "actions": "action",
    "comments": "action",
    "members": "member",
    "membersVoted": "member",
    "memberCreator": "member",
    "member": "member",
    "idMembers": "member",
    "memberships": "membership",
    "attachments": "attachment",
    "previews": "preview",
    "customFields": "customField",
    "customfields": "customField",
    "customFieldItems": "customFieldItem",
    "item": "customFieldItem",
    "options": "option",
    "webhooks": "webhook",
    "organizations": "organization",
    "notifications": "notification",
    "tokens": "token",
    "pluginData": "pluginData",
    "idList": "card",
    "idBoard": "card",
    "board": "board",
    "card": "card",
    "list": "list",
    "checkItem": "checkItem",
}
_NESTED = {
    *("cards", "lists", "labels", "checklists", "checkItems", "actions", "members"),
    *("memberCreator", "memberships", "attachments", "previews", "webhooks", "options"),
    *("customFields", "customFieldItems", "pluginData", "member"),
}
_OPEN = ("action.data", "action.display", "action.entities", "notification.data")
"""Whatever was told: what is inside depends on the type, which is part of the name."""


def rows():
    return [json.loads(line) for line in RECORDINGS.read_text("utf-8").splitlines()]


def noun(path):
    """What a path of the API answers with: `/1/cards/ID/members` with members."""
    if path.endswith("/labelnames"):
        return "board.labelNames"
    words = [word for word in path.strip("/").split("/")[1:] if word in _ONE]
    if not words:
        return path
    if words[-1] == "members" and words[0] == "boards" and path.split("/")[-1] != "members":
        return "organization" if "organizations" in path else "board"
    return _ONE[words[-1]]


def below(path, name, value):
    """The name of a field: of the object it belongs to, however deep that is nested."""
    inside = path.startswith(tuple(f"{one}" for one in _OPEN))
    if name in _NESTED and isinstance(value, dict | list) and not inside:
        return _ONE[name]
    return f"{path}.{name}"


def kind(value):
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "null" if value is None else type(value).__name__


def known():
    """Field -> the types in which the real service was seen to answer it."""
    seen = defaultdict(set)
    for row in rows():
        _learn(seen, noun(row["uri"].partition("?")[0]), row["body"])
    for path in EXPORTS.glob("*.json"):
        _learn(seen, "board", json.loads(path.read_bytes()))
    return seen


def _learn(seen, path, value):
    seen[path].add(kind(value))
    if isinstance(value, list):
        for one in value:
            _learn(seen, path, one)
    elif isinstance(value, dict):
        for name, one in value.items():
            _learn(seen, below(path, name, one), one)
