"""The word `files`: plain files, here and in the folders below; content is streamed.

The origin of a file that we made stands beside it, in `.jumelage/origins`, under the
hash of its path, with the inode that it was made as.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO

from connectors.folder.holding import Holding, changed_at, identity
from connectors.folder.names import path_to_ref, ref_to_path
from connectors.folder.origins import Origins
from connectors.folder.place import Place
from sync.connector import BlobOpener, Origin
from sync.errors import Gone, Refused, Stale
from sync.model import Fields, FieldSpec, Page, Plain, Record, Schema, Stub

PATH = "path"
CONTENT = "content"
_PIECE = 2**20
_PAGE = 1000


class Files(Holding):
    """Plain files; the path is a field, so that a change of it is a move."""

    schema = Schema(
        {PATH: FieldSpec("text", required=True), CONTENT: FieldSpec("blob", required=True)}
    )

    def __init__(self, place: Place, blobs: BlobOpener) -> None:
        super().__init__(place)
        self.blobs = blobs
        self.origins = Origins(place)

    def changes(self) -> Iterator[Page]:
        """List everything by status alone: no content is read."""
        page: list[Record | Stub] = []
        for ref, known in self.place.files():
            page.append(Stub(ref, _version(known), stable=identity(known)))
            if len(page) == _PAGE:
                yield Page(tuple(page))
                page = []
        yield Page(tuple(page), complete=True)

    def get(self, ref: str) -> Record:
        """Read what is known of one file without reading it."""
        return self._record(ref, self.place.stat(ref))

    def find(self, origin: Origin) -> Iterator[Record]:
        """Look for the nonce among the origins kept beside."""
        for ref in self.origins.refs(origin.nonce):
            try:
                found = self.get(ref)
            except Gone:
                continue
            if found.origin == origin.nonce:
                yield found

    def create(self, fields: Fields, origin: Origin) -> Record:
        """Write a new file at its path."""
        _check(fields)
        if fields.get(PATH) is None or fields.get(CONTENT) is None:
            raise Refused("a file needs a path and a content")
        ref = path_to_ref(str(fields[PATH]))
        digest = hashlib.sha256()
        with self.place.staged(self._pieces(fields[CONTENT], digest)) as staged:
            made = self.place.staged_stat(staged)
            self.origins.keep(ref, origin.nonce, made.st_ino)
            try:
                self.place.add(ref, staged)
            except FileExistsError:
                raise Stale(f"a file stands already at {ref}") from None
        return self._made(ref, made, digest.hexdigest())

    def update(self, ref: str, patch: Fields, expect: str | None) -> Record:
        """Replace the content, then move the file if its path changes."""
        _check(patch)
        if None in patch.values():
            raise Refused("a file is never without a path and a content")
        known = self.get(ref)
        to = path_to_ref(str(patch[PATH])) if PATH in patch else ref
        if expect is not None and known.version != expect:
            raise Stale(f"{ref} moved since it was read")
        if CONTENT in patch:
            known = self._refill(known, patch[CONTENT])
        return known if to == ref else self._move(known, to)

    def _refill(self, known: Record, content: Plain) -> Record:
        digest = hashlib.sha256()
        with self.place.staged(self._pieces(content, digest)) as staged:
            made = self.place.staged_stat(staged)
            self.place.swap(known.ref, staged, lambda file: self.version(file) == known.version)
            if known.origin is not None:
                self.origins.keep(known.ref, known.origin, made.st_ino)
        return self._made(known.ref, made, digest.hexdigest())

    def _made(self, ref: str, made: os.stat_result, digest: str) -> Record:
        """What now stands; its hash is known if it still is the file that we wrote."""
        known = self.place.stat(ref)
        ours = _version(known) == _version(made)
        return self._record(ref, known, f"sha256:{digest}" if ours else None)

    def _move(self, known: Record, to: str) -> Record:
        try:
            self.place.move(known.ref, to, lambda file: self.version(file) == known.version)
        except FileExistsError:
            raise Refused(f"a file stands already at {to}") from None
        if known.origin is not None:
            self.origins.keep(to, known.origin, self.place.stat(to).st_ino)
        return self.get(to)

    def version(self, file: int) -> str:
        """Inode, size and time of change, to the nanosecond."""
        return _version(os.fstat(file))

    def replaced(self, ref: str, when: datetime, content: BinaryIO) -> Record:
        """Tell what a file of the history was."""
        return self._record(ref, os.fstat(content.fileno()), _hash(content))

    def open(self, ref: str) -> AbstractContextManager[BinaryIO]:
        """Open the content."""
        self.place.stat(ref)
        return self.place.open(ref)

    def _pieces(self, content: Plain, digest: hashlib._Hash) -> Iterator[bytes]:
        size = content.get("size") if isinstance(content, dict) else None
        with self.blobs(content) as opened:
            found = 0
            while piece := opened.read(_PIECE):
                found += len(piece)
                digest.update(piece)
                yield piece
        if size is not None and found != size:
            raise Refused(f"the content has {found} bytes instead of {size}")

    def _record(self, ref: str, known: os.stat_result, digest: str | None = None) -> Record:
        path = ref_to_path(ref)
        blob: dict[str, Plain] = {
            "name": path.rpartition("/")[2],
            "size": known.st_size,
            "hash": digest,
        }
        mime, _ = mimetypes.guess_type(path)
        return Record(
            ref=ref,
            version=_version(known),
            fields={PATH: path, CONTENT: blob | ({"mime": mime} if mime else {})},
            origin=self.origins.of(ref, known.st_ino),
            stable=identity(known),
            changed=changed_at(known),
            url=self.place.path.absolute().joinpath(ref).as_uri(),
        )


def _version(known: os.stat_result) -> str:
    return f"{known.st_ino:x}-{known.st_size:x}-{known.st_mtime_ns:x}"


def _hash(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := content.read(_PIECE):
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"


def _check(fields: Fields) -> None:
    unknown = sorted(set(fields) - {PATH, CONTENT})
    if unknown:
        raise Refused(f"a file has no {unknown[0]}")
