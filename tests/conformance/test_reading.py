"""Finding collections, listing them, reading records."""

from __future__ import annotations

from contextlib import suppress

import pytest

from sync.errors import ConfigError, Gone, Unreachable
from sync.model import Record, Stub
from sync.types import TYPES
from tests.conformance.conftest import Wire
from tests.conformance.harness import Bench


def test_a_collection_is_found_by_the_name_that_a_mapping_uses(bench: Bench):
    assert bench.collection.system == bench.connector.tools.name
    assert bench.collection.word == bench.word
    assert bench.collection.child is None


def test_a_collection_has_the_same_id_whoever_looks_for_it(bench: Bench):
    assert bench.again().collection == bench.collection


def test_a_name_that_stands_for_nothing_is_explained_or_is_an_empty_collection(bench: Bench):
    explained = ""
    with suppress(Unreachable):
        try:
            other = bench.connector.locate(bench.word, "no-such-thing-here")
        except ConfigError as error:
            explained = str(error)
        else:
            assert not any(page.records for page in bench.connector.changes(other, None))
    assert not explained or bench.name in explained, "the message names what exists"


def test_the_schema_names_fields_of_known_types(bench: Bench):
    assert bench.schema.fields or bench.schema.open
    unknown = {s.type for s in bench.schema.fields.values()} - set(TYPES)
    assert not unknown


def test_a_rich_text_names_its_dialect(bench: Bench):
    rich = [s for s in bench.schema.fields.values() if s.type == "richtext"]
    assert all(spec.dialect for spec in rich)


def test_the_schema_is_asked_for_once_in_a_process(bench: Bench, wire: Wire):
    assert bench.connector.schema(bench.collection) == bench.schema
    assert not wire.requests


def test_an_empty_collection_lists_completely_and_holds_nothing(bench: Bench):
    assert bench.listing() == {}


def test_a_listing_names_every_record_once(bench: Bench):
    made = bench.stock(7)
    listed = [entry.ref for entry in bench.entries()]
    assert sorted(listed) == sorted(made)


def test_only_the_last_page_says_complete(bench: Bench):
    bench.stock(3)
    pages = bench.pages()
    assert pages[-1].complete
    assert not any(page.complete for page in pages[:-1])


def test_a_full_listing_says_nothing_of_what_left(bench: Bench):
    bench.stock(1)
    assert not any(page.gone for page in bench.pages())


def test_what_is_listed_is_what_a_direct_read_shows(bench: Bench):
    bench.stock(3)
    for ref, entry in bench.listing().items():
        read = bench.get(ref)
        assert read.ref == ref
        assert read.version == entry.version
        if isinstance(entry, Record):
            assert read.fields == entry.fields


def test_records_hold_canonical_values_of_the_fields_of_the_schema(bench: Bench):
    for ref in bench.stock(3):
        for name, value in bench.get(ref).fields.items():
            assert value not in ("", [], {}), f"{name}: the one empty value is None"
            spec = bench.schema.fields.get(name)
            assert spec is not None or bench.schema.open, f"{name} is not in the schema"
            if spec is not None:
                assert TYPES[spec.type].clean(value) == value, f"{name} is not canonical"


def test_every_field_of_the_schema_is_observed_even_when_empty(bench: Bench):
    (ref,) = bench.stock(1)
    observed = bench.get(ref).fields
    named = {n for n, s in bench.schema.fields.items() if s.writable}
    assert named <= set(observed), "a field that is not observed is never compared"


def test_reading_twice_gives_the_same_version_and_fields(bench: Bench):
    (ref,) = bench.stock(1)
    one, other = bench.get(ref), bench.get(ref)
    assert (one.version, one.fields) == (other.version, other.fields)


def test_a_ref_means_the_same_to_a_process_that_was_just_started(bench: Bench):
    (ref,) = bench.stock(1)
    here, there = bench.get(ref).fields, bench.again().get(ref).fields
    assert set(here) == set(there)
    assert not bench.differing(here, there)


def test_a_record_that_never_was_is_gone(bench: Bench):
    (ref,) = bench.stock(1)
    with pytest.raises(Gone):
        bench.get(_other(ref))


def test_several_records_are_read_at_once_and_the_missing_one_named(bench: Bench):
    refs = bench.stock(3)
    asked = [refs[0], _other(refs[0]), refs[2]]
    read = dict(bench.connector.get_many(bench.collection, asked))
    assert set(read) == set(asked)
    assert isinstance(read[asked[1]], Gone)
    assert read[refs[0]] == bench.get(refs[0])


def test_reading_no_records_at_once_yields_nothing(bench: Bench):
    assert list(bench.connector.get_many(bench.collection, [])) == []


def test_two_collections_do_not_see_each_other(bench: Bench):
    made = bench.stock(2)
    other = Bench(bench.running, bench.word)
    assert other.collection.key != bench.collection.key
    assert other.listing() == {}
    assert set(bench.listing()) == set(made)


def test_records_can_be_shown_to_people_by_an_address(bench: Bench):
    (ref,) = bench.stock(1)
    url = bench.get(ref).url
    assert url is None or "://" in url


def test_times_of_change_are_aware(bench: Bench):
    for ref in bench.stock(1):
        changed = bench.get(ref).changed
        assert changed is None or changed.tzinfo is not None


def test_a_new_cycle_sees_what_another_process_wrote(bench: Bench):
    bench.needs_writing()
    bench.listing()
    made = bench.again().create()
    bench.connector.begin()
    assert made.ref in bench.listing()


def test_stubs_carry_the_version_by_which_a_change_is_noticed(bench: Bench):
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record = bench.create()
    stub = bench.listing()[record.ref]
    if not isinstance(stub, Stub):
        pytest.skip("not applicable: listings hold whole records")
    bench.update(bench.get(record.ref), {name: bench.samples(name)[-1]})
    assert bench.listing()[record.ref].version != stub.version


def test_a_connector_can_be_closed_twice(bench: Bench):
    bench.listing()
    bench.connector.close()
    bench.connector.close()


def _other(ref: str) -> str:
    """A ref of the same form that stands for nothing: one character changed."""
    at = next(
        i for i in reversed(range(len(ref))) if (ref[i].isalnum() and i < len(ref) - 4) or i == 0
    )
    swapped = "8" if ref[at] != "8" else "7"
    return ref[:at] + swapped + ref[at + 1 :]
