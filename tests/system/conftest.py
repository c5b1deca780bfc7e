from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest

from sync import app, engine, registry
from tests.system.admin import Admin
from tests.system.boards import Boards
from tests.system.forking import Forks
from tests.system.world import DEMO, ROOT, SIDES, Scene, Servers, some

EXPORTS = ROOT.parent / "shared" / "data" / "trello" / "exports"


@pytest.fixture(scope="session", autouse=True)
def installed(tmp_path_factory):
    """Let entry points be found in a checkout that is not installed, by child processes too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    folder = tmp_path_factory.mktemp("site")
    info = folder / "jumelage-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: jumelage\nVersion: 0\n")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    sys.path.insert(0, str(folder))
    yield
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    running = Servers(tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def forks(tmp_path_factory):
    """Command lines that begin at once, and can be killed."""
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path, "LC_ALL": "C.UTF-8"}
    running = Forks(environment, tmp_path_factory.mktemp("forks"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def able():
    """The sides whose server this machine can start."""
    missing = {}
    for side, (connector, _word) in SIDES.items():
        if connector not in registry.connectors():
            missing[side] = f"no connector {connector}"
        elif lacking := registry.sandbox(connector).missing():
            missing[side] = lacking
    return [side for side in SIDES if side not in missing], missing


@pytest.fixture
def scenes(servers, able, tmp_path, monkeypatch):
    """Makes scenes, of all sides that can be had unless some are named."""
    monkeypatch.setattr(engine, "SETTLING", 0.01)
    monkeypatch.setattr(app, "WORKERS", 8)
    made = []

    def scene(board: Path = DEMO, sides: list[str] | None = None) -> Scene:
        wanted = sides or list(SIDES)
        if lacking := {side: able[1][side] for side in wanted if side in able[1]}:
            if sides or len(able[0]) < 2:
                pytest.skip(f"cannot be started here: {lacking}")
            wanted = able[0]
        folder = tmp_path / f"scene-{len(made)}"
        folder.mkdir()
        made.append(Scene(servers, folder, board, wanted))
        return made[-1]

    yield scene
    for one in made:
        one.close()


@pytest.fixture
def admin(scenes, forks, tmp_path):
    """Somebody at the command line of a small mirror: a board, a folder of pages, tasks."""
    return Admin(scenes(some(DEMO, 5, tmp_path), ["trello", "notes", "agenda"]), forks)


def boards():
    """The demo's board, and every real one that this machine has."""
    real = sorted(EXPORTS.glob("*.json")) or [EXPORTS / "none.json"]
    return [DEMO, *real]


@pytest.fixture(scope="module")
def shared_scene(servers, able, tmp_path_factory):
    """The demo's board, mirrored; the tests of a module work on it one after the other."""
    patch = pytest.MonkeyPatch()
    patch.setattr(engine, "SETTLING", 0.01)
    patch.setattr(app, "WORKERS", 8)
    folder = tmp_path_factory.mktemp("edited")
    scene = Scene(servers, folder, some(DEMO, 16, folder), able[0])
    assert scene.sync().ok
    yield scene
    scene.close()
    patch.undo()


@pytest.fixture
def edited(shared_scene):
    """The scene of the module, brought in step and all its gates open."""
    for gate in shared_scene.gates.values():
        gate.reset()
    assert shared_scene.sync().ok
    return shared_scene


@pytest.fixture
def collective(forks, tmp_path):
    """Boards of one Trello, and somebody at the command line."""
    running = Boards(tmp_path, forks)
    yield running
    running.close()


@pytest.fixture
def two(collective):
    """Two boards that mirror each other, with their comments; no card stands there yet."""
    one, other = collective.board("Un"), collective.board("Deux")
    sides = {"un": {"use": "trello", "board": one}, "deux": {"use": "trello", "board": other}}
    collective.map(sides, **{"with": ["comment"], "conflicts": "newest"})
    return one, other
