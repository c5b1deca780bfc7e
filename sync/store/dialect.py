"""What differs between databases: how they are opened, tuned and locked. Nothing else does."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from sync.errors import ConfigError, InvariantViolated, JumelageError
from sync.i18n import _
from sync.store import faults
from sync.store.base import StoreLocked

BUSY_SECONDS = 10.0
"""How long a statement waits for a reader's checkpoint or a backup."""

_ADVISORY = 0x4A554D454C414745
"""The key of the advisory lock on PostgreSQL: one store per database."""


@dataclass(frozen=True)
class Opened:
    """The one connection to a database."""

    connection: Connection
    path: Path | None = None
    """The file it lies in; None: on a server."""
    orderly: bool = True
    """Whether whoever wrote to it last ended in order; False after a crash."""


def open_database(url: str, *, read_only: bool, closing: ExitStack) -> Opened:
    """Open it. A writer holds the lock until `closing` is closed.

    `StoreLocked` if somebody else writes, `StoreDamaged` for a file whose pages do not fit
    together, `StoreFailed` for what may pass, ConfigError for what cannot be used.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        message = _("store: this is no address of a database; write sqlite:////path/state.db")
        raise ConfigError(message) from None
    opener = _OPENERS.get(parsed.get_backend_name())
    if opener is None:
        message = _("store: {name} is not supported; write sqlite:////path/state.db")
        raise ConfigError(message.format(name=parsed.get_backend_name()))
    try:
        return opener(parsed, read_only, closing)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        where = parsed.render_as_string(hide_password=True)
        message = _("store: {where} cannot be opened: {reason}")
        raise ConfigError(message.format(where=where, reason=reason)) from error


def _sqlite(url: URL, read_only: bool, closing: ExitStack) -> Opened:
    if not url.database or url.database == ":memory:":
        raise ConfigError(_("store: SQLite needs a file; write sqlite:////path/state.db"))
    path = Path(url.database).absolute()
    try:
        return _sqlite_file(path, read_only, closing)
    except OSError as error:
        raise faults.of_system(error, path) from error
    except UnicodeDecodeError:  # even in the message that says what is wrong
        raise faults.damaged(path, "text that is no text") from None
    except (sqlite3.Error, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise faults.of_sqlite(cause or error, path, opening=True) or error from error


def _sqlite_file(path: Path, read_only: bool, closing: ExitStack) -> Opened:
    orderly = True
    if path.is_dir():
        raise IsADirectoryError(str(path))
    if not read_only:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        orderly = closing.enter_context(writer_lock(path))
        # SQLite gives the files beside the database (-wal, -shm) the mode of the database.
        _create_private(path)
    elif not path.exists():
        message = _("store: there is none at {path} yet; run a cycle first")
        raise ConfigError(message.format(path=path))
    connection = _connected(_sqlite_engine(path, read_only), closing)
    if not read_only:
        _require_sound(connection, path, thoroughly=not orderly)
    return Opened(connection, path, orderly)


def _require_sound(connection: Connection, path: Path, *, thoroughly: bool) -> None:
    """`StoreDamaged` if the pages do not fit together.

    Indexes are compared with their tables after a crash only: then a log may be left that
    belongs to another file, such as that of a store over which a backup was copied.
    """
    check = "integrity_check" if thoroughly else "quick_check"
    with connection.begin():
        found = connection.exec_driver_sql(f"PRAGMA {check}(1)").scalar()
        stray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if any(row[0] == "sides" for row in stray):  # of the journal, `log --verify` tells
        found = "a side of an item that is not there"
    if found != "ok":
        raise faults.damaged(path, " ".join(str(found).split()))


def _sqlite_engine(path: Path, read_only: bool) -> Engine:
    address = f"file:{quote(str(path))}?mode=rw"
    engine = create_engine(
        "sqlite://",
        hide_parameters=True,  # errors go to logs, and rows hold what people wrote
        poolclass=StaticPool,
        creator=lambda: sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        ),
    )
    pragmas = ["foreign_keys=ON", "query_only=ON" if read_only else "journal_mode=WAL"]
    pragmas += ["synchronous=FULL", "secure_delete=ON"]  # what is erased leaves no trace
    pragmas += ["temp_store=MEMORY"]  # nor do copies of what people wrote lie elsewhere

    @event.listens_for(engine, "connect")
    def tune(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver would begin before writes only, and commit before DDL.
        connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "handle_error")
    def explain(context: ExceptionContext) -> JumelageError | None:
        return faults.of_sqlite(context.original_exception, path)

    return engine


def _postgresql(url: URL, read_only: bool, closing: ExitStack) -> Opened:
    connection = _connected(create_engine(url, poolclass=StaticPool, hide_parameters=True), closing)
    if read_only:
        return Opened(connection.execution_options(postgresql_readonly=True))
    with connection.begin():
        taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY})
    if not taken:
        raise _locked(url.render_as_string(hide_password=True), "")
    return Opened(connection)


_OPENERS: dict[str, Callable[[URL, bool, ExitStack], Opened]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
}


@contextmanager
def altering(connection: Connection) -> Iterator[None]:
    """A transaction that changes tables.

    SQLite alters a table by replacing it, so references are checked at the end only.
    """
    if connection.dialect.name != "sqlite":
        with connection.begin():
            yield
        return
    driver = connection.connection.cursor()
    driver.execute("PRAGMA foreign_keys=OFF")  # does nothing inside a transaction
    try:
        with connection.begin():
            yield
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise InvariantViolated("a migration left rows that refer to nothing")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
        driver.close()


def compact(connection: Connection, path: Path | None) -> None:
    """Leave no trace of what was deleted, neither in the file nor in its log.

    `StoreFailed` if there is no room, or while somebody else reads: then it is to be done again.
    """
    if connection.dialect.name != "sqlite" or path is None:
        return  # a server's own vacuum does it
    driver = connection.connection.cursor()
    try:
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        found = driver.fetchone()
    except sqlite3.Error as error:
        raise faults.of_sqlite(error, path, opening=True) or error from error
    finally:
        driver.close()
    if found and found[0]:  # a reader still needs the log
        raise faults.locked(path)


def _connected(engine: Engine, closing: ExitStack) -> Connection:
    closing.callback(engine.dispose)
    return closing.enter_context(engine.connect())


def _create_private(path: Path) -> None:
    """Make sure that the file is there, and that nobody else can read it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


@contextmanager
def writer_lock(path: Path) -> Iterator[bool]:
    """The lock of one writer, held by the process: a crash lets go of it.

    Yields whether the writer before ended in order: then it left no process number.
    """
    beside = path.with_name(path.name + ".lock")
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise _locked(str(path), holder) from None
    try:
        os.fchmod(descriptor, 0o600)
        orderly = not os.fstat(descriptor).st_size
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield orderly
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _locked(where: str, holder: str) -> StoreLocked:
    message = _(
        "the store {where} is in use by process {holder}; stop it (systemctl stop jumelage),"
        " or wait until its cycle has ended: one daemon per store"
    )
    return StoreLocked(message.format(where=where, holder=holder or "?"))
