"""What a request is answered with: a status, headers, and a body of bounded size."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import NoReturn, Self, cast

from sync.errors import JumelageError, Malformed
from sync.model import Plain

CHUNK = 64 * 1024
PAGE_STARTS = (b"<!doctype html", b"<html")

Lost = Callable[[str], JumelageError]
"""Makes the error for an answer that cannot be used; which one depends on the method."""


def is_page(body: bytes) -> bool:
    """Tell whether a body is an HTML page, whatever its Content-Type says."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(PAGE_STARTS)


@dataclass(frozen=True)
class Response:
    """An answer with a status that the caller accepts.

    `content` is the decompressed body, read to its announced end; empty if the answer
    was asked for as a stream: then `chunks` yields it once, and the answer is a
    context manager that releases the connection. Header names are case-blind.
    """

    status: int
    headers: Mapping[str, str]
    url: str
    """Where the answer came from after redirects, without query."""
    content: bytes = b""
    lost: Lost = field(repr=False, default=Malformed)
    source: Iterator[bytes] = field(repr=False, default_factory=lambda: iter(()))
    release: Callable[[], None] = field(repr=False, default=lambda: None)

    @property
    def text(self) -> str:
        """The body as UTF-8. Raises `Malformed` if it is none."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Malformed(f"{self.url} is not UTF-8") from error

    def json(self) -> Plain:
        """The body as JSON. One that is none is an answer lost, never an empty one."""
        try:
            return cast("Plain", json.loads(self.content, parse_constant=_no_constant))
        except (ValueError, RecursionError) as error:
            kind = "a web page" if is_page(self.content) else "something else"
            raise self.lost(f"answered with {kind} where JSON was expected") from error

    def chunks(self) -> Iterator[bytes]:
        """Yield the body of a streamed answer; one cut short raises `Unreachable`."""
        return self.source

    def close(self) -> None:
        """Release the connection of a streamed answer. Safe to call twice."""
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _no_constant(name: str) -> NoReturn:
    # RFC 8259 section 6: NaN and Infinity are not JSON, and equal nothing, not even themselves.
    raise ValueError(name)
