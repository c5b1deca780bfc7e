"""The ledger of campaigns: which seeds were played, of which simulation, on which engine.

One JSON object a line, appended as soon as its seeds were played, so that a campaign
that was stopped, however it was, goes on where it was. A seed names a history only
together with its form and the version of the simulation: the digest of its sources.
"""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEFAULT = ROOT / ".cache" / "simulation.jsonl"


@dataclass
class Played:
    """Seeds from `first` up to, not including, `last`, and what became of them."""

    form: str
    first: int
    last: int
    version: str = ""
    commit: str = ""
    seconds: float = 0.0
    again: bool = False
    """They had broken a promise, and were tried once more."""
    broken: dict[str, list[str]] = field(default_factory=dict)
    """Seed -> the promises that it broke."""

    @property
    def histories(self) -> int:
        """How many were played for the first time."""
        return 0 if self.again else self.last - self.first


class Ledger:
    """What was played so far, of all versions."""

    def __init__(self, path: Path = DEFAULT) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.played = list(_read(path)) if path.exists() else []

    def add(self, played: Played) -> None:
        """Write it down."""
        self.played.append(played)
        with self._path.open("a") as file:
            file.write("\n" + json.dumps(asdict(played), ensure_ascii=False))

    @property
    def histories(self) -> int:
        """How many histories were ever played."""
        return sum(p.histories for p in self.played)

    def gaps(self, form: str, version: str, size: int) -> Iterator[tuple[int, int]]:
        """What was not played yet of a form, from the first seed on, so many seeds at a time."""
        start = 0
        done = [p for p in self.played if (p.form, p.version) == (form, version)]
        for one in sorted(done, key=lambda p: p.first):
            while start < one.first:
                yield start, min(start + size, one.first)
                start = min(start + size, one.first)
            start = max(start, one.last)
        while True:
            yield start, start + size
            start += size

    def open(self, version: str) -> list[tuple[str, int, Played]]:
        """Form and seed of each history that broke a promise when it was last played."""
        found: dict[tuple[str, int], Played] = {}
        for one in (p for p in self.played if p.version == version):
            for form, seed in list(found):
                if form == one.form and one.first <= seed < one.last:
                    del found[form, seed]
            found |= {(one.form, int(seed)): one for seed in one.broken}
        return [
            (form, seed, one) for (form, seed), one in sorted(found.items(), key=lambda f: f[0])
        ]

    def table(self) -> str:
        """The figures, by form, version of the simulation, and commit of the engine."""
        rows: dict[tuple[str, str, str], list[float]] = {}
        for one in self.played:
            row = rows.setdefault((one.version, one.commit, one.form), [0, 0, 0])
            row[0] += one.histories
            row[1] += 0 if one.again else len(one.broken)
            row[2] += one.seconds
        head = (
            f"{'simulation':12} {'engine':14} {'form':12} {'histories':>9} {'broken':>6} {'s':>8}"
        )
        return "\n".join(
            [head]
            + [
                f"{version:12} {commit:14} {form:12} {int(n):9,} {int(bad):6} {seconds:8,.0f}"
                for (version, commit, form), (n, bad, seconds) in rows.items()
            ]
        )


def _read(path: Path) -> Iterator[Played]:
    for line in path.read_text().splitlines():
        with suppress(ValueError):  # cut off when the process was killed
            yield Played(**json.loads(line))


def version_of_the_simulation() -> str:
    """The digest of the modules that make a history what it is; the engine is none of them."""
    parts = [ROOT / "tests" / "simulation" / "history.py"]
    for part in parts:  # it grows on the way
        named = [
            n.module for n in ast.walk(ast.parse(part.read_text())) if isinstance(n, ast.ImportFrom)
        ]
        paths = [ROOT / f"{module.replace('.', '/')}.py" for module in named if module]
        parts += [p for p in paths if p.parent.name == "simulation" and p not in parts]
    parts += (ROOT / "connectors" / "memory").glob("*.py")
    digest = hashlib.sha256()
    for part in sorted(parts):
        digest.update(part.read_bytes())
    return digest.hexdigest()[:12]


def commit_of_the_engine() -> str:
    """The commit that is checked out, with a `+` if the engine was changed since."""
    git = ["git", "-C", str(ROOT)]
    try:
        commit = subprocess.check_output([*git, "rev-parse", "--short=12", "HEAD"], text=True)
        changed = subprocess.check_output([*git, "status", "--porcelain", "sync"], text=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit.strip() + ("+" if changed else "")
