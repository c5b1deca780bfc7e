"""Webhooks: Trello tells an address that something happened on a board.

https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/: a webhook belongs
to the token that made it; the address must answer HEAD with 200 first; each delivery is
signed with the secret of the key's Power-Up. Nothing of a delivery is used but the id
of the board and, for what no feed tells, that all of it must be read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from threading import Lock
from typing import Final

from pydantic import SecretStr

from connectors.trello.api import CLIENT, Api
from sync.account import Notice, Sort, Trace
from sync.errors import ConfigError, Gone, Refused, Unreachable
from sync.model import Collection, Plain

SIGNATURE: Final = "x-trello-webhook"
SENDER: Final = "x-trello-client-identifier"
_NAME: Final = "Jumelage"
_UNTOLD: Final = frozenset(
    {
        *("updateComment", "deleteComment"),
        *("createCheckItem", "updateCheckItem", "deleteCheckItem", "updateChecklist"),
        *("createLabel", "updateLabel", "deleteLabel"),
    }
)
"""Actions that webhooks tell and no feed: only the whole board shows what they did."""


class Webhooks:
    """The webhooks of one token that are ours: each bears the name of the system."""

    def __init__(self, api: Api, system: str, secret: SecretStr | None) -> None:
        self._api = api
        self._name = f"{_NAME}: {system}"
        self._secret = secret
        self._lock = Lock()
        self._stirred: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()

    # At Trello

    def watch(self, collections: Iterable[Collection], address: str) -> int:
        """As `Tells.watch`."""
        wanted = {collection.id for collection in collections}
        if wanted and self._secret is None:
            raise ConfigError("webhooks need `secret`, the secret of the Power-Up of the key")
        for hook in self._ours():
            good = hook.get("active") is True and hook.get("callbackURL") == address
            if good and hook.get("idModel") in wanted:
                wanted.remove(str(hook["idModel"]))
            else:
                self._remove(str(hook["id"]))
        return sum(self._make(board, address) for board in sorted(wanted))

    def _make(self, board: str, address: str) -> bool:
        hook: dict[str, Plain] = {
            "callbackURL": address,
            "idModel": board,
            "description": self._name,
            "active": True,
        }
        try:
            self._api.post("webhooks", hook)
        except Refused as error:
            if "already exists" in str(error):  # of the same token, under another name
                return False
            raise
        return True

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        """Every webhook of ours, with the collection that it is for, if it is one of these."""
        places = {one.id: one for one in collections}
        for hook in self._ours():
            yield Trace(Sort.WEBHOOK, str(hook["id"]), places.get(str(hook.get("idModel"))))

    def _remove(self, hook: str) -> None:
        try:
            self._api.delete(f"webhooks/{hook}")
        except Gone:
            return

    remove = _remove

    def _ours(self) -> list[dict[str, Plain]]:
        told = self._api.of_token("/webhooks")
        if not isinstance(told, list) or not all(
            isinstance(one, dict) and isinstance(one.get("id"), str) for one in told
        ):
            raise Unreachable("Trello answered with something other than a list of webhooks")
        found = [one for one in told if isinstance(one, dict)]
        return [one for one in found if one.get("description") == self._name]

    # At the door

    def heard(self, notice: Notice, address: str) -> frozenset[str] | None:
        """As `Tells.heard`."""
        if not self._signed(notice, address):
            return None
        if notice.headers.get(SENDER) == CLIENT:
            return frozenset()  # our own write, known already
        boards, untold = _about(notice.body)
        if untold:
            with self._lock:
                self._stirred.update(boards)
        return boards

    def _signed(self, notice: Notice, address: str) -> bool:
        if self._secret is None:
            return False
        secret = self._secret.get_secret_value().encode()
        digest = hmac.new(secret, notice.body + address.encode(), hashlib.sha1).digest()
        given = notice.headers.get(SIGNATURE, "").encode("utf-8", "replace")
        return hmac.compare_digest(base64.b64encode(digest), given)

    def stirred(self, collection: Collection) -> bool:
        """Whether something happened that no feed tells, since this was last asked."""
        with self._lock:
            now = self._stirred[collection.id]
            before, self._seen[collection.key] = self._seen[collection.key], now
        return now > before


def _about(body: bytes) -> tuple[frozenset[str], bool]:
    """The boards that a delivery names, and whether no feed will tell what happened."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return frozenset(), False
    action = _part(told, "action")
    named = (
        _part(told, "webhook").get("idModel"),
        _part(told, "model").get("id"),
        _part(_part(action, "data"), "board").get("id"),
    )
    boards = frozenset(one for one in named if isinstance(one, str))
    return boards, action.get("type") in _UNTOLD


def _part(told: object, name: str) -> dict[str, object]:
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}
