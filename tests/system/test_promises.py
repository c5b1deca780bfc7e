"""Plan, apply and undo, from outside, on real servers of every sort."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest

from tests.system.killing import writes
from tests.system.world import DEMO, some

pytestmark = pytest.mark.real


@pytest.fixture
def scene(scenes, tmp_path):
    return scenes(some(DEMO, 5, tmp_path))


def command(scene, forks, *words):
    return forks.run(["--config", str(scene.file), *words], scene.environment)


def synced(scene, forks):
    ended = command(scene, forks, "sync", "--yes", "--json")
    assert ended.status == 0, ended
    return json.loads(ended.said)["run"]


def shown(scene):
    return {side: scene.hands(side).cards(archived=True) for side in scene.sides}


def stored(scene):
    """All that the store says, and the bytes of every file of ours and of the folder's."""
    store = scene.folder / "state.db"
    dump = []
    if store.exists():
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
            dump = list(connection.iterdump())
    beside = ("state.db-shm", "state.db-wal", "said.txt")
    files = {
        str(path): path.read_bytes()
        for path in sorted(scene.folder.rglob("*"))
        if path.is_file() and path.name not in beside
    }
    return dump, files


def edited(scene):
    """People do something on every side."""
    titles = sorted(scene.hands("trello").cards())
    scene.hands("trello").edit(titles[0], description="Écrit sur trello")
    for side, title in zip(scene.sides[1:], titles[1:], strict=False):
        scene.hands(side).edit(title, title=f"{title}, vu sur {side}")
    scene.hands(scene.sides[-1]).delete(titles[0])
    scene.hands("trello").make("Tout neuf", list="À faire")


def test_a_plan_writes_nothing_anywhere_before_and_after_the_first_run(scene, forks):
    for prepare in (lambda: None, lambda: (synced(scene, forks), edited(scene))):
        prepare()
        scene.forget_requests()
        before, cards = stored(scene), shown(scene)
        scene.forget_requests()
        ended = command(scene, forks, "plan", "--json")
        assert json.loads(ended.said)["plans"][0]["actions"], ended
        for side, gate in scene.gates.items():
            assert gate.asked, side
            assert not [a for a in gate.asked if writes(a)], side
        assert stored(scene) == before
        assert shown(scene) == cards


def test_a_plan_is_applied_to_the_letter_once(scene, forks):
    synced(scene, forks)
    edited(scene)
    plan = scene.folder / "plan.json"
    command(scene, forks, "plan", "--out", str(plan))
    planned = json.loads(plan.read_text("utf-8"))["plans"][0]["actions"]
    applied = json.loads(command(scene, forks, "apply", str(plan), "--json").said)
    lines = command(scene, forks, "log", "--run", applied["run"], "-n", "500", "--json").said
    done = [line for line in json.loads(lines) if line["verb"] != "fold"]

    def told(entries, sent):
        return sorted(repr((e["verb"], e["item"], e["collection"], e[sent])) for e in entries)

    assert told(done, "after") == told(planned, "views")
    assert command(scene, forks, "apply", str(plan)).status == 78


def test_a_first_meeting_that_was_planned_is_applied(scene, forks):
    plan = scene.folder / "plan.json"
    assert command(scene, forks, "plan", "--out", str(plan)).status == 0
    assert command(scene, forks, "apply", str(plan)).status == 0
    titles = set(scene.hands("trello").cards())
    assert all(set(scene.hands(side).cards()) == titles for side in scene.sides)


MOVES = {
    "an edit": lambda scene, title: scene.hands("agenda").edit(title, description="Bougé"),
    "a new card": lambda scene, _: scene.hands("agenda").make("Encore un"),
    "a deletion": lambda scene, title: scene.hands("agenda").delete(title),
    "an edit of what is to be written": lambda scene, _: scene.hands("agenda").edit(
        min(scene.hands("trello").cards()), description="Ici aussi"
    ),
    "an edit of the mapping": lambda scene, _: scene.map(
        {}, {"agenda": {"fields": {"description": False}}}
    ),
    "a run in between": None,
}


@pytest.mark.parametrize("move", MOVES)
def test_a_plan_is_refused_and_nothing_is_written_after(scenes, forks, tmp_path, move):
    scene = scenes(some(DEMO, 4, tmp_path), ["trello", "notes", "agenda"])
    synced(scene, forks)
    titles = sorted(scene.hands("trello").cards())
    scene.hands("trello").edit(titles[0], description="Écrit sur trello")
    plan = scene.folder / "plan.json"
    command(scene, forks, "plan", "--out", str(plan))
    if act := MOVES[move]:
        act(scene, titles[1])
    else:
        synced(scene, forks)
    before, cards = stored(scene)[0], shown(scene)
    ended = command(scene, forks, "apply", str(plan))
    assert ended.status == 78, ended
    assert "plan again" in ended.said
    assert (stored(scene)[0], shown(scene)) == (before, cards)


def test_an_undone_run_leaves_every_real_server_as_it_was(scene, forks):
    synced(scene, forks)
    edited(scene)
    before = {side: scene.hands(side).cards() for side in scene.sides}
    run = synced(scene, forks)
    after = {side: scene.hands(side).cards() for side in scene.sides}
    undone = command(scene, forks, "undo", run, "--json")
    assert undone.status == 0, undone
    assert {side: scene.hands(side).cards() for side in scene.sides} == before
    assert json.loads(command(scene, forks, "undo", run, "--json").said)["written"] == 0
    assert json.loads(command(scene, forks, "sync", "--json").said)["written"] == 0
    assert command(scene, forks, "undo", json.loads(undone.said)["run"]).status == 0
    assert {side: scene.hands(side).cards() for side in scene.sides} == after


def test_an_undone_first_mirror_leaves_the_board_alone(scene, forks):
    board = scene.hands("trello").cards(archived=True)
    run = synced(scene, forks)
    edit = min(scene.hands("agenda").cards())
    scene.hands("agenda").edit(edit, description="Écrit depuis")
    ended = command(scene, forks, "undo", run, "--json")
    (hold,) = json.loads(ended.said)["holds"]
    assert hold["command"].startswith("jumelage release")
    assert scene.hands("trello").cards(archived=True) == board
    left = {side: set(scene.hands(side).cards()) for side in scene.sides if side != "trello"}
    assert left == {side: {edit} if side == "agenda" else set() for side in left}


@pytest.mark.parametrize("moved", [False, True])
def test_a_card_that_a_run_put_on_the_board_is_undone_unless_somebody_moved_it(
    scenes, forks, tmp_path, moved
):
    """The board itself gave it its list, which is no edit by people."""
    scene = scenes(some(DEMO, 3, tmp_path), ["trello", "agenda"])
    synced(scene, forks)
    scene.hands("agenda").make("Tout neuf")
    run = synced(scene, forks)
    if moved:
        scene.hands("trello").edit("Tout neuf", list="Fait")
    assert command(scene, forks, "undo", run).status == int(moved)
    assert ("Tout neuf" in scene.hands("trello").cards()) is moved
    assert "Tout neuf" in scene.hands("agenda").cards()
