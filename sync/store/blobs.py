"""The content of files, named by its digest, in a folder beside the database.

The same content is kept once. A name appears only when its whole content is durable,
so a crash leaves nothing that looks like a blob and is none.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from sync.store import faults
from sync.store.witness import sync_folder

PIECE = 1 << 20
"""Bytes that are read at once."""

_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_UNFINISHED = ".part"
_LEFT = 3600.0
"""Seconds without a byte after which whoever wrote an unfinished file was killed."""


class BlobStore:
    """Blobs in `folder` (mode 0700, files 0600), two levels deep by the first byte of the digest.

    A blob is named `sha256:HEX`, as in the values of blob fields. Threads share it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = Lock()
        self._writing: set[Path] = set()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._sweep(time.time() - _LEFT)

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Keep what the stream yields; its hash and its size in bytes. Durable when it returns.

        An error of the stream, or of the disk, leaves nothing behind; `StoreFailed` for a
        disk that is full.
        """
        try:
            return self._put(stream)
        except OSError as error:
            if faults.is_full(error):
                raise faults.full(self._folder) from error
            raise

    def _put(self, stream: BinaryIO) -> tuple[str, int]:
        with self._lock:
            descriptor, path = tempfile.mkstemp(suffix=_UNFINISHED, dir=self._folder)  # mode 0600
            fresh = Path(path)
            self._writing.add(fresh)
        try:
            with os.fdopen(descriptor, "wb") as file:
                digest, size = _copy(stream, file)
                file.flush()
                os.fsync(descriptor)
            self._name(fresh, digest)
        finally:
            fresh.unlink(missing_ok=True)
            with self._lock:
                self._writing.discard(fresh)
        return f"sha256:{digest}", size

    def _name(self, fresh: Path, digest: str) -> None:
        final = self._path(digest)
        if not final.parent.is_dir():
            final.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(self._folder)
        fresh.replace(final)
        sync_folder(final.parent)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _find(self, name: str) -> Path:
        matched = _HASH.fullmatch(name)
        if matched is None:
            raise ValueError(f"not the name of a blob: {name!r}")
        return self._path(matched[1])

    def __contains__(self, name: str) -> bool:
        return self._find(name).is_file()

    def open(self, name: str) -> BinaryIO:
        """The content, from its first byte; FileNotFoundError if it is not kept."""
        return self._find(name).open("rb")

    def sound(self, name: str) -> bool:
        """Whether the content is kept and is what its name says; what is not is thrown away."""
        try:
            with self.open(name) as file:
                digest = _digest(file)
        except OSError:
            return False
        if name == f"sha256:{digest}":
            return True
        self._find(name).unlink(missing_ok=True)
        return False

    def prune(self, keep: Collection[str], settled: float = 0.0) -> int:
        """Delete every blob that `keep` does not name, and what crashes left; how many blobs.

        One that was put less than `settled` seconds ago stays: while something is on its
        way from `put` to the database, its blob is named nowhere yet.
        """
        kept = {self._find(name) for name in keep}
        latest = time.time() - settled
        doomed = [p for p in self._blobs() if p not in kept and p.stat().st_mtime <= latest]
        for path in doomed:
            path.unlink(missing_ok=True)
        self._sweep()
        return len(doomed)

    def _sweep(self, latest: float = math.inf) -> None:
        """Let go of what crashes left unfinished, unless it was written to after `latest`."""
        with self._lock:
            left = set(self._folder.glob(f"*{_UNFINISHED}")) - self._writing
        for path in left:
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < latest:
                    path.unlink()

    def _blobs(self) -> Iterator[Path]:
        yield from self._folder.glob("[0-9a-f][0-9a-f]/*")


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _copy(stream: BinaryIO, file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(PIECE):
        digest.update(piece)
        size += len(piece)
        file.write(piece)
    return digest.hexdigest(), size
