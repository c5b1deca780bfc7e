"""The reference says what the code does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from sync.shaping import Change
from tests.docs.pages import ROOT, Reader, blocks

JSON = ROOT / "docs" / "reference" / "json.md"


@pytest.mark.parametrize("language", ["en_GB.UTF-8", "fr_FR.UTF-8"])
def test_the_generated_pages_are_up_to_date(language: str):
    run = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"],
        cwd=ROOT,
        env={**os.environ, "LANGUAGE": "", "LC_ALL": language, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def collective(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Two folders in step, but for one conflict."""
    reader = Reader(tmp_path_factory.mktemp("collective"))
    reader.write(
        "jumelage.yaml",
        "systems:\n  one: {connector: folder, path: one}\n  two: {connector: folder, path: two}\n",
    )
    reader.write("mappings/cards.yaml", "kind: card\nsides: {one: {folder: c}, two: {folder: c}}\n")
    reader.write("one/c/Card.md", "---\ndue: 2026-03-01\n---\n")
    (reader.base / "two").mkdir()
    reader.run("jumelage sync")
    for side, due in (("one", "2026-04-01"), ("two", "2026-05-01")):
        card = reader.base / side / "c" / "Card.md"
        card.write_text(card.read_text("utf-8").replace("2026-03-01", due), "utf-8")
    reader.run("jumelage sync")
    return reader


def _documented() -> dict[str, object]:
    """Command -> the example that the page gives of what it prints."""
    headings = re.findall(
        r"^## `(\w+)`|^```json\n(.*?)^```", JSON.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    found: dict[str, object] = {}
    command = ""
    for heading, body in headings:
        command = heading or command
        if body:
            found.setdefault(command, json.loads(body))
    assert len(found) == len(blocks(JSON)), "one example for each command"
    return found


NAMING = ("why", "erase")
"""Commands that are told what they are about."""


@pytest.mark.parametrize("command", sorted(_documented()))
def test_what_json_prints_has_the_documented_keys(command: str, collective: Reader):
    said = json.loads(collective.run(f"jumelage {command} --json {'Card' * (command in NAMING)}"))
    _same_keys(_documented()[command], said, command)


def _by_mapping(found: dict[str, object]) -> dict[str, object]:
    assert found
    return {"a mapping": next(iter(found.values()))}


def test_the_example_of_a_change_of_a_list_has_the_keys_that_a_plan_gives_it():
    plan = _documented()["plan"]
    assert isinstance(plan, dict)
    changes = [change for some in plan["columns"].values() for change in some]
    assert changes
    assert all(set(one) == {field.name for field in fields(Change)} for one in changes)


def _same_keys(shown: object, said: object, where: str) -> None:
    if isinstance(shown, list) and isinstance(said, list):
        assert said or where.count(".") > 0, f"{where}: nothing to compare"
        for one in said[:1]:
            if shown:
                _same_keys(shown[0], one, f"{where}.0")
    elif isinstance(shown, dict) and isinstance(said, dict):
        free = {
            "before",
            "after",
            "failures",
            "quarantined",
            "unreachable",
            "held",
            "waiting",
        }
        named = where.rpartition(".")[2]
        if named in free or named == "sides":
            return
        if named == "columns":  # by the names of mappings, which are others in the example
            shown, said = _by_mapping(shown), _by_mapping(said)
        assert set(shown) == set(said), where
        for key, value in shown.items():
            _same_keys(value, said[key], f"{where}.{key}")


def test_the_page_of_a_command_that_prints_json_exists():
    help_ = (Path(ROOT) / "sync" / "cli" / "session.py").read_text("utf-8")
    assert f"docs/reference/{JSON.name}" in help_


EXPLAINED = sorted((ROOT / "docs" / "explanation").glob("*.md"))
CODE = (ROOT / "sync", ROOT / "connectors", ROOT / "mappings", ROOT / "tests")


def test_every_test_that_a_page_names_exists():
    named = {n for p in EXPLAINED for n in re.findall(r"`(test_\w+)`", p.read_text("utf-8"))}
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert sorted(n for n in named if f"def {n}(" not in sources) == []


def test_every_module_that_a_page_names_exists():
    missing = []
    for page in EXPLAINED:
        for line in page.read_text("utf-8").splitlines():
            folder = ROOT
            for name in re.findall(r"`([\w/]+(?:\.py|/))`", line):
                path = ROOT / name if "/" in name else folder / name
                folder = path.parent
                anywhere = any(top.rglob(name) for top in CODE) and name == "origins.py"
                if not path.exists() and not anywhere:
                    missing.append(f"{page.name}: {name}")
    assert not missing


def test_the_decision_on_dependencies_names_each_with_its_reason():
    page = (ROOT / "docs" / "decisions" / "dependencies.md").read_text("utf-8")
    lines = (ROOT / "requirements" / "run.in").read_text("utf-8").splitlines()
    wanted = [re.sub(r"^(\S+) +# (.*)$", r"- `\1`: \2", line) for line in lines if line[0] != "#"]
    assert [line for line in page.splitlines() if line.startswith("- `")] == wanted
