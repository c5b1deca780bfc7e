"""A store with some of everything in it, and ways to hurt the file it lies in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sync.i18n import spoken
from sync.state import (
    CollectionState,
    HubOption,
    Intent,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Side,
    Standing,
    Verb,
)
from sync.store.base import Run
from sync.store.sql import SQLStore

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)


def line(number: int) -> JournalEntry:
    before, after = {"title": f"Vor {number}"}, {"title": f"Nach {number}"}
    return JournalEntry("r1", "update", f"c{number}", "b", "1", before, after, "edited", "ana")


def fill(store: SQLStore, first: int, last: int) -> None:
    """One run in which a transaction after the other is committed."""
    run = Run(f"r{first}", BEGUN)
    with store.transaction() as change:
        change.put_run(run)
    for number in range(first, last):
        text = f"Programme {number} " * 20
        side = Side(Standing.HERE, str(number), seen={"name": text}, base={"title": text})
        with store.transaction() as change:
            change.put_item(Item(f"c{number}", "card", "u", hub={"title": text}, sides={"b": side}))
            change.put_intent(Intent(f"n{number}", Verb.CREATE, f"c{number}", "b", None))
            change.put_nonce(Nonce(f"n{number}", f"c{number}", "b", views={"name": text}))
            change.append(line(number))
    with store.transaction() as change:
        change.put_collection(CollectionState("b", "u", met=True))
        change.put_options("u", "list", [HubOption("À faire", "À faire", natives={"b": "7"})])
        change.keep("r1", Salvage("c1", "title", "verdrängt", "b", "conflict"))
        change.put_run(Run(run.id, BEGUN, BEGUN, "ok"))


def state(store: SQLStore) -> dict[str, Any]:
    """Everything from which the engine concludes."""
    return {
        "items": list(store.items("u")),
        "collections": store.collections(),
        "options": store.options("u"),
        "intents": store.intents(),
        "nonces": store.nonces("b"),
        "journal": store.journal(),
    }


@dataclass
class Place:
    """The folder of a store."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "state.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)

    def open(self, **options: Any) -> SQLStore:
        return SQLStore(self.url, **options)

    def copy(self, to: Path) -> Place:
        shutil.copytree(self.folder, to)
        return Place(to)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with spoken("en"):
        yield


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A store that was closed in order; to be copied."""
    place = Place(tmp_path_factory.mktemp("furnished"))
    store = place.open()
    fill(store, 0, 12)
    store.close()
    return place


@pytest.fixture
def place(furnished: Place, tmp_path: Path) -> Place:
    return furnished.copy(tmp_path / "store")


Harm = Callable[[Place], object]
