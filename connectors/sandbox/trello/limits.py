"""How many there can be of each thing, and how Trello tells it (`limits`).

Numbers of free boards as exports of 2025 tell them; they vary by account
(https://developer.atlassian.com/cloud/trello/guides/rest-api/limits/).
"""

from __future__ import annotations

from typing import Any, Final

MOST: Final = {
    "attachments.perBoard": 36000,
    "attachments.perCard": 1000,
    "boards.totalMembersPerBoard": 1600,
    "boards.totalAccessRequestsPerBoard": 4000,
    "cards.openPerBoard": 5000,
    "cards.openPerList": 5000,
    "cards.totalPerBoard": 2000000,
    "cards.totalPerList": 1000000,
    "checklists.perBoard": 1800000,
    "checklists.perCard": 500,
    "checkItems.perChecklist": 200,
    "customFields.perBoard": 50,
    "customFieldOptions.perField": 50,
    "labels.perBoard": 1000,
    "lists.openPerBoard": 500,
    "lists.totalPerBoard": 3000,
    "stickers.perCard": 70,
    "reactions.perAction": 900,
    "reactions.uniquePerAction": 17,
}
_CLEAR: Final = 0.8
"""The share of a limit at which Trello begins to warn."""

OF_BOARD: Final = tuple(MOST)
OF_CARD: Final = ("attachments.perCard", "checklists.perCard", "stickers.perCard")
OF_LIST: Final = ("cards.openPerList", "cards.totalPerList")
OF_CHECKLIST: Final = ("checkItems.perChecklist",)
OF_FIELD: Final = ("customFieldOptions.perField",)
OF_COMMENT: Final = ("reactions.perAction", "reactions.uniquePerAction")


def told(*names: str) -> dict[str, Any]:
    """The `limits` of an object: by what is counted, then by where."""
    limits: dict[str, Any] = {}
    for name in names:
        what, _, where = name.partition(".")
        limits.setdefault(what, {})[where] = one(MOST[name])
    return limits


def one(most: int) -> dict[str, Any]:
    """How one limit is told, of which nothing much is used."""
    return {"status": "ok", "disableAt": most, "warnAt": int(most * _CLEAR)}
