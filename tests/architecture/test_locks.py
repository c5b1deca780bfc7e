"""Dependencies: each has a reason, each is locked by hash, no lock file names an address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "requirements").glob("*.in"))
LOCKED = [p for p in SOURCES if p.name != "debian.in"]


def _lines(path):
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith(("#", "-c "))]


def _canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.name)
def test_every_dependency_gives_its_reason(path):
    assert not [line for line in _lines(path) if not re.fullmatch(r"\S+  # \S.{4,}", line)]


@pytest.mark.parametrize("path", LOCKED, ids=lambda p: p.stem)
def test_every_dependency_is_locked_by_hash(path):
    text = path.with_suffix(".txt").read_text()
    pins = re.findall(r"^(\S+?)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    wanted = {_canonical(re.split(r"[<>=\s]", line)[0]) for line in _lines(path)}
    assert wanted <= {_canonical(name) for name in pins}, "run `make locks`"
    assert len(pins) == len(re.findall(r"^[^\s#-]", text, re.MULTILINE))


@pytest.mark.parametrize("path", LOCKED, ids=lambda p: p.stem)
def test_no_lock_file_names_an_address(path):
    text = path.with_suffix(".txt").read_text()
    assert not re.findall(r"\w+://|--index-url|--find-links|--trusted-host| @ ", text)


def test_environments_that_are_installed_together_agree_on_versions():
    pins: dict[str, set[str]] = {}
    for name in ("run", "build", "dev"):
        for line in (ROOT / f"requirements/{name}.txt").read_text().splitlines():
            if found := re.match(r"(\S+?)==(\S+)", line):
                pins.setdefault(found[1], set()).add(found[2])
    assert not {name: versions for name, versions in pins.items() if len(versions) > 1}
