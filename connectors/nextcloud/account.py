"""Where an account's things are on a Nextcloud: all under one address."""

from __future__ import annotations

from pydantic import SecretStr

from connectors.dav import DavServer, DavSettings, below
from connectors.dav.multistatus import DAV
from sync.connector import SystemSettings
from sync.errors import ConfigError, Gone, Refused

DOOR = "remote.php/dav/"
PRINCIPALS = "principals/users/"


class NextcloudSettings(SystemSettings):
    """A Nextcloud account: `url` is the address that people open in their browser.

    `password` is best an app password: the account's own costs the server a quarter of
    a second each time, and cannot be revoked alone.
    """

    url: str
    user: str
    password: SecretStr


class Account:
    """One account, and the id that its paths bear: people may sign in by e-mail instead."""

    def __init__(self, settings: NextcloudSettings, system: str) -> None:
        self._settings, self._system = settings, system
        base = settings.url.partition("/index.php")[0].partition("/remote.php")[0]
        self.door = f"{base.rstrip('/')}/{DOOR}"
        self._id: str | None = None

    def at(self, place: str) -> DavSettings:
        """Settings that lead to the account's `files` or `calendars`. Asks once who it is."""
        return self._signed(f"{self.door}{place}/{self.id}/")

    def _signed(self, url: str) -> DavSettings:
        said = self._settings
        return DavSettings(connector="", url=url, user=said.user, password=said.password)

    @property
    def id(self) -> str:
        """The account's id. Raises `ConfigError` if this is no Nextcloud."""
        if self._id is None:
            server = DavServer(self._signed(self.door), self._system)
            try:
                self._id = _principal(server)
            except (Gone, Refused):
                raise ConfigError(f"{self._system}: {self.door} is no Nextcloud") from None
            finally:
                server.http.close()
        return self._id


def _principal(server: DavServer) -> str:
    answer = server.propfind(server.root, ["d:current-user-principal"])
    paths = (entry.href(f"{{{DAV}}}current-user-principal") for entry in answer.entries)
    for path in paths:
        name = below(f"{server.root}{PRINCIPALS}", path or "")
        if name:
            return name.strip("/")
    raise ConfigError(f"{server.http.system}: {server.http.base} names no account")
