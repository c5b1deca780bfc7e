"""Entering folders on a disk, one open folder at a time, and never through a symbolic link.

No name and no race leads out of the folder where one started: each part of a path is
opened in the folder that was opened before it (openat(2) with O_NOFOLLOW).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from sync.errors import Refused, Unreachable

ABSENT = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.EISDIR)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

Entry: TypeAlias = tuple[int, str]
"""An open folder, and a name in it."""


class Disk:
    """A folder below `root`, which must exist."""

    def __init__(self, root: Path, below: str) -> None:
        self.root = root
        self.below = tuple(part for part in below.split("/") if part)

    @property
    def path(self) -> Path:
        """Where it is, for people."""
        return self.root.joinpath(*self.below)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, FileExistsError):
            raise
        except OSError as error:
            if error.errno in ABSENT:
                raise FileNotFoundError(error.errno, error.strerror, error.filename) from error
            if error.errno in FORBIDDEN:
                raise Refused(f"{self.path}: {error.strerror} ({error.filename})") from error
            raise Unreachable(f"{self.path}: {error.strerror}") from error

    @contextmanager
    def _root(self) -> Iterator[int]:
        try:
            root = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise Unreachable(f"{self.root} cannot be opened: {error.strerror}") from error
        try:
            yield root
        finally:
            os.close(root)

    @contextmanager
    def _folder(self, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
        with self._root() as root, self._down(root, (*self.below, *parts), make=make) as folder:
            yield folder

    @contextmanager
    def _down(self, start: int, parts: Sequence[str], *, make: bool = False) -> Iterator[int]:
        folder = os.dup(start)
        try:
            for part in parts:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(part, 0o775, dir_fd=folder)
                inner = _entered(folder, part)
                os.close(folder)
                folder = inner
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _pair(
        self, one: Sequence[str], other: Sequence[str], *, make: bool = True
    ) -> Iterator[tuple[Entry, Entry]]:
        with (
            self._folder(one[:-1]) as of_one,
            self._folder(other[:-1], make=make) as of_other,
        ):
            yield (of_one, one[-1]), (of_other, other[-1])


def _entered(folder: int, part: str) -> int:
    try:
        return os.open(part, _FOLDER, dir_fd=folder)
    except OSError as error:
        if error.errno in ABSENT:
            raise FileNotFoundError(errno.ENOENT, "no such folder", part) from None
        raise


def opened_file(folder: int, name: str) -> int:
    """Open a plain file for reading; nothing waits, should it be a pipe."""
    return os.open(name, _FILE, dir_fd=folder)


def names_in(folder: int) -> list[str]:
    """The names in an open folder."""
    return os.listdir(folder)


def exists(folder: int, parts: Sequence[str]) -> bool:
    """Tell whether something stands at a relative path; no parts: the folder itself."""
    try:
        os.stat("/".join(parts) or ".", dir_fd=folder, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
