"""The demo as a person meets it: a command, what it prints, and what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.sandbox.radicale import RadicaleSandbox
from connectors.sandbox.servers import interpreter
from connectors.sandbox.wsgidav import WsgiDavSandbox

pytestmark = pytest.mark.real
ROOT = Path(__file__).resolve().parents[2]
SECRETS = ("pass-of-sync", "ATTAsync")
WORDS = {
    "en_GB.UTF-8": {
        "due": "4 Dec, 12:00",
        "kept": "lost: 2026-12-09 09:00",
        "stands": "stands: 2026-12-10 09:00",
        "conflict": "Livraison des étagères  Due  (conflict, ",
        "settle": "after all says so: `jumelage settle 1 --keep lost`",
        "rest": "0 writes, 0 values",
        "end": "All 12 claims",
    },
    "fr_FR.UTF-8": {
        "due": "4 déc., 12:00",
        "kept": "perdu : 2026-12-09 09:00",
        "stands": "en place : 2026-12-10 09:00",
        "conflict": "Livraison des étagères  Échéance  (conflit, ",
        "settle": "le dit : « jumelage settle 1 --keep lost »",
        "rest": "0 écriture, 0 valeur",
        "end": "Les 12 affirmations",
    },
}
DEMO = [sys.executable, "-m", "sync.cli", "demo"]


@pytest.fixture
def newcomer(tmp_path):
    """The environment of somebody who has just come: an empty home, no settings."""
    for sandbox in (RadicaleSandbox, WsgiDavSandbox):
        if lacking := sandbox.missing():
            pytest.skip(lacking)
    for name in ("home", "tmp", "here"):
        (tmp_path / name).mkdir()
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path])),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "LANG": "en_GB.UTF-8",
        "COLUMNS": "200",
        "JUMELAGE_SERVERS": str(interpreter().parent.parent),
    }


def show(newcomer, tmp_path, command=(*DEMO, "--once"), **more):
    done = subprocess.run(
        command,
        env={**newcomer, **more},
        cwd=tmp_path / "here",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def counts(printed):
    rows = re.findall(r"^(trello|agenda|wiki|drive|desk) +(\d+) +(\d+) ", printed, re.MULTILINE)
    return {side: (int(before), int(after)) for side, before, after in rows}


def left(tmp_path):
    return [path for name in ("home", "tmp", "here") for path in (tmp_path / name).iterdir()]


@pytest.mark.parametrize("locale", WORDS)
def test_the_demo_mirrors_edits_and_settles_before_the_eyes_of_a_newcomer(
    newcomer, tmp_path, locale
):
    words = WORDS[locale]
    done = show(newcomer, tmp_path, LANG=locale)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert counts(done.stdout) == {
        "trello": (41, 41),
        "agenda": (0, 37),
        "wiki": (0, 41),
        "drive": (3, 3),
        "desk": (0, 3),
    }
    (row,) = re.findall(r"^Commander le café équitable  .*$", done.stdout, re.MULTILINE)
    assert row.count(words["due"]) == 3
    assert done.stdout.count("✎") == 5 + 3 + 2
    assert "✗" not in done.stdout
    for said in ("kept", "stands", "conflict", "settle", "rest", "end"):
        assert words[said] in done.stdout
    assert not [secret for secret in SECRETS if secret in done.stdout]
    assert left(tmp_path) == []


def test_the_demo_leaves_the_settings_of_a_jumelage_in_earnest_alone(newcomer, tmp_path):
    (tmp_path / "here" / "jumelage.yaml").write_text("systems: {}\n")
    earnest = tmp_path / "earnest.db"
    done = show(
        newcomer,
        tmp_path,
        JUMELAGE_STORE=f"sqlite:///{earnest}",
        JUMELAGE_MAPPINGS=str(tmp_path),
        JUMELAGE_LANGUAGE="fr",
    )
    assert done.returncode == 0, done.stdout
    assert not earnest.exists()
    assert [path.name for path in left(tmp_path)] == ["jumelage.yaml"]


def test_the_demo_admits_that_an_edit_did_not_arrive(newcomer, tmp_path):
    idle = (
        "import sys; from sync.cli.main import run; from sync.demo.hands import Wiki\n"
        "Wiki.rewrite = lambda *_words: None\n"
        "sys.exit(run(['demo', '--once']))"
    )
    done = show(newcomer, tmp_path, [sys.executable, "-c", idle])
    assert done.returncode == 1
    assert "✗ edited on wiki, now on all three sides" in done.stdout
    assert "All 1" not in done.stdout
    assert left(tmp_path) == []


def test_the_demo_names_the_commands_that_install_what_is_missing(newcomer, tmp_path):
    done = show(newcomer, tmp_path, JUMELAGE_SERVERS=str(tmp_path / "nowhere"))
    assert done.returncode == 78
    assert "make demo" in done.stderr
    assert ".venv-servers/bin/pip install radicale wsgidav cheroot" in done.stderr
    assert left(tmp_path) == []


@pytest.fixture
def begun(newcomer, tmp_path):
    """The demo, started and read line by line."""
    process = subprocess.Popen(
        DEMO,
        env=newcomer,
        cwd=tmp_path / "here",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    yield process
    process.terminate()  # not killed: it stops its servers
    process.communicate()


def read_until(process, *wanted):
    """Everything printed until each of some words was in it."""
    printed = ""
    for line in process.stdout:
        printed += line
        if all(words in printed for words in wanted):
            return printed
    raise AssertionError(printed)


def listening(url):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(re.search(r":(\d+)/", url)[1]))) == 0


@pytest.mark.timeout(90)
def test_the_demo_stays_in_step_until_it_is_interrupted(begun, tmp_path):
    printed = read_until(begun, "-m sync.cli conflicts")
    servers = set(re.findall(r"http://127\.0\.0\.1:\d+/", printed))
    assert len(servers) == 3
    (page,) = (tmp_path / "tmp").glob("jumelage-demo-*/wiki/programme/Cantine*.md")
    page.write_text(page.read_text("utf-8") + "\nPremier repas le 2 décembre.\n", "utf-8")
    told = read_until(begun, "✎ wiki", "→ ", "trello", "agenda")
    assert "✎ wiki  Cantine du mercredi  Description: - → Premier repas le 2 décembre." in told
    assert all(listening(url) for url in servers)
    begun.send_signal(signal.SIGINT)
    said, _ = begun.communicate(timeout=30)
    assert begun.returncode == 0, said
    assert "Traceback" not in said
    assert not any(listening(url) for url in servers)
    assert left(tmp_path) == []


@pytest.mark.timeout(60)
def test_the_demo_stops_its_servers_when_it_is_stopped_half_way(begun, tmp_path):
    read_until(begun, "$ jumelage sync --yes")
    configs = (tmp_path / "tmp").glob("jumelage-demo-*/jumelage.yaml")
    servers = re.findall(r"http://127\.0\.0\.1:\d+/", next(configs).read_text("utf-8"))
    assert all(listening(url) for url in servers)
    begun.send_signal(signal.SIGTERM)
    said, _ = begun.communicate(timeout=30)
    assert begun.returncode == 130, said
    assert "Traceback" not in said
    assert len(servers) == 3
    assert not any(listening(url) for url in servers)
    assert left(tmp_path) == []
