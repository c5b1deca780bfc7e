"""The feed of a board: what happened there, and how far we have read.

https://developer.atlassian.com/cloud/trello/guides/rest-api/action-types/: the feed is the
fast path only. Changed entries of checklists, edited and deleted comments and renamed
labels are not told in it; a full listing finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from sync.errors import CursorExpired, Unreachable
from sync.model import Plain

FEED: Final[dict[str, str | int]] = {
    "actions": "all",
    "action_fields": "type,data,date,idMemberCreator,appCreator",
    "action_memberCreator": "false",
}
"""What a read of a board asks of its actions."""

Action: TypeAlias = "dict[str, Plain]"


@dataclass(frozen=True)
class Cursor:
    """How far a board was read: its newest action, and when something last happened.

    The date finds what has no action and what was told out of order; the action
    finds what left the date as it was.
    """

    action: str
    active: str

    def __str__(self) -> str:
        return f"{self.action}@{self.active}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read one. Raises `CursorExpired` for what is none of ours."""
        action, at, active = text.partition("@")
        if not at or len(action) != 24 or set(action) - set("0123456789abcdef"):  # noqa: PLR2004
            raise CursorExpired(f"{text!r} is no position in a Trello board")
        return cls(action, active)


def position(raw: dict[str, Plain], floor: str) -> Cursor:
    """The position that an answer stands for; `floor` is an id older than its actions."""
    return Cursor(newest(actions(raw), floor), str(raw.get("dateLastActivity") or ""))


def actions(raw: dict[str, Plain]) -> list[Action]:
    """The actions in an answer that was asked for them. Raises `Unreachable`."""
    return listed(raw.get("actions"))


def listed(told: Plain) -> list[Action]:
    """A list of actions. Raises `Unreachable` for anything else."""
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise Unreachable("Trello answered with something other than the actions asked for")
    return [one for one in told if isinstance(one, dict)]


def newest(found: list[Action], otherwise: str) -> str:
    """The id of the newest action: every id begins with its time."""
    return max([str(action.get("id")) for action in found], default=otherwise)


def oldest(found: list[Action]) -> str:
    """The id below which the next page begins; answers need not be in order."""
    return min(str(action.get("id")) for action in found)


def part(action: Action, name: str) -> dict[str, Plain]:
    """A part of what an action tells (`card`, `old`, `list`)."""
    data = action.get("data")
    told = data.get(name) if isinstance(data, dict) else None
    return told if isinstance(told, dict) else {}


def card_of(action: Action) -> str | None:
    """The card that an action is about, if it is about one."""
    ref = part(action, "card").get("id")
    return ref if isinstance(ref, str) else None
