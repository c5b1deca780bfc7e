"""A store whose writer was killed, whose disk was full, or whose file was swapped."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.errors import ConfigError
from sync.store.base import StoreDamaged, StoreFailed, StoreLocked, StoreUnusable
from tests.store.conftest import Place, fill, state

STEP = 8192


def child(work: Callable[[], None]) -> int:
    """Do something in a process of its own; its exit status."""
    number = os.fork()
    if number == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


def killed(place: Place, first: int, last: int) -> None:
    """Fill the store, and be killed before it is closed: the log stays behind."""

    def work() -> None:
        fill(place.open(), first, last)
        os.kill(os.getpid(), signal.SIGKILL)

    assert child(work) == -signal.SIGKILL
    assert place.beside("-wal").stat().st_size > 0


def test_a_log_that_was_cut_off_anywhere_leaves_whole_transactions_or_is_noticed(
    furnished: Place, tmp_path: Path
):
    place = furnished.copy(tmp_path / "whole")
    killed(place, 12, 20)
    size = place.beside("-wal").stat().st_size
    for number, end in enumerate(range(0, size, size // 60)):
        cut = place.copy(tmp_path / str(number))
        os.truncate(cut.beside("-wal"), end)
        store = cut.open()
        items, intents = {i.id for i in store.items("u")}, {i.item for i in store.intents()}
        assert items == intents == {line.entry.item for line in store.journal()}, end
        assert store.broken() == [] or store.lost(), end
        assert len(items) == 20 or store.lost() or len(items) >= 12, end
        store.close()
        shutil.rmtree(cut.folder)


def test_no_flipped_bit_of_the_log_is_taken_for_what_was_written(furnished: Place, tmp_path: Path):
    place = furnished.copy(tmp_path / "whole")
    killed(place, 12, 20)
    log = place.beside("-wal").read_bytes()
    for number, spot in enumerate(range(0, len(log), len(log) // 60)):
        harmed = place.copy(tmp_path / str(number))
        harmed.beside("-wal").write_bytes(log[:spot] + bytes([log[spot] ^ 16]) + log[spot + 1 :])
        store = harmed.open()
        found = state(store)
        assert {i.id for i in found["items"]} == {i.item for i in found["intents"]}, spot
        assert all(i.hub["title"].startswith("Programme ") for i in found["items"]), spot
        store.close()
        shutil.rmtree(harmed.folder)


def test_a_backup_copied_over_a_store_whose_log_was_left_is_not_believed(
    furnished: Place, tmp_path: Path
):
    place = furnished.copy(tmp_path / "store")
    old = place.path.read_bytes()
    for first in (12, 60, 110):  # long enough that the log begins anew in between
        store = place.open()
        fill(store, first, first + 40)
        store.close()
    killed(place, 160, 170)
    place.path.write_bytes(old)
    try:
        store = place.open()
    except ConfigError as error:
        assert "relink" in str(error)  # noqa: PT017 - either is right
        return
    assert store.lost() is not None
    store.close()


def test_every_write_that_finds_the_disk_full_ends_in_a_sentence_and_is_whole_later(
    furnished: Place, tmp_path: Path
):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    room, done, refused = 0, False, 0
    while not done:
        place = furnished.copy(tmp_path / str(room))

        def work(place: Place = place, room: int = room) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            try:
                store = place.open()
                fill(store, 12, 20)
                store.close()
            except (StoreFailed, StoreUnusable) as error:
                os._exit(7 if str(place.path) in str(error) else 8)

        status = child(work)
        assert status in (0, 7), room
        refused += status == 7
        store = place.open()
        items = {i.id for i in store.items("u")}
        assert items == {line.entry.item for line in store.journal()}, room
        assert len(items) >= 12
        assert store.broken() == []
        assert store.lost() is None, (room, store.lost())
        store.close()
        shutil.rmtree(place.folder)
        done, room = status == 0, room + STEP
    assert refused > 20


def test_a_second_writer_is_refused_over_any_number_of_kills(place: Place):
    ready, write = os.pipe()
    for _again in range(8):
        number = os.fork()
        if number == 0:
            store = place.open()
            os.write(write, b"x")
            while True:
                fill(store, 12, 14)
        assert os.read(ready, 1) == b"x"
        for _each in range(3):
            with pytest.raises(StoreLocked, match=f"process {number}"):
                place.open()
        reader = place.open(read_only=True)
        assert reader.lost() is None
        reader.close()
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        store = place.open()
        assert store.lost() is None
        assert store.broken() == []
        store.close()
    os.close(ready)
    os.close(write)


def closed(place: Place, what: str) -> None:
    if what == "folder":
        place.folder.chmod(0o500)
    for path in place.folder.iterdir():
        path.chmod(0o400)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_store_that_may_not_be_written_is_named_with_the_remedy(furnished: Place, what: str):
    home = Path("/tmp") / f"jumelage-closed-{os.getpid()}-{what}"  # noqa: S108 - nobody's folder
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(mode=0o755)
    place = furnished.copy(home / "store")
    try:
        if os.getuid() == 0:
            for path in (place.folder, *place.folder.iterdir()):
                os.chown(path, 65534, 65534)
        closed(place, what)

        def work() -> None:
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)  # root may write everywhere
            with pytest.raises(StoreUnusable, match=r"cannot be written.*chown"):
                place.open()

        assert child(work) == 0
    finally:
        shutil.rmtree(home)


# -- copies


def test_a_backup_of_a_store_at_work_is_whole_and_older(place: Place, tmp_path: Path):
    store = place.open()
    fill(store, 12, 14)
    with sqlite3.connect(place.path) as source, sqlite3.connect(tmp_path / "copy") as copy:
        source.backup(copy)
    copy.close()
    source.close()
    fill(store, 14, 16)
    store.close()
    for part in ("", "-wal", "-shm"):
        place.beside(part).unlink(missing_ok=True)
    shutil.copy(tmp_path / "copy", place.path)
    store = place.open()
    assert "backup" in str(store.lost())
    assert {i.id for i in store.items("u")} == {f"c{n}" for n in range(14)}
    store.close()


def test_a_log_that_lies_beside_an_emptied_store_is_not_taken_in(place: Place):
    killed(place, 12, 20)
    place.path.write_bytes(b"")
    try:
        store = place.open()
    except StoreDamaged:
        return
    assert store.lost() is not None
    assert list(store.items("u")) == []
    store.close()
