"""The door: where systems tell us that something happened, so that we look at once.

A small HTTP server (waitress) on this machine, behind the admin's own web server. What
comes is verified by the connector of the system that the path names, and means no more
than “look at this collection soon”: a notice that is late, doubled, out of order or
missing changes nothing but the moment of the next look.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from threading import Lock, Thread
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import structlog
from waitress import wasyncore
from waitress.server import TcpWSGIServer

from sync.account import Notice, Tells
from sync.errors import ConfigError
from sync.i18n import _
from sync.settings.door import DoorDocument

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = structlog.get_logger()

LARGEST: Final = 2**20
"""Bytes of a notice; a larger one is refused."""
_HEADERS: Final = 16 * 2**10
"""Bytes of all headers of a request."""
_CONNECTIONS: Final = 64
_SILENCE: Final = 20
"""Seconds after which a connection that says nothing is ended."""
_DEADLINE: Final = 60.0
"""Seconds after which a connection is ended that has sent no whole request yet."""
_QUIET: Final = 60.0
"""Seconds for which refused notices are counted, before the log tells of them again."""

Heard = Callable[[str, frozenset[str]], None]
"""Takes a system, and the ids of its collections to look at. Called by any thread."""


class _Server(TcpWSGIServer):  # type: ignore[misc]  # the library ships no types
    """Ends connections that drip, too."""

    @property
    def ours(self) -> dict[int, wasyncore.dispatcher]:
        """Everything that is open."""
        return self._map  # type: ignore[no-any-return]

    def maintenance(self, now: float) -> None:
        """Called every so often by the one thread that reads."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            if not channel.requests and channel.creation_time < now - _DEADLINE:
                channel.will_close = True


class Door:
    """Listens from `open` to `close`."""

    def __init__(
        self,
        said: DoorDocument,
        systems: Mapping[str, Tells],
        heard: Heard,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._said = said
        self._systems = systems
        self._heard = heard
        self._clock = clock
        self._lock = Lock()
        self._refused, self._told = 0, -_QUIET
        self._server: _Server | None = None
        self._thread: Thread | None = None

    def address(self, system: str) -> str:
        """What a system is to call."""
        return f"{self._said.address}/{quote(system)}"

    def open(self) -> None:
        """Listen, and answer from threads of its own. Raises `ConfigError` if that cannot be."""
        try:
            self._server = _Server(
                self.answer,
                listen=self._said.listen,
                threads=2,
                connection_limit=_CONNECTIONS,
                channel_timeout=_SILENCE,
                cleanup_interval=_SILENCE,
                max_request_body_size=LARGEST,
                max_request_header_size=_HEADERS,
                inbuf_overflow=2 * LARGEST,
                ident=None,
            )
        except (OSError, ValueError) as error:
            said = _("the door cannot listen at {place}: {reason}")
            raise ConfigError(said.format(place=self._said.listen, reason=error)) from error
        self._thread = Thread(target=self._server.run, name="door", daemon=True)
        self._thread.start()
        log.info("door_opened", listening=self._said.listen, address=self._said.address)

    def close(self) -> None:
        """Listen no more. Safe to call twice."""
        server, self._server = self._server, None
        if server is not None:
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server.ours))
            server.task_dispatcher.shutdown(timeout=1)

    def answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        status = self._status(environ)
        start(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return []

    def _status(self, environ: WSGIEnvironment) -> str:
        # The web server before us may have taken the path of the address away.
        path = str(environ["PATH_INFO"]).encode("latin-1").decode("utf-8", "replace")  # PEP 3333
        name = path.rstrip("/").rpartition("/")[2]
        system = self._systems.get(name)
        if system is None:
            return "404 Not Found"
        if environ["REQUEST_METHOD"] == "HEAD":  # is anybody there?
            return "200 OK"
        if environ["REQUEST_METHOD"] != "POST":
            return "405 Method Not Allowed"
        body = environ["wsgi.input"].read(LARGEST)
        found = system.heard(Notice(_headers(environ), body), self.address(name))
        if found is None:
            self._refuse(name)
            return "403 Forbidden"
        self._heard(name, found)
        return "200 OK"

    def _refuse(self, system: str) -> None:
        """Tell the log of forged notices, but not as often as they come."""
        with self._lock:
            self._refused += 1
            if self._clock() < self._told + _QUIET:
                return
            self._told, count, self._refused = self._clock(), self._refused, 0
        log.warning("notice_refused", system=system, count=count)


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    return {
        name.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
