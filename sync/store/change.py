"""One transaction on a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table, delete, func, select, update
from sqlalchemy import insert as insert_into

from sync.errors import InvariantViolated
from sync.model import Plain
from sync.state import CollectionState, HubOption, Intent, Item, JournalEntry, Nonce, Salvage
from sync.store import chain
from sync.store.base import Run, Transaction, erasure
from sync.store.codec import COLLECTION, INTENT, ITEM, NONCE, OPTION, SIDE, moment_to_text, to_text
from sync.store.schema import (
    COLLECTIONS,
    INTENTS,
    ITEMS,
    JOURNAL,
    JOURNAL_VALUES,
    META,
    NONCES,
    OPTIONS,
    RUNS,
    SALVAGE,
    SIDES,
)


class SQLChange(Transaction):
    """The writes of one transaction that the store has begun on `connection`."""

    def __init__(
        self, connection: Connection, clock: Callable[[], datetime], salt: Callable[[], str]
    ) -> None:
        self._begun = connection
        self._clock = clock
        self._salt = salt
        self._ended = False
        self.marks_run = False
        """Whether a run was put, so that the witness has to move."""

    def end(self) -> None:
        """Take no more writes."""
        self._ended = True

    @property
    def _connection(self) -> Connection:
        if self._ended:
            raise InvariantViolated("a write to a transaction that has ended")
        return self._begun

    def _do(
        self, statement: Executable, rows: list[dict[str, object]] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(statement, rows)

    def _put(self, table: Table, key: Mapping[str, object], values: Mapping[str, object]) -> None:
        """Replace the row of this key, or insert it; in the words that every database knows."""
        same = [table.c[name] == value for name, value in key.items()]
        if not self._do(update(table).where(*same).values(values)).rowcount:
            self._do(insert_into(table).values({**key, **values}))

    def _next(self, table: Table, column: str) -> int:
        """The number after the highest: one writer, so nobody else takes it."""
        highest = self._connection.scalar(select(func.max(table.c[column])))
        return 1 + (highest or 0)

    def put_item(self, item: Item) -> None:
        self._put(
            ITEMS,
            {"id": item.id},
            {
                "unit": item.unit,
                "kind": item.kind,
                "parent": item.parent,
                "data": ITEM.pack(item),
            },
        )
        self._do(delete(SIDES).where(SIDES.c.item == item.id))
        if item.sides:
            self._do(
                insert_into(SIDES),
                [
                    {
                        "item": item.id,
                        "collection": key,
                        "position": position,
                        "ref": side.ref,
                        "data": SIDE.pack(side, item.id, key),
                    }
                    for position, (key, side) in enumerate(item.sides.items())
                ],
            )

    def put_collection(self, state: CollectionState) -> None:
        self._put(COLLECTIONS, {"key": state.key}, {"data": COLLECTION.pack(state)})

    def put_options(self, unit: str, field: str, options: list[HubOption]) -> None:
        self._do(delete(OPTIONS).where(OPTIONS.c.unit == unit, OPTIONS.c.field == field))
        if options:
            self._do(
                insert_into(OPTIONS),
                [
                    {
                        "unit": unit,
                        "field": field,
                        "position": position,
                        "id": option.id,
                        "data": OPTION.pack(option),
                    }
                    for position, option in enumerate(options)
                ],
            )

    def put_intent(self, intent: Intent) -> None:
        values = {
            "item": intent.item,
            "collection": intent.collection,
            "data": INTENT.pack(intent),
        }
        same = INTENTS.c.nonce == intent.nonce
        if not self._do(update(INTENTS).where(same).values(values)).rowcount:
            place = self._next(INTENTS, "place")
            self._do(insert_into(INTENTS).values(nonce=intent.nonce, place=place, **values))

    def drop_intent(self, nonce: str) -> None:
        self._do(delete(INTENTS).where(INTENTS.c.nonce == nonce))

    def put_nonce(self, nonce: Nonce) -> None:
        self._put(
            NONCES,
            {"nonce": nonce.nonce},
            {"item": nonce.item, "collection": nonce.collection, "data": NONCE.pack(nonce)},
        )

    def keep(self, run: str, salvage: Salvage) -> None:
        self._do(
            insert_into(SALVAGE).values(
                id=self._next(SALVAGE, "id"),
                at=moment_to_text(self._clock()),
                run=run,
                item=salvage.item,
                field=salvage.field,
                collection=salvage.collection,
                cause=salvage.cause,
                author=salvage.author,
                value=to_text(salvage.value),
                kept=to_text(salvage.kept),
                since=salvage.since,
                against=to_text(salvage.against),
            )
        )

    def settle(self, kept: int, how: str | None) -> None:
        if not self._do(update(SALVAGE).where(SALVAGE.c.id == kept).values(settled=how)).rowcount:
            raise KeyError(kept)

    def append(self, entry: JournalEntry) -> None:
        self._append(entry, None)

    def _append(self, entry: JournalEntry, erases: str | None) -> None:
        last, previous = chain.head(self._connection)
        salt = self._salt()
        values = chain.Values(
            entry.item,
            entry.ref,
            to_text(entry.before),
            to_text(entry.after),
            entry.reason,
            entry.author,
        )
        line = chain.Line(
            last + 1,
            moment_to_text(self._clock()),
            entry.run,
            entry.verb,
            entry.collection,
            erases,
            values.sealed(salt),
        )
        self._do(insert_into(JOURNAL).values(**vars(line), digest=line.digest(previous)))
        self._do(insert_into(JOURNAL_VALUES).values(seq=line.seq, salt=salt, **vars(values)))

    def erase(self, lines: Iterable[int], reason: str = "") -> None:
        erased = [
            seq
            for seq in lines
            if self._do(delete(JOURNAL_VALUES).where(JOURNAL_VALUES.c.seq == seq)).rowcount
        ]
        if erased:
            self._append(erasure(reason), chain.to_spans(erased))

    def remove_item(self, item: str) -> None:
        self._do(delete(SIDES).where(SIDES.c.item == item))
        self._do(delete(NONCES).where(NONCES.c.item == item))
        self._do(delete(ITEMS).where(ITEMS.c.id == item))

    def remove_kept(self, kept: Iterable[int]) -> None:
        for each in kept:
            self._do(delete(SALVAGE).where(SALVAGE.c.id == each))

    def remove_runs(self, runs: Iterable[str]) -> None:
        for run in runs:
            self._do(delete(RUNS).where(RUNS.c.id == run))

    def put_run(self, run: Run) -> None:
        self.marks_run = True
        self._put(
            RUNS,
            {"id": run.id},
            {
                "started": moment_to_text(run.started),
                "ended": None if run.ended is None else moment_to_text(run.ended),
                "outcome": run.outcome,
                "summary": to_text(run.summary),
            },
        )

    def put_meta(self, name: str, value: Plain) -> None:
        self._put(META, {"name": name}, {"value": to_text(value)})
