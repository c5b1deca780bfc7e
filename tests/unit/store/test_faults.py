"""What a database or a disk that fails is called, and what whoever runs this is told to do."""

from __future__ import annotations

import errno
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from sync.errors import ConfigError
from sync.i18n import spoken
from sync.state import Item, Side, Standing
from sync.store import dialect, faults
from sync.store.aside import put_aside
from sync.store.base import StoreDamaged, StoreFailed, StoreLocked, StoreUnusable
from sync.store.blobs import BlobStore
from sync.store.dialect import writer_lock
from sync.store.sql import CHUNK, SQLStore
from sync.store.witness import Mark, Witness, objection
from tests.unit.store.conftest import Clock

MOMENT = datetime(2026, 3, 1, 14, 5, 6, tzinfo=UTC)

FULL = "store: there is no room left on the disk for {path} — make room"
LOCKED = "store: {path} is locked by another program (a backup, a shell in the database):"
DAMAGED = "store: {path} is damaged ({reason}); nothing is written to any side."
UNREADABLE = "store: {path} cannot be read or written ({reason}) — look at the disk"
UNWRITABLE = "store: {path} cannot be written ({reason}) — it must lie on a disk"
UNUSABLE = "store: {path} cannot be opened ({reason}) — look at `store:` in the settings"


def of_driver(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("the driver says")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (sqlite3.SQLITE_FULL, StoreFailed, FULL),
        (sqlite3.SQLITE_BUSY, StoreFailed, LOCKED),
        (sqlite3.SQLITE_LOCKED, StoreFailed, LOCKED),
        (sqlite3.SQLITE_PROTOCOL, StoreFailed, LOCKED),
        (sqlite3.SQLITE_IOERR, StoreFailed, UNREADABLE),
        (sqlite3.SQLITE_IOERR_FSYNC, StoreFailed, UNREADABLE),
        (sqlite3.SQLITE_READONLY, StoreUnusable, UNWRITABLE),
        (sqlite3.SQLITE_READONLY_DBMOVED, StoreUnusable, UNWRITABLE),
        (sqlite3.SQLITE_PERM, StoreUnusable, UNWRITABLE),
        (sqlite3.SQLITE_AUTH, StoreUnusable, UNWRITABLE),
        (sqlite3.SQLITE_CORRUPT, StoreDamaged, DAMAGED),
        (sqlite3.SQLITE_NOTADB, StoreDamaged, DAMAGED),
        (sqlite3.SQLITE_FORMAT, StoreDamaged, DAMAGED),
        (sqlite3.SQLITE_CANTOPEN, StoreUnusable, UNUSABLE),
    ],
)
@pytest.mark.parametrize("opening", [False, True])
def test_each_error_of_the_database_has_its_name_and_its_remedy(
    code: int, kind: type, said: str, tmp_path: Path, opening: bool
):
    path = tmp_path / "state.db"
    error = faults.of_sqlite(of_driver(code), path, opening=opening)
    assert type(error) is kind
    assert str(error).startswith(said.format(path=path, reason="the driver says"))


def test_an_error_that_no_file_explains_is_a_fault_of_ours_but_on_opening(tmp_path: Path):
    error = of_driver(sqlite3.SQLITE_CONSTRAINT)
    assert faults.of_sqlite(error, tmp_path) is None
    assert type(faults.of_sqlite(error, tmp_path, opening=True)) is StoreUnusable
    assert faults.of_sqlite(ValueError("of ours"), tmp_path, opening=True) is None


def test_text_that_is_no_text_is_damage_and_is_not_shown(tmp_path: Path):
    error = sqlite3.OperationalError("Could not decode to UTF-8 column 'data': Zéphyrine")
    found = faults.of_sqlite(error, tmp_path / "state.db")
    assert isinstance(found, StoreDamaged)
    assert "(text that is no text)" in str(found)
    assert "Zéphyrine" not in str(found)
    assert faults.of_sqlite(sqlite3.ProgrammingError("closed"), tmp_path) is None


@pytest.mark.parametrize(
    ("number", "kind", "said"),
    [
        (errno.ENOSPC, StoreFailed, FULL),
        (errno.EDQUOT, StoreFailed, FULL),
        (errno.EFBIG, StoreFailed, FULL),
        (errno.EROFS, StoreUnusable, UNWRITABLE),
        (errno.EPERM, StoreUnusable, UNWRITABLE),
        (errno.EACCES, StoreUnusable, UNWRITABLE),
        (errno.EIO, StoreUnusable, UNUSABLE),
        (errno.ENOTDIR, StoreUnusable, UNUSABLE),
    ],
)
def test_each_error_of_the_file_system_has_its_name_and_its_remedy(
    number: int, kind: type, said: str, tmp_path: Path
):
    path, raised = tmp_path / "state.db", OSError(number, "the system says")
    error = faults.of_system(raised, path)
    assert type(error) is kind
    assert str(error).startswith(said.format(path=path, reason=raised))


