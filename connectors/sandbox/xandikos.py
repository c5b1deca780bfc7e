"""Xandikos: a CalDAV server over git, a second opinion on what the standard says."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import requests

from connectors.sandbox.radicale import COMPONENTS, MAKE
from connectors.sandbox.servers import ServerSandbox
from sync.model import Plain


class XandikosSandbox(ServerSandbox):
    """Calendars without accounts: whoever reaches it may do anything."""

    name: ClassVar[str] = "xandikos"
    package: ClassVar[str] = "xandikos"

    def command(self, python: Path) -> list[str]:
        """Start with an empty principal."""
        root = self.folder / "root"
        root.mkdir(exist_ok=True)
        listen = ["-l", "127.0.0.1", "-p", str(self.port), "--no-detect-systemd"]
        who = ["--autocreate", "--defaults", "--current-user-principal", "/sync/"]
        state = ["--state-dir", str(self.folder / "state")]
        program = str(python.parent / "xandikos")
        return [str(python), program, "serve", "-d", str(root), *listen, *who, *state]

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """The same for everybody, since it knows no passwords."""
        del account
        return {"url": self.address("sync")}

    def address(self, user: str) -> str:
        """The server itself; the calendars are found from the principal."""
        del user
        return f"{self.url}/"

    def make(self, word: str) -> str:
        """Make a calendar of events, or of tasks."""
        title = self.fresh(word)
        body = MAKE.format(title=title, component=COMPONENTS[word])
        url = f"{self.url}/sync/calendars/{title}/"
        requests.request("MKCALENDAR", url, data=body.encode(), timeout=10).raise_for_status()
        return title
