"""The hash chain of the journal.

Each line's digest covers the line before it and the seal of its own values; the seal
is a salted digest. So a line that was changed, or taken out, shows, while values that
were erased together with their salt can neither be read nor guessed from what remains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass

from sqlalchemy import Connection, select

from sync.store.codec import to_text
from sync.store.schema import JOURNAL, JOURNAL_VALUES

START = "0" * 64
"""What stands for the digest before the first line."""

_CHUNK = 500


@dataclass(frozen=True)
class Values:
    """What a line says of things and people, as stored: `before` and `after` are JSON text."""

    item: str
    ref: str | None
    before: str
    after: str
    reason: str
    author: str | None

    def sealed(self, salt: str) -> str:
        """The salted digest of these values."""
        return _digest([salt, *astuple(self)])


@dataclass(frozen=True)
class Line:
    """A line without its values, as stored."""

    seq: int
    at: str
    run: str
    verb: str
    collection: str
    erases: str | None
    """Which lines this one says were erased: `3,5-9`; None for any other line."""
    sealed: str

    def digest(self, previous: str) -> str:
        """The digest of this line after a line of digest `previous`."""
        return _digest([previous, *astuple(self)])


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(to_text(parts).encode()).hexdigest()


def head(connection: Connection) -> tuple[int, str]:
    """The number and the digest of the last line; (0, START) for an empty journal."""
    last = select(JOURNAL.c.seq, JOURNAL.c.digest).order_by(JOURNAL.c.seq.desc()).limit(1)
    row = connection.execute(last).first()
    return (row.seq, row.digest) if row else (0, START)


def digest_of(connection: Connection, seq: int) -> str | None:
    """The digest of one line; None if there is no such line."""
    found: str | None = connection.scalar(select(JOURNAL.c.digest).where(JOURNAL.c.seq == seq))
    return found


def broken(connection: Connection, after: int = 0) -> Iterator[int]:
    """The numbers of the lines that are not what was written, or that are missing.

    Those up to `after` are taken as they are. Values that are missing although no line
    says that they were erased count too. A line after which others were cut off is told
    by the witness, not here.
    """
    previous = digest_of(connection, after) or START
    expected = after + 1
    bare: set[int] = set()
    for line, digest, salt, values in _lines(connection, after):
        yield from range(expected, line.seq)
        if values is None:
            bare.add(line.seq)
        altered = values is not None and values.sealed(salt) != line.sealed
        if altered or line.digest(previous) != digest:
            yield line.seq
        bare.difference_update(of_spans(line.erases or ""))
        previous, expected = digest, line.seq + 1
    yield from sorted(bare)


def to_spans(lines: Iterable[int]) -> str:
    """Numbers as text: `3,5-9`."""
    spans: list[list[int]] = []
    for seq in sorted(set(lines)):
        if spans and seq == spans[-1][1] + 1:
            spans[-1][1] = seq
        else:
            spans.append([seq, seq])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)


def of_spans(text: str) -> Iterator[int]:
    """The numbers that `to_spans` wrote; none for text that it did not write."""
    for span in text.split(","):
        first, _, last = span.partition("-")
        if first.isdigit() and (last or first).isdigit():
            yield from range(int(first), int(last or first) + 1)


def _lines(connection: Connection, last: int) -> Iterator[tuple[Line, str, str, Values | None]]:
    """Each stored line after `last`, its digest, its salt, and its values unless erased."""
    columns = [JOURNAL.c[name] for name in Line.__dataclass_fields__]
    kept = [JOURNAL_VALUES.c[name] for name in Values.__dataclass_fields__]
    rows = (
        select(*columns, JOURNAL.c.digest, JOURNAL_VALUES.c.salt, *kept)
        .select_from(JOURNAL.outerjoin(JOURNAL_VALUES))
        .order_by(JOURNAL.c.seq)
        .limit(_CHUNK)
    )
    while chunk := connection.execute(rows.where(JOURNAL.c.seq > last)).all():
        for row in chunk:
            cut = len(columns)
            erased = row.salt is None
            values = None if erased else Values(*row[cut + 2 :])
            yield Line(*row[:cut]), row.digest, row.salt or "", values
        last = chunk[-1].seq
