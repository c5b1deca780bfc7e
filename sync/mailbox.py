"""How a command reaches the daemon, which alone writes to the store.

A request is a file in a folder beside the store, put there whole; the answer is a file
beside it. Whoever may write the store's folder may ask.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sync.errors import ConfigError, Unknown
from sync.i18n import _

PATIENCE = 30.0
"""Seconds that a command waits for its answer."""
_PAUSE = 0.1
_OURS = {".part", ".request", ".answer"}
_LEFT = 3600.0
"""Seconds after which whoever asked, or answered, was killed: what it left is nobody's."""


@dataclass(frozen=True)
class Request:
    """Something that the daemon is asked to do."""

    verb: str
    subject: str
    file: Path

    def answer(self, fault: str | None = None, said: str = "", *, unknown: bool = False) -> None:
        """Say that it was done, and what came of it, or why not."""
        answer = {"fault": fault, "said": said, "unknown": unknown}
        _put(self.file.with_suffix(".answer"), answer)
        self.file.unlink(missing_ok=True)


class Mailbox:
    """The requests to the daemon of one store."""

    def __init__(self, store: Path) -> None:
        self._folder = store.with_name(store.name + ".requests")

    def ask(
        self,
        verb: str,
        subject: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
    ) -> str:
        """Ask, and return what came of it. Raises `ConfigError` with why not, or for silence."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        request = self._folder / f"{secrets.token_hex(8)}.request"
        reply = request.with_suffix(".answer")
        _put(request, {"verb": verb, "subject": subject})
        try:
            for _turn in range(int(patience / _PAUSE)):
                if reply.exists():
                    answer = json.loads(reply.read_text("utf-8"))
                    if answer["fault"]:
                        raise (Unknown if answer.get("unknown") else ConfigError)(answer["fault"])
                    return str(answer.get("said") or "")
                sleep(_PAUSE)
        finally:
            request.unlink(missing_ok=True)
            reply.unlink(missing_ok=True)
        raise ConfigError(_("the daemon does not answer — look at `systemctl status jumelage`"))

    def requests(self) -> Iterator[Request]:
        """What was asked and is not answered yet."""
        self._sweep()
        for file in sorted(self._folder.glob("*.request")):
            try:
                asked = json.loads(file.read_text("utf-8"))
                yield Request(str(asked["verb"]), str(asked["subject"]), file)
            except (OSError, ValueError, KeyError, TypeError):
                file.unlink(missing_ok=True)  # withdrawn meanwhile, or none of ours

    def _sweep(self) -> None:
        latest = time.time() - _LEFT
        for file in self._folder.glob("*"):
            with suppress(OSError):
                if file.suffix in _OURS and file.stat().st_mtime < latest:
                    file.unlink()


def _put(file: Path, data: dict[str, str | bool | None]) -> None:
    fresh = file.with_suffix(".part")
    fresh.write_text(json.dumps(data), "utf-8")
    fresh.replace(file)
