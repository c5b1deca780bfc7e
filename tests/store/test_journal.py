# ruff: noqa: S608 - the names of tables and columns are those of this file
"""The journal: what was altered or taken out is found; what is to be erased is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import erasure
from sync.remnants import Named
from sync.settings.loading import Limits
from sync.state import Item, JournalEntry, Nonce, Salvage, Side, Standing
from sync.store.base import Run
from tests.store.conftest import Place, fill

LINES = 12
COLUMNS = {
    "journal": ["at", "run", "verb", "collection", "erases", "sealed", "digest", "seq"],
    "journal_values": ["salt", "item", "ref", "before", "after", "reason", "author", "seq"],
}


def tamper(place: Place, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(place.path)) as connection, connection:
        connection.execute(statement, values)


@contextmanager
def altered(place: Place) -> Iterator[Place]:
    """A copy to be spoilt: nothing of one example may reach the next, its WAL least of all."""
    with TemporaryDirectory() as folder:
        yield place.copy(Path(folder) / "store")


def broken(place: Place) -> list[int]:
    store = place.open(read_only=True)
    try:
        return store.broken()
    finally:
        store.close()


@pytest.fixture(scope="module")
def journal(furnished: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A store whose journal has an erased line and its erasure, too."""
    place = furnished.copy(tmp_path_factory.mktemp("journal") / "store")
    store = place.open()
    with store.transaction() as change:
        change.erase([3], "asked")
    with store.transaction() as change:
        change.put_run(Run("last", datetime(2026, 3, 2, tzinfo=UTC)))
    store.close()
    return place


def test_a_journal_as_it_was_written_verifies(journal: Place):
    assert broken(journal) == []


@settings(max_examples=120)
@given(
    seq=st.integers(1, LINES + 1),
    column=st.sampled_from([(t, c) for t, columns in COLUMNS.items() for c in columns]),
    value=st.one_of(st.text(max_size=5), st.integers(0, 99), st.none()),
)
def test_any_change_of_any_column_of_any_line_is_found(journal: Place, seq, column, value):
    table, name = column
    with altered(journal) as copy:
        with closing(sqlite3.connect(copy.path)) as connection:
            (same,) = connection.execute(
                f"SELECT count(*) FROM {table} WHERE seq = ? AND {name} IS ?", (seq, value)
            ).fetchone()
            there = connection.execute(f"SELECT 1 FROM {table} WHERE seq = ?", (seq,)).fetchone()
        try:
            tamper(copy, f"UPDATE {table} SET {name} = ? WHERE seq = ?", value, seq)
        except sqlite3.IntegrityError:
            return
        assert bool(broken(copy)) == bool(there and not same)


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.parametrize("seq", range(1, LINES + 2))
def test_any_line_that_is_taken_out_is_found(journal: Place, table: str, seq: int):
    with altered(journal) as copy:
        tamper(copy, f"DELETE FROM {table} WHERE seq = ?", seq)
        found = broken(copy)
        assert found == [] if (table, seq) == ("journal_values", 3) else seq in found


def test_lines_that_change_places_are_found(journal: Place):
    with altered(journal) as copy:
        for old, new in ((5, 500), (6, 5), (500, 6)):
            for table in ("journal", "journal_values"):
                tamper(copy, f"UPDATE {table} SET seq = ? WHERE seq = ?", new, old)
        assert {5, 6} <= set(broken(copy))


def test_lines_that_were_cut_off_at_the_end_are_named(journal: Place):
    with altered(journal) as copy:
        for table in ("journal_values", "journal"):
            tamper(copy, f"DELETE FROM {table} WHERE seq > 10")
        assert broken(copy) == [3, 11, 12, 13]  # what 13 said of 3 is gone too


# -- erasing

ANA = "Ana Vogelsang"


