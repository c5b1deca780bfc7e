"""What the stand-in for Trello holds: objects as Trello's JSON has them, by id.

Objects are kept as they were loaded, every key of them, so that a board can be given
back as it came; what Trello computes (labels inside cards, badges) is computed when
they are shown.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, datetime
from threading import RLock
from typing import Any, Final, TypeAlias

from connectors.sandbox.trello.limits import MOST

Obj: TypeAlias = dict[str, Any]
"""One of Trello's JSON objects: what it holds is Trello's matter, not the type checker's."""

_NESTED: Final = (
    "actions",
    "cards",
    "labels",
    "lists",
    "members",
    "checklists",
    "customFields",
    "memberships",
    "pluginData",
)
_REF: Final = re.compile(r"[0-9a-f]{24}|[0-9A-Za-z]{8}")
"""An id, or the short link of a board or a card."""
_LETTERS: Final = string.ascii_letters + string.digits


class Failure(Exception):
    """An answer other than 200, with Trello's own text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def not_found() -> Failure:
    """Trello's answer for whatever was deleted or never was."""
    return Failure(404, "The requested resource was not found.")


class State:
    """Every object of every board, and who may sign in."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.lock = RLock()
        self.boards: dict[str, Obj] = {}
        self.lists: dict[str, Obj] = {}
        self.cards: dict[str, Obj] = {}
        self.labels: dict[str, Obj] = {}
        self.checklists: dict[str, Obj] = {}
        self.members: dict[str, Obj] = {}
        self.memberships: dict[str, list[Obj]] = {}
        self.custom_fields: dict[str, Obj] = {}
        self.plugin_data: dict[str, list[Obj]] = {}
        self.actions: dict[str, list[Obj]] = {}
        """Board id -> its actions, newest first."""
        self.hidden: dict[str, Obj] = {}
        """Actions that no list shows: they can be read by id, and webhooks tell them."""
        self.organizations: dict[str, Obj] = {}
        self.webhooks: dict[str, Obj] = {}
        self.shelves: dict[str, list[Obj]] = {}
        """Owner and sort -> small collections: stars, saved searches, reactions."""
        self.notifications: dict[str, list[Obj]] = {}
        """Member id -> what was told to them, newest first."""
        self.files: dict[str, bytes] = {}
        """Attachment id -> what was uploaded."""
        self.tokens: dict[str, str] = {}
        """Token -> member id, for those that are not the first member's."""
        self.refused: dict[str, str] = {}
        """Token -> why it is taken no longer (`expired token`), or `read` for reading only."""
        self.expires: dict[str, str] = {}
        """Token -> when it is said to end; it goes on being taken until it is `refused`."""
        self.loaded: set[str] = set()
        """Boards of exports: whoever has an account here sees them, member or not."""
        self.listed: dict[str, list[str]] = {}
        """Board id -> its members in the order of its export, former ones among them."""
        self.most = dict(MOST)
        """What there can be at most; tests lower it."""
        self.base = "https://trello.com"
        """Where files are fetched from; the running stand-in says its own address."""
        self.storage = "https://trello-attachments.s3.amazonaws.com"
        self.client = ""
        """What the writer of the moment calls itself (`X-Trello-Client-Identifier`)."""
        self.listeners: list[Callable[[Obj], None]] = []
        """Told of each action, hidden ones included."""
        self.me = ""
        self._random = random.Random(1)  # noqa: S311 - short links, not secrets
        self.minted = 0

    def mint(self) -> str:
        """Make an id: its first eight digits are the time, as in every id of Trello's."""
        self.minted += 1
        return f"{int(self.now().timestamp()):08x}{'5a4dbb0c01'}{self.minted:06x}"

    def reseed(self) -> None:
        """Go on with other short links than those that were given out already."""
        self._random = random.Random(self.minted + 1)  # noqa: S311 - short links, not secrets

    def short_link(self) -> str:
        """Make one of the eight-letter names that links use."""
        return "".join(self._random.choice(_LETTERS) for _ in range(8))

    def stamp(self) -> str:
        """The time now, as Trello writes it."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def load(self, export: Obj) -> str:
        """Take in a board as exported, and return its id."""
        raw = deepcopy(export)
        board_id: str = raw["id"]
        nested = {name: raw.pop(name, None) or [] for name in _NESTED}
        self.boards[board_id] = raw
        self.loaded.add(board_id)
        self._place(nested)
        self.memberships[board_id] = nested["memberships"]
        self.listed[board_id] = [one["id"] for one in nested["members"]]
        self.plugin_data[board_id] = nested["pluginData"]
        self.actions[board_id] = nested["actions"]
        return board_id

    def _place(self, nested: dict[str, list[Obj]]) -> None:
        places = {
            "lists": self.lists,
            "cards": self.cards,
            "labels": self.labels,
            "checklists": self.checklists,
            "customFields": self.custom_fields,
            "members": self.members,
        }
        for name, place in places.items():
            for one in nested[name]:
                place[one["id"]] = one

    def action(self, ref: str) -> Obj:
        """Find an action of any board, listed or not."""
        if ref in self.hidden:
            return self.hidden[ref]
        for actions in self.actions.values():
            for action in actions:
                if action["id"] == ref:
                    return action
        raise not_found()

    def notify(self, member: str, action: Obj) -> str:
        """Tell somebody of an action, and return the id of the notification."""
        told = {name: action[name] for name in ("type", "date", "idMemberCreator", "memberCreator")}
        about = ("text", "card", "board")
        made = told | {
            "id": self.mint(),
            "data": {name: action["data"][name] for name in about if name in action["data"]},
            "appCreator": None,
            "idAction": action["id"],
            "isReactable": True,
            "unread": True,
            "dateRead": None,
            "reactions": [],
        }
        self.notifications.setdefault(member, []).insert(0, made)
        return str(made["id"])

    def board(self, ref: str) -> Obj:
        """Find a board by id or short link."""
        return _by_link(self.boards, ref)

    def card(self, ref: str) -> Obj:
        """Find a card by id or short link."""
        return _by_link(self.cards, ref)

    def member(self, ref: str) -> Obj:
        """Find a member by id or user name."""
        if ref in self.members:
            return self.members[ref]
        for member in self.members.values():
            if member["username"] == ref:
                return member
        raise not_found()

    def one(self, place: dict[str, Obj], ref: str) -> Obj:
        """Find an object by id alone."""
        if ref not in place:
            raise not_found() if _REF.fullmatch(ref) else Failure(400, "invalid id")
        return place[ref]

    def on_board(self, place: dict[str, Obj], board: str) -> list[Obj]:
        """All objects of one sort on a board, in the order in which they came."""
        return [
            one for one in place.values() if (one.get("idBoard") or one.get("idModel")) == board
        ]

    def room(self, limit: str, count: int) -> None:
        """Raise `Failure` if one more would be above a limit (`cards.openPerList`)."""
        if count >= self.most[limit]:
            what, _, where = limit.partition(".")
            words = re.sub(r"([A-Z])", r"_\1", f"{what}.{where}").replace(".", "_").upper()
            body = {"message": f"Too many {what}", "error": f"{words}_LIMIT_EXCEEDED"}
            raise Failure(403, json.dumps(body))

    def in_order(self, objects: Iterable[Obj]) -> list[Obj]:
        """Objects by their position, as members see them."""
        return sorted(objects, key=lambda one: (one["pos"], one["id"]))


def _by_link(place: dict[str, Obj], ref: str) -> Obj:
    if ref in place:
        return place[ref]
    if not _REF.fullmatch(ref):
        raise Failure(400, "invalid id")
    for one in place.values():
        if one.get("shortLink") == ref:
            return one
    raise not_found()
