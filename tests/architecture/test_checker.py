"""What judges the engine in random histories shares no code with it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SIMULATION = Path(__file__).resolve().parents[1] / "simulation"
JUDGES = ("checker", "agreement", "oracle", "people")
CONTRACT = {"sync.errors", "sync.model"}
"""The names of errors and of plain data: what worlds speak, too; they decide nothing."""
WORLDS = {"connectors.memory.world"}
"""Where people act, and where the judges look."""
STAGE = {f"tests.simulation.{name}" for name in (*JUDGES, "stage")}
"""The stage tells in plain words what the mapping says."""
COMPILED = {"member", "comments", "whole", "talk", "engine", "rules", "units", "bindings"}
"""What the engine works with; whether there is any at all may be asked."""
DATA = {"kept", "intents"}
"""What is read of the store: what was set aside, and writes whose outcome nobody knows."""


def _tree(judge):
    return ast.parse((SIMULATION / f"{judge}.py").read_text())


def _named(judge):
    for node in ast.walk(_tree(judge)):
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("judge", JUDGES)
def test_a_judge_imports_nothing_that_decides(judge):
    ours = {m for m in _named(judge) if m.split(".")[0] in {"sync", "connectors", "tests"}}
    assert ours <= CONTRACT | WORLDS | STAGE


@pytest.mark.parametrize("judge", JUDGES)
def test_a_judge_looks_at_nothing_that_the_engine_works_with(judge):
    tree = _tree(judge)
    asked = {id(n.left) for n in ast.walk(tree) if isinstance(n, ast.Compare)}
    named = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and id(n) not in asked]
    assert not COMPILED & {n.attr for n in named}
    read = {n.attr for n in named if isinstance(n.value, ast.Attribute) and n.value.attr == "store"}
    assert read <= DATA
