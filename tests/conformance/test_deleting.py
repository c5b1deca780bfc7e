"""Deleting, softly or for good, and bringing back."""

from __future__ import annotations

import pytest

from sync.errors import Gone, Stale
from tests.conformance.harness import Bench


def test_a_deleted_record_is_gone(bench: Bench):
    record = bench.create()
    bench.delete(record)
    assert bench.is_gone(record.ref)


def test_a_deleted_record_is_absent_from_a_complete_listing(bench: Bench):
    kept, record = bench.create(), bench.create()
    bench.delete(record)
    there = {ref for ref in bench.listing() if not bench.is_gone(ref)}
    assert there == {kept.ref}


def test_a_deleted_record_is_gone_for_everybody(bench: Bench):
    record = bench.create()
    bench.delete(record)
    assert bench.again().is_gone(record.ref)


def test_deleting_twice_is_gone(bench: Bench):
    record = bench.create()
    bench.delete(record)
    if bench.capabilities.soft_delete and record.ref in bench.listing():
        pytest.skip("not applicable: a deleted record stands, archived")
    with pytest.raises(Gone):
        bench.connector.delete(bench.collection, record.ref, expect=record.version)


def test_deleting_leaves_every_other_record(bench: Bench):
    neighbour, record = bench.create(), bench.create()
    before = bench.get(neighbour.ref)
    bench.delete(record)
    after = bench.get(neighbour.ref)
    assert (before.version, before.fields) == (after.version, after.fields)


def test_a_delete_that_expects_an_older_version_is_stale_and_deletes_nothing(bench: Bench):
    bench.needs_writing()
    bench.needs("conditional")
    (name,) = bench.needs_fields(1)
    first = bench.create()
    now = bench.update(first, {name: bench.samples(name)[-1]})
    with pytest.raises(Stale):
        bench.connector.delete(bench.collection, now.ref, expect=first.version)
    assert bench.standing(bench.get(now.ref)) == bench.standing(now)


def test_what_was_deleted_can_be_made_anew(bench: Bench):
    bench.needs_writing()
    fields = bench.required()
    bench.delete(bench.create(fields))
    made = bench.create(fields)
    assert not bench.differing(fields, bench.get(made.ref).fields)


def test_a_softly_deleted_record_comes_back_under_its_ref_as_it_was(bench: Bench):
    bench.needs_writing()
    bench.needs("soft_delete")
    names = [n for n in bench.editable() if bench.schema.fields[n].type != "bool"]
    record = bench.create({name: bench.samples(name)[0] for name in names})
    bench.delete(record)
    restored = bench.connector.restore(bench.collection, record.ref)
    assert restored is None or restored.ref == record.ref
    sent = {n: v for n, v in record.fields.items() if n in bench.writable()}
    assert not bench.differing(sent, bench.get(record.ref).fields)
    assert not bench.is_gone(record.ref)
    assert record.ref in bench.listing()


def test_a_restored_record_can_be_deleted_again(bench: Bench):
    bench.needs_writing()
    bench.needs("soft_delete")
    record = bench.create()
    bench.delete(record)
    bench.connector.restore(bench.collection, record.ref)
    bench.delete(bench.get(record.ref))
    assert bench.is_gone(record.ref)
    bench.connector.restore(bench.collection, record.ref)
    assert not bench.is_gone(record.ref)


def test_what_never_was_cannot_be_restored(bench: Bench):
    bench.needs_writing()
    bench.needs("soft_delete")
    record = bench.create()
    changed = record.ref[:-6] + "zz" + record.ref[-4:]
    with pytest.raises(Gone):
        bench.connector.restore(bench.collection, changed)


def test_what_was_deleted_for_good_cannot_be_restored(bench: Bench):
    bench.needs_writing()
    bench.lacks("soft_delete")
    record = bench.create()
    bench.delete(record)
    with pytest.raises(Gone):
        bench.connector.restore(bench.collection, record.ref)
    assert bench.is_gone(record.ref)
