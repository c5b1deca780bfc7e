"""Files whose content the hub lost, or holds damaged, are had again from a side."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Collective

SETTINGS = """\
systems:
  one: {connector: folder, path: ./one}
  two: {connector: folder, path: ./two}
"""
MAPPING = """\
kind: file
sides:
  one: {files: minutes}
  two: {files: minutes}
"""


@pytest.fixture
def files(tmp_path: Path) -> Collective:
    made = Collective(tmp_path)
    made.write("jumelage.yaml", SETTINGS)
    made.write("mappings/minutes.yaml", MAPPING)
    (tmp_path / "two/minutes").mkdir(parents=True)
    made.write("one/minutes/march.odt", "what was decided")
    return made


def a_third_side(files: Collective) -> None:
    files.write("jumelage.yaml", SETTINGS + "  three: {connector: folder, path: ./three}\n")
    files.write("mappings/minutes.yaml", MAPPING + "  three: {files: minutes}\n")
    (files.base / "three/minutes").mkdir(parents=True)


def damaged(folder: Path) -> None:
    for blob in folder.glob("??/*"):
        blob.write_bytes(b"What was decided")


@pytest.mark.parametrize("harm", [shutil.rmtree, damaged])
def test_content_that_is_lost_or_damaged_here_is_read_again_where_it_stands(
    files: Collective, harm: Callable[[Path], None]
):
    assert files.run("sync").status == 0
    harm(files.base / "state.db.blobs")
    a_third_side(files)
    done = files.run("sync", "--yes")
    assert done.status == 0, done.out + done.err
    assert (files.base / "three/minutes/march.odt").read_text() == "what was decided"
    (blob,) = (files.base / "state.db.blobs").glob("??/*")
    assert blob.read_text() == "what was decided"
