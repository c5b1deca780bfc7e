"""`jumelage init` at a terminal, in both languages: from an account to a mapping that works."""

from __future__ import annotations

import os
import pty
import re
import select
import stat
import subprocess
import sys
import time

import pytest
import yaml

from connectors.sandbox.trello import KEY, TOKENS, TrelloSandbox
from tests.real.trello_world import environ
from tests.system.world import DEMO, some

TOKEN = TOKENS["sync"]
BOUND = 120.0
"""Seconds that a dialogue may take; reached only where something is wrong."""


class Terminal:
    """Somebody at a terminal: reads what is asked, and types."""

    def __init__(self, folder, *words, **variables) -> None:
        ours, theirs = pty.openpty()
        self.shown = ""
        self._line = ours
        self._end = time.monotonic() + BOUND
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sync.cli", *words],
            cwd=folder,
            env={**environ(), "TERM": "dumb", **variables},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),  # noqa: PLW1509
        )
        os.close(theirs)

    def _read(self):
        ready, _, _ = select.select([self._line], [], [], max(0.0, self._end - time.monotonic()))
        assert ready, self.shown
        try:
            some = os.read(self._line, 4096).decode("utf-8", "replace")
        except OSError:  # the terminal was left
            some = ""
        self.shown += some.replace("\r\n", "\n")
        return bool(some)

    def answer(self, prompt, said):
        """Wait for what is asked, and type."""
        start = len(self.shown)
        while prompt not in self.shown[start:]:
            assert self._read(), self.shown
        os.write(self._line, f"{said}\n".encode())

    def end(self):
        """The exit status."""
        while self._read():
            pass
        os.close(self._line)
        return self._process.wait(30)


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path / "trello")
    running.load(some(DEMO, 3, tmp_path))
    running.make("board")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "collective"
    made.mkdir()
    return made


def begin(folder, sandbox, **variables):
    return Terminal(folder, "init", "--url", sandbox.url, **variables)


def run(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "sync.cli", *words],
        cwd=folder, env=environ(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def everything(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_member_is_led_from_the_account_to_a_mapping_that_works(folder, sandbox):
    at = begin(folder, sandbox)
    at.answer("key (nothing is shown", KEY)
    at.answer("token (nothing is shown", TOKEN)
    at.answer("Which one first?", "1")
    assert at.end() == 0, at.shown
    assert "https://trello.com/power-ups/admin" in at.shown
    assert f"{sandbox.url}/authorize?expiration=never&" in at.shown
    assert TOKEN not in at.shown
    assert re.search(r"1 +Programme 2026\n", at.shown)
    assert everything(folder) == [
        "jumelage.yaml", "mappings/programme-2026.yaml",
        "secrets/trello-key", "secrets/trello-token",
    ]  # fmt: skip
    assert run(folder, "check").returncode == 0
    done = run(folder, "sync")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((folder / "notes" / "programme-2026").glob("*.md"))) == 3


def test_secrets_are_for_their_owner_alone_and_stand_nowhere_else(folder, sandbox):
    at = begin(folder, sandbox)
    at.answer("key (nothing is shown", KEY)
    at.answer("token (nothing is shown", TOKEN)
    at.answer("Which one first?", "1")
    assert at.end() == 0
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (folder / "secrets").iterdir()}
    assert modes == {"trello-key": 0o600, "trello-token": 0o600}
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700
    for name in everything(folder):
        text = (folder / name).read_text("utf-8")
        assert name.startswith("secrets/") or (KEY not in text and TOKEN not in text)


def test_what_is_mistyped_or_refused_is_asked_again(folder, sandbox):
    at = begin(folder, sandbox)
    at.answer("key (nothing is shown", "my key")
    at.answer("key (nothing is shown", KEY)
    at.answer("token (nothing is shown", "OLDtokenOfNobody")
    at.answer("key (nothing is shown", KEY)
    at.answer("token (nothing is shown", TOKEN)
    at.answer("Which one first?", "9")
    at.answer("Which one first?", "2")
    assert at.end() == 0, at.shown
    assert "that does not look like it" in at.shown
    assert "it was not accepted" in at.shown
    said = yaml.safe_load((folder / "mappings" / "board-1.yaml").read_text())
    assert said["sides"]["trello"] == {"board": "Board 1"}


def test_a_token_that_may_only_read_is_not_taken(folder, sandbox):
    sandbox.state.refused[TOKEN] = "read"
    at = begin(folder, sandbox)
    for _turn in range(3):
        at.answer("key (nothing is shown", KEY)
        at.answer("token (nothing is shown", TOKEN)
    assert at.end() == 78
    assert "the token may only read" in at.shown
    assert everything(folder) == []


def test_a_token_that_ends_is_told_of(folder, sandbox):
    sandbox.state.expires[TOKEN] = "2031-05-06T12:00:00.000Z"
    at = begin(folder, sandbox)
    at.answer("key (nothing is shown", KEY)
    at.answer("token (nothing is shown", TOKEN)
    at.answer("Which one first?", "1")
    assert at.end() == 0
    assert "until 2031-05-06" in at.shown


def test_it_speaks_french(folder, sandbox):
    at = begin(folder, sandbox, LANG="fr_FR.UTF-8")
    at.answer("key (rien ne s", KEY)
    at.answer("token (rien ne s", TOKEN)
    at.answer("Lequel d", "1")
    assert at.end() == 0
    assert "Connectez-vous à Trello" in at.shown
    assert "language: fr" in (folder / "jumelage.yaml").read_text()


@pytest.mark.parametrize("name", ["jumelage.yaml", "secrets/trello-token"])
def test_nothing_that_stands_there_is_overwritten_nor_anything_asked(folder, sandbox, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine\n")
    at = begin(folder, sandbox)
    assert at.end() == 78
    assert f"{name} stands there already" in at.shown
    assert everything(folder) == [name]
    assert (folder / name).read_text() == "mine\n"


def test_without_a_terminal_nothing_is_asked(folder, sandbox):
    done = run(folder, "init", "--url", sandbox.url)
    assert done.returncode == 78
    assert "run it at a terminal" in done.stderr
    assert everything(folder) == []


def test_a_connector_without_a_guide_says_so(folder):
    done = run(folder, "init", "caldav")
    assert done.returncode == 78
    assert "caldav has no guide" in done.stderr
