"""Finding again what a crashed create may have left."""

from __future__ import annotations

from tests.conformance.harness import Bench


def test_a_created_record_is_found_by_its_origin_once(bench: Bench):
    bench.needs_writing()
    sent = bench.required()
    origin = bench.origin(sent)
    made = bench.create(sent, origin)
    found = list(bench.again().connector.find(bench.collection, origin))
    assert [record.ref for record in found] == [made.ref]


def test_what_is_found_is_what_stands(bench: Bench):
    bench.needs_writing()
    sent = bench.required()
    origin = bench.origin(sent)
    bench.create(sent, origin)
    (found,) = bench.connector.find(bench.collection, origin)
    assert found.fields == bench.get(found.ref).fields
    assert found.version == bench.get(found.ref).version


def test_an_origin_that_was_never_sent_finds_nothing(bench: Bench):
    bench.needs_writing()
    bench.create()
    unsent = bench.required()
    assert list(bench.connector.find(bench.collection, bench.origin(unsent))) == []


def test_an_origin_finds_its_own_record_among_others(bench: Bench):
    bench.needs_writing()
    sent = [bench.required() for _ in range(3)]
    origins = [bench.origin(fields) for fields in sent]
    made = [bench.create(f, o).ref for f, o in zip(sent, origins, strict=True)]
    found = [[r.ref for r in bench.connector.find(bench.collection, o)] for o in origins]
    assert found == [[ref] for ref in made]


def test_a_record_shows_the_origin_that_it_was_made_with(bench: Bench):
    bench.needs_writing()
    bench.needs("origin")
    sent = bench.required()
    origin = bench.origin(sent)
    assert bench.get(bench.create(sent, origin).ref).origin == origin.nonce


def test_records_of_one_content_are_told_apart_by_their_origins(bench: Bench):
    bench.needs_writing()
    bench.needs("origin")
    sent = bench.required()
    origin, other = bench.origin(sent), bench.origin(sent)
    made = bench.create(sent, origin)
    found = [record.ref for record in bench.connector.find(bench.collection, origin)]
    assert found == [made.ref]
    assert list(bench.connector.find(bench.collection, other)) == []


def test_an_edit_does_not_hide_the_origin(bench: Bench):
    bench.needs_writing()
    bench.needs("origin")
    (name,) = bench.needs_fields(1)
    sent = bench.required()
    origin = bench.origin(sent)
    changed = bench.update(bench.create(sent, origin), {name: bench.samples(name)[-1]})
    found = [record.ref for record in bench.connector.find(bench.collection, origin)]
    assert found == [changed.ref]
    assert bench.get(changed.ref).origin == origin.nonce


def test_people_do_not_read_the_origin_in_any_field(bench: Bench):
    bench.needs_writing()
    sent = bench.required()
    origin = bench.origin(sent)
    fields = bench.get(bench.create(sent, origin).ref).fields
    assert origin.nonce not in repr(fields)


def test_without_the_capability_records_show_no_origin(bench: Bench):
    bench.needs_writing()
    bench.lacks("origin")
    assert bench.get(bench.create().ref).origin is None


def test_a_deleted_record_is_not_found_by_its_origin(bench: Bench):
    bench.needs_writing()
    sent = bench.required()
    origin = bench.origin(sent)
    made = bench.create(sent, origin)
    bench.delete(made)
    found = [r.ref for r in bench.connector.find(bench.collection, origin)]
    assert all(bench.is_gone(ref) for ref in found)
