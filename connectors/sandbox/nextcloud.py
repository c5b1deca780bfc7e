"""The paths of a Nextcloud, with Radicale and WsgiDAV behind them.

It answers as Nextcloud does in what mirrors need of it: one address, one sign-in,
files and calendars under the account's id. It is no Nextcloud: what is Nextcloud's own
(file ids, folder ETags, the trash bin) is proved against recorded exchanges.
"""

from __future__ import annotations

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from connectors.sandbox.base import Sandbox
from connectors.sandbox.radicale import RadicaleSandbox
from connectors.sandbox.servers import PASSWORDS
from connectors.sandbox.wsgidav import WsgiDavSandbox
from sync.model import Plain

DAV = "/remote.php/dav"
HOPS = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})
READS = ("GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT")
WRITES = ("PUT", "DELETE", "POST", "PROPPATCH", "MKCOL", "MKCALENDAR", "MOVE", "COPY")
PRINCIPAL = f"""<?xml version="1.0"?>
<d:multistatus xmlns:d="DAV:"><d:response><d:href>{DAV}/</d:href><d:propstat><d:prop>
<d:current-user-principal><d:href>{DAV}/principals/users/sync/</d:href>
</d:current-user-principal></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
</d:response></d:multistatus>"""


class _Calendars(RadicaleSandbox):
    """Radicale, told under which path it is reached."""


class _Files(WsgiDavSandbox):
    """WsgiDAV, with the account's files under Nextcloud's path."""

    share = f"{DAV}/files/sync"


class NextcloudSandbox(Sandbox):
    """One account, `sync`, that two people may sign in to."""

    name: ClassVar[str] = "nextcloud"

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        super().__init__(folder, port=port)
        self.calendars = _Calendars(folder / "calendars")
        self.files = _Files(folder / "files")
        self._server: ThreadingHTTPServer | None = None

    @classmethod
    def missing(cls) -> str | None:
        """What either of the two lacks."""
        return RadicaleSandbox.missing() or WsgiDavSandbox.missing()

    def start(self) -> None:
        """Start both, and the door before them."""
        self.calendars.start()
        self.files.start()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _door(self))
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop all three."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
        self.calendars.stop()
        self.files.stop()

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """The address that people open."""
        user = "sync" if account == "wrong" else account
        url = f"http://127.0.0.1:{self.port}"
        return {"url": url, "user": user, "password": PASSWORDS[account]}

    def make(self, word: str) -> str:
        """Make a folder, a calendar or a task list."""
        return (self.files if word == "files" else self.calendars).make(word)

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Break what a calendar holds; a file cannot be broken."""
        if word == "files":
            super().spoil(word, name, ref)
        self.calendars.spoil(word, name, ref)

    def behind(self, path: str) -> tuple[int, str, dict[str, str]]:
        """The port, path and further headers that a request goes on with."""
        calendars = f"{DAV}/calendars"
        if path.startswith(f"{calendars}/"):
            return self.calendars.port, path[len(calendars) :], {"X-Script-Name": calendars}
        return self.files.port, path, {}


def _door(sandbox: NextcloudSandbox) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        """Passes requests on, and answers who the account is."""

        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            """Say nothing."""

        def pass_on(self) -> None:
            """Ask the server behind, and give back what it says."""
            size = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(size)
            port, path, more = sandbox.behind(self.path)
            root = path.rstrip("/") == DAV
            headers = {n: v for n, v in self.headers.items() if n.lower() not in HOPS}
            headers |= {**more, "Host": self.headers.get("Host", "")}
            link = HTTPConnection("127.0.0.1", port, timeout=60)
            method = "OPTIONS" if root else self.command
            target = f"{DAV}/files/sync/" if root else path
            link.request(method, target, None if root else body, headers)
            answer = link.getresponse()
            said = answer.read()
            if root and answer.status < 400:  # noqa: PLR2004 - signed in
                self._reply(207, [("Content-Type", "application/xml")], PRINCIPAL.encode())
            else:
                self._reply(answer.status, answer.getheaders(), said)
            link.close()

        def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in HOPS | {"date", "server"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    for method in (*READS, *WRITES):
        setattr(Door, f"do_{method}", Door.pass_on)
    return Door
