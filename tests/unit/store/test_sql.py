"""What the durable store promises beyond the reference."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import URL
from sqlalchemy.exc import IntegrityError

from sync.errors import ConfigError, InvariantViolated
from sync.state import Intent, Item, JournalEntry, Nonce, Side, Verb
from sync.store.base import Run, StoreLocked
from sync.store.sql import SQLStore

ROOT = Path(__file__).parents[3]

Opening = Callable[..., SQLStore]


@pytest.fixture
def open_store(tmp_path: Path) -> Opening:
    return lambda **options: SQLStore(f"sqlite:///{tmp_path}/state.db", **options)


def line(text: str) -> JournalEntry:
    return JournalEntry("r1", "update", "c1", "b", "1", {"t": "old"}, {"t": text}, "edited", "ana")


def script(tmp_path: Path, body: str) -> subprocess.Popen[str]:
    """Another process that has opened the store as `store`, and says so."""
    code = f"""
import sys
from sync.state import *
from sync.store.base import *
from sync.store.sql import SQLStore
try:
    store = SQLStore("sqlite:///{tmp_path}/state.db")
except StoreLocked as error:
    print("refused:", error, flush=True)
    sys.exit(3)
{body}
"""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "LANGUAGE": "en"},
    )


def test_everything_survives_a_reopening(open_store: Opening):
    begun = datetime(2026, 3, 1, tzinfo=UTC)
    item = Item("c1", "card", "u", hub={"t": ["a"]}, sides={"b": Side(ref="1", seen={"t": None})})
    intent = Intent("n1", Verb.CREATE, "c1", "b", None, views={"t": "a"}, since=begun)
    nonce = Nonce("n1", "c1", "b", views={"t": "a"})
    store = open_store()
    with store.transaction() as change:
        change.put_item(item)
        change.put_intent(intent)
        change.put_nonce(nonce)
        change.append(line("new"))
        change.put_run(Run("r1", begun))
    store.close()
    store = open_store()
    assert list(store.items("u")) == [item]
    assert store.intents() == [intent]
    assert store.nonces("b") == {"n1": nonce}
    assert store.journal()[0].entry == line("new")
    assert store.runs() == [Run("r1", begun)]
    store.close()


def test_a_second_daemon_is_refused_and_told_what_to_do(open_store: Opening, tmp_path: Path):
    store = open_store()
    other = script(tmp_path, "")
    said, _ = other.communicate(timeout=60)
    assert other.returncode == 3
    assert f"process {os.getpid()}" in said
    assert "one daemon per store" in said
    assert "systemctl stop jumelage" in said
    with pytest.raises(StoreLocked):
        open_store()
    store.close()
    open_store().close()


def test_a_process_that_was_killed_leaves_neither_lock_nor_half_a_transaction(
    open_store: Opening, tmp_path: Path
):
    other = script(
        tmp_path,
        """
with store.transaction() as change:
    change.put_item(Item("c1", "card", "u", hub={"t": "whole"}))
    change.put_intent(Intent("n1", Verb.UPDATE, "c1", "b", "1"))
    change.append(JournalEntry("r", "update", "c1", "b", "1", {}, {}, "whole"))
with store.transaction() as change:
    change.put_item(Item("c1", "card", "u", hub={"t": "half"}))
    change.drop_intent("n1")
    change.append(JournalEntry("r", "update", "c1", "b", "1", {}, {}, "half"))
    for number in range(3000):  # more than the page cache holds
        change.put_item(Item(f"x{number}", "card", "u", hub={"t": "half" * 500}))
    print("in the middle", flush=True)
    sys.stdin.read()
