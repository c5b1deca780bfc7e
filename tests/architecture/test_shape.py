"""The code fits a head: modules and functions are small, and every package is named."""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [p for top in ("sync", "connectors", "mappings") for p in (ROOT / top).rglob("*.py")]
LONGEST_MODULE = 400
MEDIAN_MODULE = 200
LONGEST_FUNCTION = 60


def _name(path):
    return str(path.relative_to(ROOT))


def _length(path):
    return len(path.read_text().splitlines())


def test_no_module_is_longer_than_fits_a_head():
    long = {_name(p): _length(p) for p in MODULES if _length(p) > LONGEST_MODULE}
    assert not long


def test_half_of_the_modules_are_short():
    assert statistics.median(_length(p) for p in MODULES) < MEDIAN_MODULE


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_function_is_longer_than_a_screen(path):
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = {f.name: (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    assert not {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION}


def test_no_module_is_named_for_having_no_purpose():
    vague = re.compile(r"util|helper|manager|common|misc")
    names = [part for p in MODULES for part in p.relative_to(ROOT).with_suffix("").parts]
    assert not [name for name in names if vague.search(name)]


def test_every_package_is_declared_so_that_the_wheel_holds_it():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "packages"
    ]
    standing = {
        ".".join(p.parent.relative_to(ROOT).parts) for p in MODULES if p.name == "__init__.py"
    }
    assert set(declared) == standing


def test_every_folder_of_modules_is_a_package():
    assert not [_name(p.parent) for p in MODULES if not (p.parent / "__init__.py").exists()]
