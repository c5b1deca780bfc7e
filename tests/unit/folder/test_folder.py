import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.folder import Folder, FolderSettings, renaming
from sync.connector import Origin, Tools
from sync.errors import ConfigError, Gone, Malformed, Refused, Stale, Unreachable
from sync.model import Collection, Record, Stub

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Clock:
    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


@pytest.fixture
def folder(root: Path, clock: Clock) -> Folder:
    return Folder(FolderSettings(path=Path("notes")), Tools("notes", base=root.parent, now=clock))


@pytest.fixture
def here(folder: Folder) -> Collection:
    return folder.locate("folder", ".")


@pytest.fixture
def files(folder: Folder) -> Collection:
    return folder.locate("files", ".")


def origin(number: int = 1) -> Origin:
    return Origin(f"n{number:019}", NOON)


def created(folder: Folder, here: Collection, **fields) -> Record:
    return folder.create(here, fields, origin=origin())


def listed(folder: Folder, here: Collection) -> dict[str, Record | Stub]:
    pages = list(folder.changes(here, None))
    assert pages[-1].complete
    return {entry.ref: entry for page in pages for entry in page.records}


def test_a_note_is_a_file_that_people_read(folder: Folder, here: Collection, root: Path):
    created(folder, here, title="Réunion du café", due="2026-03-01", body="Bonjour.\n\nÀ demain.")
    assert (root / "Réunion du café.md").read_text() == (
        "---\njumelage: n0000000000000000001\ntitle: Réunion du café\ndue: 2026-03-01\n---\n"
        "\nBonjour.\n\nÀ demain.\n"
    )


def test_a_note_without_a_title_is_called_as_its_file(folder: Folder, here: Collection, root: Path):
    (root / "Compte rendu.md").write_text("Texte\n")
    assert folder.get(here, "Compte rendu.md").fields == {"title": "Compte rendu", "body": "Texte"}


def test_a_second_note_of_one_title_gets_a_number_whatever_the_case(
    folder: Folder, here: Collection
):
    refs = [created(folder, here, title=title).ref for title in ("Semis", "semis", "Semis")]
    assert refs == ["Semis.md", "semis 2.md", "Semis 3.md"]


