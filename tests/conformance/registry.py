"""Every registered connector and its sandbox: from installed metadata and the source tree."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from connectors.sandbox.base import Sandbox
from sync.connector import Connector
from sync.model import Plain

CONNECTORS = "jumelage.connectors"
SANDBOXES = "jumelage.sandboxes"
_PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


@dataclass(frozen=True)
class Registered:
    """One connector with its sandbox, under one variant of its settings."""

    name: str
    connector: type[Connector]
    sandbox: type[Sandbox] | None
    variant: str = ""
    changed: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.name}~{self.variant}" if self.variant else self.name


def points(group: str) -> dict[str, EntryPoint]:
    """Entry points by name; what is installed goes before what the source tree declares."""
    found: dict[str, EntryPoint] = {}
    if _PROJECT.exists():
        declared = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["entry-points"]
        found = {n: EntryPoint(n, v, group) for n, v in declared.get(group, {}).items()}
    return found | {point.name: point for point in entry_points(group=group)}


def registered() -> list[Registered]:
    """Every connector, once per variant that its sandbox names."""
    sandboxes = points(SANDBOXES)
    found = []
    for name, point in sorted(points(CONNECTORS).items()):
        sandbox = sandboxes[name].load() if name in sandboxes else None
        variants = {"": {}} | dict(sandbox.variants if sandbox else {})
        found += [Registered(name, point.load(), sandbox, v, s) for v, s in variants.items()]
    return found
