"""WsgiDAV: a WebDAV server over a plain folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

from connectors.sandbox.servers import PASSWORDS, ServerSandbox

START = """import json, sys
from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp
with open(sys.argv[1]) as text:
    config = json.load(text)
server = wsgi.Server((config.pop("host"), config.pop("port")), WsgiDAVApp(config), numthreads=10)
server.start()
"""


class WsgiDavSandbox(ServerSandbox):
    """The files under `files/`, for both accounts."""

    name: ClassVar[str] = "webdav"
    package: ClassVar[str] = "wsgidav"
    share = "/"

    def command(self, python: Path) -> list[str]:
        """Write its settings and what starts it."""
        self.files.mkdir(exist_ok=True)
        accounts = {user: {"password": PASSWORDS[user]} for user in ("sync", "person")}
        config = {
            "host": "127.0.0.1",
            "port": self.port,
            "provider_mapping": {self.share: str(self.files)},
            "simple_dc": {"user_mapping": {"*": accounts}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False},
            "property_manager": False,
            "logging": {"enable": True},
            "verbose": 1,
        }
        (self.folder / "config.json").write_text(json.dumps(config))
        (self.folder / "start.py").write_text(START)
        return [str(python), "start.py", "config.json"]

    @property
    def files(self) -> Path:
        """What it serves."""
        return self.folder / "files"

    def address(self, user: str) -> str:
        """The root: there are no homes."""
        del user
        return f"{self.url}{self.share.rstrip('/')}/"

    def make(self, word: str) -> str:
        """Make a folder."""
        name = self.fresh(word)
        (self.files / name).mkdir()
        return name
