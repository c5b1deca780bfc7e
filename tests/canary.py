"""Secrets are planted as canaries, and everything that the tests leave is searched for them.

A secret is looked for as it is, percent-encoded, escaped and within base64, in files
(databases, plans, pages, logs), in what processes print and in what tests capture. The
search knows nothing of how secrets are scrubbed.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote_to_bytes

PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
HOME = re.compile(r"(^|-)(key|token|password|secret)\Z")
"""What a file is called in which people keep a secret, alone, for `{file: PATH}`."""
ESCAPED = re.compile(rb"(?:\\u00|\\\\u00|\\x)([0-9a-fA-F]{2})")


@dataclass
class Watch:
    """The secrets of a session, and where they were found."""

    secrets: set[bytes] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    servers: set[Path] = field(default_factory=set)
    """Folders of servers, which know the secrets by right: accounts, sessions, logs of requests."""
    looked: int = 0
    """Bytes that were searched."""

    def learn(self, secrets: Iterable[str]) -> None:
        self.secrets |= {secret.encode() for secret in secrets}

    def look(self, told: bytes | str, where: str) -> None:
        """Note each secret that stands there."""
        raw = told.encode("utf-8", "surrogateescape") if isinstance(told, str) else told
        self.looked += len(raw)
        for form, text in _forms(raw):
            self.found += [f"{where}: {form}" for secret in self.secrets if secret in text]
        held = [s for s in self.secrets if any(core in raw for core in cores(s))]
        self.found += [f"{where}: in base64" for _ in held]

    def look_below(self, folder: Path, but: Iterable[Path] = ()) -> None:
        """Search every file of a folder, but for those of the servers."""
        servers = set(but)
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not servers & {file, *file.parents}:
                self.look(str(file), f"the name of {file.name}")
                with suppress(FileNotFoundError, PermissionError):
                    self._look_into(file)

    def _look_into(self, file: Path) -> None:
        """Search a file, unless it is the very one that settings name for a secret."""
        told = file.read_bytes()
        if HOME.search(file.name) is None or told.strip() not in self.secrets:
            self.look(told, str(file))


def _forms(raw: bytes) -> Iterable[tuple[str, bytes]]:
    yield "as it is", raw
    if PERCENT.search(raw):
        yield "percent-encoded", unquote_to_bytes(raw.replace(b"+", b" "))
    if ESCAPED.search(raw):
        yield "escaped", ESCAPED.sub(_character, raw)


def _character(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode()


@cache
def cores(secret: bytes) -> frozenset[bytes]:
    """What base64 makes of a secret at each place in its groups of three bytes, both alphabets.

    Only the digits that no neighbour has a share in.
    """
    found = set()
    for before in range(3):
        digits = base64.b64encode(bytes(before) + secret)
        whole = digits[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    return frozenset(found)


WATCH = Watch()
"""That of this session of tests."""
