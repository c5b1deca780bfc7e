"""A process that is killed in the middle of a first mirror leaves nothing double, nothing out."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from dataclasses import dataclass, field

import pytest

from tests.system.conftest import EXPORTS
from tests.system.gate import Answer, Asked
from tests.system.test_mirror import differing
from tests.system.world import DEMO, Scene, some

KILLS = 10
READS = {"GET", "PROPFIND", "REPORT", "OPTIONS", "HEAD"}
QUICKLY = "import sync.engine as e, sync.cli as c; e.SETTLING = 0.01; c.main()"
"""The command line, but for the wait between the two listings of a first meeting."""


@dataclass
class Killer:
    """Kills a process when so many writes have come to a gate, before or after their effect."""

    scene: Scene
    process: subprocess.Popen[bytes]
    writes: int
    after: bool
    due: Asked | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for gate in self.scene.gates.values():
            gate.instead, gate.bend = self.before, self.behind

    def before(self, asked: Asked) -> Answer | None:
        with self.lock:
            self.writes -= writes(asked)
            if self.writes == 0 and writes(asked):
                self.due = asked
        if asked is self.due and not self.after:
            self.kill()
            return Answer(503, b"")
        return None

    def behind(self, asked: Asked, answer: Answer) -> Answer:
        if asked is self.due and self.after:
            self.kill()
        return answer

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def writes(asked: Asked) -> bool:
    """Whether a request changes something there."""
    if "xmlrpc" in asked.path:
        return b"putPage" in asked.body
    if "api.php" in asked.path:
        return any(b"action=" + verb in asked.body for verb in (b"edit", b"delete", b"move"))
    return asked.method not in READS


def killed_again_and_again(scene: Scene, seed: int, most: int) -> int:
    """Begin a first mirror, and kill it in the middle, ten times; how often it was hit."""
    chance, hit = random.Random(seed), 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-c", QUICKLY, *scene.line("sync", "--yes")[3:]],
            env=scene.process_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        Killer(scene, process, chance.randint(1, most), chance.random() < 0.5)
        process.wait(120)
        hit += process.returncode == -9
        for gate in scene.gates.values():
            gate.reset()
    return hit


def nothing_is_double_and_nothing_out(scene: Scene) -> None:
    report = scene.sync()
    assert report.ok, report
    original = scene.hands("trello").cards(archived=True)
    for side in scene.sides:
        assert differing(scene, side, original) == {}, side
    assert scene.sync().written == 0


@pytest.mark.real
@pytest.mark.parametrize("seed", [1])
def test_a_first_mirror_that_is_killed_ten_times_leaves_no_duplicate(scenes, tmp_path, seed):
    scene = scenes(some(DEMO, 8, tmp_path))
    assert len(scene.hands("trello").cards(archived=True)) == 8
    assert killed_again_and_again(scene, seed, 4) >= 5
    nothing_is_double_and_nothing_out(scene)
    assert len(scene.hands("trello").cards(archived=True)) == 8


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_a_first_mirror_of_a_large_board_that_is_killed_ten_times(scenes, seed):
    board = max(EXPORTS.glob("*.json"), key=lambda f: f.stat().st_size, default=DEMO)
    scene = scenes(board)
    number = len(scene.hands("trello").cards(archived=True))
    assert killed_again_and_again(scene, seed, number // 5) >= 5
    nothing_is_double_and_nothing_out(scene)
    assert len(scene.hands("trello").cards(archived=True)) == number
