"""What a sandbox is: a server of one system that this machine can start and throw away.

Registered as an entry point of the group `jumelage.sandboxes`, under the name of the
connector that it serves. The conformance suite runs every registered connector
against its sandbox; `jumelage sandbox` and the demo start the same ones.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar

from sync.model import Plain


class Sandbox(ABC):
    """One throw-away server, on loopback only."""

    name: ClassVar[str]

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        """Keep everything under `folder`; listen on `port` (0: any free one)."""
        self.folder = folder
        self.port = port

    @classmethod
    def missing(cls) -> str | None:
        """Name what this machine lacks to run it, with the remedy; None: nothing."""
        return None

    @abstractmethod
    def start(self) -> None:
        """Start, and return once it answers. Raises `RuntimeError` with the server's last words."""

    @abstractmethod
    def stop(self) -> None:
        """Stop every process that was started. Safe to call twice."""

    @abstractmethod
    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """The section of `systems:` that reaches it, secrets in plain.

        `account` is `sync` (ours) or `person` (somebody else's, where there are accounts).
        """

    @abstractmethod
    def make(self, word: str) -> str:
        """Make a fresh, empty collection, and return the name that a mapping would use."""
