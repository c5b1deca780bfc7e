"""What the soak has played: what passed is not played again before the code changes.

For `pytest -m soak` only. A line is added to `.cache/soak.jsonl` as soon as a test has
passed, so that a soak that was stopped, however it was, goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.ledger import ROOT, commit_of_the_engine

LEDGER = Path(os.environ.get("JUMELAGE_SOAK_LEDGER", ROOT / ".cache" / "soak.jsonl"))
PLAYED = ("sync", "connectors", "mappings", "tests")
"""Folders whose every change makes all be played anew."""


class Soak:
    """The tests that passed on this code, and what they say that they counted."""

    def __init__(self, path: Path, version: str, *, writes: bool = True) -> None:
        self._path, self._version, self._writes = path, version, writes
        self._called: set[str] = set()
        self.done = {one["test"]: one for one in _read(path) if one["version"] == version}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if one := self.done.get(item.nodeid):
                reason = f"passed already, in {one['seconds']} s"
                item.add_marker(pytest.mark.skip(reason=reason))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """It has passed once it has put away what it used, too."""
        if report.when == "call" and report.passed:
            self._called.add(report.nodeid)
            self._seconds = round(report.duration, 1)
        elif report.when == "teardown" and report.passed and report.nodeid in self._called:
            self._add(report.nodeid, dict(report.user_properties))

    def _add(self, test: str, counted: dict[str, object]) -> None:
        one = {
            "test": test,
            "version": self._version,
            "commit": commit_of_the_engine(),
            "seconds": self._seconds,
            "counted": counted,
        }
        self.done[test] = one
        if self._writes:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write("\n" + json.dumps(one))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        sums: Counter[str] = Counter()
        for one in self.done.values():
            sums.update({name: n for name, n in one["counted"].items() if isinstance(n, int)})
        said = [f"{number:,} {name}" for name, number in sums.items()]
        terminalreporter.write_line(
            ", ".join([f"soak: {len(self.done)} tests passed on this code", *said])
        )


def _read(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines() if path.exists() else ():
        with suppress(ValueError):  # cut off when the process was killed
            yield json.loads(line)


def version_of_the_code() -> str:
    """The digest of all that the soak plays, and of what it plays it with."""
    digest = hashlib.sha256()
    for folder in PLAYED:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".yaml"}:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "soak":
        writes = not hasattr(config, "workerinput")  # where tests are shared out, one writes
        soak = Soak(LEDGER, version_of_the_code(), writes=writes)
        config.pluginmanager.register(soak, "soak")