""",
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "in the middle\n"
    other.send_signal(signal.SIGKILL)
    other.communicate()
    store = open_store()
    assert list(store.items("u")) == [Item("c1", "card", "u", hub={"t": "whole"})]
    assert [intent.nonce for intent in store.intents()] == ["n1"]
    assert [row.entry.reason for row in store.journal()] == ["whole"]
    assert store.broken() == []
    assert store.lost() is None
    store.close()


def test_a_reader_works_beside_the_daemon_and_cannot_write(open_store: Opening):
    store = open_store()
    reader = open_store(read_only=True)
    with store.transaction() as change:
        change.put_meta("x", 1)
        assert reader.meta("x") is None
    assert reader.meta("x") == 1
    assert reader.lost() is None
    with pytest.raises(InvariantViolated), reader.transaction():
        pass
    reader.close()
    store.close()


def test_a_reader_works_after_the_daemon_has_stopped(open_store: Opening):
    store = open_store()
    with store.transaction() as change:
        change.put_meta("x", 1)
    store.close()
    reader = open_store(read_only=True)
    assert reader.meta("x") == 1
    open_store().close()
    reader.close()


def test_a_reader_makes_no_store_where_there_is_none(open_store: Opening, tmp_path: Path):
    with pytest.raises(ConfigError, match="run a cycle first"):
        open_store(read_only=True)
    assert list(tmp_path.iterdir()) == []


def test_nobody_else_can_read_the_store(tmp_path: Path):
    folder = tmp_path / "new" / "state"
    former = os.umask(0)
    try:
        store = SQLStore(f"sqlite:///{folder}/state.db")
        with store.transaction() as change:
            change.put_meta("x", 1)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        store.close()
    finally:
        os.umask(former)
    assert {"state.db", "state.db-wal", "state.db-shm", "state.db.lock", "state.db.witness"} == set(
        modes
    )
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_store_that_others_could_read_is_closed_to_them(open_store: Opening, tmp_path: Path):
    open_store().close()
    (tmp_path / "state.db").chmod(0o644)
    open_store().close()
    assert stat.S_IMODE((tmp_path / "state.db").stat().st_mode) == 0o600


def test_sqlite_writes_ahead_and_waits_for_the_disk(open_store: Opening):
    store = open_store()
    with store._reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
    store.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "not a url"])
def test_a_database_that_cannot_be_used_is_a_configuration_error(url: str):
    with pytest.raises(ConfigError, match="store: "):
        SQLStore(url)


def test_what_is_no_database_is_a_configuration_error_that_leaves_no_lock(tmp_path: Path):
    (tmp_path / "state.db").write_bytes(b"a letter, not a database" * 100)
    for _ in range(2):
        with pytest.raises(
            ConfigError, match=r"state\.db is damaged \(file is not a database\).*jumelage relink"
        ):
            SQLStore(f"sqlite:///{tmp_path}/state.db")


def test_a_folder_that_cannot_be_made_is_a_configuration_error(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be opened"):
        SQLStore(f"sqlite:///{tmp_path}/file/state.db")


def test_an_error_of_the_database_does_not_show_what_people_wrote(open_store: Opening):
    store = open_store()
    with pytest.raises(IntegrityError) as caught, store.transaction() as change:
        change.put_item(Item("c1", None, "u", hub={"t": "a private matter"}))
    assert "a private matter" not in str(caught.value)
    store.close()


def test_a_password_in_the_url_is_never_shown():
    with pytest.raises(ConfigError) as caught:
        SQLStore("mysql://user:hunter2@host/db")
    assert "hunter2" not in str(caught.value)


def test_a_path_with_signs_of_an_address_is_a_path(tmp_path: Path):
    path = tmp_path / "a b" / "état?#%41.db"
    SQLStore(str(URL.create("sqlite", database=str(path)))).close()
    assert path.exists()


def test_a_moment_without_a_zone_is_refused(open_store: Opening):
    store = open_store()
    naive = datetime(2026, 3, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without a zone"), store.transaction() as change:
        change.put_run(Run("r1", naive))
    assert store.runs() == []
    store.close()


# -- lost and older stores


def run(store: SQLStore, name: str) -> None:
    with store.transaction() as change:
        change.append(line(name))
        change.put_run(Run(name, datetime(2026, 3, 1, tzinfo=UTC)))


def backup(tmp_path: Path) -> bytes:
    """The database's content, once nobody has it open."""
    return (tmp_path / "state.db").read_bytes()


def test_the_latest_store_is_never_lost(open_store: Opening):
    for name in ("r1", "r2", "r3"):
        store = open_store()
        assert store.lost() is None
        run(store, name)
        assert store.lost() is None
        store.close()


def quiet_run(store: SQLStore, name: str) -> None:
    """A run that wrote nothing into the journal."""
    with store.transaction() as change:
        change.put_run(Run(name, datetime(2026, 3, 1, tzinfo=UTC)))


@pytest.mark.parametrize("run", [run, quiet_run])
def test_a_store_from_a_backup_is_older_until_it_is_accepted(
    open_store: Opening, tmp_path: Path, run: Callable[[SQLStore, str], None]
):
    store = open_store()
    run(store, "r1")
    store.close()
    old = backup(tmp_path)
    store = open_store()
    run(store, "r2")
    store.close()
    (tmp_path / "state.db").write_bytes(old)
    for name in ("h1", "h2", "h3"):  # holding cycles do not make it younger
        store = open_store()
        assert "older" in store.lost()
        quiet_run(store, name)
        store.close()
    store = open_store()
    assert store.lost() is not None
    store.accept()
    assert store.lost() is None
    run(store, "r3")
    store.close()
    store = open_store()
    assert store.lost() is None
    store.close()


