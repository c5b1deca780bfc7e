"""The built wheel, installed apart and run outside the checkout."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-wheel/bin/python"


@pytest.fixture
def jumelage(tmp_path):
    """The command of the installed wheel, in an empty folder."""
    if not PYTHON.with_name("jumelage").exists():
        pytest.skip("`make wheel` installs it")

    def jumelage(*arguments, lang="fr_FR.UTF-8"):
        return subprocess.run(
            [PYTHON.with_name("jumelage"), *arguments],
            cwd=tmp_path,
            env={"LANG": lang, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
        )

    return jumelage


def test_it_runs_from_where_it_was_installed(jumelage, tmp_path):
    done = jumelage("--version")
    assert (done.returncode, done.stderr) == (0, "")
    asked = "import sync, connectors, mappings; print(sync.__file__, connectors.__file__)"
    where = subprocess.run(
        [PYTHON, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert ".venv-wheel" in where
    assert str(ROOT / "sync") not in where


def test_it_speaks_french_from_compiled_catalogues(jumelage):
    assert "Mettre les jumelages au même pas" in jumelage("--help").stdout
    catalogues = list(ROOT.glob(".venv-wheel/lib/*/site-packages/sync/locale/fr/*/jumelage.mo"))
    assert catalogues


def test_it_has_everything_that_it_runs_on(jumelage, tmp_path):
    """Only what run.txt locks is there: kinds and field maps come with the wheel."""
    for folder in ("one/cards", "two", "mappings"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "one/cards/Été.md").write_text("Bonjour\n")
    (tmp_path / "jumelage.yaml").write_text(
        "systems:\n"
        "  one: {connector: folder, path: ./one}\n"
        "  two: {connector: folder, path: ./two}\n"
    )
    (tmp_path / "mappings/programme.yaml").write_text(
        "kind: card\nsides:\n  one: {folder: cards}\n  two: {folder: cards}\n"
    )
    done = jumelage("sync", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["written"] == 1
    assert (tmp_path / "two/cards/Été.md").exists()