def test_notes_in_folders_below_are_listed_and_what_is_hidden_is_not(
    folder: Folder, here: Collection, root: Path
):
    created(folder, here, title="A")
    for path in ("sub/deep/B.md", ".git/C.md", "sub/.D.md", "sub/E.txt", ".jumelage/trash/F.md"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")
    assert set(listed(folder, here)) == {"A.md", "sub/deep/B.md"}


def test_an_edit_of_the_same_size_in_the_same_second_is_noticed(
    folder: Folder, here: Collection, root: Path
):
    note = root / "A.md"
    note.write_text("aaaa")
    before = listed(folder, here)["A.md"].version
    known = note.stat()
    note.write_text("bbbb")
    os.utime(note, ns=(known.st_atime_ns, known.st_mtime_ns))
    assert listed(folder, here)["A.md"].version != before


def test_what_was_read_once_is_listed_by_its_hash_alone(folder: Folder, here: Collection):
    record = created(folder, here, title="A")
    assert listed(folder, here) == {"A.md": Stub("A.md", record.version)}


def test_a_link_out_of_the_folder_is_neither_listed_nor_followed(
    folder: Folder, here: Collection, root: Path
):
    secret = root.parent / "secret.md"
    secret.write_text("secret")
    (root / "link.md").symlink_to(secret)
    (root / "out").symlink_to(root.parent, target_is_directory=True)
    assert listed(folder, here) == {}
    for ref in ("link.md", "out/secret.md", "../secret.md", "/etc/hosts.md", "out/notes/link.md"):
        with pytest.raises(Gone):
            folder.get(here, ref)
        with pytest.raises(Gone):
            folder.update(here, ref, {"body": "x"}, expect=None)
        with pytest.raises(Gone):
            folder.delete(here, ref, expect=None)
    assert secret.read_text() == "secret"


def test_a_file_is_not_written_through_a_linked_folder(
    folder: Folder, files: Collection, root: Path
):
    (root / "out").symlink_to(root.parent, target_is_directory=True)
    listing = sorted(root.parent.iterdir())
    with pytest.raises((Refused, Gone, Stale, Unreachable)):
        folder.create(files, {"path": "out/x", "content": {"size": 0}}, origin=origin())
    assert sorted(root.parent.iterdir()) == listing


def test_a_pipe_in_the_folder_does_not_stop_it(folder: Folder, here: Collection, root: Path):
    os.mkfifo(root / "pipe.md")
    assert listed(folder, here) == {}
    with pytest.raises(Gone):
        folder.get(here, "pipe.md")


def test_what_we_replaced_is_kept_and_told(folder: Folder, here: Collection, clock: Clock):
    record = created(folder, here, title="A", body="one")
    clock.now = NOON + timedelta(hours=1)
    folder.update(here, record.ref, {"body": "two"}, expect=record.version)
    states = list(folder.overwritten(here, record.ref, NOON))
    assert [state.fields["body"] for state in states] == ["one"]
    assert list(folder.overwritten(here, record.ref, NOON + timedelta(hours=2))) == []


def test_what_was_replaced_long_ago_is_let_go(folder: Folder, here: Collection, clock: Clock):
    record = created(folder, here, title="A", body="one")
    for day, body in ((0, "two"), (40, "three")):
        clock.now = NOON + timedelta(days=day)
        record = folder.update(here, record.ref, {"body": body}, expect=record.version)
    states = list(folder.overwritten(here, record.ref, NOON))
    assert [state.fields["body"] for state in states] == ["two"]


def test_an_edit_between_the_check_and_the_write_is_put_back(
    folder: Folder, here: Collection, root: Path, monkeypatch: pytest.MonkeyPatch
):
    record = created(folder, here, title="A", body="ours")
    rename = renaming.rename

    def after_an_edit(*args):
        monkeypatch.setattr(renaming, "rename", rename)
        (root / "new").write_text("theirs")
        (root / "new").replace(root / "A.md")
        rename(*args)

    monkeypatch.setattr(renaming, "rename", after_an_edit)
    with pytest.raises(Stale):
        folder.update(here, record.ref, {"body": "lost?"}, expect=record.version)
    assert (root / "A.md").read_text() == "theirs"


def test_an_edit_just_before_a_delete_is_put_back(
    folder: Folder, here: Collection, root: Path, monkeypatch: pytest.MonkeyPatch
):
    record = created(folder, here, title="A")
    rename = renaming.rename

    def after_an_edit(*args):
        monkeypatch.setattr(renaming, "rename", rename)
        (root / "A.md").write_text("theirs")
        rename(*args)

    monkeypatch.setattr(renaming, "rename", after_an_edit)
    with pytest.raises(Stale):
        folder.delete(here, record.ref, expect=record.version)
    assert (root / "A.md").read_text() == "theirs"


def test_without_exchange_a_write_still_compares_and_says_what_holds(
    folder: Folder, here: Collection, monkeypatch: pytest.MonkeyPatch
):
    record = created(folder, here, title="A", body="one")

    def unsupported(*_):
        raise renaming.Unsupported

    monkeypatch.setattr(renaming, "rename", unsupported)
    now = folder.update(here, record.ref, {"body": "two"}, expect=record.version)
    assert now.fields["body"] == "two"
    assert not folder.capabilities.conditional
    assert [s.fields["body"] for s in folder.overwritten(here, record.ref, NOON)] == ["one"]
    with pytest.raises(Stale):
        folder.update(here, record.ref, {"body": "three"}, expect=record.version)
    folder.delete(here, record.ref, expect=now.version)
    assert folder.restore(here, record.ref).fields["body"] == "two"
    again = created(folder, here, title="A")
    assert again.ref == "A 2.md"


def test_a_deleted_note_lies_in_the_trash(folder: Folder, here: Collection, root: Path):
    record = created(folder, here, title="A", body="text")
    folder.delete(here, record.ref, expect=record.version)
    assert not (root / "A.md").exists()
    assert "text" in (root / ".jumelage/trash/A.md").read_text()


def test_a_note_is_not_restored_over_another(folder: Folder, here: Collection, root: Path):
    record = created(folder, here, title="A")
    folder.delete(here, record.ref, expect=record.version)
    (root / "A.md").write_text("new")
    with pytest.raises(Stale):
        folder.restore(here, record.ref)
    assert (root / "A.md").read_text() == "new"


def test_of_two_deleted_notes_of_one_name_both_are_kept(
    folder: Folder, here: Collection, root: Path
):
    for body in ("first", "second"):
        record = folder.create(here, {"title": "A", "body": body}, origin=origin())
        folder.delete(here, record.ref, expect=record.version)
    kept = [p.read_text() for p in root.rglob(".jumelage/**/*") if p.is_file()]
    assert sum("first" in text for text in kept) == sum("second" in text for text in kept) == 1
    assert folder.restore(here, "A.md").fields["body"] == "second"


def test_a_folder_that_does_not_exist_is_unreachable(root: Path):
    lost = Folder(FolderSettings(path=root / "lost"), Tools("notes"))
    with pytest.raises(Unreachable, match="lost"):
        lost.locate("folder", ".")


def test_a_folder_that_was_unmounted_is_unreachable_and_not_empty(
    folder: Folder, here: Collection, root: Path
):
    record = created(folder, here, title="A")
    root.rename(root.parent / "elsewhere")
    root.mkdir()
    for look in (lambda: listed(folder, here), lambda: folder.get(here, record.ref)):
        with pytest.raises(Unreachable):
            look()


@pytest.mark.parametrize("left", ["nothing", "a mount point"])
def test_a_folder_below_that_was_unmounted_is_unreachable_even_to_a_new_process(
    folder: Folder, root: Path, left: str
):
    created(folder, folder.locate("folder", "decisions"), title="A")
    (root / "decisions").rename(root.parent / "elsewhere")
    if left == "a mount point":
        (root / "decisions").mkdir()
    again = Folder(FolderSettings(path=root), Tools("notes"))
    with pytest.raises(Unreachable):
        again.locate("folder", "decisions")


def test_reading_leaves_no_trace(folder: Folder, here: Collection, root: Path):
    (root / "A.md").write_text("x")
    listed(folder, here)
    folder.get(here, "A.md")
    list(folder.find(here, origin()))
    assert [p.name for p in root.rglob("*")] == ["A.md"]


@pytest.mark.parametrize("name", ["/etc", "../up", "a/../b", ".git"])
def test_a_collection_is_below_the_folder(folder: Folder, name: str):
    with pytest.raises(ConfigError, match="below"):
        folder.locate("folder", name)


def test_a_broken_note_is_named_and_hides_no_other(folder: Folder, here: Collection, root: Path):
    (root / "good.md").write_text("x")
    (root / "latin.md").write_bytes("é".encode("latin-1"))
    (root / "yaml.md").write_text("---\na: [\n---\n")
    for _ in range(2):
        (page,) = folder.changes(here, None)
        assert set(page.malformed) == {"latin.md", "yaml.md"}
        assert [entry.ref for entry in page.records] == ["good.md"]
    with pytest.raises(Malformed, match="UTF-8"):
        folder.get(here, "latin.md")


def test_a_change_that_changes_nothing_writes_nothing(folder: Folder, here: Collection, root: Path):
    record = created(folder, here, title="A", body="x")
    before = (root / record.ref).stat().st_ino
    folder.update(here, record.ref, {"title": "A", "body": "x"}, expect=record.version)
    assert (root / record.ref).stat().st_ino == before


def test_the_key_of_the_origin_is_no_field(folder: Folder, here: Collection):
    with pytest.raises(Refused):
        created(folder, here, title="A", jumelage="x")
    assert listed(folder, here) == {}


def test_a_file_that_somebody_put_at_the_path_of_ours_is_not_ours(
    folder: Folder, files: Collection, root: Path
):
    folder._holding(files).place.note("origins", "x", f"{origin().nonce}\n1\nplan.txt\n")
    (root / "plan.txt").write_text("theirs")
    assert list(folder.find(files, origin())) == []
    assert folder.get(files, "plan.txt").origin is None


def test_permission_denied_is_a_fault_of_one_record(folder: Folder, here: Collection, root: Path):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (root / "A.md").write_text("x")
    (root / "B.md").write_text("x")
    (root / "A.md").chmod(0)
    (page,) = folder.changes(here, None)
    assert set(page.malformed) == {"A.md"}
    assert [entry.ref for entry in page.records] == ["B.md"]
