"""Limits that a server counts in windows and tells in its answers: kept before they bite.

A `Window` lets exactly the allowance through in any stretch of its length, whether the
server's own window slides or not, and no less: a backlog goes at full allowed speed. A
`Quota` is one account's share of several windows, some of them shared with other
accounts. What others use of an allowance (another process, a member's browser) is learnt
from what answers say is left of it; so is that a fixed window began anew.
"""

from __future__ import annotations

import threading
import time
from bisect import insort
from collections.abc import Callable, Hashable, Mapping
from typing import ClassVar, Final

SLACK: Final = 0.25
"""Seconds by which two requests may draw nearer on their way to the server."""

UNDER_WAY: Final = 8
"""Calls that may overtake each other: so many need not be counted yet when one is answered."""

_door: Final = threading.RLock()
"""One for all: a turn is taken in several windows at once, and takes microseconds."""


class Window:
    """At most `calls` in any `seconds`: when calls were, and will be, let through."""

    _shared: ClassVar[dict[Hashable, Window]] = {}

    def __init__(self, calls: int, seconds: float) -> None:
        self.calls, self.seconds = calls, seconds
        self._turns: list[float] = []
        self._closed = 0.0

    @classmethod
    def shared(cls, key: Hashable, calls: int, seconds: float) -> Window:
        """The window of this process for one key (a token, an API key): made once."""
        with _door:
            return cls._shared.setdefault(key, cls(calls, seconds))

    def earliest(self, now: float) -> float:
        """When the next call may go."""
        self._turns = [turn for turn in self._turns if turn > now - self.seconds - SLACK]
        free = 0.0
        if len(self._turns) >= self.calls:
            free = self._turns[-self.calls] + self.seconds + SLACK
        return max(now, free, self._closed)

    def book(self, turn: float) -> None:
        """Give a turn away."""
        insort(self._turns, turn)

    def close(self, until: float) -> None:
        """Let nobody through before then."""
        self._closed = max(self._closed, until)

    def learn(self, most: int, left: int, asked: float) -> None:
        """Take in what the answer to the call of that turn says of the allowance and its rest."""
        self.calls = max(1, most)
        used = min(most, max(0, most - left))
        known = [turn for turn in self._turns if asked - self.seconds < turn <= asked]
        for _ in range(used - len(known)):
            insort(self._turns, asked)
        for turn in known[: max(0, len(known) - used - UNDER_WAY)]:
            self._turns.remove(turn)


class Quota:
    """Everything that one account's calls count against. Shared between threads.

    Of `windows` the first is the account's own, and the one that is closed when the
    server asks to wait; others may be shared with other accounts.
    """

    def __init__(
        self,
        windows: Mapping[str, Window],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._windows = dict(windows)
        self._own = next(iter(self._windows.values()))
        self._clock, self._sleep = clock, sleep
        self._mine = threading.local()

    def take(self) -> None:
        """Wait for one call's turn in every window."""
        now, turn = self._book(None)
        if turn > now:
            self._sleep(turn - now)

    def takes_within(self, seconds: float) -> float | None:
        """Take a turn if it comes that soon, waiting for it; else say when it would come."""
        now, turn = self._book(seconds)
        if turn - now > seconds:
            return turn - now
        if turn > now:
            self._sleep(turn - now)
        return None

    def _book(self, patience: float | None) -> tuple[float, float]:
        with _door:
            now = self._clock()
            turn = max(window.earliest(now) for window in self._windows.values())
            if patience is None or turn - now <= patience:
                for window in self._windows.values():
                    window.book(turn)
                self._mine.turn = turn
        return now, turn

    def learn(self, name: str, most: int, left: int) -> None:
        """Take in what the answer to this thread's last call says of one of the windows."""
        with _door:
            turn: float = getattr(self._mine, "turn", self._clock())
            self._windows[name].learn(most, left, turn)

    def pause(self, seconds: float) -> None:
        """The server asked to slow down: nobody's turn comes sooner than in `seconds`."""
        with _door:
            self._own.close(self._clock() + seconds)

    def refused(self, after: float | None) -> None:
        """A call was one too many: what was counted wrong is over when the window is."""
        self.pause(self._own.seconds if after is None else after)
