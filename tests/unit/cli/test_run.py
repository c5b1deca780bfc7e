"""`jumelage run` as a process: it works, is asked, and stops."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest


@pytest.fixture
def daemon(collective):
    """A daemon at work on a collective whose first meeting waits for somebody."""
    collective.write("two/cards/Autre.md", "Autre\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "sync.cli", "run"],
        cwd=collective.base,
        env=collective._environ("en_GB.UTF-8", {}),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


def events(process, last):
    """What is logged until an event of this name."""
    seen = []
    for line in process.stderr:
        seen.append(json.loads(line))
        if seen[-1]["event"] == last:
            return seen
    raise AssertionError(f"no {last} after {seen}")


def test_it_waits_for_release_does_what_it_is_asked_and_stops_in_time(collective, daemon):
    ended = events(daemon, "cycle_ended")[-1]
    assert (ended["unit"], ended["standing"]) == ("programme", "held")
    assert collective.cards("two") == ["Autre.md"]

    second = collective.run("sync")
    assert second.status == 78, "one daemon per store"

    assert collective.run("release", "absent").status == 2
    assert collective.run("release", "programme").status == 0

    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(10) == 0
    assert json.loads(daemon.stderr.read().splitlines()[-1])["event"] == "daemon_stopped"
    assert collective.run("sync").status == 0
    assert collective.cards("two") == ["Autre.md", "Été.md"]