def test_the_copy_that_was_given_up_is_lost_when_it_turns_up(open_store: Opening, tmp_path: Path):
    store = open_store()
    run(store, "r1")
    store.close()
    old = backup(tmp_path)
    store = open_store()
    run(store, "r2")
    store.close()
    given_up = backup(tmp_path)
    (tmp_path / "state.db").write_bytes(old)
    store = open_store()
    store.accept()
    store.close()
    (tmp_path / "state.db").write_bytes(given_up)
    store = open_store()
    assert store.lost() is not None
    store.close()


def test_a_new_store_where_another_one_ran_is_a_lost_one(open_store: Opening, tmp_path: Path):
    store = open_store()
    run(store, "r1")
    store.close()
    (tmp_path / "state.db").unlink()
    for _ in range(2):
        store = open_store()
        assert "another store" in store.lost()
        store.close()


def test_a_store_that_came_without_its_witness_is_not_trusted(open_store: Opening, tmp_path: Path):
    store = open_store()
    run(store, "r1")
    store.close()
    (tmp_path / "state.db.witness").unlink()
    store = open_store()
    assert "witness" in store.lost()
    store.close()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", "null"])
def test_a_witness_that_cannot_be_read_is_no_reason_to_go_on(
    open_store: Opening, tmp_path: Path, content: str
):
    open_store().close()
    (tmp_path / "state.db.witness").write_text(content)
    store = open_store()
    assert "cannot be read" in store.lost()
    store.close()


def test_a_journal_that_was_cut_short_is_noticed(open_store: Opening, tmp_path: Path):
    store = open_store()
    run(store, "r1")
    run(store, "r2")
    store.close()
    tamper(
        tmp_path, "DELETE FROM journal_values WHERE seq = 2", "DELETE FROM journal WHERE seq = 2"
    )
    store = open_store()
    assert store.broken() == [2]
    assert store.lost() is not None
    store.close()


def test_the_witness_may_lie_elsewhere(open_store: Opening, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    open_store(witness=elsewhere).close()
    assert elsewhere.exists()
    assert not (tmp_path / "state.db.witness").exists()


# -- the hash chain


def tamper(tmp_path: Path, *statements: str) -> None:
    with sqlite3.connect(tmp_path / "state.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "lines"),
    [
        ("UPDATE journal_values SET after = '{}' WHERE seq = 2", [2]),
        ("UPDATE journal_values SET reason = 'x' WHERE seq = 2", [2]),
        ("UPDATE journal_values SET author = NULL WHERE seq = 2", [2]),
        ("UPDATE journal_values SET salt = 'x' WHERE seq = 2", [2]),
        ("UPDATE journal_values SET ref = NULL WHERE seq = 2", [2]),
        ("UPDATE journal_values SET item = 'c2' WHERE seq = 2", [2]),
        ("UPDATE journal SET erases = '1' WHERE seq = 2", [2]),
        ("UPDATE journal SET at = '2020' WHERE seq = 3", [3]),
        ("UPDATE journal SET digest = 'x' WHERE seq = 2", [2, 3]),
        ("DELETE FROM journal WHERE seq = 2", [2, 3]),
        ("DELETE FROM journal WHERE seq = 1", [1, 2]),
        ("DELETE FROM journal_values WHERE seq = 2", [2]),
        ("DELETE FROM journal WHERE seq = 3", [3]),
    ],
)
def test_a_line_that_was_changed_or_taken_out_shows(
    open_store: Opening, tmp_path: Path, statement: str, lines: list[int]
):
    store = open_store()
    for name in ("a", "b", "c"):
        run(store, name)
    assert store.broken() == []
    store.close()
    tamper(tmp_path, statement)
    store = open_store()
    assert store.broken() == lines
    store.close()


def test_an_erased_line_still_verifies_and_nothing_of_it_remains(
    open_store: Opening, tmp_path: Path
):
    store = open_store()
    with store.transaction() as change:
        change.append(line("a private matter"))
        change.append(line("public"))
    with store.transaction() as change:
        change.erase([1])
    assert store.broken() == []
    assert store.journal()[2].erased
    store.close()
    assert b"a private matter" not in backup(tmp_path)
