"""Content: streamed both ways, and the same to the last byte."""

from __future__ import annotations

import hashlib
import shutil
from tempfile import TemporaryFile

import pytest

from sync.errors import Gone, Refused
from sync.model import Plain
from tests.conformance.harness import Bench

CONTENTS = {
    "a_line": b"Bonjour\r\n",
    "nothing": b"",
    "every_byte": bytes(range(256)) * 5,
    "five_megabytes": b"0123456789abcdef" * (5 * 2**16),
    "a_bom": b"\xef\xbb\xbftext",
}


def _blob_field(bench: Bench) -> str:
    bench.needs_writing()
    names = [n for n, s in bench.writable().items() if s.type == "blob"]
    if not names:
        pytest.skip("not applicable: no field of type blob can be written")
    return names[0]


def _read(bench: Bench, ref: str) -> bytes:
    with bench.connector.open(bench.collection, ref) as content, TemporaryFile() as copy:
        shutil.copyfileobj(content, copy)
        copy.seek(0)
        return copy.read()


def _blob(bench: Bench, content: bytes) -> Plain:
    return bench.running.library.blob(content, "pièce jointe.bin")


@pytest.mark.parametrize("kind", CONTENTS)
def test_content_comes_back_to_the_last_byte(bench: Bench, kind: str):
    name = _blob_field(bench)
    record = bench.create({name: _blob(bench, CONTENTS[kind])})
    assert _read(bench, record.ref) == CONTENTS[kind]


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_blob_tells_its_size_and_its_hash_or_none(bench: Bench, kind: str):
    name = _blob_field(bench)
    content = CONTENTS[kind]
    held = bench.get(bench.create({name: _blob(bench, content)}).ref).fields[name]
    assert isinstance(held, dict)
    assert held["size"] == len(content)
    assert held.get("hash") in (None, "sha256:" + hashlib.sha256(content).hexdigest())


def test_content_can_be_replaced(bench: Bench):
    name = _blob_field(bench)
    record = bench.create({name: _blob(bench, b"before, and longer")})
    after = bench.update(record, {name: _blob(bench, b"after")})
    assert _read(bench, after.ref) == b"after"


def test_content_of_the_same_size_is_noticed_as_a_change(bench: Bench):
    name = _blob_field(bench)
    record = bench.create({name: _blob(bench, b"aaaa")})
    before = bench.listing()[record.ref].version
    bench.update(record, {name: _blob(bench, b"bbbb")})
    assert bench.listing()[record.ref].version != before


def test_content_of_what_is_not_there_is_gone(bench: Bench):
    _blob_field(bench)
    record = bench.create()
    bench.delete(record)
    with pytest.raises(Gone), bench.connector.open(bench.collection, record.ref):
        pass


def test_content_that_nobody_has_is_refused_and_makes_nothing(bench: Bench):
    name = _blob_field(bench)
    unknown: Plain = {"name": "x", "size": 3, "hash": "sha256:" + "0" * 64}
    assert bench.accepted({name: unknown}) is None


def test_a_record_without_content_cannot_be_opened(bench: Bench):
    if any(spec.type == "blob" for spec in bench.schema.fields.values()):
        pytest.skip("not applicable: records have content")
    (ref,) = bench.stock(1)
    with pytest.raises(Refused), bench.connector.open(bench.collection, ref):
        pass
