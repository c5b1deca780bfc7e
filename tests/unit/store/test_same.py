"""Whatever is done to them, both stores read the same."""

from __future__ import annotations

import random
import tempfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from sync.store.base import Run, Store
from sync.store.memory import MemoryStore
from sync.store.sql import SQLStore
from tests.unit.store.conftest import Clock, sqlite_store

KEYS = ["a", "B", "é", "z", "10", "9", "trello/board:1#comment"]
UNITS = ["u", "v"]


class Dice:
    """Arguments of the writes, drawn from few keys so that they meet each other."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def key(self) -> str:
        return self.random.choice(KEYS)

    def moment(self):
        return Clock()() if self.random.random() < 0.5 else None

    def plain(self, depth: int = 0):
        roll = self.random.randrange(8 if depth < 3 else 6)
        if roll == 6:
            return [self.plain(depth + 1) for _ in range(self.random.randrange(3))]
        if roll == 7:
            return self.fields(depth + 1)
        return [None, True, 0, -1.5, "", "te\x00xt \U0001f600 é"][roll]

    def fields(self, depth: int = 0):
        return {self.key(): self.plain(depth) for _ in range(self.random.randrange(3))}

    def words(self):
        return {self.key(): self.key() for _ in range(self.random.randrange(3))}

    def side(self) -> Side:
        return Side(
            self.random.choice(list(Standing)),
            ref=self.random.choice([None, *KEYS]),
            seen=self.fields(),
            base=self.fields(),
            missing=self.random.random() < 0.5,
            refused=self.fields(),
        )

    def write(self, change) -> None:
        getattr(self, self.random.choice(WRITES))(change)

    def item(self, change) -> None:
        sides = {self.key(): self.side() for _ in range(self.random.randrange(4))}
        unit = self.random.choice(UNITS)
        parent = self.random.choice([None, *KEYS])
        change.put_item(
            Item(self.key(), "card", unit, parent, self.fields(), sides, held=self.words())
        )

    def collection(self, change) -> None:
        listed = self.random.choice([None, [], ["z", "a"]])
        state = CollectionState(
            self.key(),
            listed=listed,
            listed_at=self.moment(),
            unmet=self.fields(),
            former=self.words(),
        )
        change.put_collection(state)

    def options(self, change) -> None:
        ids = self.random.sample(KEYS, self.random.randrange(4))
        options = [HubOption(each, self.key(), natives=self.words()) for each in ids]
        change.put_options(self.random.choice(UNITS), self.key(), options)

    def intent(self, change) -> None:
        verb = self.random.choice(list(Verb))
        after = self.random.choice([None, *Standing])
        change.put_intent(
            Intent(
                self.key(),
                verb,
                self.key(),
                self.key(),
                None,
                self.fields(),
                after=after,
                since=self.moment(),
            )
        )

    def drop(self, change) -> None:
        change.drop_intent(self.key())

    def nonce(self, change) -> None:
        change.put_nonce(Nonce(self.key(), self.key(), self.key(), views=self.fields()))

    def keep(self, change) -> None:
        cause = self.random.choice(["conflict", "unseen"])
        change.keep(
            self.key(),
            Salvage(self.key(), self.key(), self.plain(), self.key(), cause, kept=self.plain()),
        )

    def settle(self, change) -> None:
        if len(change_kept := self.store.kept()):
            change.settle(self.random.choice(change_kept).id, self.key())

    def append(self, change) -> None:
        change.append(
            JournalEntry(
                self.key(),
                "update",
                self.key(),
                self.key(),
                None,
                self.fields(),
                self.fields(),
                self.key(),
            )
        )

    def erase(self, change) -> None:
        change.erase([self.random.randrange(6)])

    def run(self, change) -> None:
        change.put_run(Run(self.key(), Clock()(), self.moment(), self.key(), self.fields()))

    def meta(self, change) -> None:
        change.put_meta("own " + self.key(), self.plain())


WRITES = [
    "item",
    "collection",
    "options",
    "intent",
    "drop",
    "nonce",
    "keep",
    "settle",
    "append",
    "erase",
    "run",
    "meta",
]


def play(store: Store, seed: int, steps: int) -> None:
    """The same history for the same seed: some transactions, some of them undone."""
    dice = Dice(seed)
    dice.store = store
    for _ in range(steps):
        expected = pytest.raises(ZeroDivisionError) if dice.random.random() < 0.3 else nullcontext()
        with expected as undone, store.transaction() as change:
            for _ in range(dice.random.randrange(1, 6)):
                dice.write(change)
            if undone is not None:
                _ = 1 / 0


def reads(store: Store):
    return {
        "items": [(item, list(item.sides)) for unit in UNITS for item in store.items(unit)],
        "item": [store.item(key) for key in KEYS],
        "collections": list(store.collections().items()),
        "options": [list(store.options(unit).items()) for unit in UNITS],
        "intents": store.intents(),
        "nonces": [list(store.nonces(key).items()) for key in KEYS],
        "journal": [[(row.seq, row.entry, row.erased) for row in store.journal(run=run, item=item, limit=limit)]
                    for run in (None, "a") for item in (None, "z") for limit in (None, 3)],
        "kept": [[(row.id, row.run, row.salvage, row.settled) for row in store.kept(item=item, open_only=flag)]
                 for item in (None, "a") for flag in (False, True)],
        "runs": [store.runs(), store.runs(limit=2)],
        "meta": [store.meta("own " + key) for key in KEYS],
    }  # fmt: skip


@settings(max_examples=40, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), steps=st.integers(1, 25))
def test_any_history_reads_the_same_from_both_stores_and_after_a_reopening(seed: int, steps: int):
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/state.db"
        memory, durable = MemoryStore(Clock()), sqlite_store(Path(folder), Clock())
        play(memory, seed, steps)
        play(durable, seed, steps)
        assert reads(durable) == reads(memory)
        assert repr(reads(durable)) == repr(reads(memory))  # 1, 1.0 and True differ
        assert durable.broken() == []
        durable.close()
        durable = SQLStore(url)
        assert repr(reads(durable)) == repr(reads(memory))
        durable.close()
