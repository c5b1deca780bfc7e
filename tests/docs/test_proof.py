"""The page of proof names each invariant, and tests that exist."""

from __future__ import annotations

import ast
import re

import pytest

from tests.docs.pages import ROOT
from tests.simulation.wrong_campaign import ENGINES

PAGE = ROOT / "docs" / "explanation" / "proof.md"
ROWS = re.findall(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
INVARIANTS = 20


@pytest.fixture(scope="module")
def tests():
    return {
        node.name
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_invariant_is_stated_once_and_in_order():
    assert [int(number) for number, _, _ in ROWS] == list(range(1, INVARIANTS + 1))


@pytest.mark.parametrize(("number", "guards"), [(n, guards) for n, _, guards in ROWS])
def test_every_invariant_is_guarded_by_tests_that_exist(number, guards, tests):
    named = re.findall(r"`(test_\w+)`", guards)
    assert named, f"nothing guards invariant {number}"
    assert set(named) <= tests


def test_the_page_counts_the_wrong_engines():
    assert (
        f"| {len(ENGINES)} of {len(ENGINES)}, each by its history or its scene |"
        in PAGE.read_text()
    )


def test_every_test_that_the_page_names_exists(tests):
    assert set(re.findall(r"`(test_\w+)`", PAGE.read_text())) <= tests
