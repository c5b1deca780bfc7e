"""When a record counts as edited since the plan saw it."""

from __future__ import annotations

import pytest

from sync.model import Plain, Record
from sync.plan.actions import Action
from sync.precheck import _moved
from sync.state import Verb

HASH = "sha256:" + "0" * 64


def _blob(digest: str | None, size: int = 3) -> Plain:
    return {"name": "a.txt", "size": size, "hash": digest}


def _delete(expect: str | None = "v1", **before: Plain) -> Action:
    return Action(Verb.DELETE, "item", "a.txt", "drive", "a.txt", before=before, expect=expect)


def _record(version: str | None = "v1", **fields: Plain) -> Record:
    return Record("a.txt", version, fields)


def test_content_whose_hash_was_not_read_is_the_same_under_the_same_version():
    assert not _moved(_record(content=_blob(None)), _delete(content=_blob(HASH)))


@pytest.mark.parametrize("version", ["v2", None])
def test_content_whose_hash_was_not_read_may_be_another_under_another_version(version):
    assert _moved(_record(version, content=_blob(None)), _delete(content=_blob(HASH)))


def test_without_any_version_unread_content_may_be_another():
    assert _moved(_record(None, content=_blob(None)), _delete(None, content=_blob(HASH)))


def test_another_hash_is_an_edit_under_any_version():
    assert _moved(_record(content=_blob("sha256:" + "1" * 64)), _delete(content=_blob(HASH)))


def test_another_value_is_an_edit_though_the_version_is_the_same():
    assert _moved(_record(title="b"), _delete(title="a"))


def test_a_field_that_was_not_read_is_no_edit():
    assert not _moved(_record(), _delete(title="a"))
