"""A server of a few lines that misbehaves as it is told, and records what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.http import Http

Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    script: list[Handler] = field(default_factory=list)
    """One handler a request; the last one answers all that follow."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def says(self, *handlers: Handler) -> None:
        self.script = list(handlers)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        size = int(request.headers.get("Content-Length") or 0)
        body = request.rfile.read(size)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append(Asked(request.command, request.path, headers, body))
        handler = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        handler(request)


def answer(status: int, body: bytes = b"", **headers: str) -> Handler:
    """Answer with this; a header's underscores stand for dashes."""

    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        names.setdefault("Content-Length", str(len(body)))
        for name, value in names.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return handle


def hang_up(request: BaseHTTPRequestHandler) -> None:
    """Take the request and say nothing."""
    request.close_connection = True


def _serve(server: Server) -> ThreadingHTTPServer:
    class Taker(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words: object) -> None:
            pass

    for method in ("GET", "PUT", "POST", "DELETE", "HEAD", "PROPFIND", "REPORT", "MKCOL", "MOVE"):
        setattr(Taker, f"do_{method}", lambda request: server.answer(request))  # noqa: PLW0108 - binds self
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    listener.daemon_threads = True
    server.port = listener.server_address[1]
    threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
    return listener


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    listener = _serve(server)
    yield server
    listener.shutdown()
    listener.server_close()


@pytest.fixture
def other() -> Iterator[Server]:
    """Somebody else's server: another port is another origin."""
    server = Server()
    listener = _serve(server)
    yield server
    listener.shutdown()
    listener.server_close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def http(server: Server, slept: list[float]) -> Iterator[Http]:
    http = Http(
        f"{server.url}/api",
        system="cloud",
        auth=("sync", "pässwörd-1234"),
        headers={"X-Token": "token-abcdefgh"},
        sleep=slept.append,
        timeout=(2, 0.5),
        max_body=100_000,
    )
    yield http
    http.close()
