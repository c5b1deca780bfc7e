"""A collective with two folders, and the command line in a process of its own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from unittest import mock

import pytest

from sync import i18n, log
from sync.cli.main import run

ROOT = Path(__file__).resolve().parents[3]

SETTINGS = """\
systems:
  one: {connector: folder, path: ./one}
  two: {connector: folder, path: ./two}
"""
MAPPING = """\
kind: card
sides:
  one: {folder: cards}
  two: {folder: cards}
"""


@dataclass
class Done:
    """What a command line left behind."""

    status: int
    out: str
    err: str

    @property
    def data(self):
        return json.loads(self.out)


@dataclass
class Collective:
    """A folder with settings, mappings and two systems."""

    base: Path

    def run(self, *arguments, language="en_GB.UTF-8", **variables: str):
        """Carry out a command line in this process, as if it were one of its own."""
        out, err = io.StringIO(), io.StringIO()
        environ = self._environ(language, variables)
        with ExitStack() as patched:
            patched.enter_context(chdir(self.base))
            patched.enter_context(mock.patch.dict(os.environ, environ, clear=True))
            patched.enter_context(mock.patch("sync.i18n._default", i18n.of_locale(environ) or "en"))
            patched.enter_context(mock.patch("sync.engine.SETTLING", 0.0))
            patched.enter_context(redirect_stdout(out))
            patched.enter_context(redirect_stderr(err))
            status = run(arguments)
        return Done(status, out.getvalue(), err.getvalue())

    def start(self, *arguments, language="en_GB.UTF-8", **variables: str):
        """Carry out a command line in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "sync.cli", *arguments],
            cwd=self.base,
            env=self._environ(language, variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def _environ(self, language, variables):
        foreign = ("JUMELAGE_", "LC_", "LANG", "CREDENTIALS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        # Where nothing is installed the checkout is found through the path.
        return {**kept, "LANG": language, "PYTHONPATH": str(ROOT), **variables}

    def write(self, name, text):
        path = self.base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    def cards(self, system):
        return sorted(path.name for path in (self.base / system / "cards").glob("*.md"))


def _furnished(base):
    made = Collective(base)
    made.write("jumelage.yaml", SETTINGS)
    made.write("mappings/programme.yaml", MAPPING)
    made.write("one/cards/Été.md", "Bonjour\n")
    (base / "two").mkdir()
    return made


@pytest.fixture
def collective(tmp_path):
    return _furnished(tmp_path)


@pytest.fixture(scope="module")
def in_step(tmp_path_factory):
    """A collective that was synchronised once; to be looked at only."""
    made = _furnished(tmp_path_factory.mktemp("in-step"))
    done = made.run("sync", "--json")
    assert done.status == 0, done.out + done.err
    return made


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """What one test's secrets and log do touches no other test."""
    monkeypatch.setattr(log, "configure", lambda **_options: None)
    yield
    log.scrub.forget()
