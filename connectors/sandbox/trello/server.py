"""The HTTP side: requests, answers, errors in Trello's words, faults."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.trello import (
    actions,
    attachments,
    boards,
    cardparts,
    cards,
    checklists,
    columns,
    customfields,
    extras,
    fields,
    members,
    page,
    shelves,
    tokens,
    webhooks,
)
from connectors.sandbox.trello.activity import application, display
from connectors.sandbox.trello.asking import credentials, parameters, sign_in
from connectors.sandbox.trello.courier import Courier
from connectors.sandbox.trello.rates import Rates
from connectors.sandbox.trello.routes import Call, Raw, dispatch
from connectors.sandbox.trello.state import Failure, Obj, State

HANDLERS: Final = (
    *(actions, attachments, boards, cardparts, cards, checklists, columns),
    *(customfields, extras, shelves, fields, members, tokens, webhooks),
)
"""The modules whose routes are served (importing them registers these)."""
LONGEST_ADDRESS: Final = 8192
JSON: Final = "application/json; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"
_LOGIN: Final = b"<!DOCTYPE html><html><body><form><input type=password></form></body></html>"


@dataclass
class Service:
    """What all connections share."""

    state: State
    faults: Faults = field(default_factory=Faults)
    limited: bool = False
    """Requests are counted, and refused above Trello's limits."""
    hurry: float = 1.0
    """How many times faster than Trello webhooks are tried again."""
    changed: Callable[[], None] = lambda: None
    """Called after whatever may have changed something."""
    seen: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request, for tests that count them."""

    def __post_init__(self) -> None:
        self.rates = Rates()
        self.courier = Courier(self.state, hurry=self.hurry)
        self.state.listeners.append(self._tell)

    def _tell(self, action: Obj) -> None:
        """Post an action to whoever watches what it is about."""
        for webhook in webhooks.watchers(self.state, action):
            model = webhooks.model_of(self.state, webhook["idModel"])
            shown = {"action": action | {"display": display(action)}, "model": model}
            self.courier.post(webhook, shown | {"webhook": webhooks.shown(webhook)})

    def answer(self, call: Call, client: str) -> Any:
        """Answer one request while nobody else is answered. Raises `Failure`."""
        with self.state.lock:
            self.state.client = client
            answer = dispatch(call)
            if call.method != "GET":
                self.changed()
            # Shown objects are the stored ones: they are written out before others change them.
            return answer if isinstance(answer, Raw) else json.loads(json.dumps(answer))


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: apart, each answer waits 40 ms for an ACK
    disable_nagle_algorithm = True
    service: ClassVar[Service]

    def do_GET(self) -> None:
        """Answer a request."""
        self._answer()

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: addresses may hold tokens."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        self.service.seen.append((self.command, path))
        fault = self.service.faults.draw()
        if fault.slow:
            time.sleep(self.service.faults.delay)
        if fault.login:
            self._send(Raw(200, _LOGIN, "text/html; charset=utf-8"), {})
            return
        headers: dict[str, str] = {}
        if fault.hang_up and not fault.after:
            self.close_connection = True
        elif fault.status and not fault.after:
            self._send(_words(fault.status), headers)
        else:
            self._deliver(fault, self._respond(body, headers), headers)

    def _deliver(self, fault: Fault, answer: Raw, headers: dict[str, str]) -> None:
        if fault.hang_up:
            self.close_connection = True
            return
        chosen = _words(fault.status) if fault.status else answer
        self._send(chosen, headers, cut=fault.truncate)

    def _send(self, answer: Raw, headers: dict[str, str], *, cut: bool = False) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in (headers | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        payload = b"" if self.command == "HEAD" else answer.body
        if cut:
            self.close_connection = True
            payload = payload[: len(payload) // 2]
        self.wfile.write(payload)

    def _respond(self, body: bytes, headers: dict[str, str]) -> Raw:
        try:
            answer = self._handle(body, headers)
        except Failure as failure:
            return self._failure(failure)
        except (TypeError, ValueError):  # a number that is none, a list where a text belongs
            return self._failure(Failure(400, "invalid value"))
        if isinstance(answer, Raw):
            return answer
        return Raw(200, json.dumps(answer, ensure_ascii=False).encode(), JSON)

    def _handle(self, body: bytes, headers: dict[str, str]) -> Any:
        if len(self.path) > LONGEST_ADDRESS:
            raise Failure(414, "Request-URI Too Large")
        url = urlsplit(self.path)
        params = parameters(url.query, body, self.headers.get("Content-Type") or "")
        state, service = self.service.state, self.service
        if page.serves(url.path):
            with state.lock:
                state.client = ""
                shown = page.answer(state, self.command, url.path, params)
                service.changed()
                return shown
        key, token, signed = credentials(self.headers.get("Authorization") or "", params)
        member = sign_in(state, self.command, key, token)
        headers.update(service.rates.count(url.path, key, token, limited=service.limited))
        if not url.path.startswith("/1/"):
            raise Failure(404, f"Cannot {self.command} {url.path}")
        path = url.path.removeprefix("/1").rstrip("/")
        method = "GET" if self.command == "HEAD" else self.command
        call = Call(state, method, path, params, member, application(key), token, signed)
        return service.answer(call, self.headers.get("X-Trello-Client-Identifier") or "")

    def _failure(self, failure: Failure) -> Raw:
        if failure.text.startswith("{"):
            return Raw(failure.status, failure.text.encode(), JSON)
        if "application/json" in (self.headers.get("Accept") or ""):
            answer = {"message": failure.text, "error": "ERROR"}
            return Raw(failure.status, json.dumps(answer).encode(), JSON)
        return Raw(failure.status, failure.text.encode(), TEXT)


def _words(status: int) -> Raw:
    if status == 429:  # noqa: PLR2004
        body = {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
        return Raw(429, json.dumps(body).encode(), JSON)
    text = {401: "invalid token", 503: "Service Unavailable"}.get(status, "Internal Server Error")
    return Raw(status, text.encode(), TEXT)


class Storage(Handler):
    """The host that keeps files: it refuses credentials that were meant for the other."""

    def _answer(self) -> None:
        if self.headers.get("Authorization"):
            self._send(Raw(400, b"Only one auth mechanism allowed"), {})
            return
        try:
            with self.service.state.lock:
                answer = attachments.stored(self.service.state, urlsplit(self.path).path)
        except Failure as failure:
            answer = Raw(failure.status, failure.text.encode())
        self._send(answer, {})


class Server(ThreadingHTTPServer):
    """Listens on loopback, and knows its connections so that it can end them."""

    daemon_threads = True

    def __init__(self, service: Service, port: int, kind: type[Handler] = Handler) -> None:
        handler = type("BoundHandler", (kind,), {"service": service})
        super().__init__(("127.0.0.1", port), handler)
        self._open: set[socket.socket] = set()

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and remember it."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that ended."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End every connection: clients keep theirs, and would be answered for ever."""
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
