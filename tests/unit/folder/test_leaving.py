"""Leaving a folder: our key and our files go, what people wrote and can want back stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.folder import Folder
from connectors.folder.connector import FolderSettings
from connectors.folder.document import Document
from sync.account import Leaves, Sort
from sync.connector import Origin, Tools

NONCE = "a1b2c3d4e5f6a7b8c9d0"


@pytest.fixture
def folder(tmp_path):
    return Folder(FolderSettings(path=tmp_path), Tools("notes"))


def make(folder, place, **fields):
    return folder.create(place, fields, origin=Origin(NONCE, datetime.now(UTC)))


def leave(folder, *places):
    """Take away what can be; the sorts of what stays."""
    assert isinstance(folder, Leaves)
    found = list(folder.traces(places))
    for trace in found + found:
        if not trace.stays:
            folder.efface(trace)
    left = list(folder.traces(places))
    assert all(trace.stays for trace in left)
    return [trace.sort for trace in left]


def standing(tmp_path):
    return sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*"))


@pytest.mark.parametrize("name", ["cards", "deep/er/cards", "."])
def test_a_note_that_we_made_reads_as_before_without_our_key(folder, tmp_path, name):
    place = folder.locate("folder", name)
    made = make(folder, place, title="Fête", body="Bonjour\n\nà tous", due="2026-03-01")
    assert leave(folder, place) == []
    path = tmp_path / name / made.ref
    assert (
        path.read_text("utf-8") == "---\ntitle: Fête\ndue: 2026-03-01\n---\n\nBonjour\n\nà tous\n"
    )
    assert folder.get(place, made.ref).fields == made.fields
    assert not [one for one in standing(tmp_path) if ".jumelage" in one]


def test_a_note_that_people_made_keeps_every_byte(folder, tmp_path):
    place = folder.locate("folder", "cards")
    make(folder, place, title="Ours")
    raw = b"\xef\xbb\xbf---\r\n# jumelage: no\r\nowner:   X\r\n---\r\njumelage: text\r\n"
    (tmp_path / "cards" / "Theirs.md").write_bytes(raw)
    assert leave(folder, place) == []
    assert (tmp_path / "cards" / "Theirs.md").read_bytes() == raw


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("---\njumelage: x\n---\n\nBonjour\n", "Bonjour\n"),
        ("---\njumelage: x\n---\n", ""),
        (
            "---\njumelage: x\n---\n\n---\na: 1\n---\nBonjour\n",
            "---\n---\n\n---\na: 1\n---\nBonjour\n",
        ),
        ("---\njumelage: x\na: 1\n---\nBonjour\n", "---\na: 1\n---\nBonjour\n"),
        ("jumelage: x\n", "jumelage: x\n"),
    ],
)
def test_fences_that_held_nothing_else_go_unless_others_would_take_their_place(before, after):
    document = Document.read(before.encode())
    unmarked = document.unmarked
    assert unmarked.write().decode() == after
    assert Document.read(after.encode()).body == document.body


def test_what_we_deleted_or_replaced_is_peoples_and_stays(folder, tmp_path):
    place = folder.locate("folder", "cards")
    kept, gone = make(folder, place, title="Kept", body="one"), make(folder, place, title="Gone")
    folder.update(place, kept.ref, {"body": "two"}, expect=kept.version)
    folder.delete(place, gone.ref, expect=gone.version)
    assert leave(folder, place) == [Sort.BIN, Sort.BIN]
    own = tmp_path / "cards" / ".jumelage"
    assert sorted(p.name for p in own.iterdir()) == ["history", "trash"]
    assert len([p for p in own.rglob("*") if p.is_file()]) == 2
    assert not (tmp_path / ".jumelage").exists()


def test_the_only_copy_of_what_a_killed_write_replaced_is_not_thrown_away(folder, tmp_path):
    place = folder.locate("folder", "cards")
    make(folder, place, title="A")
    aside = tmp_path / "cards" / ".jumelage" / "tmp"
    shelf = "0123456789abcdef" * 2
    (aside / f"1-1-0123abcd.{shelf}.1").write_text("theirs")
    (aside / "1-2-0123abcd").write_text("never stood anywhere")
    leave(folder, place)
    own = tmp_path / "cards" / ".jumelage"
    assert [p.read_text() for p in own.rglob("*") if p.is_file()] == ["theirs"]
    assert [p.name for p in own.iterdir()] == ["history"]


def test_plain_files_stay_whatever_stands_in_them(folder, tmp_path):
    place = folder.locate("files", "docs")
    (tmp_path / "docs" / ".jumelage" / "origins").mkdir(parents=True)
    (tmp_path / "docs" / ".jumelage" / "origins" / "x").write_text("nonce")
    (tmp_path / "docs" / "a.md").write_text("---\njumelage: mine\n---\n")
    assert leave(folder, place) == []
    assert standing(tmp_path) == ["docs", "docs/a.md"]
    assert (tmp_path / "docs" / "a.md").read_text() == "---\njumelage: mine\n---\n"


def test_another_collection_of_the_same_folder_keeps_its_marks(folder, tmp_path):
    one, other = folder.locate("folder", "one"), folder.locate("folder", "other")
    make(folder, one, title="A")
    made = make(folder, other, title="B")
    assert leave(folder, one) == []
    assert NONCE in (tmp_path / "other" / made.ref).read_text()
    assert (tmp_path / "other" / ".jumelage" / "id").exists()
    assert (tmp_path / ".jumelage" / "known" / "other" / "id").exists()


def test_an_edit_made_meanwhile_is_not_lost(folder, tmp_path, monkeypatch):
    place = folder.locate("folder", "cards")
    made = make(folder, place, title="A", body="one")
    path = tmp_path / "cards" / made.ref
    (trace, *_rest) = folder.traces([place])
    plain = Document.unmarked.fget

    def edited(document):
        path.write_text(path.read_text().replace("one", "two"))
        return plain(document)

    monkeypatch.setattr(Document, "unmarked", property(edited))
    with pytest.raises(Exception, match="moved"):
        folder.efface(trace)
    assert "two" in path.read_text()
