"""What our own writes replaced, from a card's actions.

An `updateCard` action tells in `old` what a field held before. Members are told one by
one and checklists by the state of their entries only, so these two are not covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from connectors.trello.api import Api
from connectors.trello.dates import instant, moment
from connectors.trello.origins import stamp
from sync.errors import Malformed, Unreachable
from sync.model import Plain, Record

_FIELDS: Final = {
    "name": "name",
    "desc": "desc",
    "idList": "list",
    "pos": "rank",
    "idLabels": "labels",
    "start": "start",
    "due": "due",
    "dueComplete": "due_complete",
    "closed": "closed",
}


def replaced(api: Api, card: str, since: datetime, zone: str) -> Iterator[Record]:
    """Yield the values that our member's applications replaced, oldest first."""
    actions = api.get(
        f"cards/{card}/actions",
        filter="updateCard",
        since=stamp(since),
        limit=1000,
        memberCreator="false",
    )
    if not isinstance(actions, list):
        raise Unreachable("Trello answered with something other than a list of actions")
    for action in reversed(actions):
        if not isinstance(action, dict) or not action.get("appCreator"):
            continue
        try:
            fields = _fields(action.get("data"), zone)
        except ValueError as error:
            raise Malformed(f"what stood on the card {card}: {error}") from None
        if fields and action.get("idMemberCreator") == api.me():
            yield Record(card, None, fields, ours=True, changed=instant(action.get("date")))


def _fields(data: Plain, zone: str) -> dict[str, Plain]:
    old = data.get("old") if isinstance(data, dict) else None
    if not isinstance(old, dict):
        return {}
    readers: Mapping[str, Callable[[Plain], Plain]] = {
        "idLabels": lambda value: [*sorted(map(str, value))] if isinstance(value, list) else None,
        "start": lambda value: moment(str(value), zone) if value else None,
        "due": lambda value: moment(str(value), zone) if value else None,
    }
    return {
        field: readers.get(name, _same)(old[name]) or None
        for name, field in _FIELDS.items()
        if name in old
    }


def _same(value: Plain) -> Plain:
    return value
