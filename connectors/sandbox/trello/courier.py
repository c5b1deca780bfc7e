"""Delivering webhooks: signed, tried again on a schedule, given up after long failure.

The body is signed with the secret of the application: base64 of HMAC-SHA1 over the body
and the address as it was registered. A delivery that fails is tried again after 30, 60
and 120 seconds; `hurry` divides these, so that tests need not wait.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import itertools
import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Condition, Thread
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from connectors.sandbox.trello.state import Obj, State

WAITS: Final = (30.0, 60.0, 120.0)
"""Seconds until a failed delivery is tried again."""
SIGNING: Final = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
"""What the application's webhooks are signed with."""
RESERVED: Final = ("example.com", "example.org", "example.net")
"""Hosts that stand for others (RFC 2606): they answer every HEAD, and nothing is sent to them."""
_PATIENCE: Final = 30.0
_GONE: Final = 410
_MOST_FAILURES: Final = 1000


@dataclass(frozen=True)
class Answer:
    """What a listener said; status 0 stands for no answer."""

    status: int


@dataclass(order=True)
class _Parcel:
    due: float
    number: int
    webhook: str = field(compare=False)
    body: bytes = field(compare=False)
    headers: dict[str, str] = field(compare=False)
    tries: int = field(default=0, compare=False)


def send(method: str, url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send one request without following redirects."""
    parts = urlsplit(url)
    if parts.hostname in RESERVED:
        return Answer(200)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE)
        connection.request(method, path, body or None, {"User-Agent": "Trello"} | headers)
        response: HTTPResponse = connection.getresponse()
        response.read()
        connection.close()
    except (OSError, HTTPException, ValueError):
        return Answer(0)
    return Answer(response.status)


def signature(body: bytes, callback: str, secret: str = SIGNING) -> str:
    """What goes into `X-Trello-Webhook`."""
    digest = hmac.new(secret.encode(), body + callback.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


class Courier:
    """Delivers in a thread of its own, which starts with the first delivery."""

    def __init__(self, state: State, *, hurry: float = 1.0) -> None:
        self.state = state
        self.hurry = hurry
        self._waiting: list[_Parcel] = []
        self._numbers = itertools.count()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._stopped = False
        self._busy = False

    def post(self, webhook: Obj, told: Obj) -> None:
        """Have an action told to a webhook, soon."""
        body = json.dumps(told, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Trello-Webhook": signature(body, webhook["callbackURL"]),
        }
        if self.state.client:
            headers["X-Trello-Client-Identifier"] = self.state.client
        parcel = _Parcel(monotonic(), next(self._numbers), webhook["id"], body, headers)
        with self._changed:
            heapq.heappush(self._waiting, parcel)
            if self._thread is None:
                self._stopped = False
                self._thread = Thread(target=self._run, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def settled(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is left to deliver; False if it takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._waiting or self._busy), timeout)

    def stop(self) -> None:
        """End the thread; what was not delivered yet is dropped."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()
        self._thread = None

    def _run(self) -> None:
        while (parcel := self._next()) is not None:
            self._deliver(parcel)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> _Parcel | None:
        with self._changed:
            while not self._stopped:
                wait = self._waiting[0].due - monotonic() if self._waiting else None
                if wait is not None and wait <= 0:
                    self._busy = True
                    return heapq.heappop(self._waiting)
                self._changed.wait(wait)
        return None

    def _deliver(self, parcel: _Parcel) -> None:
        webhook = self.state.webhooks.get(parcel.webhook)
        if webhook is None or not webhook["active"]:
            return
        status = send("POST", webhook["callbackURL"], parcel.body, parcel.headers).status
        with self.state.lock:
            self._heed(webhook, status)
        if not _well(status) and status != _GONE and parcel.tries < len(WAITS):
            parcel.due = monotonic() + WAITS[parcel.tries] / self.hurry
            parcel.tries += 1
            with self._changed:
                heapq.heappush(self._waiting, parcel)

    def _heed(self, webhook: Obj, status: int) -> None:
        """Count failures; one success resets, 410 removes the webhook."""
        if _well(status):
            webhook |= {"consecutiveFailures": 0, "firstConsecutiveFailDate": None}
            return
        if status == _GONE:
            self.state.webhooks.pop(webhook["id"], None)
        webhook["consecutiveFailures"] += 1
        webhook["firstConsecutiveFailDate"] = (
            webhook["firstConsecutiveFailDate"] or self.state.stamp()
        )
        if webhook["consecutiveFailures"] > _MOST_FAILURES:
            webhook["active"] = False


def _well(status: int) -> bool:
    return 200 <= status < 300  # noqa: PLR2004
