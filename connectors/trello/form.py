"""A form with one file in it, on its way out in pieces; never all of it in memory.

RFC 7578 (multipart/form-data): the fields first, then the file.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import BinaryIO, Final
from urllib.parse import quote

_PIECE: Final = 64 * 1024


class Form:
    """A body of known length, that is sent once."""

    def __init__(
        self, fields: Mapping[str, str], name: str, source: BinaryIO, size: int, mime: str
    ) -> None:
        self._boundary = secrets.token_hex(16)
        head = b"".join(self._part(f'name="{key}"', value) for key, value in fields.items())
        head += self._head(f'name="file"; filename="{quote(name, " ()")}"', mime)
        tail = f"\r\n--{self._boundary}--\r\n".encode()
        self._parts = (BytesIO(head), source, BytesIO(tail))
        self._size = len(head) + size + len(tail)

    @property
    def content_type(self) -> str:
        """The media type to send with it."""
        return f"multipart/form-data; boundary={self._boundary}"

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            while piece := part.read(_PIECE):
                yield piece

    def _part(self, said: str, value: str) -> bytes:
        return self._head(said) + value.encode() + b"\r\n"

    def _head(self, said: str, mime: str | None = None) -> bytes:
        kind = f"Content-Type: {mime}\r\n" if mime else ""
        text = f"--{self._boundary}\r\nContent-Disposition: form-data; {said}\r\n{kind}\r\n"
        return text.encode()
