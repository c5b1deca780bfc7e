"""What becomes of a database that fails: a sentence that names the file and the remedy."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sync.errors import JumelageError
from sync.i18n import _
from sync.store.base import StoreDamaged, StoreFailed, StoreUnusable

_PRIMARY = 0xFF
"""The part of an extended result code that tells the kind of error (sqlite.org/rescode.html)."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED = frozenset({errno.EROFS, errno.EPERM, errno.EACCES})


def of_sqlite(error: BaseException, path: Path, *, opening: bool = False) -> JumelageError | None:
    """What an error of SQLite means for whoever runs this; None: it is a fault of ours.

    What may pass by itself (a full disk, a lock) is `StoreFailed`, also on opening, so
    that a service is started again; what does not is a `ConfigError`.
    """
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # of the driver; the one for text that is no text shows what people wrote
        return damaged(path, "text that is no text") if "decode" in str(error) else None
    meaning = _MEANINGS.get(code & _PRIMARY, unusable if opening else None)
    return meaning(path, error) if meaning else None


def of_system(error: OSError, path: Path) -> JumelageError:
    """The same for an error of the file system."""
    if isinstance(error, IsADirectoryError) or path.is_dir():
        said = _("store: {path} is a folder — let `store:` name a file in it")
        return StoreUnusable(said.format(path=path))
    if is_full(error):
        return full(path)
    if isinstance(error, PermissionError) or error.errno in _CLOSED:
        return unwritable(path, error)
    return unusable(path, error)


def is_full(error: OSError) -> bool:
    """Whether there was no room (or no more is allowed)."""
    return error.errno in _NO_ROOM


def full(path: Path, _reason: object = None) -> StoreFailed:
    """The disk is full."""
    said = _(
        "store: there is no room left on the disk for {path} — make room; what was under way"
        " is looked up by the next run, and nothing is sent twice"
    )
    return StoreFailed(said.format(path=path))


def locked(path: Path, _reason: object = None) -> StoreFailed:
    """Another program holds it for longer than we wait."""
    said = _(
        "store: {path} is locked by another program (a backup, a shell in the database):"
        " wait until that has ended, or end it"
    )
    return StoreFailed(said.format(path=path))


def damaged(path: Path, reason: object) -> StoreDamaged:
    """The content of the file is not what was written."""
    said = _(
        "store: {path} is damaged ({reason}); nothing is written to any side. Stop the service;"
        " put a backup in its place, or none, with `jumelage relink --from BACKUP` or"
        " `jumelage relink --fresh`: the damaged file is put aside, and you see what is found"
        " before anything is written"
    )
    return StoreDamaged(said.format(path=path, reason=reason))


def unreadable(path: Path, reason: object) -> StoreFailed:
    """The disk does not do what it should."""
    said = _(
        "store: {path} cannot be read or written ({reason}) — look at the disk it is on (df, dmesg)"
    )
    return StoreFailed(said.format(path=path, reason=reason))


def unwritable(path: Path, reason: object) -> StoreUnusable:
    """It belongs to somebody else, or lies on a disk that is read-only."""
    said = _(
        "store: {path} cannot be written ({reason}) — it must lie on a disk that is not read-only,"
        " and belong, with its folder, to the account that runs this (chown)"
    )
    return StoreUnusable(said.format(path=path, reason=reason))


def unusable(path: Path, reason: object) -> StoreUnusable:
    """It cannot even be opened."""
    said = _("store: {path} cannot be opened ({reason}) — look at `store:` in the settings")
    return StoreUnusable(said.format(path=path, reason=reason))


_MEANINGS: dict[int, Callable[[Path, object], JumelageError]] = {
    sqlite3.SQLITE_FULL: full,
    sqlite3.SQLITE_BUSY: locked,
    sqlite3.SQLITE_LOCKED: locked,
    sqlite3.SQLITE_PROTOCOL: locked,
    sqlite3.SQLITE_IOERR: unreadable,
    sqlite3.SQLITE_READONLY: unwritable,
    sqlite3.SQLITE_PERM: unwritable,
    sqlite3.SQLITE_AUTH: unwritable,
    sqlite3.SQLITE_CORRUPT: damaged,
    sqlite3.SQLITE_NOTADB: damaged,
    sqlite3.SQLITE_FORMAT: damaged,
    sqlite3.SQLITE_CANTOPEN: unusable,
}
