"""What differs between databases: how they are opened, tuned and locked. Nothing else does."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from sync.errors import ConfigError, InvariantViolated
from sync.i18n import _
from sync.store.base import StoreLocked

BUSY_SECONDS = 10.0
"""How long a statement waits for a reader's checkpoint or a backup."""

_ADVISORY = 0x4A554D454C414745
"""The key of the advisory lock on PostgreSQL: one store per database."""


def open_database(
    url: str, *, read_only: bool, closing: ExitStack
) -> tuple[Connection, Path | None]:
    """The one connection to the database, and the file it lies in (None: on a server).

    A writer holds the lock until `closing` is closed. `StoreLocked` if somebody else
    writes, ConfigError for a database that cannot be used.
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
    except (OSError, sqlite3.Error, SQLAlchemyError, ModuleNotFoundError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        where = parsed.render_as_string(hide_password=True)
        message = _("store: {where} cannot be opened: {reason}")
        raise ConfigError(message.format(where=where, reason=reason)) from error


def _sqlite(url: URL, read_only: bool, closing: ExitStack) -> tuple[Connection, Path | None]:
    if not url.database or url.database == ":memory:":
        raise ConfigError(_("store: SQLite needs a file; write sqlite:////path/state.db"))
    path = Path(url.database).absolute()
    if not read_only:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        closing.enter_context(_file_lock(path))
        # SQLite gives the files beside the database (-wal, -shm) the mode of the database.
        _create_private(path)
    elif not path.exists():
        message = _("store: there is none at {path} yet; run a cycle first")
        raise ConfigError(message.format(path=path))
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

    @event.listens_for(engine, "connect")
    def tune(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver would begin before writes only, and commit before DDL.
        connection.exec_driver_sql("BEGIN")

    return _connected(engine, closing), path


def _postgresql(url: URL, read_only: bool, closing: ExitStack) -> tuple[Connection, Path | None]:
    connection = _connected(create_engine(url, poolclass=StaticPool, hide_parameters=True), closing)
    if read_only:
        return connection.execution_options(postgresql_readonly=True), None
    with connection.begin():
        taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY})
    if not taken:
        raise _locked(url.render_as_string(hide_password=True), "")
    return connection, None


_OPENERS: dict[str, Callable[[URL, bool, ExitStack], tuple[Connection, Path | None]]] = {
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


def _file_lock(path: Path) -> ExitStack:
    """The lock of one writer, held by the process: a crash lets go of it."""
    beside = path.with_name(path.name + ".lock")
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.read(descriptor, 20).decode(errors="replace").strip()
        os.close(descriptor)
        raise _locked(str(path), holder) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    held = ExitStack()
    held.callback(os.close, descriptor)
    return held


def _locked(where: str, holder: str) -> StoreLocked:
    message = _(
        "the store {where} is in use by process {holder}; stop it (systemctl stop jumelage),"
        " or wait until its cycle has ended: one daemon per store"
    )
    return StoreLocked(message.format(where=where, holder=holder or "?"))
