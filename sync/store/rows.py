"""Rows of the tables as the records that they hold. `Garbled` for what was never written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row as SQLRow

from sync.state import Item, JournalEntry, Salvage
from sync.store.base import Kept, Logged, Run
from sync.store.codec import ITEM, SIDE, fields_of, from_text, text_to_moment

Row: TypeAlias = SQLRow[*tuple[Any, ...]]


def joined(rows: Sequence[Row], sides: Sequence[Row]) -> list[Item]:
    """Items with their sides, from rows of both tables in the same order of items."""
    found = {
        row.id: ITEM.unpack(row.data, id=row.id, unit=row.unit, kind=row.kind, parent=row.parent)
        for row in rows
    }
    for row in sides:
        found[row.item].sides[row.collection] = SIDE.unpack(
            row.data, row.item, row.collection, ref=row.ref
        )
    return list(found.values())


def logged(row: Row) -> Logged:
    """A line of the journal."""
    erased = row.salt is None
    entry = JournalEntry(
        row.run,
        row.verb,
        "" if erased else row.item,
        row.collection,
        row.ref,
        before={} if erased else fields_of(row.before),
        after={} if erased else fields_of(row.after),
        reason="" if erased else row.reason,
        author=row.author,
    )
    return Logged(row.seq, text_to_moment(row.at), entry, erased)


def kept(row: Row) -> Kept:
    """A salvaged value."""
    salvage = Salvage(
        row.item,
        row.field,
        from_text(row.value),
        row.collection,
        row.cause,
        row.author,
        from_text(row.kept),
        row.since,
        from_text(row.against) if row.against else None,
    )
    return Kept(row.id, text_to_moment(row.at), row.run, salvage, row.settled)


def run(row: Row) -> Run:
    """A run."""
    ended = None if row.ended is None else text_to_moment(row.ended)
    return Run(row.id, text_to_moment(row.started), ended, row.outcome, fields_of(row.summary))
