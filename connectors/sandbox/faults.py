"""Faults that a sandbox injects, from one spec string shared by all of them.

    429=0.1,500-before=0.05,500-after=0.05,timeout-after=0.05,truncate=0.05,slow=0.1,seed=7

Each entry is `NAME=RATE` (or `NAME:RATE`), the share of requests that meet it:

- `NNN` or `NNN-before`: answer with this status, and do nothing;
- `NNN-after`: do what was asked, then answer with this status;
- `timeout-before`, `timeout-after`: hang up without an answer, before or after the effect;
- `truncate`: do what was asked, and break the body of the answer off in the middle;
- `login`: answer 200 with a page of HTML that asks for a password, and do nothing;
- `slow`: wait for `delay` before everything else.

`seed=N` repeats a sequence of draws (default 0), `delay=SECONDS` is how long slow
answers and time-outs take (default 0.2), `first=N` lets the first N requests pass.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from threading import Lock
from typing import Final

_NAMED: Final = re.compile(
    r"(?:[1-5]\d\d(?:-before|-after)?|timeout-(?:before|after)|truncate|login|slow)\Z"
)
_OPTIONS: Final = {"seed": 0.0, "delay": 0.2, "first": 0.0}


@dataclass(frozen=True)
class Fault:
    """What happens to one request."""

    status: int | None = None
    """The status to answer with, instead of the true one."""
    after: bool = False
    """What was asked is done nevertheless."""
    hang_up: bool = False
    truncate: bool = False
    login: bool = False
    slow: bool = False


class Faults:
    """A repeatable source of faults; safe to draw from several threads."""

    def __init__(self, rates: dict[str, float] | None = None, **options: float) -> None:
        self.rates = dict(rates or {})
        settings = _OPTIONS | options
        self.delay = settings["delay"]
        self._pass = int(settings["first"])
        self._random = random.Random(int(settings["seed"]))  # noqa: S311 - repeatable on purpose
        self._lock = Lock()

    @classmethod
    def parse(cls, spec: str | None) -> Faults:
        """Read a spec; nothing in it means no faults. Raises ValueError saying what is wrong."""
        rates: dict[str, float] = {}
        options: dict[str, float] = {}
        for entry in filter(None, (part.strip() for part in (spec or "").split(","))):
            name, _, value = entry.replace(":", "=").partition("=")
            if name in _OPTIONS:
                options[name] = _amount(entry, value)
            elif _NAMED.match(name):
                rates[name] = _amount(entry, value)
            else:
                raise ValueError(f"no fault is called {name!r}: see connectors/sandbox/faults.py")
        if sum(rate for name, rate in rates.items() if name != "slow") > 1:
            raise ValueError("the rates of all faults but `slow` add up to more than 1")
        return cls(rates, **options)

    def draw(self) -> Fault:
        """Say what happens to the next request."""
        with self._lock:
            slow = self._random.random() < self.rates.get("slow", 0)
            point = self._random.random()
            if self._pass > 0:
                self._pass -= 1
                return Fault()
        for name, rate in self.rates.items():
            if name == "slow":
                continue
            if point < rate:
                return _fault(name, slow=slow)
            point -= rate
        return Fault(slow=slow)


def _amount(entry: str, value: str) -> float:
    try:
        amount = float(value)
    except ValueError:
        raise ValueError(f"{entry!r} is not NAME=NUMBER") from None
    if amount < 0:
        raise ValueError(f"{entry!r} is below 0")
    return amount


def _fault(name: str, *, slow: bool) -> Fault:
    kind, _, moment = name.partition("-")
    if kind == "timeout":
        return Fault(hang_up=True, after=moment == "after", slow=True)
    if kind == "truncate":
        return Fault(truncate=True, after=True, slow=slow)
    if kind == "login":
        return Fault(login=True, slow=slow)
    return Fault(status=int(kind), after=moment == "after", slow=slow)
