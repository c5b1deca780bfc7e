"""Finding what a crashed create may have left.

Trello has no place for a marker that members do not see: every attribute that a new
card can be given is shown on it, and a description would show it to whoever edits.
But each card made through the API leaves a `createCard` action that names the member
and the application, kept for good and edited by nobody. So a card is ours if our
member made it through an application since the intent was written, and bore the name
that was sent: its name now, or the oldest one that later renamings tell. Two cards of
one name that were sent in the same moment are not told apart, and both are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from connectors.trello.api import Api
from connectors.trello.reading import PAGE
from sync.errors import Unreachable
from sync.model import Plain

SKEW: Final = timedelta(minutes=2)
"""How much Trello's clock may be behind ours."""


def made_by_us(api: Api, board: str, since: datetime, name: Plain) -> list[str]:
    """The ids of cards that our own member's applications made since then under this name."""
    me = api.me()
    actions = list(_actions(api, board, since))
    ours = [
        action
        for action in actions
        if action.get("type") == "createCard"
        and action.get("idMemberCreator") == me
        and action.get("appCreator")
    ]
    born = {_card(action, "id"): _card(action, "name") for action in ours}
    for action in actions:  # newest first: the oldest renaming has the last word
        old = _old_name(action)
        if old is not None and _card(action, "id") in born:
            born[_card(action, "id")] = old
    return [ref for ref, called in reversed(born.items()) if ref and name in (None, called)]


def stamp(since: datetime) -> str:
    """A time from which to search, a little before an intent: no clock is quite right."""
    return (since - SKEW).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _actions(api: Api, board: str, since: datetime) -> Iterator[dict[str, Plain]]:
    """Yield what was made and renamed since then, newest first."""
    before: dict[str, str] = {}
    while True:
        page = api.seen(
            f"boards/{board}/actions",
            filter="createCard,updateCard:name",
            since=stamp(since),
            limit=PAGE,
            fields="type,data,date,idMemberCreator,appCreator",
            memberCreator="false",
            **before,
        )
        if not isinstance(page, list) or not all(isinstance(one, dict) for one in page):
            raise Unreachable("Trello answered with something other than a list of actions")
        found = [one for one in page if isinstance(one, dict)]
        yield from found
        if len(found) < PAGE:
            return
        before = {"before": str(found[-1].get("id"))}


def _card(action: dict[str, Plain], name: str) -> str:
    return _text(_part(action, "card"), name)


def _old_name(action: dict[str, Plain]) -> str | None:
    old = _part(action, "old")
    return str(old["name"]) if action.get("type") == "updateCard" and "name" in old else None


def _part(action: dict[str, Plain], name: str) -> dict[str, Plain]:
    data = action.get("data")
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


def _text(value: Plain, name: str) -> str:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
