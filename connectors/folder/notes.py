"""The word `folder`: Markdown files with front matter, for records of any kind.

Every key of the front matter is a field under its own name; the text below is the
field `body`. The kinds name their long text differently (`description`, `note`,
`text`): the default field maps of this connector bring it to `body`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

from connectors.folder.document import BODY, ORIGIN, Document
from connectors.folder.holding import Holding, changed_at, identity
from connectors.folder.names import numbered, slug
from connectors.folder.place import Place
from sync.connector import Origin
from sync.errors import Gone, Malformed, Refused
from sync.model import Fields, FieldSpec, Page, Plain, Record, Schema, Stub

TITLE = "title"
_SUFFIX = ".md"
_LARGEST = 16 * 2**20
_NAMING = (TITLE, "name", "path", "text")
_ATTEMPTS = 1000
_LOOKED_BACK = 10
"""Replaced contents of a note among which the one that a write takes back is looked for."""


class Notes(Holding):
    """Markdown files, here and in the folders below."""

    schema = Schema(
        {TITLE: FieldSpec("text"), BODY: FieldSpec("richtext", dialect="markdown")}, open=True
    )

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._judged: dict[str, str | None] = {}
        """Version -> why such a content cannot be read (None: it can), once it was parsed."""

    def changes(self) -> Iterator[Page]:
        """List everything, in one page; what is known is listed by its hash alone."""
        records: list[Record | Stub] = []
        malformed: dict[str, str] = {}
        for ref, _ in self.place.files():
            if not ref.lower().endswith(_SUFFIX):
                continue
            try:
                records.append(self._listed(ref))
            except Gone:
                continue
            except Malformed as error:
                malformed[ref] = str(error)
        yield Page(tuple(records), malformed=malformed, complete=True)

    def _listed(self, ref: str) -> Record | Stub:
        content, known = self._content(ref)
        version = _digest(content)
        if version not in self._judged:
            return self._record(ref, content, known)
        if (why := self._judged[version]) is not None:
            raise Malformed(why)
        return Stub(ref, version)

    def get(self, ref: str) -> Record:
        """Read one file."""
        content, known = self._content(ref)
        return self._record(ref, content, known)

    def find(self, origin: Origin) -> Iterator[Record]:
        """Look into every file for the nonce."""
        mark = origin.nonce.encode()
        for ref, _ in self.place.files():
            with suppress(Gone, Malformed):
                content, known = self._content(ref)
                found = self._record(ref, content, known) if mark in content else None
                if found is not None and found.origin == origin.nonce:
                    yield found

    def create(self, fields: Fields, origin: Origin) -> Record:
        """Write a new file, named after the title; a name that is taken gets a number."""
        _check(fields)
        front = {ORIGIN: origin.nonce} | {n: v for n, v in fields.items() if v is not None}
        content = Document(None, "").changed(front).write()
        stem = slug(_name(fields), f"note {origin.nonce[:8]}")
        taken = self.place.names()
        with self.place.staged([content]) as staged:
            for number in range(1, _ATTEMPTS):
                ref = numbered(stem, number) + _SUFFIX
                if ref.casefold() in taken:
                    continue
                try:
                    self.place.add(ref, staged)
                except FileExistsError:
                    continue
                return self.get(ref)
        raise Refused(f"{_ATTEMPTS} files are already called {stem}")

    def update(self, ref: str, patch: Fields, expect: str | None) -> Record:
        """Write the keys that change, and leave every other byte."""
        _check(patch)
        content, known = self._content(ref)
        before = Document.read(content)
        former = self._former(ref, content, patch)
        after = before.changed(patch).write() if former is None else former
        seen = expect or _digest(content)
        if after == content and seen == _digest(content):
            return self._record(ref, content, known)
        with self.place.staged([after]) as staged:
            self.place.swap(ref, staged, lambda file: self.version(file) == seen)
        return self.get(ref)

    def _former(self, ref: str, content: bytes, patch: Fields) -> bytes | None:
        """The bytes that stood here, if all that a patch does is take back a write of ours."""
        said = {name: Document.read(content).value(name) for name in patch}
        for _, file in islice(self.place.history(ref, latest_first=True), _LOOKED_BACK):
            with suppress(Malformed):
                former = Document.read(before := file.read(_LARGEST + 1))
                then = {name: _value(ref, former, name) for name in patch}
                if then == patch and former.changed(said).write() == content:
                    return before
        return None

    def unmark(self, ref: str) -> None:
        """Take our key out of a file, and fences that held nothing else."""
        content, _known = self._content(ref)
        after = Document.read(content).unmarked.write()
        if after != content:
            seen = _digest(content)
            with self.place.staged([after]) as staged:
                self.place.swap(ref, staged, lambda file: self.version(file) == seen, keep=False)

    def version(self, file: int) -> str:
        """The hash of the content."""
        os.lseek(file, 0, os.SEEK_SET)
        with os.fdopen(os.dup(file), "rb") as opened:
            return _digest(opened.read(_LARGEST + 1))

    def replaced(self, ref: str, when: datetime, content: BinaryIO) -> Record:
        """Read a file of the history."""
        return self._record(ref, content.read(_LARGEST), os.fstat(content.fileno()))

    def open(self, ref: str) -> AbstractContextManager[BinaryIO]:
        """Notes have no blobs."""
        self.get_version(ref)
        raise Refused(f"{ref} has no content beside its text")

    def _content(self, ref: str) -> tuple[bytes, os.stat_result]:
        if not ref.lower().endswith(_SUFFIX):
            raise Gone(f"{ref} is no Markdown file")
        with self.place.open(ref) as file:
            content = file.read(_LARGEST + 1)
            if len(content) > _LARGEST:
                raise Malformed(f"larger than {_LARGEST} bytes")
            return content, os.fstat(file.fileno())

    def _record(self, ref: str, content: bytes, known: os.stat_result) -> Record:
        version = _digest(content)
        try:
            document = Document.read(content)
        except Malformed as error:
            self._judged[version] = str(error)
            raise
        self._judged[version] = None
        return Record(
            ref=ref,
            version=version,
            fields={TITLE: _stem(ref)} | {n: v for n, v in document.fields.items() if _said(n, v)},
            origin=document.origin,
            stable=document.origin or identity(known),
            changed=changed_at(known),
            url=self.place.path.absolute().joinpath(ref).as_uri(),
        )


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _said(name: str, value: Plain) -> bool:
    return value is not None or name == BODY


def _value(ref: str, document: Document, name: str) -> Plain:
    said = document.value(name)
    return _stem(ref) if said is None and name == TITLE else said


def _stem(ref: str) -> str:
    return ref.rpartition("/")[2][: -len(_SUFFIX)]


def _name(fields: Fields) -> str:
    return next((str(fields[n]) for n in _NAMING if fields.get(n) is not None), "")


def _check(fields: Fields) -> None:
    if ORIGIN in fields:
        raise Refused(f"the key {ORIGIN} is kept for the origin of a note")
    for name in fields:
        if not name or len(name) > 100:  # noqa: PLR2004 - no field of anybody's
            raise Refused(f"no field can be called {name[:100]!r}")
