"""Deltas: exactly what changed, and next to nothing when nothing did."""

from __future__ import annotations

import pytest

from sync.errors import CursorExpired
from tests.conformance.conftest import Wire
from tests.conformance.harness import Bench


def test_a_full_listing_carries_a_cursor_exactly_where_there_are_deltas(bench: Bench):
    bench.stock(1)
    assert (bench.pages()[-1].cursor is not None) == bench.capabilities.cursor


def test_when_nothing_changed_a_delta_is_empty_and_costs_one_request(bench: Bench, wire: Wire):
    bench.needs("cursor")
    bench.stock(3)
    cursor = bench.cursor()
    bench.connector.begin()
    wire.requests.clear()
    pages = bench.pages(cursor)
    assert len(wire.requests) <= 1, wire.requests
    assert not any(page.records or page.gone or page.malformed for page in pages)


def test_a_quiet_delta_carries_a_cursor_that_still_holds(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    bench.stock(1)
    later = bench.pages(bench.cursor())[-1].cursor
    assert later is not None
    made = bench.create()
    assert {entry.ref for entry in bench.entries(later)} == {made.ref}


def test_a_delta_shows_what_was_created(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    bench.create()
    cursor = bench.cursor()
    made = bench.create()
    assert [entry.ref for entry in bench.entries(cursor)] == [made.ref]


def test_a_delta_shows_what_was_changed_as_it_now_stands(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    (name,) = bench.needs_fields(1)
    bench.create()
    record = bench.create()
    cursor = bench.cursor()
    now = bench.update(record, {name: bench.samples(name)[-1]})
    (entry,) = bench.entries(cursor)
    assert (entry.ref, entry.version) == (now.ref, bench.get(now.ref).version)


def test_a_delta_names_what_was_deleted(bench: Bench):
    bench.needs_writing()
    bench.needs("tombstones")
    bench.create()
    record = bench.create()
    cursor = bench.cursor()
    bench.delete(record)
    pages = bench.pages(cursor)
    gone = [ref for page in pages for ref in page.gone]
    archived = [e.ref for page in pages for e in page.records if bench.is_gone(e.ref)]
    assert gone + archived == [record.ref]


def test_without_tombstones_a_delta_names_nothing_that_left(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    bench.lacks("tombstones")
    record = bench.create()
    cursor = bench.cursor()
    bench.delete(record)
    assert not any(page.gone for page in bench.pages(cursor))


def test_a_delta_never_says_that_it_is_everything(bench: Bench):
    bench.needs("cursor")
    bench.stock(1)
    assert not any(page.complete for page in bench.pages(bench.cursor()))


def test_what_came_and_went_between_two_looks_is_not_shown(bench: Bench):
    bench.needs_writing()
    bench.needs("tombstones")
    cursor = bench.cursor()
    record = bench.create()
    bench.delete(record)
    assert all(bench.is_gone(entry.ref) for entry in bench.entries(cursor))


def test_a_delta_can_be_asked_for_again(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    cursor = bench.cursor()
    made = bench.create()
    for _ in range(2):
        assert {entry.ref for entry in bench.entries(cursor)} == {made.ref}


def test_a_cursor_means_the_same_to_a_process_that_was_just_started(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    cursor = bench.cursor()
    made = bench.create()
    assert {entry.ref for entry in bench.again().entries(cursor)} == {made.ref}


def test_a_cursor_that_is_not_honoured_says_so(bench: Bench):
    bench.needs("cursor")
    bench.stock(1)
    bench.cursor()
    with pytest.raises(CursorExpired):
        bench.pages("no-cursor-of-this-system")


def test_a_restored_record_is_in_the_delta(bench: Bench):
    bench.needs_writing()
    bench.needs("cursor")
    bench.needs("soft_delete")
    record = bench.create()
    bench.delete(record)
    cursor = bench.cursor()
    bench.connector.restore(bench.collection, record.ref)
    assert record.ref in {entry.ref for entry in bench.entries(cursor)}
