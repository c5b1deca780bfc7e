"""What an admin says about one DokuWiki."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from sync.connector import SystemSettings


class DokuWikiSettings(SystemSettings):
    """One account; the wiki needs `remote` on, and the account in `remoteuser`."""

    connector: str = "dokuwiki"
    url: str
    """The wiki's address, where `doku.php` is."""
    user: str
    password: SecretStr
    api: Literal["auto", "jsonrpc", "xmlrpc"] = "auto"
    """`jsonrpc` from the release of 2024 on, `xmlrpc` before; `auto` asks."""
