"""A soak goes on where it was stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.simulation.ledger import ROOT

TESTS = """
import pytest

@pytest.mark.soak
@pytest.mark.parametrize("part", [1, 2])
def test_kills(part, record_property):
    record_property("kills", 10 * part)
    assert part == 1 or MENDED
"""


@pytest.fixture
def played(tmp_path):
    def play(*, mended: bool, expression: str = "soak") -> str:
        (tmp_path / "test_long.py").write_text(TESTS.replace("MENDED", str(mended)))
        ledger = {"JUMELAGE_SOAK_LEDGER": str(tmp_path / "soak.jsonl"), "PYTHONPATH": str(ROOT)}
        soak = [sys.executable, "-m", "pytest", "-p", "tests.soak", "-q", "-m", expression]
        done = subprocess.run(
            [*soak, "-p", "no:cacheprovider", "-o", "markers=soak", "test_long.py"],
            cwd=tmp_path,
            env=os.environ | ledger,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    return play


def test_what_passed_is_not_played_again_and_what_failed_is(played):
    first = played(mended=False)
    assert "1 failed, 1 passed" in first
    assert "soak: 1 tests passed on this code, 10 kills" in first
    second = played(mended=True)
    assert "1 passed, 1 skipped" in second
    assert "soak: 2 tests passed on this code, 30 kills" in second
    assert "2 skipped" in played(mended=False)


def test_a_line_of_other_code_or_one_that_was_cut_off_counts_for_nothing(played, tmp_path):
    played(mended=False)
    ledger = tmp_path / "soak.jsonl"
    (line,) = filter(None, ledger.read_text().splitlines())
    other = json.dumps({**json.loads(line), "version": "other"})
    ledger.write_text(f"{other}\n{line[:30]}")
    assert "2 passed" in played(mended=True)


def test_who_asks_for_a_test_gets_it_played(played):
    played(mended=True)
    assert "2 passed" in played(mended=True, expression="")
