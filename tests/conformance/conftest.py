"""Runs every behaviour for every word of every registered connector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.conformance.harness import Bench, Running
from tests.conformance.registry import Registered, registered

MISSING: dict[str, str] = {}
"""Connectors that were not tried at all, for lack of a server -> the remedy."""


class Fleet:
    """The sandboxes of a session: each is started once, when it is first needed."""

    def __init__(self, root: pytest.TempPathFactory) -> None:
        self.root = root
        self.running: dict[str, Running | Exception] = {}

    def start(self, chosen: Registered) -> Running:
        """Another server of the same sort, for tests that break it."""
        if chosen.sandbox is None:
            pytest.fail(f"{chosen.name} has no sandbox: register one in jumelage.sandboxes")
        if lacking := chosen.sandbox.missing():
            MISSING[chosen.name] = lacking
            pytest.skip(f"missing server for {chosen.name}: {lacking}")
        return Running(chosen, self.root.mktemp(chosen.id))

    def of(self, chosen: Registered) -> Running:
        if chosen.id not in self.running:
            try:
                self.running[chosen.id] = self.start(chosen)
            except Exception as error:  # noqa: BLE001 - every test says why, at once
                self.running[chosen.id] = error
        found = self.running[chosen.id]
        if isinstance(found, Exception):
            raise found
        return found

    def stop(self) -> None:
        for running in self.running.values():
            if isinstance(running, Running):
                running.stop()


class Wire:
    """Counts what goes over HTTP in this process."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.requests: list[str] = []
        send = HTTPAdapter.send

        def counted(
            adapter: HTTPAdapter,
            request: requests.PreparedRequest,
            *args: object,
            **options: object,
        ) -> requests.Response:
            self.requests.append(f"{request.method} {request.url}")
            return send(adapter, request, *args, **options)  # type: ignore[arg-type]

        patch.setattr(HTTPAdapter, "send", counted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the connectors that were not tried: among so many skips nobody would see it."""
    for name, remedy in sorted(MISSING.items()):
        terminalreporter.write_line(f"NOT TRIED: {name}: {remedy}", yellow=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "bench" in metafunc.fixturenames:
        pairs = [(chosen, word) for chosen in registered() for word in chosen.connector.words]
        ids = [f"{chosen.id}-{word}" for chosen, word in pairs]
        metafunc.parametrize("bench", pairs, ids=ids, indirect=True)
    elif "chosen" in metafunc.fixturenames:
        each = registered()
        metafunc.parametrize("chosen", each, ids=[chosen.id for chosen in each])


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    started = Fleet(tmp_path_factory)
    yield started
    started.stop()


@pytest.fixture
def bench(request: pytest.FixtureRequest, fleet: Fleet) -> Iterator[Bench]:
    chosen, word = request.param
    running = fleet.of(chosen)
    yield Bench(running, word)
    running.disconnect()


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(monkeypatch)
