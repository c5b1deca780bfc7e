"""When a record counts as edited since the plan saw it."""

from __future__ import annotations

import pytest

from sync.model import Plain, Record
from sync.precheck import _moved

HASH = "sha256:" + "0" * 64


def _blob(digest: str | None, size: int = 3) -> Plain:
    return {"name": "a.txt", "size": size, "hash": digest}


def _edited(record: Record, expect: str | None = "v1", **seen: Plain) -> bool:
    return _moved(record, seen, expect)


def _record(version: str | None = "v1", **fields: Plain) -> Record:
    return Record("a.txt", version, fields)


def test_content_whose_hash_was_not_read_is_the_same_under_the_same_version():
    assert not _edited(_record(content=_blob(None)), content=_blob(HASH))


@pytest.mark.parametrize("version", ["v2", None])
def test_content_whose_hash_was_not_read_may_be_another_under_another_version(version):
    assert _edited(_record(version, content=_blob(None)), content=_blob(HASH))


def test_without_any_version_unread_content_may_be_another():
    assert _edited(_record(None, content=_blob(None)), None, content=_blob(HASH))


def test_another_hash_is_an_edit_under_any_version():
    assert _edited(_record(content=_blob("sha256:" + "1" * 64)), content=_blob(HASH))


def test_another_value_is_an_edit_though_the_version_is_the_same():
    assert _edited(_record(title="b"), title="a")


def test_a_field_that_was_not_read_is_no_edit():
    assert not _edited(_record(), title="a")
