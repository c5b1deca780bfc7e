"""Radicale: a small CalDAV server that keeps one file for each thing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import ClassVar

import requests

from connectors.sandbox.servers import PASSWORDS, ServerSandbox

COMPONENTS = {"calendar": "VEVENT", "tasks": "VTODO"}
CONFIG = """[server]
hosts = 127.0.0.1:{port}
max_connections = 32
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = from_file
file = {folder}/rights
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""
RIGHTS = """[all]
user: sync|person
collection: .*
permissions: RrWw
"""
MAKE = """<?xml version="1.0" encoding="utf-8"?>
<c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:set><d:prop>
<d:displayname>{title}</d:displayname><c:supported-calendar-component-set>
<c:comp name="{component}"/></c:supported-calendar-component-set>
</d:prop></d:set></c:mkcalendar>"""


class RadicaleSandbox(ServerSandbox):
    """Calendars and task lists of the account `sync`, which `person` may change too."""

    name: ClassVar[str] = "caldav"
    package: ClassVar[str] = "radicale"
    prefix = ""
    """What stands before the home in paths."""

    def command(self, python: Path) -> list[str]:
        """Write its settings, accounts and rights."""
        users = [f"{user}:{PASSWORDS[user]}" for user in ("sync", "person")]
        (self.folder / "users").write_text("\n".join(users) + "\n")
        (self.folder / "rights").write_text(RIGHTS)
        config = self.folder / "config"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder))
        return [str(python), "-m", "radicale", "--config", str(config)]

    def address(self, user: str) -> str:
        """The home of `sync`: both accounts look at the same calendars."""
        del user
        return f"{self.url}/sync/"

    def make(self, word: str) -> str:
        """Make a calendar of events, or of tasks."""
        title = self.fresh(word)
        self._ask("MKCALENDAR", f"/sync/{title}/", self._description(word, title))
        return title

    def _description(self, word: str, title: str) -> str:
        return MAKE.format(title=title, component=COMPONENTS[word])

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Give it a date in a zone that nothing defines, behind the server's back.

        What Radicale itself cannot read, it says nothing of, as if it were not there.
        """
        del word
        file = self.folder / "collections" / "collection-root" / "sync" / name / ref
        text = re.sub(rb"DTSTART[^\r\n]*\r?\n", b"", file.read_bytes())
        broken = b"DTSTART;TZID=No/Such-Place:20260301T100000\r\n"
        file.write_bytes(text.replace(b"DTSTAMP:", broken + b"DTSTAMP:"))

    def _ask(self, method: str, path: str, body: str) -> None:
        auth = ("sync", PASSWORDS["sync"])
        answer = requests.request(
            method, f"{self.url}{path}", data=body.encode(), auth=auth, timeout=10
        )
        answer.raise_for_status()
