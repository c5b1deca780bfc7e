"""A stand-in that answers as a real Nextcloud was recorded to answer.

The recordings are not part of this repository; without them these tests are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote

import pytest

from connectors.nextcloud import Nextcloud, NextcloudSettings
from sync.connector import Tools
from tests.unit.http.conftest import Server, answer, server  # noqa: F401 - a fixture

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "data" / "nextcloud"


@dataclass
class Replay:
    """Says, for each method and path, what the step of that name was answered with."""

    server: Server
    steps: dict[str, dict[str, object]]

    def says(self, *names: str) -> None:
        """Let these exchanges happen; for one method and path, in this order."""
        self.left = [self.steps[name] for name in names]
        self.server.says(self._answer)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(request.path.partition("?")[0])
        if path == "/remote.php/dav/" and request.command == "PROPFIND":
            self._reply(request, self.steps["002-disc-root"])
            return
        same = [
            step
            for step in self.left
            if (step["method"], unquote(str(step["path"]))) == (request.command, path)
        ]
        if not same:
            answer(418, f"nobody recorded {request.command} {path}".encode())(request)
            return
        if len(same) > 1:
            self.left.remove(same[0])
        self._reply(request, same[0])

    def _reply(self, request: BaseHTTPRequestHandler, step: dict[str, object]) -> None:
        headers = dict(step["headers"])  # type: ignore[call-overload]
        for unsaid in ("Content-Length", "Content-Encoding"):  # the body was recorded unpacked
            headers.pop(unsaid, None)
        body = str(step["body"] or "").encode()
        answer(int(str(step["status"])), body, **headers)(request)


@pytest.fixture
def recorded(server: Server) -> Replay:  # noqa: F811 - the fixture
    if not RECORDED.exists():
        pytest.skip(f"no recorded exchanges at {RECORDED}")
    steps: dict[str, dict[str, object]] = {}
    for name in ("calendar", "files"):
        for line in (RECORDED / f"{name}.jsonl").read_text("utf-8").splitlines():
            step = json.loads(line)
            key = step["step"] if name == "calendar" else f"files:{step['step']}"
            steps[key] = step
    return Replay(server, steps)


@pytest.fixture
def cloud(recorded: Replay) -> Iterator[Nextcloud]:
    settings = NextcloudSettings(
        connector="nextcloud", url=recorded.server.url, user="alice@example.org", password="x"
    )
    cloud = Nextcloud(settings, Tools("cloud"))
    yield cloud
    cloud.close()
