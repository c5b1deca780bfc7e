"""The whole suite is watched: no secret of any sandbox is in what tests print, log or write.

`tests/conftest.py` takes its hooks from here. Every worker of a parallel run watches
for the secrets that it saw, and searches its own folders.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from connectors.sandbox.base import Sandbox
from sync.connector import SystemSettings
from sync.model import Plain
from sync.settings.systems import holds_secret
from tests.canary import WATCH
from tests.conformance.registry import CONNECTORS, points

_settings = "settings"


def _watched(kind: type[Sandbox]) -> None:
    """Let every secret that a sandbox hands out be known."""
    hand_out = vars(kind).get(_settings)
    if hand_out is None or getattr(hand_out, "watched", False):
        return

    def settings(self: Sandbox, account: str = "sync") -> dict[str, Plain]:
        said = hand_out(self, account)
        learn(self, said)
        return said

    settings.watched = True
    setattr(kind, _settings, settings)


def learn(sandbox: Sandbox, said: dict[str, Plain]) -> None:
    """Watch for the secrets of a sandbox from now on, wherever its server does not keep them."""
    model = _model(sandbox.name)
    if model is None:
        return
    found = [str(value) for key, value in said.items() if holds_secret(model, key)]
    if found:
        WATCH.learn(found)
        WATCH.servers.add(sandbox.folder)


@cache
def _model(name: str) -> type[SystemSettings] | None:
    """The settings of a connector; None for a server that is only another one for it."""
    point = points(CONNECTORS).get(name)
    return None if point is None else point.load().settings_type


def _watch_all(kind: type[Sandbox] = Sandbox) -> None:
    for below in kind.__subclasses__():
        _watched(below)
        _watch_all(below)


Sandbox.__init_subclass__ = classmethod(lambda kind, **_: _watched(kind))
_watch_all()


@pytest.fixture(scope="session", autouse=True)
def canaries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Search what all tests left, once the last one is through."""
    yield
    WATCH.look_below(tmp_path_factory.getbasetemp(), WATCH.servers)
    if WATCH.found:
        pytest.fail("\n".join(["secrets were left:", *sorted(set(WATCH.found))]), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    for name, said in report.sections:
        WATCH.look(said, f"{item.name}, {name}")
    return report
