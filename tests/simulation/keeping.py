"""What becomes of the store of a history: it is lost, or an older one is put in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sync.store.base import Store
from sync.store.memory import MemoryStore


class Keeping(Protocol):
    """Where the store of a history is kept, and its backup."""

    def back_up(self, store: Store) -> None:
        """Keep a copy of what the store holds now."""

    def lose(self, store: Store, how: str) -> Store:
        """What is found in its place: nothing (`lost`) or the copy (`older`)."""


class InMemory:
    """Stores that live as long as the history; they are told what became of them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._copy: MemoryStore | None = None

    def back_up(self, store: Store) -> None:
        assert isinstance(store, MemoryStore)
        self._copy = store.copy()

    def lose(self, store: Store, how: str) -> Store:  # noqa: ARG002 - the protocol's
        older = self._copy if how == "older" else None
        found = older or MemoryStore(self._clock)
        found.loss = how
        return found