@pytest.mark.parametrize("raised", [IsADirectoryError(), OSError(errno.EIO, "x")])
def test_a_folder_in_the_place_of_a_store_is_named(raised: OSError, tmp_path: Path):
    error = faults.of_system(raised, tmp_path)
    assert type(error) is StoreUnusable
    assert str(error) == f"store: {tmp_path} is a folder — let `store:` name a file in it"


@pytest.mark.parametrize(
    "told",
    [
        *(faults.full, faults.locked, faults.damaged),
        *(faults.unreadable, faults.unwritable, faults.unusable),
    ],
)
def test_each_sentence_is_there_in_french(told):
    english = str(told(Path("/x"), "reason"))
    with spoken("fr"):
        french = str(told(Path("/x"), "reason"))
    assert french != english
    assert "/x" in french


# The witness


MARK = Mark("g1", 7, 12, "digest")


def test_a_witness_that_cannot_be_read_is_named(tmp_path: Path):
    path = tmp_path / "state.db.witness"
    path.mkdir()
    with pytest.raises(StoreUnusable) as caught:
        Witness(path).read()
    assert str(caught.value).startswith(f"store: {path} is a folder")
    with pytest.raises(StoreUnusable) as caught:
        Witness(path).write(MARK)
    assert str(path) in str(caught.value)


def test_a_witness_is_read_as_it_was_written_and_by_its_owner_only(tmp_path: Path):
    path = tmp_path / "state.db.witness"
    witness = Witness(path)
    assert witness.read() is None
    path.with_name(path.name + ".new").write_text("left by a crash")
    witness.write(MARK)
    assert Witness(path).read() == MARK
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_a_witness_that_is_none_says_so_in_both_languages(tmp_path: Path):
    path = tmp_path / "witness"
    path.write_text("{")
    with pytest.raises(
        ValueError, match=r"^the witness .* cannot be read: is this store"
    ) as caught:
        Witness(path).read()
    with spoken("fr"), pytest.raises(ValueError, match=str(path)) as french:
        Witness(path).read()
    assert str(french.value) != str(caught.value)


@pytest.mark.parametrize(
    ("now", "digest", "said"),
    [
        (Mark("g1", 7, 12, "digest"), "digest", None),
        (Mark("g1", 8, 13, "later"), "digest", None),
        (Mark("g2", 8, 13, "later"), "digest", "another store ran here before this one"),
        (Mark("g1", 6, 12, "digest"), "digest", "this store is older than the last run"),
        (Mark("g1", 7, 12, "digest"), "other", "the journal of this store is not the one"),
        (Mark("g1", 7, 11, "digest"), None, "the journal of this store is not the one"),
    ],
)
def test_a_store_that_is_not_the_latest_is_told_why(now: Mark, digest: str | None, said):
    english = objection(MARK, now, digest)
    with spoken("fr"):
        french = objection(MARK, now, digest)
    if said is None:
        assert english is french is None
    else:
        assert english.startswith(said)
        assert french != english


def test_a_store_without_a_journal_needs_no_digest():
    assert objection(Mark("g", 1, 0, ""), Mark("g", 1, 0, ""), None) is None


def test_the_database_of_another_program_is_refused_in_both_languages(tmp_path: Path):
    path = tmp_path / "songs.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    with pytest.raises(StoreUnusable) as caught:
        SQLStore(f"sqlite:///{path}")
    assert str(caught.value) == (
        "the database is that of another program — let `store:` name a file of its own"
    )
    with spoken("fr"), pytest.raises(StoreUnusable, match="autre programme"):
        SQLStore(f"sqlite:///{path}")


@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_database_is_damaged_and_named(tmp_path: Path, read_only: bool):
    path = tmp_path / "state.db"
    path.write_bytes(b"a letter, not a database" * 300)
    with pytest.raises(StoreDamaged) as caught:
        SQLStore(f"sqlite:///{path}", read_only=read_only)
    assert str(caught.value).startswith(f"store: {path} is damaged (file is not a database);")


