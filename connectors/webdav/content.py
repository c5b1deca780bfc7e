"""What is in a file, streamed both ways; never all of it in memory."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from sync.errors import Malformed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Download(io.RawIOBase):
    """A body that arrives in pieces, as a file to read; `done` is told its hash at its end.

    Raises `Malformed` if it is of another size than was said of the file: it was changed
    meanwhile, or this is a page that asks for a password, or has no end.
    """

    def __init__(self, chunks: Iterator[bytes], size: int, done: Callable[[str], None]) -> None:
        self._chunks, self._done = chunks, done
        self._left = size
        self._hash = hashlib.sha256()
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill the buffer with what came; 0 at the end. Raises what the body raises."""
        target = memoryview(buffer).cast("B")
        while not self._rest:
            piece = next(self._chunks, None)
            self._left -= len(piece or b"")
            if self._left < 0 or (piece is None and self._left):
                raise Malformed("the content is not of the size that the server said")
            if piece is None:
                self._done(f"sha256:{self._hash.hexdigest()}")
                return 0
            self._hash.update(piece)
            self._rest = memoryview(piece)
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


class Upload:
    """A file on its way out, whose hash and length are known once it is sent.

    `len()` tells its size, so that it is sent with a Content-Length and not in chunks,
    which some servers take for an empty body.
    """

    def __init__(self, source: BinaryIO, size: int) -> None:
        self._source, self._size = source, size
        self._hash = hashlib.sha256()
        self.sent = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(64 * 1024):
            yield piece

    def read(self, size: int = -1) -> bytes:
        """Read on, and take note of what was read."""
        piece = self._source.read(size if size >= 0 else 64 * 1024)
        self._hash.update(piece)
        self.sent += len(piece)
        return piece

    @property
    def hash(self) -> str:
        """The hash of what was read, in the form of blob values."""
        return f"sha256:{self._hash.hexdigest()}"
