"""A process that is killed, whatever it is doing, loses nothing and doubles nothing."""

from __future__ import annotations

import os

import pytest

from tests.system.killing import KILLS, Killing
from tests.system.world import DEMO, some

BOARDS = (
    ("trello", "notes", "agenda"),
    ("trello", "doku", "notes"),
    ("trello", "agenda", "doku"),
)
"""The three sides of a seed, in turn."""
SEEDS = 6
SOAK = int(os.environ.get("JUMELAGE_KILLS", "5000"))
"""Kills of the soak."""
FIRST, EACH = 1000, 5
"""Its first seed, and how many seeds one of its tests plays."""


def played(scenes, forks, tmp_path, seed):
    scene = scenes(some(DEMO, 6, tmp_path), list(BOARDS[seed % len(BOARDS)]))
    killing = Killing(scene, forks, seed)
    killing.play()
    return killing.kills


@pytest.mark.real
@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_a_process_is_doing_when_it_is_killed_the_next_brings_all_in_step(
    scenes, forks, tmp_path, seed
):
    assert played(scenes, forks, tmp_path, seed) >= KILLS


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("first", range(FIRST, FIRST + SOAK // KILLS, EACH))
def test_thousands_of_kills_lose_nothing_and_double_nothing(
    scenes, forks, tmp_path, record_property, first
):
    kills, broken = 0, {}
    for seed in range(first, first + EACH):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            kills += played(scenes, forks, folder, seed)
        except AssertionError as wrong:
            broken[seed] = str(wrong)[:2000]
    record_property("kills", kills)
    assert not broken
