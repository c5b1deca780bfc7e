"""What people are told at a record: found again by its nonce, and no record to anybody."""

from __future__ import annotations

import pytest

from sync.connector import Message
from sync.errors import Gone, Refused
from tests.conformance.harness import Bench

TEXT = "Deux valeurs : « *oui* » et <non>.\nÀ vous de choisir."


def _tell(bench: Bench) -> tuple[str, Message, str]:
    """A record, and what was told there."""
    ref = bench.create().ref
    notice = Message(TEXT, bench.origin({}))
    return ref, notice, bench.connector.tell(bench.collection, ref, notice)


def test_what_was_told_is_found_by_its_nonce(bench: Bench):
    bench.needs("notices")
    ref, notice, name = _tell(bench)
    again = bench.again()
    assert list(again.connector.told(bench.collection, ref, notice.origin)) == [name]
    assert list(again.connector.told(bench.collection, ref, bench.origin({}))) == []


def test_what_was_told_is_neither_a_record_nor_a_child(bench: Bench):
    bench.needs("notices")
    ref, notice, _name = _tell(bench)
    again = bench.again()
    assert set(again.listing()) == {ref}
    for kind in bench.schema.children:
        below = bench.collection.of_children(kind)
        assert list(again.connector.children(below, ref)) == []
        assert [r for page in again.connector.changes(below, None) for r in page.records] == []
        assert list(again.connector.find(below, notice.origin)) == []


def test_what_was_told_changes_nothing_of_the_record(bench: Bench):
    bench.needs("notices")
    ref = bench.create().ref
    before = bench.again().get(ref).fields
    bench.connector.tell(bench.collection, ref, Message(TEXT, bench.origin({})))
    assert bench.again().get(ref).fields == before


def test_it_can_be_said_otherwise_and_again(bench: Bench):
    bench.needs("notices")
    ref, notice, name = _tell(bench)
    for _ in range(2):
        bench.connector.retell(bench.collection, name, Message("Voilà qui est dit.", notice.origin))
    assert list(bench.connector.told(bench.collection, ref, notice.origin)) == [name]


def test_what_is_no_notice_is_not_said_otherwise(bench: Bench):
    bench.needs("notices")
    ref = bench.create().ref
    with pytest.raises(Gone):
        bench.connector.retell(bench.collection, ref, Message(TEXT, bench.origin({})))


def test_without_the_capability_nobody_is_told_anything(bench: Bench):
    bench.lacks("notices")
    with pytest.raises(Refused):
        bench.connector.tell(bench.collection, "x", Message(TEXT, bench.origin({})))
    with pytest.raises(Refused):
        list(bench.connector.told(bench.collection, "x", bench.origin({})))
    with pytest.raises(Refused):
        bench.connector.retell(bench.collection, "x", Message(TEXT, bench.origin({})))
