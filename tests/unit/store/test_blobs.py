"""The content of files beside the database."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import threading
import time
from pathlib import Path
from unittest import mock

import pytest

from sync.store.base import StoreFailed
from sync.store.blobs import PIECE, BlobStore


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_blob_is_named_by_its_digest_and_read_back(blobs: BlobStore):
    content = b"programme" * PIECE
    name, size = blobs.put(io.BytesIO(content))
    assert name == "sha256:" + hashlib.sha256(content).hexdigest()
    assert size == len(content)
    assert name in blobs
    with blobs.open(name) as file:
        assert file.read() == content


def test_an_empty_file_is_a_blob(blobs: BlobStore):
    name, size = blobs.put(io.BytesIO(b""))
    assert size == 0
    with blobs.open(name) as file:
        assert file.read() == b""


def test_the_same_content_is_kept_once(blobs: BlobStore, tmp_path: Path):
    first = blobs.put(io.BytesIO(b"same"))
    assert blobs.put(io.BytesIO(b"same")) == first
    assert len(files(tmp_path)) == 1


def test_a_stream_is_never_held_whole_in_memory(blobs: BlobStore):
    class Stream(io.RawIOBase):
        left = 3
        asked: list[int] = []  # noqa: RUF012

        def read(self, size: int = -1) -> bytes:
            self.asked.append(size)
            self.left -= 1
            return b"x" * size if self.left > 0 else b""

    stream = Stream()
    assert blobs.put(stream)[1] == 2 * PIECE
    assert set(stream.asked) == {PIECE}


def test_a_stream_that_breaks_off_leaves_nothing(blobs: BlobStore, tmp_path: Path):
    class Broken(io.RawIOBase):
        asked = 0

        def read(self, _size: int = -1) -> bytes:
            self.asked += 1
            if self.asked > 1:
                raise ConnectionResetError
            return b"half"

    with pytest.raises(ConnectionResetError):
        blobs.put(Broken())
    assert files(tmp_path) == []


def test_nobody_else_can_read_a_blob(tmp_path: Path):
    former = os.umask(0)
    try:
        BlobStore(tmp_path / "blobs").put(io.BytesIO(b"private"))
    finally:
        os.umask(former)
    for path in (tmp_path / "blobs").rglob("*"):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted
    assert stat.S_IMODE((tmp_path / "blobs").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["", "sha256:", "sha256:../../etc/passwd", "a" * 64, "sha256:" + "g" * 64]
)
def test_what_is_no_hash_names_no_file(blobs: BlobStore, name: str):
    with pytest.raises(ValueError, match="not the name of a blob"):
        blobs.open(name)


def test_a_blob_that_is_not_kept_is_not_found(blobs: BlobStore):
    missing = "sha256:" + "0" * 64
    assert missing not in blobs
    with pytest.raises(FileNotFoundError):
        blobs.open(missing)


def test_pruning_deletes_what_is_named_nowhere_and_what_crashes_left(
    blobs: BlobStore, tmp_path: Path
):
    kept, _ = blobs.put(io.BytesIO(b"kept"))
    dropped, _ = blobs.put(io.BytesIO(b"dropped"))
    (tmp_path / "blobs" / "tmpcrash.part").write_bytes(b"half")
    assert blobs.prune({kept}) == 1
    assert kept in blobs
    assert dropped not in blobs
    assert len(files(tmp_path)) == 1


def test_pruning_spares_a_blob_that_is_being_written(blobs: BlobStore):
    started, pruned = threading.Event(), threading.Event()

    class Slow(io.RawIOBase):
        pieces = [b"slow", b""]  # noqa: RUF012

        def read(self, _size: int = -1) -> bytes:
            started.set()
            assert pruned.wait(30)
            return self.pieces.pop(0)

    found: list[tuple[str, int]] = []
    writer = threading.Thread(target=lambda: found.append(blobs.put(Slow())))
    writer.start()
    assert started.wait(30)
    blobs.prune(())
    pruned.set()
    writer.join()
    assert found[0][0] in blobs


def test_content_that_is_not_what_its_name_says_is_thrown_away(blobs: BlobStore, tmp_path: Path):
    name, _size = blobs.put(io.BytesIO(b"programme"))
    (file,) = files(tmp_path)
    assert blobs.sound(name)
    file.write_bytes(b"Programme")
    assert not blobs.sound(name)
    assert name not in blobs
    assert not blobs.sound(name)


def test_a_disk_that_is_full_is_named(blobs: BlobStore, tmp_path: Path):
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with mock.patch("os.fsync", full), pytest.raises(StoreFailed, match="no room left"):
        blobs.put(io.BytesIO(b"programme"))
    assert files(tmp_path) == []


@pytest.mark.parametrize(("age", "stays"), [(60, True), (7200, False)])
def test_what_a_killed_process_left_unfinished_is_gone_once_it_is_old(tmp_path, age, stays):
    left = tmp_path / "blobs" / "tmpcrash.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    os.utime(left, (time.time() - age,) * 2)
    BlobStore(tmp_path / "blobs")
    assert left.exists() == stays
