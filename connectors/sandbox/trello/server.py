"""The HTTP side: sign-in, parameters, errors in Trello's words, rate limits, faults."""

from __future__ import annotations

import json
import re
import socket
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from connectors.sandbox.faults import Fault, Faults
from connectors.sandbox.trello import boards, cards, checklists, columns, members
from connectors.sandbox.trello.activity import application
from connectors.sandbox.trello.routes import Call, dispatch
from connectors.sandbox.trello.state import Failure, Obj, State

HANDLERS: Final = (boards, cards, checklists, columns, members)
"""The modules whose routes are served (importing them registers these)."""
LONGEST_ADDRESS: Final = 8192
WINDOW: Final = 10.0
"""Seconds in which requests are counted."""
PER_TOKEN: Final = 100
PER_KEY: Final = 300
_LOGIN: Final = b"<!DOCTYPE html><html><body><form><input type=password></form></body></html>"


@dataclass
class Service:
    """What all connections share."""

    state: State
    faults: Faults = field(default_factory=Faults)
    limited: bool = False
    """Requests are counted, and refused above Trello's limits."""
    seen: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request, for tests that count them."""
    times: dict[str, deque[float]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def room(self, key: str, most: int) -> int:
        """Count a request against a limit, and say how many more may follow (-1: too many)."""
        if not self.limited:
            return most - 1
        now = time.monotonic()
        with self.lock:
            times = self.times.setdefault(key, deque())
            while times and times[0] <= now - WINDOW:
                times.popleft()
            times.append(now)
            return most - len(times)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together: apart, each answer waits 40 ms for an ACK
    disable_nagle_algorithm = True
    service: ClassVar[Service]

    def do_GET(self) -> None:
        """Answer a read."""
        self._answer()

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

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
            self._send(200, _LOGIN, "text/html; charset=utf-8", {})
            return
        status, payload, kind = 0, b"", ""
        headers: dict[str, str] = {}
        if fault.after or not (fault.status or fault.hang_up):
            status, payload, kind, headers = self._respond(body)
        self._deliver(fault, status, payload, kind, headers)

    def _deliver(
        self, fault: Fault, status: int, payload: bytes, kind: str, headers: dict[str, str]
    ) -> None:
        if fault.hang_up:
            self.close_connection = True
            return
        if fault.status:
            self._send(fault.status, *_words(fault.status), headers)
            return
        self._send(status, payload, kind, headers, cut=fault.truncate)

    def _send(
        self, status: int, payload: bytes, kind: str, headers: dict[str, str], *, cut: bool = False
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if cut:
            self.close_connection = True
            payload = payload[: len(payload) // 2]
        self.wfile.write(payload)

    def _respond(self, body: bytes) -> tuple[int, bytes, str, dict[str, str]]:
        headers: dict[str, str] = {}
        try:
            answer = self._handle(body, headers)
        except Failure as failure:
            return failure.status, *self._failure(failure), headers
        payload = json.dumps(answer, ensure_ascii=False).encode()
        return 200, payload, "application/json; charset=utf-8", headers

    def _handle(self, body: bytes, headers: dict[str, str]) -> Any:
        if len(self.path) > LONGEST_ADDRESS:
            raise Failure(414, "Request-URI Too Large")
        url = urlsplit(self.path)
        params: Obj = dict(parse_qsl(url.query, keep_blank_values=True))
        params |= self._body(body)
        key, token = self._credentials(params)
        state = self.service.state
        member = _sign_in(state, key, token)
        headers.update(self._rates(key, token))
        if not url.path.startswith("/1/"):
            raise Failure(404, f"Cannot {self.command} {url.path}")
        path = url.path.removeprefix("/1").rstrip("/")
        with state.lock:
            call = Call(state, self.command, path, params, member, application(key))
            # Shown objects are the stored ones: they are written out before others change them.
            return json.loads(json.dumps(dispatch(call)))

    def _body(self, body: bytes) -> Obj:
        kind = self.headers.get("Content-Type") or ""
        if not body:
            return {}
        if "json" in kind:
            try:
                parsed = json.loads(body)
            except ValueError:
                raise Failure(400, "Error parsing body: invalid json") from None
            return parsed if isinstance(parsed, dict) else {}
        try:
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise Failure(400, "invalid body") from None

    def _credentials(self, params: Obj) -> tuple[str, str]:
        header = self.headers.get("Authorization") or ""
        pairs = dict(re.findall(r'(oauth_\w+)="([^"]*)"', header))
        key = params.pop("key", None) or pairs.get("oauth_consumer_key") or ""
        token = params.pop("token", None) or pairs.get("oauth_token") or ""
        return str(key), str(token)

    def _rates(self, key: str, token: str) -> dict[str, str]:
        by_token = self.service.room(f"token {token}", PER_TOKEN)
        by_key = self.service.room(f"key {key}", PER_KEY)
        if by_token < 0 or by_key < 0:
            which = "API_TOKEN" if by_token < 0 else "API_KEY"
            body = {"error": f"{which}_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
            raise Failure(429, json.dumps(body))
        return {
            "x-rate-limit-api-token-interval-ms": "10000",
            "x-rate-limit-api-token-max": str(PER_TOKEN),
            "x-rate-limit-api-token-remaining": str(by_token),
            "x-rate-limit-api-key-interval-ms": "10000",
            "x-rate-limit-api-key-max": str(PER_KEY),
            "x-rate-limit-api-key-remaining": str(by_key),
            "x-rate-limit-member-interval-ms": "10000",
            "x-rate-limit-member-max": "200",
            "x-rate-limit-member-remaining": "199",
        }

    def _failure(self, failure: Failure) -> tuple[bytes, str]:
        if failure.text.startswith("{"):
            return failure.text.encode(), "application/json; charset=utf-8"
        if "application/json" in (self.headers.get("Accept") or ""):
            answer = {"message": failure.text, "error": "ERROR"}
            return json.dumps(answer).encode(), "application/json; charset=utf-8"
        return failure.text.encode(), "text/plain; charset=utf-8"


def _sign_in(state: State, key: str, token: str) -> Obj:
    if not re.fullmatch(r"[0-9a-fA-F]{32}", key):
        raise Failure(401, "invalid key")
    if not token:
        raise Failure(401, json.dumps({"message": "missing scopes"}))
    if not token.startswith("ATTA"):
        raise Failure(401, "invalid token")
    return state.members[state.tokens.get(token, state.me)]


def _words(status: int) -> tuple[bytes, str]:
    if status == 429:  # noqa: PLR2004
        body = {"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}
        return json.dumps(body).encode(), "application/json; charset=utf-8"
    text = {401: "invalid token", 503: "Service Unavailable"}.get(status, "Internal Server Error")
    return text.encode(), "text/plain; charset=utf-8"


class Server(ThreadingHTTPServer):
    """Listens on loopback, and knows its connections so that it can end them."""

    daemon_threads = True

    def __init__(self, service: Service, port: int) -> None:
        handler = type("BoundHandler", (Handler,), {"service": service})
        super().__init__(("127.0.0.1", port), handler)
        self._open: set[socket.socket] = set()

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
