"""A process that is killed in the middle of a first mirror leaves nothing double, nothing out."""

from __future__ import annotations

import random

import pytest

from tests.system.conftest import EXPORTS
from tests.system.killing import Murder
from tests.system.test_mirror import differing
from tests.system.world import DEMO, some

KILLS = 10


def killed_again_and_again(scene, forks, seed, most):
    """Begin a first mirror, and kill it at a write, ten times; how often it was hit."""
    chance, hit = random.Random(seed), 0
    for _ in range(KILLS):
        murder = Murder(scene, chance.randint(1, most), chance.random() < 0.5, forks.kill)
        hit += forks.run(scene.line("sync", "--yes")[3:], scene.environment).killed
        murder.over()
    return hit


def nothing_is_double_and_nothing_out(scene):
    report = scene.sync()
    assert report.ok, report
    original = scene.hands("trello").cards(archived=True)
    for side in scene.sides:
        assert differing(scene, side, original) == {}, side
    assert scene.sync().written == 0


@pytest.mark.real
@pytest.mark.parametrize("seed", [1])
def test_a_first_mirror_that_is_killed_ten_times_leaves_no_duplicate(scenes, forks, tmp_path, seed):
    scene = scenes(some(DEMO, 8, tmp_path))
    assert len(scene.hands("trello").cards(archived=True)) == 8
    assert killed_again_and_again(scene, forks, seed, 4) >= 5
    nothing_is_double_and_nothing_out(scene)
    assert len(scene.hands("trello").cards(archived=True)) == 8


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(3))
def test_a_first_mirror_of_a_large_board_that_is_killed_ten_times(scenes, forks, seed):
    board = max(EXPORTS.glob("*.json"), key=lambda f: f.stat().st_size, default=DEMO)
    scene = scenes(board)
    number = len(scene.hands("trello").cards(archived=True))
    assert killed_again_and_again(scene, forks, seed, number // 5) >= 5
    nothing_is_double_and_nothing_out(scene)
    assert len(scene.hands("trello").cards(archived=True)) == number
