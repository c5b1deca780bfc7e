"""The tutorial's connector, written by following its page alone, passes the suite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Reader, blocks

PAGE = ROOT / "docs" / "tutorial" / "first-connector.md"
CONNECTOR = "jumelage_todolist/connector.py"
BROKEN = {
    "writes without comparing versions": (
        "if version is not None and _version(task) != version:",
        "if version is None:",
    ),
    "takes a missing folder for an empty one": (
        'raise Unreachable(f"{path} cannot be read: {error}") from error',
        'return {"tasks": []}',
    ),
    "finds records that it did not make": ("if task.get(NONCE) == origin.nonce:", "if True:"),
    "drops what a patch does not name": ("task.update(patch)", "task |= dict.fromkeys(FIELDS) | patch"),
    "calls a broken record gone": ("raise Malformed(f\"task {task.get('id')}: {error}\")", "raise Gone(str(error))"),
}  # fmt: skip


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of somebody who typed every file of the page."""
    reader = Reader(tmp_path_factory.mktemp("todolist"))
    for block in blocks(PAGE):
        if block.file:
            reader.follow(block)
    return reader.base


@pytest.fixture(scope="module")
def installed(followed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(followed, tmp_path_factory.mktemp("installed"))


def install(package: Path, target: Path) -> Path:
    """Install the package, entry points and data with it, where nobody else looks."""
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--no-cache-dir", "--quiet"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(target)]
    subprocess.run([*command, str(package)], check=True, capture_output=True)
    return target


def suite(installed: Path, *options: str) -> tuple[int, str]:
    """What the ready-made suite says of the installed connector."""
    command = [sys.executable, "-m", "pytest", str(ROOT / "tests/conformance"), "-q", "--tb=line"]
    command += ["-p", "no:cacheprovider", "-k", "todolist", "--override-ini", "addopts="]
    command += ["--import-mode=importlib", *options]
    environment = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"}
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout


def test_the_connector_of_the_tutorial_passes_the_suite(installed: Path):
    status, said = suite(installed)
    assert status == 0, said[-3000:]
    assert int(said.rsplit(" passed", 1)[0].split()[-1]) > 100, "the page says more than a hundred"


def test_the_page_has_no_test_code():
    assert not any("def test_" in block.body for block in blocks(PAGE))


@pytest.mark.parametrize("fault", BROKEN)
def test_the_suite_finds_out_a_connector_that(fault: str, installed: Path, tmp_path: Path):
    good, bad = BROKEN[fault]
    code = (installed / CONNECTOR).read_text("utf-8")
    assert good in code
    for path in installed.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(installed)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (tmp_path / CONNECTOR).write_text(code.replace(good, bad), "utf-8")
    assert suite(tmp_path, "--maxfail=1")[0] == 1


def test_what_the_page_shows_at_the_end_happens(installed: Path, tmp_path: Path):
    reader = Reader(tmp_path / "reader", installed)
    for block in blocks(PAGE):
        reader.follow(block)
    notes = reader.base / "notes" / "house"
    assert sorted(path.stem for path in notes.glob("*.md")) == ["Buy seeds", "Repair the bicycle"]
    bicycle = notes / "Repair the bicycle.md"
    bicycle.write_text(bicycle.read_text("utf-8").replace("2026-03-01", "2026-04-01"), "utf-8")
    reader.run("jumelage sync")
    house = (reader.base / "lists" / "house.json").read_text("utf-8")
    assert '"due": "2026-04-01"' in house
    assert '"colour": "red"' in house