def test_a_store_that_is_held_while_it_is_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "state.db"
    SQLStore(f"sqlite:///{path}").close()
    monkeypatch.setattr(dialect, "BUSY_SECONDS", 0.02)
    holder = sqlite3.connect(path)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreFailed) as caught:
        SQLStore(f"sqlite:///{path}")
    holder.close()
    assert str(caught.value).startswith(LOCKED.format(path=path))


def test_what_is_damaged_is_named_with_its_file(tmp_path: Path):
    path = tmp_path / "state.db"
    SQLStore(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA foreign_keys=OFF")
        other.execute(
            "INSERT INTO sides (item, collection, position, data) VALUES ('x','y',0,'{}')"
        )
    other.close()
    with pytest.raises(StoreDamaged) as caught:
        SQLStore(f"sqlite:///{path}")
    reason = "a side of an item that is not there"
    assert str(caught.value).startswith(DAMAGED.format(path=path, reason=reason))


# A store that is put aside


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    for suffix, content in (("", "data"), ("-wal", "log"), ("-shm", "index"), (".witness", "w")):
        path.with_name(path.name + suffix).write_text(content)
    return path


def files(folder: Path) -> dict[str, str]:
    """What stands there but for the lock."""
    return {p.name: p.read_text() for p in folder.iterdir() if not p.name.endswith(".lock")}


ASIDE = "state.db.aside-20260301T140506"


def test_a_store_is_put_aside_whole_and_its_witness_stays(store: Path):
    assert put_aside(store, MOMENT) == store.with_name(ASIDE)
    assert files(store.parent) == {
        ASIDE: "data",
        f"{ASIDE}-wal": "log",
        f"{ASIDE}-shm": "index",
        "state.db.witness": "w",
    }


def test_a_backup_takes_the_place_of_a_store_that_is_put_aside(store: Path, tmp_path: Path):
    backup = tmp_path / "backup.db"
    backup.write_text("older")
    backup.chmod(0o644)
    store.with_name("state.db.restored").write_text("left by a crash")
    put_aside(store, MOMENT, backup)
    found = files(store.parent)
    assert (found["state.db"], found[ASIDE], found["backup.db"]) == ("older", "data", "older")
    assert found.keys() & {"state.db-wal", "state.db-shm", "state.db.restored"} == set()
    assert store.stat().st_mode & 0o777 == 0o600


def test_where_no_store_is_nothing_is_put_aside(tmp_path: Path):
    assert put_aside(tmp_path / "state.db", MOMENT) is None
    assert files(tmp_path) == {}


def test_a_store_in_use_is_not_put_aside(store: Path):
    before = files(store.parent)
    with writer_lock(store), pytest.raises(StoreLocked):
        put_aside(store, MOMENT)
    assert files(store.parent) == before


def test_a_backup_that_is_not_there_leaves_the_store_and_is_named(store: Path, tmp_path: Path):
    before = files(store.parent)
    with pytest.raises(ConfigError) as caught:
        put_aside(store, MOMENT, tmp_path / "nowhere.db")
    assert str(tmp_path / "nowhere.db") in str(caught.value)
    found = files(store.parent)
    found.pop("state.db.restored", None)  # the copy that was begun; the next one replaces it
    assert found == before


# Files and orders


def test_the_folder_of_blobs_is_made_with_those_above_it(tmp_path: Path):
    folder = tmp_path / "var" / "lib" / "blobs"
    for _again in range(2):
        BlobStore(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.fixture
def reversed_reading():
    """SQLite goes through its tables backwards wherever no order is asked for."""

    def reverse(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA reverse_unordered_selects=ON")

    event.listen(Engine, "connect", reverse)
    yield
    event.remove(Engine, "connect", reverse)


@pytest.mark.usefixtures("reversed_reading")
def test_no_order_hangs_on_how_a_database_goes_through_its_tables(tmp_path: Path):
    store = SQLStore(f"sqlite:///{tmp_path}/state.db", clock=Clock())
    names = [f"c{number:04}" for number in range(CHUNK + 3)]
    here = {key: Side(Standing.HERE, "1") for key in ("z", "a", "m")}
    with store.transaction() as change:
        for name in names:
            change.put_item(Item(name, "card", "u", sides={k: s.copy() for k, s in here.items()}))
    assert [item.id for item in store.items("u")] == names
    assert {tuple(item.sides) for item in store.items("u")} == {("z", "a", "m")}
    assert tuple(store.item(names[0]).sides) == ("z", "a", "m")
    store.close()
