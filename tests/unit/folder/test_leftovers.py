"""What a process left that was killed in the middle of a write."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.folder import Folder, FolderSettings, renaming
from sync.connector import Origin, Tools
from sync.model import Collection

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOURS = timedelta(hours=2)


def opened(root: Path, now: datetime) -> tuple[Folder, Collection]:
    folder = Folder(FolderSettings(path=root), Tools("notes", base=root, now=lambda: now))
    return folder, folder.locate("folder", ".")


def wrote(root: Path, now: datetime, name: str = "B") -> None:
    folder, here = opened(root, now)
    folder.create(here, {"title": name}, origin=Origin(f"n{name:0>19}", NOON))


def aside(root: Path) -> list[Path]:
    return sorted((root / ".jumelage/tmp").iterdir())


def after(file: Path, time: timedelta) -> datetime:
    known = file.stat()
    return datetime.fromtimestamp(max(known.st_ctime, known.st_mtime), UTC) + time


def killed(root: Path, when: str) -> Path:
    """Let a process of its own be killed while it writes `two` over `one`; what it left aside."""
    (root / "A.md").write_text("one")
    rename = renaming.rename
    if (child := os.fork()) == 0:

        def die(*args) -> None:
            if when == "after":
                rename(*args)
            os._exit(0)

        renaming.rename = die
        folder, here = opened(root, NOON)
        folder.update(here, "A.md", {"body": "two"}, expect=None)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    (left,) = aside(root)
    return left


def history(root: Path) -> list[str]:
    return [p.read_text() for p in root.glob(".jumelage/history/*/*")]


def test_what_never_stood_anywhere_is_let_go(tmp_path: Path):
    left = killed(tmp_path, "before")
    wrote(tmp_path, after(left, HOURS))
    assert aside(tmp_path) == []
    assert (tmp_path / "A.md").read_text() == "one"
    assert history(tmp_path) == []


def test_what_was_replaced_when_we_were_killed_goes_to_the_history(tmp_path: Path):
    left = killed(tmp_path, "after")
    assert left.read_text() == "one"
    later = after(left, HOURS)
    wrote(tmp_path, later)
    assert aside(tmp_path) == []
    assert history(tmp_path) == ["one"]
    folder, here = opened(tmp_path, later)
    assert [r.fields["body"] for r in folder.overwritten(here, "A.md", NOON)] == ["one"]


def test_what_may_still_be_written_is_left_alone(tmp_path: Path):
    left = killed(tmp_path, "before")
    wrote(tmp_path, after(left, timedelta(minutes=30)))
    assert aside(tmp_path) == [left], "another machine may be at work"


@pytest.mark.parametrize("name", ["7-x", "notes.md", "1-2-3-4", "-old"])
def test_what_is_called_otherwise_is_not_ours(tmp_path: Path, name: str):
    wrote(tmp_path, NOON, "A")
    left = tmp_path / ".jumelage/tmp" / name
    left.write_text("theirs")
    wrote(tmp_path, after(left, timedelta(days=9)))
    assert aside(tmp_path) == [left]


@pytest.mark.parametrize(("time", "stays"), [(HOURS, True), (timedelta(days=2), False)])
def test_a_number_that_a_process_has_counts_for_a_day(tmp_path: Path, time: timedelta, stays):
    wrote(tmp_path, NOON, "A")
    left = tmp_path / ".jumelage/tmp" / f"{os.getpid()}-6"
    left.write_text("x")
    wrote(tmp_path, after(left, time))
    assert left.exists() == stays


def test_a_process_of_the_same_number_writes_beside_what_was_left(tmp_path: Path):
    wrote(tmp_path, NOON, "A")
    for serial in range(2000):
        (tmp_path / ".jumelage/tmp" / f"{os.getpid()}-{serial}").write_text("x")
    wrote(tmp_path, NOON, "B")
    assert (tmp_path / "B.md").exists()


def test_a_leftover_that_stands_as_a_note_too_is_only_unlinked(tmp_path: Path):
    wrote(tmp_path, NOON, "A")
    left = tmp_path / ".jumelage/tmp" / f"{os.getpid()}-1-00000000.{'0' * 32}.1-old"
    os.link(tmp_path / "A.md", left)
    wrote(tmp_path, after(left, timedelta(days=2)))
    assert aside(tmp_path) == history(tmp_path) == []
    assert (tmp_path / "A.md").exists()
