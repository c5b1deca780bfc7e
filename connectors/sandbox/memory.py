"""The sandbox of the connector in memory: a world of this process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from connectors.memory import CHILDREN, World, board
from connectors.sandbox.base import Sandbox
from sync.model import Plain

_PASSWORDS = {"sync": "a-secret-of-sync", "person": "a-secret-of-somebody"}


class MemorySandbox(Sandbox):
    """A world with two accounts, in which every shelf is a board with comments and files."""

    name = "memory"
    variants: ClassVar[Mapping[str, Mapping[str, Plain]]] = {
        "bare": {
            "conditional": False,
            "cursor": False,
            "soft_delete": False,
            "history": False,
            "echo": False,
            "origin": False,
            "options": False,
            "rank": False,
            "versions": False,
            "authors": False,
        },
        "delta": {"tombstones": False, "stubs": True, "page": 2, "moves": True},
        "closing": {"closes": "archived", "origin": False},
    }
    _count = 0

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Nothing is kept under `folder`, and nothing listens."""
        super().__init__(folder, port=port)
        self.world = World(lambda: datetime.now(UTC))
        self.boxes = 0

    def start(self) -> None:
        """Let the world answer, under a name that no other sandbox has."""
        MemorySandbox._count += 1
        self._world = f"sandbox-{MemorySandbox._count}"
        World.named[self._world] = self.world
        self.world.accounts.update(_PASSWORDS)

    def stop(self) -> None:
        """Let it answer nobody."""
        self.world.down = "connection refused"

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """Its name, an account and its password."""
        who = "sync" if account == "wrong" else account
        password = "not-the-secret" if account == "wrong" else _PASSWORDS[who]
        return {
            "connector": "memory",
            "world": self._world,
            "account": who,
            "password": password,
        }

    def make(self, word: str) -> str:
        """A shelf for cards, whatever the word."""
        self.boxes += 1
        name = f"{word}{self.boxes}"
        self.world.make(name, board(), children=CHILDREN)
        return name

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Make the record unreadable."""
        self.world.spoil(name, ref)
