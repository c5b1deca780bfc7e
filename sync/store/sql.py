"""The durable store: one database, one connection, one writer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, select

from sync.errors import InvariantViolated
from sync.i18n import _
from sync.model import Plain
from sync.state import CollectionState, HubOption, Intent, Item, Nonce
from sync.store import chain, faults, rows
from sync.store.base import Kept, Logged, Run, Store
from sync.store.change import SQLChange
from sync.store.codec import (
    COLLECTION,
    INTENT,
    NONCE,
    OPTION,
    from_text,
)
from sync.store.dialect import Opened, compact, open_database
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
from sync.store.upgrade import CHAINED, require_current, revision, upgrade
from sync.store.witness import Mark, Witness, objection

CHUNK = 500
"""Items that are read at once: listings stream, and writers come in between."""


def _now() -> datetime:
    return datetime.now(UTC)


def _token() -> str:
    return secrets.token_hex(16)


class SQLStore(Store):
    """A store in the database that `url` names (`sqlite:////var/lib/jumelage/state.db`).

    Opening for writing creates the store if there is none, brings older tables up to
    date and holds the one writer's lock: `StoreLocked` if another process has it,
    `StoreMismatch` for the store of a later version. `read_only` needs no lock and
    works beside the daemon. `witness` is the file that tells an older store, by
    default beside the database (`state.db.witness`); keep it out of the backups.
    Threads share the store; one works at a time.
    """

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        witness: Path | None = None,
        clock: Callable[[], datetime] = _now,
        token: Callable[[], str] = _token,
    ) -> None:
        self._clock = clock
        self._token = token
        self._read_only = read_only
        self._lock = RLock()
        with ExitStack() as closing:
            opened = open_database(url, read_only=read_only, closing=closing)
            self._connection, self._path = opened.connection, opened.path
            if opened.path is not None and witness is None:
                witness = opened.path.with_name(opened.path.name + ".witness")
            self._witness = None if witness is None else Witness(witness)
            self._prepare(opened)
            self._closing = closing.pop_all()

    def _prepare(self, opened: Opened) -> None:
        with self._connection.begin():
            before = revision(self._connection)
        # A migration may chain the journal anew: the witness is asked about the old one.
        chained = before in CHAINED
        self._loss = self._objection() if chained else None
        if self._read_only:
            require_current(self._connection)
        else:
            upgrade(self._connection)
            if self.meta("generation") is None:
                with self.transaction() as change:
                    change.put_meta("generation", self._token())
        if not chained:
            self._loss = self._objection()
        if self._loss is None and not opened.orderly:
            self._loss = self._gap()
        if self._loss is None and not self._read_only:
            self._testify()

    def close(self) -> None:
        with self._lock:
            self._closing.close()

    # -- lost and older stores

    def _mark(self) -> Mark:
        with self._reading() as connection:
            seq, digest = chain.head(connection)
            return Mark(str(self.meta("generation")), self._commits(), seq, digest)

    def _commits(self) -> int:
        commits = self.meta("commits")
        return commits if isinstance(commits, int) else 0

    def _objection(self) -> str | None:
        if self._witness is None:
            return None
        try:
            then = self._witness.read()  # first: a daemon may move on while a reader opens
        except ValueError as error:
            return str(error)
        with self._reading() as connection:
            now = self._mark()
            if then is not None:
                return objection(then, now, chain.digest_of(connection, then.seq))
        missing = _("the witness beside the store is missing: is this store the latest?")
        return missing if now.commits else None

    def _gap(self) -> str | None:
        """What a crash, or a file that was put in the place of another, left of the journal."""
        with self._reading() as connection:
            last, _digest = chain.head(connection)
            lines = list(chain.broken(connection, max(0, last - CHUNK)))
        said = _("line {seq} of its journal is not as it was written, or missing")
        return said.format(seq=lines[0]) if lines else None

    def _testify(self) -> None:
        if self._witness is not None:
            self._witness.write(self._mark())

    def lost(self) -> str | None:
        return self._loss

    def accept(self) -> None:
        with self._lock:
            with self.transaction() as change:
                # Whatever copy of the former generation turns up later is not the latest.
                change.put_meta("generation", self._token())
            self._testify()
            self._loss = None

    def broken(self) -> list[int]:
        """The numbers of the journal lines that are not as they were written, or missing.

        Those that were cut off at the end are told by the witness, where it can be read.
        """
        then = self._seen_last()
        with self._reading() as connection:
            last, _digest = chain.head(connection)
            found = set(chain.broken(connection))
            if then is not None and chain.digest_of(connection, then.seq) != then.digest:
                found |= set(range(last + 1, then.seq + 1)) or {then.seq}
        return sorted(found - {0})

    def _seen_last(self) -> Mark | None:
        try:
            return self._witness.read() if self._witness else None
        except ValueError:
            return None

    def compact(self) -> None:
        """Leave no trace of what was erased in any file of the store."""
        with self._lock:
            compact(self._connection, self._path)

    # -- writing

    @contextmanager
    def transaction(self) -> Iterator[SQLChange]:
        with self._lock:
            if self._connection.in_transaction():
                raise InvariantViolated("a transaction inside a transaction")
            if self._read_only:
                raise InvariantViolated("the store was opened for reading only")
            change = SQLChange(self._connection, self._clock, self._token)
            try:
                with self._connection.begin():
                    yield change
                    if change.marks_run and self._loss is None:
                        change.put_meta("commits", self._commits() + 1)
            finally:
                change.end()
            if change.marks_run and self._loss is None:
                self._testify()

    # -- reading

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """The connection in a transaction: the thread's own one, or one for this read."""
        with self._lock:
            if self._connection.in_transaction():
                with self._believing():
                    yield self._connection
            else:
                with self._connection.begin(), self._believing():
                    yield self._connection

    @contextmanager
    def _believing(self) -> Iterator[None]:
        """Turn a row that was never written so into `StoreDamaged`."""
        try:
            yield
        except ValueError as error:
            raise faults.damaged(self._path or Path(), str(error)) from None

    def units(self) -> list[str]:
        with self._reading() as connection:
            return sorted(connection.scalars(select(ITEMS.c.unit).distinct()).all())

    def items(self, unit: str) -> Iterator[Item]:
        last = ""
        while chunk := self._items(unit, last):
            yield from chunk
            last = chunk[-1].id

    def _items(self, unit: str, last: str) -> list[Item]:
        """Some items of the unit, from after the id `last`."""
        after = [ITEMS.c.unit == unit, ITEMS.c.id > last]
        with self._reading() as connection:
            found = connection.execute(
                select(ITEMS).where(*after).order_by(ITEMS.c.id).limit(CHUNK)
            ).all()
            if not found:
                return []
            sides = connection.execute(
                select(SIDES)
                .join(ITEMS)
                .where(*after, ITEMS.c.id <= found[-1].id)
                .order_by(SIDES.c.item, SIDES.c.position)
            ).all()
            return rows.joined(found, sides)

    def item(self, item: str) -> Item | None:
        with self._reading() as connection:
            found = connection.execute(select(ITEMS).where(ITEMS.c.id == item)).all()
            sides = connection.execute(
                select(SIDES).where(SIDES.c.item == item).order_by(SIDES.c.position)
            ).all()
            return next(iter(rows.joined(found, sides)), None)

    def collections(self) -> dict[str, CollectionState]:
        with self._reading() as connection:
            return {
                row.key: COLLECTION.unpack(row.data, key=row.key)
                for row in connection.execute(select(COLLECTIONS).order_by(COLLECTIONS.c.key)).all()
            }

    def options(self, unit: str) -> dict[str, list[HubOption]]:
        mine = select(OPTIONS).where(OPTIONS.c.unit == unit)
        found: dict[str, list[HubOption]] = {}
        with self._reading() as connection:
            for row in connection.execute(mine.order_by(OPTIONS.c.field, OPTIONS.c.position)):
                found.setdefault(row.field, []).append(OPTION.unpack(row.data, id=row.id))
        return found

    def intents(self) -> list[Intent]:
        with self._reading() as connection:
            return [
                INTENT.unpack(row.data, nonce=row.nonce, item=row.item, collection=row.collection)
                for row in connection.execute(select(INTENTS).order_by(INTENTS.c.place)).all()
            ]

    def nonces(self, collection: str) -> dict[str, Nonce]:
        issued = select(NONCES).where(NONCES.c.collection == collection).order_by(NONCES.c.nonce)
        with self._reading() as connection:
            return {
                row.nonce: NONCE.unpack(
                    row.data, nonce=row.nonce, item=row.item, collection=row.collection
                )
                for row in connection.execute(issued).all()
            }

    def journal(
        self, *, run: str | None = None, item: str | None = None, limit: int | None = None
    ) -> list[Logged]:
        lines = select(JOURNAL, *(c for c in JOURNAL_VALUES.c if c.name != "seq")).select_from(
            JOURNAL.outerjoin(JOURNAL_VALUES)
        )
        if run is not None:
            lines = lines.where(JOURNAL.c.run == run)
        if item is not None:
            lines = lines.where(JOURNAL_VALUES.c.item == item)
        with self._reading() as connection:
            found = connection.execute(lines.order_by(JOURNAL.c.seq.desc()).limit(limit)).all()
            return [rows.logged(row) for row in found]

    def kept(self, *, item: str | None = None, open_only: bool = False) -> list[Kept]:
        kept = select(SALVAGE)
        if item is not None:
            kept = kept.where(SALVAGE.c.item == item)
        if open_only:
            kept = kept.where(SALVAGE.c.cause == "conflict", SALVAGE.c.settled.is_(None))
        with self._reading() as connection:
            found = connection.execute(kept.order_by(SALVAGE.c.id.desc())).all()
            return [rows.kept(row) for row in found]

    def runs(self, limit: int | None = 20) -> list[Run]:
        newest = (RUNS.c.started.desc(), RUNS.c.id.desc())
        with self._reading() as connection:
            found = connection.execute(select(RUNS).order_by(*newest).limit(limit)).all()
            return [rows.run(row) for row in found]

    def meta(self, name: str) -> Plain:
        with self._reading() as connection:
            found = connection.scalar(select(META.c.value).where(META.c.name == name))
            return None if found is None else from_text(found)
