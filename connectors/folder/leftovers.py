"""What processes that were killed in the middle left in `.jumelage/tmp`.

A file on its way in is called PID-SERIAL-TOKEN. Just before it changes places with
another, it gets the shelf of the history and its own inode as further parts of its
name: whatever then stands there under another inode is what it replaced, maybe its
only copy. Process numbers of other machines and containers mean nothing here, so a
process counts as dead only after a while, and any file as left after a day.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from connectors.folder.disk import Entry, names_in

SETTLED = 3600.0
"""Seconds after which a file of a process that does not run here is left over."""
_LONGEST = 86_400.0
"""Seconds that no write lasts; another program may have the number of the process."""
_SERIAL = count(1)
_IN_USE: set[str] = set()
_NAME = re.compile(r"(\d+)-\d+(?:-[0-9a-f]{8})?(?:\.([0-9a-f]{32})\.(\d+))?(?:-old)?")


@dataclass(frozen=True)
class Leftover:
    """A file that nobody works on any more."""

    name: str
    shelf: str | None
    """Where in the history it belongs; None: it never stood anywhere."""


@contextmanager
def named() -> Iterator[str]:
    """A name that no file has, be it of a process with our number; it is in use meanwhile."""
    name = f"{os.getpid()}-{next(_SERIAL)}-{secrets.token_hex(4)}"
    _IN_USE.add(name)
    try:
        yield name
    finally:
        _IN_USE.discard(name)


@contextmanager
def changing_places(new: Entry, shelf: str) -> Iterator[Entry]:
    """Call a file on its way in so that it is told, after a crash, from what it replaced."""
    folder, called = new
    inode = _inode(new)
    marked = folder, f"{called}.{shelf}.{inode}"
    os.rename(called, marked[1], src_dir_fd=folder, dst_dir_fd=folder)
    try:
        yield marked
    finally:
        with suppress(FileNotFoundError):
            if _inode(marked) == inode:
                os.unlink(marked[1], dir_fd=folder)


def found(aside: int, now: datetime) -> Iterator[Leftover]:
    """Find what was left in an open folder; what is called otherwise is not ours."""
    for called in names_in(aside):
        parts = _NAME.fullmatch(called)
        if parts is None or called.partition(".")[0] in _IN_USE:
            continue
        with suppress(FileNotFoundError):
            known = os.stat(called, dir_fd=aside, follow_symlinks=False)
            age = now.timestamp() - max(known.st_ctime, known.st_mtime)
            if age > (_LONGEST if _runs(int(parts[1])) else SETTLED):
                stood = parts[3] not in (None, str(known.st_ino)) and known.st_nlink == 1
                yield Leftover(called, parts[2] if stood else None)


def _inode(file: Entry) -> int:
    return os.stat(file[1], dir_fd=file[0], follow_symlinks=False).st_ino


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
