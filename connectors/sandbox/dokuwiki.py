"""A real DokuWiki of Debian's, with data and settings of its own.

DokuWiki reads its settings from where `DOKU_CONF` says, if a script that PHP prepends
defines it first (`inc/preload.php`). `JUMELAGE_DOKUWIKI` names another DokuWiki's
code, for a newer one than Debian's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import ClassVar

from connectors.sandbox.php import PhpSandbox
from sync.model import Plain

PASSWORDS = {"admin": "AdminPass-1", "sync": "SyncPass-1", "person": "PersonPass-1"}
GROUPS = {"admin": "admin,user", "sync": "user", "person": "user"}
ACL = (
    "*\t@ALL\t1",
    "*\t@user\t16",
    "closed:*\t@ALL\t0",
    "closed:*\t@user\t0",
    "readonly:*\t@user\t1",
)
FOLDERS = (
    *("attic", "cache", "index", "locks", "log", "meta", "pages", "tmp"),
    *("media", "media_attic", "media_meta"),
)
SETTINGS = """<?php
$conf['title'] = 'Bac à sable'; $conf['lang'] = 'fr'; $conf['license'] = '0';
$conf['savedir'] = '%s'; $conf['useacl'] = 1; $conf['authtype'] = 'authplain';
$conf['superuser'] = '@admin'; $conf['remote'] = 1; $conf['remoteuser'] = '';
$conf['updatecheck'] = 0; $conf['disableactions'] = 'register'; $conf['recent_days'] = 365;
$conf['baseurl'] = '%s';
"""


class DokuWikiSandbox(PhpSandbox):
    """Accounts `sync`, `person` and `admin`; `readonly:` and `closed:` are what they say."""

    name: ClassVar[str] = "dokuwiki"
    home = "/doku.php"

    @classmethod
    def code(cls) -> Path:
        """Where the application's code lies."""
        return Path(os.environ.get("JUMELAGE_DOKUWIKI", "/usr/share/dokuwiki"))

    @classmethod
    def missing(cls) -> str | None:
        """Name the Debian packages that are absent."""
        return cls.lacking({"dokuwiki": cls.code() / "doku.php"}, ["dom", "mbstring"])

    def prepare(self) -> Path:
        """Lay out settings, accounts and empty data."""
        conf, data = self.folder / "conf", self.folder / "data"
        conf.mkdir(exist_ok=True)
        for name in FOLDERS:
            (data / name).mkdir(parents=True, exist_ok=True)
        # A wiki whose last page goes removes the folder of its pages, and is broken then.
        (data / "pages" / "start.txt").write_text("====== Accueil ======\n")
        shipped = Path("/etc/dokuwiki")
        source = shipped if self.code() == Path("/usr/share/dokuwiki") else self.code() / "conf"
        for file in [*source.glob("*.conf"), *source.glob("*.php")]:
            shutil.copyfile(file, conf / file.name)
        (conf / "local.php").write_text(SETTINGS % (data, self.url))
        (conf / "users.auth.php").write_text(
            "# <?php exit()?>\n" + "".join(map(self._account, PASSWORDS))
        )
        (conf / "acl.auth.php").write_text("# <?php exit()?>\n" + "\n".join(ACL) + "\n")
        (self.folder / "prepend.php").write_text(
            f"<?php define('DOKU_CONF', '{conf}/'); define('DOKU_FARM', false);\n"
        )
        return self.code()

    def options(self) -> list[str]:
        """PHP's options."""
        return ["-d", f"auto_prepend_file={self.folder / 'prepend.php'}", "-d", "display_errors=0"]

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """What reaches it."""
        user = "sync" if account == "wrong" else account
        password = "not-the-password" if account == "wrong" else PASSWORDS[user]
        return {
            "connector": "dokuwiki",
            "url": f"{self.url}/",
            "user": user,
            "password": password,
        }

    def make(self, word: str) -> str:
        """Name a namespace in which nothing stands."""
        self.made = getattr(self, "made", 0) + 1
        return f"{word}{self.made}"

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Break the page's block; a plain page gets a character that XML cannot hold."""
        file = self.page(ref)
        file.write_bytes(b"nothing" if word == "namespace" else file.read_bytes() + b"\x01")

    def page(self, page: str) -> Path:
        """The file of a page, to do to it what no API would."""
        return self.folder / "data" / "pages" / (page.replace(":", "/") + ".txt")

    def _account(self, name: str) -> str:
        script = "echo password_hash($argv[1], PASSWORD_BCRYPT, ['cost' => 4]);"
        command = ["php", "-r", script, "--", PASSWORDS[name]]
        digest = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 - our own command
        return f"{name}:{digest}:{name}:{name}@example.invalid:{GROUPS[name]}\n"
