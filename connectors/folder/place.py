"""One folder on a disk, entered by names that come from outside, written with conditions.

Every step down is taken from an open folder and never through a symbolic link, so
that no name and no race leads out of it. Beside what people see stands `.jumelage/`:

    id        written with the first write: an empty folder that once had it is unmounted
    lock      held while we write, so that our own processes take turns
    tmp/      files on their way in; `leftovers` tells which of them were given up
    trash/    what we deleted, under its own path; `restore` brings it back
    history/  what our writes replaced, kept for some days
"""

from __future__ import annotations

import fcntl
import os
import stat as modes
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import BinaryIO, TypeAlias

from connectors.folder import leftovers, renaming
from connectors.folder.disk import ABSENT, FORBIDDEN, Disk, Entry, exists, names_in, opened_file
from connectors.folder.names import is_ref
from sync.errors import Ambiguous, Gone, Malformed, Stale, Unreachable

OWN = ".jumelage"
_SERIAL = count(1)

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

Check: TypeAlias = Callable[[int], bool]
"""Tells of an open file whether it is the one that was expected."""


class Place(Disk):
    """A folder below `root`, which must exist; the folder itself is made by writing."""

    def __init__(self, root: Path, below: str, now: Callable[[], datetime], keep: float) -> None:
        """Keep what writes replace for `keep` seconds."""
        super().__init__(root, below)
        self.now = now
        self.keep = keep
        self.exchanges = True
        """The file system can exchange two files, as far as is known."""
        self._known = False
        self._swept = 0.0

    # Looking.

    def present(self) -> bool:
        """Tell whether it stands there; False: it was never made. Raises `Unreachable`."""
        with self._root() as root, self._reaching():
            known = self._known or exists(root, (OWN, "known", *self.below, "id"))
            if not exists(root, self.below):
                if known:
                    raise Unreachable(f"{self.path} is gone or not mounted")
                return False
            try:
                with self._down(root, self.below) as folder:
                    marked = exists(folder, (OWN, "id"))
                    self._known = marked or self._known
                    if known and not marked and not names_in(folder):
                        raise Unreachable(f"{self.path} is empty and lost {OWN}/id: not mounted?")
            except FileNotFoundError:
                raise Unreachable(
                    f"{self.path} is no folder (symbolic links are not followed)"
                ) from None
        return True

    def files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield every plain file by ref, in the order of names; what is hidden is left out."""
        if not self.present():
            return
        with self._reaching(), self._folder(()) as top:
            yield from self._below(top, "")

    def _below(self, folder: int, prefix: str) -> Iterator[tuple[str, os.stat_result]]:
        with os.scandir(folder) as entries:
            names = sorted((e.name, e.is_dir(follow_symlinks=False)) for e in entries)
        for name, is_folder in names:
            if name.startswith(".") or not _encodable(name):
                continue
            if is_folder:
                with suppress(FileNotFoundError), self._down(folder, (name,)) as inner:
                    yield from self._below(inner, f"{prefix}{name}/")
                continue
            with suppress(FileNotFoundError):
                known = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if modes.S_ISREG(known.st_mode):
                    yield prefix + name, known

    def names(self) -> set[str]:
        """The names at the top, folded by case."""
        with suppress(FileNotFoundError), self._reaching(), self._folder(()) as top:
            return {name.casefold() for name in names_in(top)}
        return set()

    def stat(self, ref: str) -> os.stat_result:
        """The file's status. Raises `Gone`."""
        with self.open(ref) as file:
            return os.fstat(file.fileno())

    @contextmanager
    def open(self, ref: str) -> Iterator[BinaryIO]:
        """Open a plain file for reading. Raises `Gone`, `Malformed` if it may not be read."""
        if not is_ref(ref) or not self.present():
            raise Gone(f"{ref} does not stand in {self.path}")
        parts = ref.split("/")
        try:
            with self._folder(parts[:-1]) as folder:
                file = opened_file(folder, parts[-1])
        except OSError as error:
            if error.errno in ABSENT:
                raise Gone(f"{ref} does not stand in {self.path}") from None
            if error.errno in FORBIDDEN:
                raise Malformed(f"{ref} cannot be read: {error.strerror}") from None
            raise Unreachable(f"{self.path}: {error.strerror}") from error
        with os.fdopen(file, "rb") as opened:
            if not modes.S_ISREG(os.fstat(file).st_mode):
                raise Gone(f"{ref} in {self.path} is no plain file")
            yield opened

    def history(
        self, ref: str, *, latest_first: bool = False
    ) -> Iterator[tuple[datetime, BinaryIO]]:
        """Yield what our writes replaced under a ref: when, and the content."""
        with (
            suppress(FileNotFoundError),
            self._reaching(),
            self._folder(_kept(_shelf(ref))) as kept,
        ):
            for name in sorted(names_in(kept), reverse=latest_first):
                with os.fdopen(opened_file(kept, name), "rb") as file:
                    yield datetime.fromtimestamp(_when(name) / 1e9, UTC), file

    # Writing.

    @contextmanager
    def staged(self, pieces: Iterable[bytes]) -> Iterator[str]:
        """Write a new file aside, durably, and yield its name there."""
        self._mark()
        with (
            leftovers.named() as name,
            self._reaching(),
            self._folder((OWN, "tmp"), make=True) as aside,
        ):
            try:
                file = os.open(name, _NEW, 0o664, dir_fd=aside)
                with os.fdopen(file, "wb") as opened:
                    for piece in pieces:
                        opened.write(piece)
                    opened.flush()
                    os.fsync(opened.fileno())
                yield name
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(name, dir_fd=aside)

    def add(self, ref: str, staged: str) -> None:
        """Let a staged file stand under a ref. Raises `FileExistsError` if something does."""
        with self._writing(), self._pair((OWN, "tmp", staged), ref.split("/")) as (new, free):
            self._rename(new, free)
            _settle(free)

    def swap(self, ref: str, staged: str, expected: Check, *, keep: bool = True) -> None:
        """Let a staged file stand instead of another, which is kept. Raises `Stale`, `Gone`."""
        with (
            self._writing(),
            self._pair((OWN, "tmp", staged), ref.split("/"), make=False) as (new, old),
        ):
            self._must_be(old, expected, f"{ref} moved since it was read")
            with leftovers.changing_places(new, _shelf(ref)) as marked:
                self._exchange(marked, old)
                if not _is(marked, expected):
                    self._exchange(marked, old)
                    raise Stale(f"{ref} moved while it was written")
                _settle(old)
                if keep:
                    self._retire(_shelf(ref), marked)
                else:
                    os.unlink(marked[1], dir_fd=marked[0])

    def move(self, ref: str, to: str, expected: Check) -> None:
        """Give a file another ref. Raises `Stale`, `Gone`, `FileExistsError`."""
        with self._writing(), self._pair(ref.split("/"), to.split("/")) as (old, new):
            self._must_be(old, expected, f"{ref} moved since it was read")
            self._rename(old, new)
            _settle(new, old)

    def bin(self, ref: str, expected: Check) -> None:
        """Put a file into the trash. Raises `Stale`, `Gone`."""
        with self._writing(), self._pair(ref.split("/"), _trash(ref)) as (old, new):
            self._must_be(old, expected, f"{ref} moved since it was read")
            with suppress(FileNotFoundError):  # deleted before, under the same name
                os.stat(new[1], dir_fd=new[0], follow_symlinks=False)
                self._retire(_shelf(ref), new)
            self._rename(old, new)
            if not _is(new, expected):
                self._rename(new, old)
                raise Stale(f"{ref} moved while it was deleted")
            _settle(old, new)

    def unbin(self, ref: str) -> None:
        """Bring a file back from the trash. Raises `Gone`, `Stale` if another stands there."""
        if not is_ref(ref) or not self.present():
            raise Gone(f"{ref} is not in the trash of {self.path}")
        try:
            with self._writing(), self._pair(_trash(ref), ref.split("/")) as (old, new):
                self._rename(old, new)
                _settle(new, old)
        except FileExistsError:
            raise Stale(f"something else stands as {ref} in {self.path}") from None

    def staged_stat(self, staged: str) -> os.stat_result:
        """The status that a staged file keeps wherever it is put."""
        with self._folder((OWN, "tmp")) as aside:
            return os.stat(staged, dir_fd=aside, follow_symlinks=False)

    # What we keep beside the files.

    def note(self, shelf: str, name: str, text: str) -> None:
        """Keep a small text of our own, instead of an older one."""
        with (
            self.staged([text.encode()]) as staged,
            self._reaching(),
            self._pair((OWN, "tmp", staged), (OWN, shelf, name)) as (new, old),
        ):
            os.replace(new[1], old[1], src_dir_fd=new[0], dst_dir_fd=old[0])

    def noted(self, shelf: str, name: str) -> str:
        """Read a small text of our own; "" if there is none."""
        with (
            suppress(FileNotFoundError),
            self._reaching(),
            self._folder((OWN, shelf)) as folder,
            os.fdopen(opened_file(folder, name), "rb") as file,
        ):
            return file.read().decode(errors="replace")
        return ""

    def notes(self, shelf: str) -> list[str]:
        """The names of the small texts of our own."""
        with suppress(FileNotFoundError), self._reaching(), self._folder((OWN, shelf)) as folder:
            return sorted(names_in(folder))
        return []

    # Steps.

    def _must_be(self, file: Entry, expected: Check, otherwise: str) -> None:
        if not _is(file, expected):
            raise Stale(otherwise)

    def _exchange(self, new: Entry, old: Entry) -> None:
        try:
            renaming.rename(*new, *old, renaming.EXCHANGE)
        except renaming.Unsupported:
            self.exchanges = False
            spare = new[0], f"{new[1]}-old"
            os.link(old[1], spare[1], src_dir_fd=old[0], dst_dir_fd=spare[0])
            os.replace(new[1], old[1], src_dir_fd=new[0], dst_dir_fd=old[0])
            os.replace(spare[1], new[1], src_dir_fd=spare[0], dst_dir_fd=new[0])

    def _rename(self, old: Entry, new: Entry) -> None:
        try:
            renaming.rename(*old, *new, renaming.NOREPLACE)
        except renaming.Unsupported:
            os.link(old[1], new[1], src_dir_fd=old[0], dst_dir_fd=new[0], follow_symlinks=False)
            os.unlink(old[1], dir_fd=old[0])

    def _retire(self, shelf: str, old: Entry) -> None:
        """Keep a replaced file for some days, and let go of those kept long enough."""
        with self._folder(_kept(shelf), make=True) as kept:
            now = int(self.now().timestamp() * 1e9)
            for name in names_in(kept):
                if _when(name) < now - self.keep * 1e9:
                    os.unlink(name, dir_fd=kept)
            name = f"{now:020}-{os.getpid()}-{next(_SERIAL)}"
            os.rename(old[1], name, src_dir_fd=old[0], dst_dir_fd=kept)

    def _sweep(self) -> None:
        """Let go of what killed processes left aside; what they replaced goes to the history."""
        now = self.now()
        if now.timestamp() < self._swept + leftovers.SETTLED:
            return
        self._swept = now.timestamp()
        with suppress(OSError), self._folder((OWN, "tmp")) as aside:
            for left in leftovers.found(aside, now):
                if left.shelf is None:
                    os.unlink(left.name, dir_fd=aside)
                else:
                    self._retire(left.shelf, (aside, left.name))

    def _mark(self) -> None:
        """Leave the marks by which an unmounted folder is told from an empty one."""
        self.present()
        with self._root() as root, self._reaching():
            if exists(root, (*self.below, OWN, "id")):
                return
            for folder in ((*self.below, OWN), (OWN, "known", *self.below)):
                with self._down(root, folder, make=True) as own, suppress(FileExistsError):
                    os.close(os.open("id", _NEW, 0o664, dir_fd=own))
        self._known = True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._mark()
        try:
            with self._reaching(), self._folder((OWN,)) as own:
                lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o664, dir_fd=own)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    self._sweep()
                    yield
                finally:
                    os.close(lock)
        except FileNotFoundError as error:
            raise Gone(f"{error.filename} does not stand in {self.path}") from None


def _is(file: Entry, expected: Check) -> bool:
    opened = opened_file(*file)
    try:
        return expected(opened)
    finally:
        os.close(opened)


def _settle(*files: Entry) -> None:
    """Make renames durable; if that fails, nobody knows whether they are."""
    try:
        for folder, _ in files:
            os.fsync(folder)
    except OSError as error:
        raise Ambiguous(f"the disk did not confirm a write: {error.strerror}") from error


def _shelf(ref: str) -> str:
    return sha256(ref.encode()).hexdigest()[:32]


def _kept(shelf: str) -> tuple[str, ...]:
    return OWN, "history", shelf


def _trash(ref: str) -> tuple[str, ...]:
    return OWN, "trash", *ref.split("/")


def _when(name: str) -> int:
    """When a file of the history was replaced, in nanoseconds of Unix time."""
    return int(name.partition("-")[0])


def _encodable(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)