def remembered(place: Place) -> None:
    """A store that remembers somebody in every place where it can."""
    store = place.open()
    name = {"title": f"Call {ANA} back"}
    with store.transaction() as change:
        gone = Side(Standing.GONE, f"{ANA}.md", seen=name, base=name)
        change.put_item(Item(f"b/{ANA}.md", "card", "u", hub=name, sides={"b": gone}, dead=True))
        change.put_nonce(Nonce("dead", f"b/{ANA}.md", "b", "x", views=name, values=name))
        here = Side(Standing.HERE, "7", seen={"title": "Call"}, base={"title": "Call"})
        previous = {"title": {"value": ANA, "by": "b"}}
        change.put_item(
            Item("b/7", "card", "u", hub={"title": "Call"}, sides={"b": here}, previous=previous)
        )
        change.put_nonce(Nonce("alive", "b/7", "b", "7", views=name, values=name))
        change.keep("r1", Salvage("b/7", "title", f"ask {ANA}", "b", "conflict"))
        change.keep("r1", Salvage("b/7", "title", "a secret vote", "b", "unseen", "u-17"))
        change.append(JournalEntry("r1", "update", f"b/{ANA}.md", "b", f"{ANA}.md", {}, {}, ""))
        change.append(JournalEntry("r1", "update", "b/7", "b", "7", name, {"title": "Call"}, ""))
        change.append(
            JournalEntry("r1", "fold", "b/7", "b", "7", {}, {"title": "a raw nerve"}, "", "u-17")
        )
    store.close()


def test_what_is_erased_of_a_person_is_in_no_file_of_the_store_and_the_journal_verifies(
    place: Place,
):
    remembered(place)
    store = place.open()
    named = Named({ANA})
    found = erasure.of_person(store, named, {("b", "u-17")})
    assert (len(found.lines), len(found.kept), found.items) == (3, 2, [f"b/{ANA}.md"])
    assert found.living == ["b/7"]
    found.carry_out(store, "asked")
    store.compact()
    files = [path for path in place.folder.rglob("*") if path.is_file()]
    for text in (ANA, "a secret vote", "a raw nerve"):
        assert [path.name for path in files if text.encode() in path.read_bytes()] == []
    assert store.broken() == []
    assert not erasure.of_person(store, named, {("b", "u-17")})
    living = store.item("b/7")
    assert living is not None
    assert living.hub == {"title": "Call"}
    assert store.nonces("b")["alive"].adopted == "7"
    store.close()
    store = place.open()
    assert store.lost() is None
    store.close()


def test_what_names_somebody_else_is_left(place: Place):
    remembered(place)
    store = place.open()
    assert not erasure.of_person(store, Named({"Anabel", "Vogel"}), set())
    store.close()


def test_what_is_old_is_erased_and_what_is_open_or_new_stays(place: Place):
    store = place.open()
    fill(store, 20, 22)
    now = datetime.now(UTC)
    limits = Limits(timedelta(days=1), timedelta(days=1), timedelta(days=1))
    assert not erasure.old(store, limits, now)
    late = erasure.old(store, limits, now + timedelta(days=2))
    assert len(late.lines) == len(store.journal())
    assert late.kept == []  # the conflicts are open
    with store.transaction() as change:
        change.settle(store.kept()[0].id, "stands")
    late = erasure.old(store, limits, now + timedelta(days=2))
    assert len(late.kept) == 1
    late.carry_out(store, "retention")
    assert store.broken() == []
    assert not erasure.old(store, limits, now + timedelta(days=2))
    assert not erasure.old(store, Limits(), now + timedelta(days=9999))
    store.close()


def test_an_erasure_says_in_the_journal_which_lines_and_why(place: Place):
    store = place.open()
    with store.transaction() as change:
        change.erase([2, 3, 4, 9], "asked")
    assert store.journal()[0].entry.verb == "erase"
    assert store.journal()[0].entry.reason == "asked"
    with store._reading() as connection:
        said = connection.exec_driver_sql("SELECT erases FROM journal WHERE seq = 13").scalar()
    assert said == "2-4,9"
    store.close()
