"""A store of an earlier version is brought up to date when it is opened."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from sync.state import Item, Side, Standing
from sync.store import upgrade as upgrading
from sync.store.base import StoreMismatch
from sync.store.dialect import open_database
from sync.store.schema import HEAD, METADATA
from sync.store.sql import SQLStore
from sync.store.upgrade import upgrade


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/state.db"


def old_store(url: str, *statements: str) -> None:
    """A database as the first version left it."""
    with ExitStack() as closing:
        connection = open_database(url, read_only=False, closing=closing).connection
        upgrade(connection, "0001")
        with connection.begin():
            for statement in statements:
                connection.exec_driver_sql(statement)


LINE = """
    INSERT INTO journal
        (seq, at, run, verb, item, collection, ref, before, after, reason, author)
    VALUES
        (%, '2026-03-01T14:00:0%.000000+00:00', 'r1', 'update', 'c1', 'b', NULL,
        '{}', '{"t":%}', 'because', NULL)
"""
LINES = [LINE.replace("%", seq) for seq in "123"]


def test_an_empty_database_becomes_what_the_schema_says(url: str):
    with ExitStack() as closing:
        connection = open_database(url, read_only=False, closing=closing).connection
        upgrade(connection)
        with connection.begin():
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []
            assert context.get_current_revision() == HEAD


def test_an_old_journal_is_chained_and_keeps_what_it_said(url: str):
    old_store(url, *LINES)
    store = SQLStore(url)
    rows = store.journal()
    assert [(row.seq, row.entry.after, row.entry.reason) for row in rows] == [
        (3, {"t": 3}, "because"),
        (2, {"t": 2}, "because"),
        (1, {"t": 1}, "because"),
    ]
    assert store.broken() == []
    store.close()


def test_an_upgraded_database_becomes_what_the_schema_says(url: str):
    old_store(url, *LINES)
    SQLStore(url).close()
    with ExitStack() as closing:
        connection = open_database(url, read_only=True, closing=closing).connection
        with connection.begin():
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []


def test_a_record_without_the_fields_of_today_has_their_defaults(url: str):
    old_store(
        url,
        "INSERT INTO items (id, unit, kind, data) VALUES ('c1', 'u', 'card',"
        """ '{"hub":{"t":1},"since_gone":true}')""",
        "INSERT INTO sides (item, collection, position, ref, data) VALUES"
        """ ('c1', 'b', 0, '7', '{"standing":"left"}')""",
    )
    store = SQLStore(url)
    side = Side(Standing.LEFT, ref="7")
    assert store.item("c1") == Item("c1", "card", "u", hub={"t": 1}, sides={"b": side})
    store.close()


def test_a_migration_that_fails_leaves_the_old_store_as_it_was(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    old_store(url, *LINES)

    def dump() -> list[str]:
        with sqlite3.connect(tmp_path / "state.db") as connection:
            return list(connection.iterdump())

    before = dump()
    monkeypatch.setattr("secrets.token_hex", lambda _size: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        SQLStore(url)
    assert dump() == before
    monkeypatch.undo()
    store = SQLStore(url)
    assert len(store.journal()) == 3
    store.close()


def test_a_store_of_a_later_version_is_refused_with_the_remedy(url: str, tmp_path: Path):
    SQLStore(url).close()
    with sqlite3.connect(tmp_path / "state.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StoreMismatch, match=r"later version.*install that version"):
            SQLStore(url, read_only=read_only)


def test_a_reader_leaves_an_old_store_to_the_daemon(url: str):
    old_store(url)
    with pytest.raises(StoreMismatch, match="start the daemon once"):
        SQLStore(url, read_only=True)
    SQLStore(url).close()
    SQLStore(url, read_only=True).close()


def test_the_last_migration_is_the_one_that_the_schema_names():
    script = ScriptDirectory.from_config(upgrading._config())
    assert script.get_heads() == [HEAD]


def test_the_migrations_are_found_in_the_package():
    folder = resources.files("sync.store.migrations")
    assert folder.joinpath("env.py").is_file()
    assert folder.joinpath("versions", "v0001_tables.py").is_file()
