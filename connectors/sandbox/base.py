"""What a sandbox is: a server of one system that this machine can start and throw away.

Registered as an entry point of the group `jumelage.sandboxes`, under the name of the
connector that it serves. The conformance suite runs every registered connector
against its sandbox; `jumelage sandbox` and the demo start the same ones.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from sync.model import Plain


class Sandbox(ABC):
    """One throw-away server, on loopback only."""

    name: ClassVar[str]
    variants: ClassVar[Mapping[str, Mapping[str, Plain]]] = {}
    """Changes to the settings under which the conformance suite runs a second time, by name."""

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

        `account` is `sync` (ours), `person` (somebody else's, where there are accounts;
        else the same as ours) or `wrong` (ours with a secret that the server refuses;
        the same as ours where there are no secrets).
        """

    @abstractmethod
    def make(self, word: str) -> str:
        """Make a fresh, empty collection, and return the name that a mapping would use."""

    def fill(self, word: str, name: str, count: int) -> None:
        """Put `count` records into a collection, past the connector: one that only reads."""
        raise NotImplementedError(f"{self.name} cannot fill the {word} {name} with {count} records")

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Make one record unreadable there (optional: broken data of the system's own kind)."""
        raise NotImplementedError(f"{self.name} cannot spoil {ref} in the {word} {name}")
