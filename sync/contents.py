"""The contents of files: known by their hash, which some systems tell only to those who read.

A size and a name prove nothing: a word may be corrected by another of its length.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256
from typing import BinaryIO, Protocol

from sync.commit import received
from sync.connector import Connector
from sync.mapping.unit import Member
from sync.model import Plain, Record

_PIECE = 2**20


class Blobs(Protocol):
    """Where the content of files is kept, by hash."""

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Store what the stream holds; its hash and its size."""

    def open(self, digest: str) -> AbstractContextManager[BinaryIO]:
        """Open what has this hash."""

    def sound(self, name: str) -> bool:
        """Whether it is kept, and is what its hash says."""


class Contents:
    """Reads contents that no record tells of, and keeps them."""

    def __init__(self, connectors: Mapping[str, Connector], blobs: Blobs) -> None:
        self._connectors = connectors
        self._blobs = blobs

    def whole(self, member: Member, record: Record) -> Record:
        """The record in canonical form, the hashes of its blobs known.

        Raises ValueError if a value is not one of its field's type, and what keeps
        the content from being read.
        """
        learnt: dict[str, Plain] = {}
        for name, view in member.views.items():
            blob = record.fields.get(name) if view.name == "blob" else None
            if isinstance(blob, dict) and not blob.get("hash"):
                learnt[name] = self._hashed(member, record.ref, blob)
        if learnt:
            record = replace(record, fields={**record.fields, **learnt})
        return received(member, record)

    def cut_off(self, sent: Plain, found: Plain) -> bool:
        """Whether what stands there is but the beginning of what was sent: a write cut short."""
        if not (isinstance(sent, dict) and isinstance(found, dict)):
            return False
        size, whole, digest = found["size"], sent["size"], sent["hash"]
        if not (isinstance(size, int) and isinstance(whole, int) and size < whole):
            return False
        if not isinstance(digest, str) or not self._blobs.sound(digest):
            return False
        with self._blobs.open(digest) as stream:
            return found["hash"] == _digest(stream, size)

    def _hashed(self, member: Member, ref: str, blob: dict[str, Plain]) -> Plain:
        connector = self._connectors[member.collection.system]
        with connector.open(member.collection, ref) as stream:
            digest, size = self._blobs.put(stream)
        return {**blob, "hash": digest, "size": size}


def _digest(stream: BinaryIO, size: int) -> str:
    """The hash of so many bytes from the beginning."""
    digest, left = sha256(), size
    while piece := stream.read(min(left, _PIECE)):
        digest.update(piece)
        left -= len(piece)
    return f"sha256:{digest.hexdigest()}"
