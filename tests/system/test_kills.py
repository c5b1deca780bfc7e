"""A process that is killed, whatever it is doing, loses nothing and doubles nothing."""

from __future__ import annotations

import os
import sys

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
"""Kills of the soak; `JUMELAGE_KILLS=500 JUMELAGE_KILLS_FROM=1200 make soak` goes on elsewhere."""
FIRST = int(os.environ.get("JUMELAGE_KILLS_FROM", "1000"))
"""Its first seed."""


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
def test_thousands_of_kills_lose_nothing_and_double_nothing(scenes, forks, tmp_path, capsys):
    seed, kills, broken = FIRST, 0, {}
    while kills < SOAK:
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            kills += played(scenes, forks, folder, seed)
        except AssertionError as wrong:
            broken[seed] = str(wrong)[:2000]
        seed += 1
        with capsys.disabled():
            said = f"\r{kills} kills, seeds {FIRST} to {seed - 1}, broken: {[*broken]}"
            sys.stdout.write(said)
            sys.stdout.flush()
    assert not broken
