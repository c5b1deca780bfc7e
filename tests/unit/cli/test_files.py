"""Files on two folders: a content is what its hash says, not its name and size."""

from __future__ import annotations

import os

import pytest

from connectors.folder.files import Files
from connectors.memory.world import Crash

MAPPING = """\
kind: file
sides:
  one: {files: docs}
  two: {files: docs}
"""


@pytest.fixture
def folders(collective):
    (collective.base / "one/cards/Été.md").unlink()
    collective.write("mappings/programme.yaml", MAPPING)
    written(collective, "one", "note.txt", "first")
    assert collective.run("sync", "--yes").status == 0
    return collective


def written(collective, side, name, text):
    path = collective.write(f"{side}/docs/{name}", text)
    os.utime(path, ns=(next(MOMENTS), next(MOMENTS)))


MOMENTS = iter(range(10**18, 10**19, 10**9))


def texts(collective, name):
    return {(collective.base / side / "docs" / name).read_text() for side in ("one", "two")}


def test_an_edit_of_the_same_length_in_a_file_that_we_wrote_is_taken_in(folders):
    written(folders, "two", "note.txt", "fIRSt")
    assert folders.run("sync").status == 0
    assert texts(folders, "note.txt") == {"fIRSt"}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_write_that_was_cut_off_is_told_by_the_content_and_not_by_its_length(
    folders, monkeypatch, when
):
    written(folders, "one", "note.txt", "again")
    update = Files.update

    def cut(self, *given):
        if when == "after":
            update(self, *given)
        raise Crash

    monkeypatch.setattr(Files, "update", cut)
    with pytest.raises(Crash):
        folders.run("sync")
    monkeypatch.setattr(Files, "update", update)
    assert folders.run("sync").status == 0
    assert texts(folders, "note.txt") == {"again"}
    assert folders.run("sync", "--json").data["written"] == 0


def test_a_content_that_the_answer_to_a_write_does_not_tell_is_read_before_it_is_believed(
    folders, monkeypatch
):
    """As on servers without ETags: what stands there may be somebody's by then."""
    update = Files.update

    def meanwhile(self, ref, patch, expect):
        update(self, ref, patch, expect)
        written(folders, "two", "note.txt", "third")
        return self.get(ref)

    monkeypatch.setattr(Files, "update", meanwhile)
    written(folders, "one", "note.txt", "SECND")
    folders.run("sync")
    monkeypatch.setattr(Files, "update", update)
    assert folders.run("sync").status == 0
    assert texts(folders, "note.txt") == {"third"}
