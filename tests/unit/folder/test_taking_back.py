"""A write that takes back what we wrote leaves the file as it was, to the byte."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.folder import Folder, FolderSettings
from sync.connector import Tools
from sync.model import Collection

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORMS = {
    "no front matter": "Text\n",
    "nothing at all": "",
    "no end of line": "Text",
    "an empty front matter": "---\n---\nText\n",
    "a title as nobody of us writes it": "---\n'title':   \"Plan\"   # why\ndue: ~\n---\nText\n",
    "all on one line": "---\n{title: Plan, archived: false}\n---\n\n\nText\n\n",
    "lines of another system": "---\r\ntitle: Plan\r\n---\r\nText\r\n",
    "a rule at the top": "\n---\nText\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(FolderSettings(path=tmp_path), Tools("notes", base=tmp_path, now=lambda: NOON))


@pytest.fixture
def here(folder: Folder) -> Collection:
    return folder.locate("folder", ".")


@pytest.mark.parametrize("patch", [{"archived": True}, {"title": "New", "body": "Other"}])
@pytest.mark.parametrize("form", FORMS)
def test_what_we_wrote_is_taken_back_to_the_byte(folder, here, tmp_path: Path, form: str, patch):
    note = tmp_path / "A.md"
    note.write_bytes(FORMS[form].encode())
    before = folder.get(here, "A.md")
    now = folder.update(here, "A.md", patch, expect=before.version)
    assert note.read_bytes() != FORMS[form].encode()
    back = {name: before.fields.get(name) for name in patch}
    folder.update(here, "A.md", back, expect=now.version)
    assert note.read_bytes() == FORMS[form].encode()


def test_what_people_wrote_since_stays(folder, here, tmp_path: Path):
    note = tmp_path / "A.md"
    note.write_text("Text\n")
    folder.update(here, "A.md", {"archived": True}, expect=None)
    note.write_text("---\n# kept for Zoé\narchived: true\n---\nText\n")
    folder.update(here, "A.md", {"archived": None}, expect=None)
    assert note.read_text() == "---\n# kept for Zoé\n---\nText\n"


def test_where_nothing_is_known_any_more_no_empty_fences_are_left(folder, here, tmp_path: Path):
    note = tmp_path / "A.md"
    note.write_text("---\narchived: true\n---\nText\n")
    folder.update(here, "A.md", {"archived": None}, expect=None)
    assert note.read_text() == "Text\n"


def test_fences_stay_where_the_text_would_be_read_as_such(folder, here, tmp_path: Path):
    note = tmp_path / "A.md"
    note.write_text("---\narchived: true\n---\n---\na: 1\n---\n")
    folder.update(here, "A.md", {"archived": None}, expect=None)
    assert folder.get(here, "A.md").fields == {"title": "A", "body": "---\na: 1\n---"}
