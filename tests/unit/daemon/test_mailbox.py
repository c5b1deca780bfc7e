"""How a command has the daemon do something."""

from __future__ import annotations

import os
import time

import pytest

from sync.errors import ConfigError
from sync.mailbox import Mailbox


@pytest.fixture
def mailbox(tmp_path):
    return Mailbox(tmp_path / "state.db")


def answering(mailbox, fault=None, seen=None):
    """A sleep during which the daemon answers."""

    def sleep(_seconds):
        for request in mailbox.requests():
            if seen is not None:
                seen.append((request.verb, request.subject))
            request.answer(fault)

    return sleep


def test_what_is_asked_is_seen_and_answered(mailbox):
    seen = []
    mailbox.ask("release", "programme", sleep=answering(mailbox, seen=seen))
    assert seen == [("release", "programme")]


def test_a_refusal_is_told_with_its_reason(mailbox):
    with pytest.raises(ConfigError, match="nothing is called so"):
        mailbox.ask("release", "x", sleep=answering(mailbox, "nothing is called so"))


def test_a_daemon_that_does_not_answer_is_not_waited_for_for_ever(mailbox):
    with pytest.raises(ConfigError):
        mailbox.ask("release", "x", sleep=lambda _seconds: None, patience=1.0)


def test_nothing_is_left_behind_whatever_the_answer(mailbox, tmp_path):
    mailbox.ask("hold", "x", sleep=answering(mailbox))
    with pytest.raises(ConfigError):
        mailbox.ask("hold", "x", sleep=lambda _seconds: None, patience=0.5)
    assert not list((tmp_path / "state.db.requests").iterdir())


def test_only_the_owner_of_the_store_can_ask(mailbox, tmp_path):
    mailbox.ask("hold", "x", sleep=answering(mailbox))
    assert (tmp_path / "state.db.requests").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", "not json"])
def test_a_file_that_is_no_request_is_taken_away(mailbox, tmp_path, text):
    folder = tmp_path / "state.db.requests"
    folder.mkdir()
    (folder / "x.request").write_text(text)
    assert not list(mailbox.requests())
    assert not list(folder.iterdir())


@pytest.mark.parametrize("suffix", ["part", "answer", "request"])
def test_what_a_killed_command_left_is_neither_done_nor_kept(mailbox, tmp_path, suffix):
    folder = tmp_path / "state.db.requests"
    folder.mkdir()
    for name, age in (("old", 7200), ("new", 60)):
        file = folder / f"{name}.{suffix}"
        file.write_text('{"verb": "release", "subject": "x"}')
        os.utime(file, (time.time() - age,) * 2)
    assert [r.file.stem for r in mailbox.requests()] == ["new"] * (suffix == "request")
    assert [file.stem for file in folder.iterdir()] == ["new"]
