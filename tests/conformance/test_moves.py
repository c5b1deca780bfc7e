"""Refs that change, ids that do not, and what our own writes replaced."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.errors import Gone, Refused
from tests.conformance.harness import Bench


def test_a_record_that_moves_keeps_its_stable_id(bench: Bench):
    bench.needs("moves")
    bench.needs_writing()
    record = bench.create()
    if record.stable is None:
        pytest.skip("not applicable: this server has no ids that survive a move")
    name = bench.naming()
    moved = bench.update(record, {name: bench.samples(name)[-1]})
    assert bench.get(moved.ref).stable == record.stable


def test_a_moved_record_stands_in_one_place_only(bench: Bench):
    bench.needs("moves")
    bench.needs_writing()
    record = bench.create()
    name = bench.naming()
    moved = bench.update(record, {name: bench.samples(name)[-1]})
    assert set(bench.listing()) == {moved.ref}
    if moved.ref != record.ref:
        with pytest.raises(Gone):
            bench.get(record.ref)


def test_a_move_keeps_every_other_field(bench: Bench):
    bench.needs("moves")
    bench.needs_writing()
    record = bench.create({name: bench.samples(name)[0] for name in bench.editable()})
    name = bench.naming()
    moved = bench.update(record, {name: bench.samples(name)[-1]})
    kept = {n: v for n, v in record.fields.items() if n in bench.writable() and n != name}
    assert not bench.differing(kept, bench.get(moved.ref).fields)


def test_without_moves_a_new_name_leaves_the_ref(bench: Bench):
    bench.lacks("moves")
    bench.needs_writing()
    name = bench.naming()
    if bench.schema.fields[name].create_only:
        pytest.skip("not applicable: the name cannot change")
    record = bench.create()
    assert bench.update(record, {name: bench.samples(name)[-1]}).ref == record.ref


def test_history_tells_what_our_write_replaced(bench: Bench):
    bench.needs("history")
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    since = bench.origin().since - timedelta(seconds=5)
    lost, kept = bench.samples(name)[:2] if len(bench.samples(name)) > 1 else (None, None)
    if lost is None:
        pytest.skip("not applicable: the field has one value only")
    record = bench.create({name: lost})
    now = bench.update(record, {name: kept})
    states = list(bench.connector.overwritten(bench.collection, now.ref, since))
    assert any(bench.same(name, lost, state.fields.get(name)) for state in states)
    assert not any(bench.same(name, kept, state.fields.get(name)) for state in states)


def test_history_does_not_count_what_others_wrote_as_ours(bench: Bench):
    bench.needs("history")
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    since = bench.origin().since - timedelta(seconds=5)
    first, second = bench.samples(name)[0], bench.samples(name)[0]
    person = bench.person()
    record = person.create({name: first})
    now = person.update(record, {name: second})
    assert list(bench.connector.overwritten(bench.collection, now.ref, since)) == []


def test_without_the_capability_history_is_refused(bench: Bench):
    bench.lacks("history")
    (ref,) = bench.stock(1)
    with pytest.raises(Refused):
        list(bench.connector.overwritten(bench.collection, ref, bench.origin().since))
