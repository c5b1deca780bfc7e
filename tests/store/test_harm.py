"""A store that was harmed is noticed before anything is concluded from it."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.i18n import spoken
from sync.store import dialect
from sync.store.base import StoreDamaged, StoreFailed, StoreUnusable
from tests.store.conftest import Place, fill, state

REMEDIES = ("jumelage relink --from BACKUP", "jumelage relink --fresh")
FLIPS = 300


def believed(place: Place):
    """What a store that is opened says, if it lets itself be believed; else None."""
    try:
        store = place.open()
    except ConfigError:
        return None
    try:
        found = None if store.lost() else (state(store), store.broken())
    except StoreDamaged:
        found = None
    finally:
        store.close()
    return found


@pytest.fixture(scope="module")
def intact(furnished: Place, tmp_path_factory: pytest.TempPathFactory):
    return believed(furnished.copy(tmp_path_factory.mktemp("intact") / "store"))


def test_no_flipped_bit_is_taken_for_what_was_written(furnished: Place, intact, tmp_path: Path):
    chance = random.Random(1)
    size = furnished.path.stat().st_size
    found = 0
    for number in range(FLIPS):
        place = furnished.copy(tmp_path / str(number))
        content = bytearray(place.path.read_bytes())
        spot = number if number < 100 else chance.randrange(size)  # the header, then anywhere
        content[spot] ^= 1 << chance.randrange(8)
        place.path.write_bytes(content)
        told = believed(place)
        if told is None:
            found += 1
        else:
            (now, broken), (then, _none) = told, intact
            assert {k: v for k, v in now.items() if k != "journal"} == {
                k: v for k, v in then.items() if k != "journal"
            }, spot
            assert now["journal"] == then["journal"] or broken, spot
        shutil.rmtree(place.folder)
    assert found > FLIPS // 10


def test_a_file_that_was_cut_off_anywhere_is_noticed(furnished: Place, intact, tmp_path: Path):
    size = furnished.path.stat().st_size
    for number, end in enumerate([*range(4096, size, 4096), 1, 100, 5000, size - 1]):
        place = furnished.copy(tmp_path / str(number))
        with place.path.open("r+b") as file:
            file.truncate(end)
        # The database takes what is missing of a page for zeros, which they may have been.
        assert believed(place) in ((None,) if end % 4096 == 0 else (None, intact)), end


@pytest.mark.parametrize(
    "content", [b"a letter, not a database" * 300, bytes(8192), b"SQLite format 3\0" + bytes(9000)]
)
def test_what_is_no_database_names_the_file_and_what_to_do(place: Place, content: bytes):
    place.path.write_bytes(content)
    for read_only in (False, True):
        with pytest.raises(StoreDamaged) as caught:
            place.open(read_only=read_only).items("u")
        assert str(place.path) in str(caught.value)
        assert all(remedy in str(caught.value) for remedy in REMEDIES)


def test_every_sentence_of_a_store_that_fails_is_there_in_french(place: Place):
    place.path.write_bytes(b"a letter, not a database" * 300)
    with spoken("fr"), pytest.raises(StoreDamaged, match="est abîmée") as caught:
        place.open()
    assert "jumelage relink --fresh" in str(caught.value)


def test_an_empty_file_is_a_store_that_was_lost(place: Place):
    place.path.write_bytes(b"")
    for _again in range(2):
        store = place.open()
        assert "another store" in str(store.lost())
        store.close()


def test_a_folder_in_the_place_of_the_store_is_named(place: Place):
    place.path.unlink()
    place.path.mkdir()
    for read_only in (False, True):
        with pytest.raises(StoreUnusable, match="is a folder"):
            place.open(read_only=read_only)


def test_the_database_of_another_program_is_left_alone(place: Place):
    place.path.unlink()
    with sqlite3.connect(place.path) as other:
        other.execute("CREATE TABLE songs (title TEXT)")
    other.close()
    before = place.path.read_bytes()
    with pytest.raises(StoreUnusable, match="another program"):
        place.open()
    with sqlite3.connect(place.path) as other:
        names = other.execute("SELECT name FROM sqlite_master").fetchall()
    other.close()
    assert names == [("songs",)]
    assert len(place.path.read_bytes()) == len(before)


def test_a_store_that_another_program_holds_is_waited_for_and_then_named(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dialect, "BUSY_SECONDS", 0.05)
    store = place.open()
    backup = sqlite3.connect(place.path)
    backup.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreFailed, match="locked by another program") as caught:
        fill(store, 20, 21)
    assert str(place.path) in str(caught.value)
    backup.rollback()
    backup.close()
    fill(store, 20, 21)
    assert store.lost() is None
    store.close()


def test_a_store_that_is_held_while_it_is_opened_may_be_free_at_the_next_start(
    place: Place, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(dialect, "BUSY_SECONDS", 0.05)
    holder = sqlite3.connect(place.path)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreFailed, match="locked by another program"):
        place.open()
    holder.close()
    place.open().close()


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"null", b'{"generation": 1}'])
def test_a_witness_that_was_harmed_is_no_reason_to_go_on(place: Place, content: bytes):
    place.beside(".witness").write_bytes(content)
    store = place.open()
    assert store.lost() is not None
    store.close()


def test_no_flipped_bit_of_the_witness_makes_an_older_store_the_latest(
    place: Place,
):
    old = place.path.read_bytes()
    store = place.open()
    fill(store, 12, 14)
    store.close()
    place.path.write_bytes(old)
    witness = place.beside(".witness").read_bytes()
    for spot in range(len(witness)):
        flipped = bytearray(witness)
        flipped[spot] ^= 4
        place.beside(".witness").write_bytes(flipped)
        store = place.open()
        assert store.lost() is not None, spot
        store.close()
