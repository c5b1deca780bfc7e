"""A settings file, a connector that needs a secret, and a clean environment."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from textwrap import dedent
from typing import ClassVar

import pytest
from pydantic import SecretStr

from sync import registry
from sync.connector import Connector, SystemSettings


class VaultSettings(SystemSettings):
    url: str
    password: SecretStr
    token: SecretStr | None = None
    retries: int = 3


class Vault(Connector):
    """A connector that is never connected."""

    settings_type = VaultSettings
    words: ClassVar = {}


NOT_A_CONNECTOR = object()


def points(group=None):
    found = [
        EntryPoint("vault", f"{__name__}:Vault", registry.CONNECTORS),
        EntryPoint("broken", f"{__name__}:Absent", registry.CONNECTORS),
        EntryPoint("odd", f"{__name__}:NOT_A_CONNECTOR", registry.CONNECTORS),
    ]
    return EntryPoints(point for point in found if point.group == group)


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """Only the connectors above are installed."""
    monkeypatch.setattr(
        EntryPoint,
        "load",
        lambda point: _attribute(point.attr) if point.module == __name__ else None,
    )
    monkeypatch.setattr(registry, "entry_points", points)


def _attribute(name):
    if name not in globals():
        raise AttributeError(f"no {name}")
    return globals()[name]


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    """No variable of the caller's reaches the settings, and sentences are English."""
    for name in [*os.environ]:
        if name.startswith("JUMELAGE_") or name == "CREDENTIALS_DIRECTORY":
            monkeypatch.delenv(name)
    monkeypatch.setattr("sync.i18n._default", "en")


@pytest.fixture
def write(tmp_path):
    """Write a settings file, and return its path."""

    def write(text: str, name: str = "jumelage.yaml") -> Path:
        path = tmp_path / name
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write
