"""Files on two folders: a content is what its hash says, not its name and size."""

from __future__ import annotations

import os

import pytest

from connectors.folder.files import Files
from connectors.memory.world import Crash
from sync.errors import Ambiguous, Gone

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


def by_path(self, origin):
    """As on servers where nothing but its path says which file it is."""
    try:
        yield self.get(origin.key["path"])
    except Gone:
        return


LONG = "a text that is longer than what went through"


def cut_short(folders, monkeypatch, verb, left):
    """A write to the second folder leaves something else than was sent, and no answer."""

    def cut(*_given):
        written(folders, "two", "long.txt", left)
        raise Ambiguous("the connection was cut")

    with monkeypatch.context() as patched:
        patched.setattr(Files, "find", by_path)
        patched.setattr(Files, verb, cut)
        folders.run("sync")
        folders.run("sync")
        patched.undo()
        patched.setattr(Files, "find", by_path)
        for _ in range(3):
            folders.run("sync")


@pytest.mark.parametrize("left", ["", "a text that is"])
def test_a_new_file_that_was_sent_by_half_is_sent_again_and_not_taken_for_an_edit(
    folders, monkeypatch, left
):
    written(folders, "one", "long.txt", LONG)
    cut_short(folders, monkeypatch, "create", left)
    assert texts(folders, "long.txt") == {LONG}


def test_a_content_that_was_sent_by_half_is_sent_again_and_not_taken_for_an_edit(
    folders, monkeypatch
):
    written(folders, "one", "long.txt", "short")
    folders.run("sync")
    written(folders, "one", "long.txt", LONG)
    cut_short(folders, monkeypatch, "update", "a text that is")
    assert texts(folders, "long.txt") == {LONG}


def test_a_file_that_somebody_else_made_in_the_place_of_ours_is_no_edit_of_ours(
    folders, monkeypatch
):
    written(folders, "one", "long.txt", LONG)
    cut_short(folders, monkeypatch, "create", "of somebody else")
    kept = folders.run("kept", "--json").out
    assert texts(folders, "long.txt") == {"of somebody else", LONG} or LONG[:5] in kept, kept


def test_files_that_people_made_at_one_path_between_two_runs_are_one_file(folders):
    written(folders, "one", "same.txt", "the same")
    written(folders, "two", "same.txt", "the same")
    written(folders, "one", "other.txt", "of one")
    written(folders, "two", "other.txt", "of two")
    told = folders.run("sync", "--json")
    assert texts(folders, "same.txt") == {"the same"}
    assert len(folders.run("conflicts", "--json").data) == 1, told.out
    assert texts(folders, "other.txt") == {"of one", "of two"}
