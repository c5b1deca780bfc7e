"""The suite itself: whoever breaks one promise is found out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.liars import LIARS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the suite says of all liars, registered as an installed package would be."""
    installed = tmp_path_factory.mktemp("installed")
    metadata = installed / "liars-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: liars\nVersion: 1\n")
    module = "tests.conformance.liars"
    connectors = [f"{name} = {module}:{liar.__name__}" for name, liar in LIARS.items()]
    sandboxes = [f"{name} = {module}:LiarSandbox" for name in LIARS]
    lines = ["[jumelage.connectors]", *connectors, "[jumelage.sandboxes]", *sandboxes]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-m", "pytest", str(ROOT / "tests/conformance"), "-q", "-rf"]
    command += ["--tb=no", "-p", "no:cacheprovider", "-k", " or ".join(LIARS)]
    command += ["--deselect", "tests/conformance/test_the_suite.py"]
    environment = {**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"}
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return run.stdout


@pytest.mark.parametrize("liar", LIARS)
def test_a_connector_that_breaks_one_promise_is_found_out(liar: str, outcomes: str):
    found = [line for line in outcomes.splitlines() if f"[{liar}-" in line and "FAILED" in line]
    assert found, outcomes[-2000:]
