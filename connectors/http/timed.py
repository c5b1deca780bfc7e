"""Answers that must arrive in a time that is bounded as a whole, not only between two bytes.

A time-out of a socket begins anew with every byte, so a server that sends one a minute
would hold us for ever. Here the whole answer, headers included, has `DEADLINE` seconds,
and one more for each `SLOWEST` bytes that came: a large file on a slow line arrives.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

DEADLINE = 600.0
"""Seconds."""
SLOWEST = 4096
"""Bytes in a second."""


class _Source(io.RawIOBase):
    """What a socket receives, until the time is up. Raises `TimeoutError`.

    An end within the headers is a connection lost: `http.client` would take the answer for
    whole, and for one without a body.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.headed = False
        self._sock, self._raw = sock, sock.makefile("rb", buffering=0)
        self._until = time.monotonic() + DEADLINE

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Wait for the next bytes as long as the socket may, and the whole answer has left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer came too slowly")
        between = self._sock.gettimeout()
        self._sock.settimeout(left if between is None else min(left, between))
        try:
            size = self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(between)
        if size == 0 and not self.headed:
            raise ConnectionResetError("closed within the headers")
        self._until += (size or 0) / SLOWEST
        return size

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp.close()
        self._source = _Source(sock)
        self.fp = io.BufferedReader(self._source)

    def begin(self) -> None:
        super().begin()
        self._source.headed = True


class _Plain(HTTPConnection):
    response_class = _Answer


class _Secure(HTTPSConnection):
    response_class = _Answer


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None is known to the library, which would trip over an address that is none."""


def session(workers: int, agent: str) -> requests.Session:
    """A session for so many threads, deaf to the environment: no proxy, no netrc, no CA bundle."""
    made = _Session()
    made.trust_env = False
    made.headers["User-Agent"] = agent
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=workers, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    mount: Callable[[str, HTTPAdapter], None] = made.mount
    for scheme in ("http://", "https://"):
        mount(scheme, adapter)
    return made
