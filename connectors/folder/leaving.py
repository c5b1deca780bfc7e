"""Leaving a folder: our key in notes, and `.jumelage/` but for what people wrote."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from connectors.folder import leftovers
from connectors.folder.disk import exists, names_in
from connectors.folder.document import Document
from connectors.folder.notes import Notes
from connectors.folder.place import OWN, Place
from sync.account import Sort, Trace
from sync.errors import Gone, Malformed
from sync.model import Collection

_KEPT = ("trash", "history")
"""What we deleted and replaced: people's content, which is theirs to throw away."""


class Leaving(Place):
    """A folder that is left."""

    @property
    def ours(self) -> bool:
        """Whether we left anything there that is not people's."""
        with self._root() as root, self._reaching():
            if exists(root, self._told()):
                return True
            with suppress(FileNotFoundError), self._folder((OWN,)) as own:
                return any(name not in _KEPT or self._empty(name) for name in names_in(own))
        return False

    @property
    def kept(self) -> Iterator[str]:
        """Where people's content stands in our folder."""
        for name in _KEPT:
            if not self._empty(name):
                yield str(self.path / OWN / name)

    def forsake(self) -> None:
        """Take our own away. Safe to repeat."""
        if not self.ours:
            return
        self._rescue()
        known = self._told()
        with self._root() as root, suppress(FileNotFoundError):
            # First what says that the folder must have an id.
            os.unlink("/".join(known), dir_fd=root)
        with suppress(FileNotFoundError), self._reaching(), self._folder((OWN,)) as own:
            for name in names_in(own):
                if name not in _KEPT or self._empty(name):
                    _remove(name, own)
        with suppress(OSError), self._folder(()) as top:
            os.rmdir(OWN, dir_fd=top)
        with self._root() as root:
            for depth in range(len(known) - 1, 0, -1):  # whatever is empty by now
                with suppress(OSError):
                    os.rmdir("/".join(known[:depth]), dir_fd=root)

    def _rescue(self) -> None:
        """Put into the history what a killed write of ours replaced: maybe its only copy."""
        far = self.now() + timedelta(days=366)
        with (
            suppress(FileNotFoundError, Gone),  # there is no such folder
            self._writing(),
            self._folder((OWN, "tmp")) as aside,
        ):
            for left in leftovers.found(aside, far):
                if left.shelf is not None:
                    self._retire(left.shelf, (aside, left.name))

    def _told(self) -> tuple[str, ...]:
        return OWN, "known", *self.below, "id"

    def _empty(self, name: str) -> bool:
        with suppress(FileNotFoundError), self._reaching(), self._folder((OWN, name)) as folder:
            return not any(files for _at, _folders, files, _fd in os.fwalk(dir_fd=folder))
        return True


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        shutil.rmtree(name, dir_fd=folder)


def traces(place: Leaving, collection: Collection) -> Iterator[Trace]:
    """As `Leaves.traces`, of one collection."""
    if collection.word == "folder":
        for ref, _status in place.files():
            if ref.lower().endswith(".md") and _marked(place, ref):
                yield Trace(Sort.MARK, ref, collection)
    if place.ours:
        yield Trace(Sort.FILES, OWN, collection)
    for where in place.kept:
        yield Trace(Sort.BIN, where, collection, stays=True)


def _marked(place: Place, ref: str) -> bool:
    with suppress(Gone, Malformed), place.open(ref) as file:
        return Document.read(file.read()).origin is not None
    return False


def efface(place: Leaving, trace: Trace) -> None:
    """As `Leaves.efface`."""
    if trace.sort is Sort.FILES:
        place.forsake()
    elif trace.sort is Sort.MARK:
        Notes(place).unmark(trace.where)
