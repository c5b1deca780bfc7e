"""A server of bare sockets, before a real one: it can say what no HTTP library would.

It records what passes, plays it back, and answers some requests as a fault of the
table says. It never interprets an answer; only requests are read.
"""

from __future__ import annotations

import http.client
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

OWN = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Told:
    """One answer, as the real server gave it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def raw(self, *, head_only: bool = False) -> bytes:
        return answer(self.status, b"" if head_only else self.body, self.headers, len(self.body))


class Reset:
    """The connection is reset here (RST), not closed."""


class Close:
    """The connection is closed here."""


@dataclass(frozen=True)
class Wait:
    seconds: float


Act = bytes | Reset | Close | Wait
Reply = Callable[[Asked], Iterable[Act]]


def answer(
    status: int,
    body: bytes = b"",
    headers: Iterable[tuple[str, str]] = (),
    length: int | None = None,
) -> bytes:
    """The bytes of an answer with its length."""
    lines = [f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in headers)]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


@dataclass
class Line:
    """Listens on a port of its own; `reply` says what each request is answered with."""

    reply: Reply = lambda _asked: [answer(503)]
    wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _open: set[socket.socket] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)
    _ended: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._ended.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """Close every connection that is open."""
        with self._lock:
            left, self._open = self._open, set()
        for connection in left:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with suppress(OSError, ValueError), self.wrap(plain) as connection:
            with self._lock:
                self._open.add(connection)
            reader = connection.makefile("rb")
            while (asked := _read(reader)) is not None:
                with self._lock:
                    self.asked.append(asked)
                for act in self.reply(asked):
                    if not _do(connection, act):
                        return
        with self._lock:
            self._open.discard(plain)


def _do(connection: socket.socket, act: Act) -> bool:
    match act:
        case bytes():
            connection.sendall(act)
        case Wait():
            time.sleep(act.seconds)
        case Reset():
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            return False
        case Close():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            return False
    return True


def _read(reader) -> Asked | None:
    first = reader.readline().split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := reader.readline().strip():
        name, _, value = line.partition(b":")
        headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = b""
        while size := int(reader.readline().split(b";")[0], 16):
            body += reader.read(size)
            reader.readline()
        reader.readline()
    else:
        body = reader.read(int(headers.get("content-length") or 0))
    return Asked(first[0].decode(), first[1].decode(), headers, body)


def forward(port: int, asked: Asked) -> Told:
    """Ask the server behind."""
    headers = {k: v for k, v in asked.headers.items() if k not in OWN}
    if asked.body or asked.method in {"POST", "PUT"}:
        headers["Content-Length"] = str(len(asked.body))
    behind = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        behind.request(asked.method, asked.path, asked.body or None, headers)
        got = behind.getresponse()
        kept = tuple((k, v) for k, v in got.getheaders() if k.lower() not in OWN)
        return Told(got.status, kept, got.read())
    finally:
        behind.close()
