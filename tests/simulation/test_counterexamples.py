"""All histories that once broke a wrong rule have their tests, numbered as they were found."""

from __future__ import annotations

import ast
import re
from pathlib import Path

FOUND = range(1, 53)
NUMBERS = re.compile(r"(\d+(?:, \d+)*)\.$")


def numbered() -> dict[int, list[str]]:
    """Number -> the tests whose docstring is that number, or several."""
    tests: dict[int, list[str]] = {}
    for file in sorted(Path(__file__).parent.glob("test_counterexamples_*.py")):
        for node in ast.parse(file.read_text("utf-8")).body:
            said = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
            if said and node.name.startswith("test_") and (numbers := NUMBERS.match(said)):
                for number in numbers[1].split(", "):
                    tests.setdefault(int(number), []).append(node.name)
    return tests


def test_every_history_that_broke_a_wrong_rule_has_its_test():
    assert sorted(numbered()) == list(FOUND)
