"""A real MediaWiki of Debian's on SQLite, with data and settings of its own.

`MW_CONFIG_FILE` keeps the settings outside Debian's tree. Its caches are off: APCu
under `php -S` outlives a server and would answer with the pages of the one before.
Files in `switches/` turn on, while it runs, what is hard to bring about: `readonly`,
`lag`, `limit`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import ClassVar

from connectors.sandbox.php import PhpSandbox
from sync.model import Plain

CODE = Path("/usr/share/mediawiki")
BOT_PASSWORDS = {"Syncbot": "0" * 31 + "1", "Personne": "0" * 31 + "2"}
"""A bot password is 32 or more characters of [0-9a-w]; others are taken and never work."""
ACCOUNTS = {"sync": "Syncbot", "person": "Personne"}
GRANTS = "basic,highvolume,editpage,editprotected,createeditmovepage,delete"
SETTINGS = """
$wgMainCacheType = CACHE_NONE; $wgMessageCacheType = CACHE_NONE; $wgParserCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_DB;
$wgTmpDirectory = "{folder}/cache"; $wgCacheDirectory = "{folder}/cache";
$wgJobRunRate = 0; $wgPingback = false; $wgEnableEmail = false; $wgRateLimits = [];
$wgGroupPermissions['bot']['delete'] = true;
$wgGroupPermissions['user']['delete'] = true;
if ( file_exists( '{folder}/switches/readonly' ) ) {{ $wgReadOnly = 'Maintenance'; }}
if ( file_exists( '{folder}/switches/lag' ) ) {{ $wgJobQueueIncludeInMaxLagFactor = 0.0001; }}
if ( file_exists( '{folder}/switches/limit' ) ) {{
    $wgRateLimits['edit'] = [ 'user' => [ 0, 60 ], 'newbie' => [ 0, 60 ] ];
    $wgGroupPermissions['bot']['noratelimit'] = false;
}}
"""
OWN = frozenset({"images", "LocalSettings.php", "config", "mw-config"})


class MediaWikiSandbox(PhpSandbox):
    """Bot passwords of `Syncbot` (a bot) and `Personne` (none)."""

    name: ClassVar[str] = "mediawiki"
    home = "/api.php?action=query&meta=siteinfo&format=json"

    @classmethod
    def missing(cls) -> str | None:
        """Name the Debian packages that are absent."""
        extensions = ["sqlite3", "mbstring", "dom", "intl", "curl"]
        return cls.lacking({"mediawiki": CODE / "api.php"}, extensions)

    def prepare(self) -> Path:
        """Install a wiki with its accounts, and lay out a root of links to the code."""
        for name in ("db", "images", "cache", "switches", "www"):
            (self.folder / name).mkdir(exist_ok=True)
        if not (self.folder / "LocalSettings.php").exists():
            self._install()
        for entry in CODE.iterdir():
            link = self.folder / "www" / entry.name
            if entry.name not in OWN and not link.is_symlink():
                link.symlink_to(entry)
        return self.folder / "www"

    def options(self) -> list[str]:
        """PHP's options, and the router that serves `rest.php/...`."""
        router = CODE / "maintenance/dev/includes/router.php"
        return ["-d", "display_errors=stderr", "--", str(router)]

    def environment(self) -> dict[str, str]:
        """Where the settings are."""
        config = self.folder / "LocalSettings.php"
        return {
            **super().environment(),
            **({"MW_CONFIG_FILE": str(config)} if config.exists() else {}),
        }

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """What reaches it."""
        user = ACCOUNTS["sync" if account == "wrong" else account]
        return {
            "connector": "mediawiki",
            "url": f"{self.url}/api.php",
            "user": f"{user}@jumelage",
            "password": "0" * 31 + "9" if account == "wrong" else BOT_PASSWORDS[user],
        }

    def make(self, word: str) -> str:
        """Name a prefix under which nothing stands."""
        self.made = getattr(self, "made", 0) + 1
        return f"{word.capitalize()}{self.made}/"

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Put bytes that are no UTF-8 where the page's text is stored."""
        del word, name
        where = (
            "SELECT CAST(substr(content_address, 4) AS INTEGER) FROM page"
            " JOIN slots ON slot_revision_id = page_latest"
            " JOIN content ON content_id = slot_content_id WHERE page_id = ?"
        )
        with closing(sqlite3.connect(self.folder / "db" / "wiki.sqlite")) as base, base:
            base.execute(
                f"UPDATE text SET old_text = ? WHERE old_id = ({where})",  # noqa: S608 - no input
                (b"caf\xe9", int(ref)),
            )

    def switch(self, name: str, *, on: bool) -> None:
        """Turn `readonly`, `lag` or `limit` on or off."""
        file = self.folder / "switches" / name
        if on:
            file.touch()
        else:
            file.unlink(missing_ok=True)

    def maintain(self, script: str, *arguments: str) -> None:
        """Run one of MediaWiki's maintenance scripts."""
        self.run("php", str(CODE / "maintenance" / script), *arguments)

    def _install(self) -> None:
        self.own()
        self.maintain(
            "install.php",
            *("--dbtype", "sqlite", "--dbname", "wiki", "--dbpath", str(self.folder / "db")),
            *("--confpath", str(self.folder), "--server", self.url, "--scriptpath", ""),
            *("--lang", "fr", "--pass", "AdminPass-123456", "Bac a sable", "Admin"),
        )
        with (self.folder / "LocalSettings.php").open("a") as settings:
            settings.write(SETTINGS.format(folder=self.folder))
        for user, password in BOT_PASSWORDS.items():
            role = ["--bot"] if user == "Syncbot" else []
            self.maintain("createAndPromote.php", *role, user, f"Long-{password}")
            options = ("--appid", "jumelage", "--grants", GRANTS)
            self.maintain("createBotPassword.php", *options, user, password)
