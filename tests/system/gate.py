"""A gate before a server: it counts what passes, and can be shut, or bend the answers."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread, local

OWN = {"connection", "keep-alive", "transfer-encoding", "content-length"}
LOGIN = b"<!DOCTYPE html><html><body><form><input type=password></form></body></html>"


@dataclass
class Asked:
    """One request that came to the gate."""

    method: str
    path: str
    body: bytes


@dataclass
class Answer:
    status: int
    body: bytes
    headers: list[tuple[str, str]] = field(default_factory=list)


Bend = Callable[[Asked, Answer], Answer]


def status(code: int) -> Callable[[Asked], Answer | None]:
    """Answer everything with one status."""
    return lambda _: Answer(code, b"no", [("Content-Type", "text/plain")])


def login(_: Asked) -> Answer:
    """A page that asks for a password, with 200."""
    return Answer(200, LOGIN, [("Content-Type", "text/html; charset=utf-8")])


class Gate:
    """Stands before one server. `instead` answers in its place, `bend` changes its answers."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.asked: list[Asked] = []
        self.instead: Callable[[Asked], Answer | None] = lambda _: None
        self.bend: Bend = lambda _, answer: answer
        self._lock = Lock()
        self._server: ThreadingHTTPServer | None = None
        self._open: set[socket.socket] = set()
        self.port = 0
        self.start()

    def start(self) -> None:
        handler = type("Bound", (_Handler,), {"gate": self, "near": local()})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self._server.gate = self
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Switch it off: nobody listens on the port."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def reset(self) -> None:
        """Open it again, and forget what passed."""
        self.instead, self.bend = (lambda _: None), (lambda _, answer: answer)
        self.asked.clear()
        if self._server is None:
            self.start()

    def note(self, asked: Asked) -> None:
        with self._lock:
            self.asked.append(asked)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    gate: Gate

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.gate._open.add(connection)
        return connection, address

    def shutdown_request(self, request) -> None:
        self.gate._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address) -> None:
        """A client that hung up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    gate: Gate
    near: local

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._pass
        raise AttributeError(name)

    def log_message(self, format, *args) -> None:  # noqa: A002 - the library's name
        """Say nothing."""

    def _pass(self) -> None:
        body = self._body()
        asked = Asked(self.command, self.path, body)
        self.gate.note(asked)
        answer = self.gate.instead(asked)
        if answer is None:
            answer = self.gate.bend(asked, self._forward(asked))
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            chunks = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return chunks
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _forward(self, asked: Asked) -> Answer:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in OWN}
        if asked.body or asked.method in {"POST", "PUT"}:
            headers["Content-Length"] = str(len(asked.body))
        behind = http.client.HTTPConnection("127.0.0.1", self.gate.behind, timeout=60)
        try:
            behind.request(asked.method, asked.path, asked.body or None, headers)
            got = behind.getresponse()
            kept = [(k, v) for k, v in got.getheaders() if k.lower() not in OWN]
            return Answer(got.status, got.read(), kept)
        except OSError:
            return Answer(502, b"nobody behind the gate")
        finally:
            behind.close()
