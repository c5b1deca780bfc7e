"""Putting a store aside that is damaged, or not the one that is wanted. Nothing is thrown away."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sync.store import faults
from sync.store.dialect import writer_lock
from sync.store.witness import sync_folder

PARTS = ("-wal", "-shm", "")
"""The log first: beside another file it would be taken for that one's."""


def put_aside(path: Path, moment: datetime, instead: Path | None = None) -> Path | None:
    """Move a store out of the way and put a copy of `instead` there, if one is given.

    The witness stays, so that what stands there next holds until `relink`. Returns where
    the store went; None if there was none. `StoreLocked` if it is in use.
    """
    try:
        with writer_lock(path):
            fresh = _copied(path, instead) if instead else None
            aside = path.with_name(f"{path.name}.aside-{moment:%Y%m%dT%H%M%S}")
            stood = path.exists()
            for part in _parts(path):
                part.rename(aside.with_name(aside.name + part.name.removeprefix(path.name)))
            if fresh is not None:
                fresh.rename(path)
            sync_folder(path.parent)
    except OSError as error:
        raise faults.of_system(error, Path(error.filename or path)) from error
    return aside if stood else None


def _parts(path: Path) -> Iterator[Path]:
    for suffix in PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            yield part


def _copied(path: Path, source: Path) -> Path:
    """A whole copy beside the store, for its owner only."""
    fresh = path.with_name(path.name + ".restored")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as original, os.fdopen(descriptor, "wb") as file:
        shutil.copyfileobj(original, file)
        file.flush()
        os.fsync(descriptor)
    return fresh
