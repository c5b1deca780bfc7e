"""Plan and undo on files: a folder here and a WebDAV server, contents told by their hashes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
from itertools import count

import pytest
import yaml

from connectors.webdav import WebDav
from sync import registry
from sync.cli.main import run
from sync.errors import Ambiguous
from tests.system.admin import remedies

pytestmark = pytest.mark.real
FIRST = {"a.txt": b"premier", "notes/b.md": b"# Deux\n" * 2000, "c.bin": bytes(range(256)) * 300}
MOMENTS = count(1_700_000_000)


class Drive:
    """A folder and a server with the same files, and the settings that say so."""

    def __init__(self, server, forks, folder) -> None:
        self.forks, self.folder = forks, folder
        name = server.make("files")
        self.places = {"here": folder / "files" / "docs", "there": server.files / name}
        self.places["here"].mkdir(parents=True)
        said = server.settings("sync") | {"connector": "webdav"}
        self.secrets = {"DRIVE_PASSWORD": said["password"]}
        systems = {
            "here": {"connector": "folder", "path": "files"},
            "there": said | {"password": {"env": "DRIVE_PASSWORD"}},
        }
        sides = {"here": {"files": "docs"}, "there": {"files": name}}
        self._write("jumelage.yaml", {"systems": systems, "language": "en"})
        self._write("mappings/drive.yaml", {"kind": "file", "sides": sides})
        self.write("here", FIRST)

    def _write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(data), "utf-8")

    def write(self, side, files):
        for name, content in files.items():
            path = self.places[side] / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (0, next(MOMENTS)))  # an ETag may be of times and sizes only

    def shown(self, side):
        place = self.places[side]
        return {
            str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(place.rglob("*"))
            if path.is_file() and ".jumelage" not in path.parts
        }

    def run(self, *words):
        return self.forks.run(
            ["--config", str(self.folder / "jumelage.yaml"), *words], self.secrets
        )

    def report(self, *words):
        return json.loads(self.run(*words, "--json").said)


@pytest.fixture
def drive(servers, forks, tmp_path):
    if lacking := registry.sandbox("webdav").missing():
        pytest.skip(lacking)
    made = Drive(servers.get("webdav"), forks, tmp_path)
    assert made.report("sync", "--yes")["ok"]
    assert made.shown("there") == made.shown("here")
    return made


@pytest.mark.parametrize(("side", "other"), [("here", "there"), ("there", "here")])
def test_an_undone_run_brings_back_the_contents_that_it_replaced_and_deleted(drive, side, other):
    before = drive.shown(other)
    drive.write(side, {"a.txt": b"PREMIER", "d.txt": b"neuf", "c.bin": b"court"})
    (drive.places[side] / "notes/b.md").unlink()
    run = drive.report("sync")
    assert run["ok"], run
    after = drive.shown(other)
    assert after == drive.shown(side) != before
    undone = drive.report("undo", run["run"])
    assert undone["ok"], undone
    assert drive.shown(other) == before
    assert drive.shown(side) == after
    assert drive.report("undo", run["run"])["written"] == 0
    assert drive.report("sync")["written"] == 0
    assert drive.report("undo", undone["run"])["ok"]
    assert drive.shown(other) == after


def test_a_content_of_the_same_length_that_somebody_wrote_since_is_spared(drive):
    drive.write("here", {"a.txt": b"PREMIER", "c.bin": b"court"})
    run = drive.report("sync")["run"]
    drive.write("there", {"a.txt": b"Premier"})
    undone = drive.report("undo", run)
    assert [hold["cause"] for hold in undone["holds"]] == [
        "edited since the run that was to be undone"
    ]
    assert (drive.places["there"] / "a.txt").read_bytes() == b"Premier"
    assert (drive.places["there"] / "c.bin").read_bytes() == FIRST["c.bin"]


def test_a_plan_writes_no_file(drive):
    drive.write("here", {"a.txt": b"PREMIER", "d.txt": b"neuf"})
    drive.write("there", {"c.bin": b"court"})
    before = drive.shown("here"), drive.shown("there")
    store = {p.name: p.read_bytes() for p in drive.folder.glob("state.db*") if p.is_file()}
    kept = sorted((drive.folder / "state.db.blobs").rglob("*"))
    assert len(drive.report("plan")["plans"][0]["actions"]) == 3
    assert (drive.shown("here"), drive.shown("there")) == before
    assert sorted((drive.folder / "state.db.blobs").rglob("*")) == kept
    assert {n: b for n, b in store.items() if n == "state.db"} == {
        "state.db": (drive.folder / "state.db").read_bytes()
    }


def test_a_content_that_lost_is_one_command_from_standing_on_both_sides(drive):
    drive.write("here", {"a.txt": b"ici, plus long"})
    drive.write("there", {"a.txt": b"la-bas"})
    drive.run("sync")
    (conflict,) = drive.report("conflicts")
    said = drive.run("conflicts").said
    assert re.search(r"^1  a.txt  Content  \(conflict, 20", said), said
    assert {"a.txt (14 B)", "a.txt (6 B)"} == set(re.findall(r": (a.txt \(\d+ B\))  ", said))
    drive.run("settle", "1", "--keep", "lost")
    assert drive.report("sync")["ok"]
    assert drive.shown("here") == drive.shown("there")
    assert conflict["value"]["hash"].endswith(drive.shown("there")["a.txt"])


def test_a_content_that_was_lost_here_is_sent_once_it_is_put_back_and_released(drive):
    drive.write("here", {"a.txt": b"ici, plus long"})
    drive.write("there", {"a.txt": b"la-bas"})
    drive.run("sync")
    (conflict,) = drive.report("conflicts")
    blobs, away = drive.folder / "state.db.blobs", drive.folder / "away"
    shutil.move(blobs, away)
    drive.run("settle", str(conflict["id"]), "--keep", "lost")
    held = remedies(drive.run("sync").said)
    assert held
    assert all("its content is damaged or lost here" in remedy.said for remedy in held)
    assert remedies(drive.run("status").said) == held
    shutil.rmtree(blobs, ignore_errors=True)
    shutil.move(away, blobs)
    for remedy in held:
        assert drive.run(*shlex.split(remedy.command)[1:]).status == 0
    assert drive.report("sync")["ok"]
    assert drive.shown("here") == drive.shown("there")
    assert conflict["value"]["hash"].endswith(drive.shown("there")["a.txt"])


@pytest.mark.parametrize("verb", ["create", "update"])
def test_a_file_of_which_a_cut_connection_left_half_is_sent_again(drive, monkeypatch, verb):
    whole = b"ligne\n" * 5000
    if verb == "update":
        drive.write("here", {"long.txt": b"court"})
        assert drive.report("sync")["ok"]

    calls = []

    def cut(*_given, **_named):
        calls.append(verb)
        drive.write("there", {"long.txt": whole[:7001]})
        raise Ambiguous("the connection was cut")

    drive.write("here", {"long.txt": whole})
    monkeypatch.setattr(WebDav, verb, cut)
    for name, secret in drive.secrets.items():
        monkeypatch.setenv(name, secret)
    run(["--config", str(drive.folder / "jumelage.yaml"), "sync"])  # in this process: it is cut
    assert calls
    for _run in range(2):
        drive.report("sync")
    assert (drive.places["there"] / "long.txt").read_bytes() == whole
    assert (drive.places["here"] / "long.txt").read_bytes() == whole
    assert drive.report("sync")["written"] == 0
