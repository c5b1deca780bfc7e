"""A rate budget: how many requests may be sent in a stretch of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import ClassVar, Final

_PATIENCE: Final = 60.0
"""Seconds for which a server that asks to wait is obeyed; whoever calls next asks again."""


class Budget:
    """A token bucket that never lets more than `calls` through in any `seconds`.

    A bucket of size b that refills at rate r passes b + r*T in a window T: so a part
    of the allowance is the burst, and only the rest refills. Shared between threads.
    """

    _shared: ClassVar[dict[Hashable, Budget]] = {}
    _door: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self,
        calls: int,
        seconds: float,
        *,
        burst: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._burst = min(burst or max(1, calls // 2), calls)
        self._rate = max(calls - self._burst, 1) / seconds
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._tokens = float(self._burst)
        self._at = clock()

    @classmethod
    def shared(cls, key: Hashable, calls: int, seconds: float) -> Budget:
        """The budget of this process for one key (an account, an API key): made once."""
        with cls._door:
            if key not in cls._shared:
                cls._shared[key] = cls(calls, seconds)
            return cls._shared[key]

    def take(self) -> None:
        """Wait for one call's turn. Turns are given out in the order of asking."""
        with self._lock:
            now = self._clock()
            if now > self._at:
                self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
                self._at = now
            self._tokens -= 1
            wait = (self._at - now) + max(0.0, -self._tokens) / self._rate
        if wait > 0:
            self._sleep(wait)

    def pause(self, seconds: float) -> None:
        """The server asked to slow down: nobody's turn comes sooner than in `seconds`."""
        with self._lock:
            self._at = max(self._at, self._clock() + seconds)
            self._tokens = min(self._tokens, 0.0)

    def refused(self, after: float | None) -> None:
        """The server said that this was one call too many, and perhaps when to come back."""
        self.pause(min(after or 0.0, _PATIENCE))
