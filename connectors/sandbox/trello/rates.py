"""Rate limits: how many requests a token, a key and a member's searches may send.

https://developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits/
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from connectors.sandbox.trello.state import Failure

WINDOW: Final = 10.0
"""Seconds in which requests are counted."""
PER_TOKEN: Final = 100
PER_KEY: Final = 300
PER_MEMBER: Final = 200
SPECIAL: Final = 100
"""Requests in `SPECIAL_WINDOW` that may ask for a member, or search."""
SPECIAL_WINDOW: Final = 900.0
PATIENCE: Final = 200
"""Refusals in a window after which a key is refused for the rest of it, whoever uses it."""
_SPECIAL: Final = re.compile(r"/1/(members/[^/]+|membersSearch|search|search/members)/?\Z")


@dataclass
class Rates:
    """Counts requests."""

    times: dict[str, deque[float]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    shut: dict[str, float] = field(default_factory=dict)
    """Until when a key is answered nothing but refusals."""

    def room(self, key: str, most: int, window: float = WINDOW) -> int:
        """Count a request against a limit, and say how many more may follow (-1: too many)."""
        now = time.monotonic()
        with self.lock:
            times = self.times.setdefault(key, deque())
            while times and times[0] <= now - window:
                times.popleft()
            times.append(now)
            return most - len(times)

    def count(self, path: str, key: str, token: str, *, limited: bool) -> dict[str, str]:
        """Headers for the answer. Raises `Failure` if a limit is spent; never unless `limited`."""
        if not limited:
            return _headers(PER_TOKEN - 1, PER_KEY - 1)
        try:
            return self._counted(path, key, token)
        except Failure:
            if self.room(f"refused {key}", PATIENCE) < 0:
                self.shut[key] = time.monotonic() + WINDOW
            raise

    def _counted(self, path: str, key: str, token: str) -> dict[str, str]:
        if time.monotonic() < self.shut.get(key, 0.0):
            raise _spent("API_KEY_LIMIT_EXCEEDED", "Rate limit exceeded")
        by_token = self.room(f"token {token}", PER_TOKEN)
        by_key = self.room(f"key {key}", PER_KEY)
        if by_token < 0 or by_key < 0:
            which = "API_TOKEN" if by_token < 0 else "API_KEY"
            raise _spent(f"{which}_LIMIT_EXCEEDED", "Rate limit exceeded")
        if _SPECIAL.match(path) and self.room(f"special {token}", SPECIAL, SPECIAL_WINDOW) < 0:
            raise _spent("RATE_LIMIT_EXCEEDED", "Exceeded rate limit to /1/member")
        return _headers(by_token, by_key)


def _headers(by_token: int, by_key: int) -> dict[str, str]:
    left = {"api-token": (PER_TOKEN, by_token), "api-key": (PER_KEY, by_key)}
    left["member"] = (PER_MEMBER, PER_MEMBER - 1)
    return {
        f"x-rate-limit-{name}-{word}": str(value)
        for name, (most, rest) in left.items()
        for word, value in (("interval-ms", 10000), ("max", most), ("remaining", rest))
    }


def _spent(error: str, message: str) -> Failure:
    return Failure(429, json.dumps({"error": error, "message": message}))
