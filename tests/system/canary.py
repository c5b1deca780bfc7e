"""Secrets are planted as canaries, and everything that the tests leave is searched for them.

A secret is looked for as it is, percent-encoded and within base64, in files (databases,
plans, pages, logs), in what processes print and in what tests capture. The search knows
nothing of how secrets are scrubbed: it decodes what it finds.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

RUN = re.compile(rb"[A-Za-z0-9+/_-]{8,}")
ESCAPED = re.compile(rb"(?:\\u00|\\\\u00|\\x)([0-9a-fA-F]{2})")
TO_STANDARD = bytes.maketrans(b"-_", b"+/")


@dataclass
class Watch:
    """The secrets of a session, and where they were found."""

    secrets: set[bytes] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
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

    def look_below(self, folder: Path, but: Iterable[Path] = ()) -> None:
        """Search every file of a folder, but for those of the servers."""
        servers = set(but)
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not servers & {file, *file.parents}:
                self.look(str(file), f"the name of {file.name}")
                self.look(file.read_bytes(), str(file))


def _forms(raw: bytes) -> Iterable[tuple[str, bytes]]:
    yield "as it is", raw
    if b"%" in raw:
        yield "percent-encoded", unquote_to_bytes(raw.replace(b"+", b" "))
    if ESCAPED.search(raw):
        yield "escaped", ESCAPED.sub(_character, raw)
    yield "in base64", b"\n".join(_decoded(raw))


def _character(found: re.Match[bytes]) -> bytes:
    return chr(int(found[1], 16)).encode()


def _decoded(raw: bytes) -> Iterable[bytes]:
    """Whatever could be base64, at each of the four places where it could begin."""
    for run in RUN.findall(raw):
        standard = run.translate(TO_STANDARD)
        for start in range(4):
            part = standard[start:]
            yield base64.b64decode(part + b"A" * (-len(part) % 4))


WATCH = Watch()
"""That of this session of tests."""
