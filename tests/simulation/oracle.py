"""The ledger of every value that people typed: what may be gone, and what must stand.

Each value is a unique token. It dies when a person who could see it overwrites or
deletes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"[a-z]\d+z")


@dataclass
class Ledger:
    """Every token that was typed, and those that people let go."""

    typed: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    """Those that stood on something when people deleted it."""
    let_go: set[str] = field(default_factory=set)
    """Those of them that stood where this means that the thing itself goes."""
    left: set[tuple[str, str]] = field(default_factory=set)
    """(side, name) of what people took away from that side only."""
    outside: set[str] = field(default_factory=set)
    """Names of what was at some time such that a filter does not take it."""
    brought_out: set[tuple[str, str]] = field(default_factory=set)
    """(side, name) of what people took out of the archive there."""
    stays: set[tuple[str, str]] = field(default_factory=set)
    """(side, name) of what stood there when an admin edited what the side takes."""
    frozen: set[tuple[str, str]] = field(default_factory=set)
    """Those of them that the new filter does not take, and never took since."""
    family: dict[str, str] = field(default_factory=dict)
    """Token -> the one that it replaced: successive names of one thing."""

    @property
    def alive(self) -> set[str]:
        return self.typed - self.dead

    def first(self, token: str) -> str:
        """The first name of what is called so now."""
        while token in self.family:
            token = self.family[token]
        return token

    def names(self, shown: object) -> set[str]:
        """The first names of all that is shown: one thing keeps them, whatever it is called."""
        return {self.first(token) for token in tokens(shown)}

    def may_go(self, named: object) -> bool:
        """Whether people deleted what bears this name, or bore another since or before."""
        return bool(self.names(named) & self.names(self.let_go))


def tokens(value: object) -> set[str]:
    """The tokens that a value shows."""
    return set(TOKEN.findall(str(value)))
