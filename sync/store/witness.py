"""The file beside the store that tells a lost or older store from the latest one.

Whoever restores a backup of the database brings back an old state, from which
deletions and overwrites would be inferred that nobody made. The witness says which
store ran here last and how far it had come, so that an older one stops first.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from sync.i18n import _
from sync.store import faults


@dataclass(frozen=True)
class Mark:
    """How far a store has come."""

    generation: str
    """Random, from the creation of the store."""
    commits: int
    """Goes up at every run, at its begin and at its end."""
    seq: int
    """The last line of the journal."""
    digest: str
    """The digest of that line."""


class Witness:
    """The mark in a file of its own (mode 0600), replaced atomically."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, mark: Mark) -> None:
        """Durable when it returns; `StoreFailed` or ConfigError if it cannot be written."""
        try:
            self._write(mark)
        except OSError as error:
            raise faults.of_system(error, self._path) from error

    def _write(self, mark: Mark) -> None:
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(mark), file)
            file.flush()
            os.fsync(descriptor)
        fresh.replace(self._path)
        sync_folder(self._path.parent)

    def read(self) -> Mark | None:
        """The mark; None if there is none. ValueError if the file is no mark."""
        try:
            return Mark(**json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise faults.of_system(error, self._path) from error
        except (ValueError, TypeError):
            message = _("the witness {path} cannot be read: is this store the latest?")
            raise ValueError(message.format(path=self._path)) from None


def objection(then: Mark, now: Mark, digest: str | None) -> str | None:
    """Why a store that has come as far as `now` is not the one of `then`, later; None if it is.

    `digest` is what the store's journal has for the last line of `then`.
    """
    if then.generation != now.generation:
        return _("another store ran here before this one: the store was lost, or replaced")
    if then.commits > now.commits:
        return _("this store is older than the last run: it comes from a backup")
    if then.seq and then.digest != digest:
        return _("the journal of this store is not the one that the last run wrote")
    return None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
