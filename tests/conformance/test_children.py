"""Comments and attached files: records of their own, under a parent."""

from __future__ import annotations

import pytest

from sync.errors import Gone, Refused
from sync.model import Collection, Record
from sync.types import TYPES
from tests.conformance.harness import Bench

KINDS = ["comment", "file"]

pytestmark = pytest.mark.parametrize("kind", KINDS)


class Nursery:
    """The children of one kind in a bench."""

    def __init__(self, bench: Bench, kind: str) -> None:
        if kind not in bench.schema.children:
            pytest.skip(f"not applicable: Schema.children has no {kind}")
        bench.needs_writing()
        self.parents = bench
        self.bench = bench.again()
        self.bench.collection = bench.collection.of_children(kind)
        self.bench.schema = bench.connector.schema(self.collection)
        self.bench.needs_writing()

    @property
    def collection(self) -> Collection:
        return self.bench.collection

    def create(self, parent: str) -> Record:
        fields = self.bench.required()
        origin = self.bench.origin(fields)
        made = self.bench.connector.create(self.collection, fields, origin=origin, parent=parent)
        if made is not None:
            return made
        (found,) = self.bench.connector.find(self.collection, origin)
        return found

    def under(self, parent: str) -> dict[str, Record]:
        return {r.ref: r for r in self.bench.connector.children(self.collection, parent)}


@pytest.fixture
def nursery(bench: Bench, kind: str) -> Nursery:
    return Nursery(bench, kind)


def test_children_have_a_schema_of_their_own(nursery: Nursery):
    schema = nursery.bench.schema
    assert schema.fields
    assert {spec.type for spec in schema.fields.values()} <= set(TYPES)
    assert schema.children == ()


def test_a_record_without_children_lists_none(nursery: Nursery):
    assert nursery.under(nursery.parents.create().ref) == {}


def test_a_child_stands_under_its_parent(nursery: Nursery):
    parent = nursery.parents.create()
    child = nursery.create(parent.ref)
    assert child.parent == parent.ref
    assert set(nursery.under(parent.ref)) == {child.ref}


def test_a_child_is_read_directly(nursery: Nursery):
    parent = nursery.parents.create()
    child = nursery.create(parent.ref)
    read = nursery.bench.get(child.ref)
    assert (read.parent, read.fields) == (parent.ref, child.fields)


def test_children_of_two_parents_are_kept_apart(nursery: Nursery):
    one, other = nursery.parents.create(), nursery.parents.create()
    child, stranger = nursery.create(one.ref), nursery.create(other.ref)
    assert set(nursery.under(one.ref)) == {child.ref}
    assert set(nursery.under(other.ref)) == {stranger.ref}


def test_children_are_listed_with_their_parents(nursery: Nursery):
    one, other = nursery.parents.create(), nursery.parents.create()
    expected = {nursery.create(p.ref).ref: p.ref for p in (one, other, one)}
    assert {ref: entry.parent for ref, entry in nursery.bench.listing().items()} == expected


def test_children_are_not_listed_among_their_parents(nursery: Nursery):
    parent = nursery.parents.create()
    nursery.create(parent.ref)
    assert set(nursery.parents.listing()) == {parent.ref}


def test_a_child_can_be_changed(nursery: Nursery):
    (name,) = nursery.bench.needs_fields(1)
    parent = nursery.parents.create()
    child = nursery.create(parent.ref)
    value = nursery.bench.samples(name)[-1]
    changed = nursery.bench.update(child, {name: value})
    read = nursery.bench.get(changed.ref)
    assert read.parent == parent.ref
    assert not nursery.bench.differing({name: value}, read.fields)


def test_a_child_can_be_deleted_and_its_parent_stays(nursery: Nursery):
    parent = nursery.parents.create()
    kept, child = nursery.create(parent.ref), nursery.create(parent.ref)
    nursery.bench.delete(child)
    assert set(nursery.under(parent.ref)) == {kept.ref}
    assert nursery.bench.is_gone(child.ref)
    assert not nursery.parents.is_gone(parent.ref)


def test_a_child_is_found_by_its_origin(nursery: Nursery):
    parent = nursery.parents.create()
    bench = nursery.bench
    fields = bench.required()
    origin = bench.origin(fields)
    bench.connector.create(nursery.collection, fields, origin=origin, parent=parent.ref)
    (found,) = bench.connector.find(nursery.collection, origin)
    assert (found.parent, set(nursery.under(parent.ref))) == (parent.ref, {found.ref})


def test_a_child_needs_a_parent_that_stands(nursery: Nursery):
    parent = nursery.parents.create()
    nursery.parents.delete(parent)
    if nursery.parents.capabilities.soft_delete and parent.ref in nursery.parents.listing():
        pytest.skip("not applicable: a deleted record stands, archived")
    with pytest.raises((Gone, Refused)):
        nursery.create(parent.ref)


def test_where_there_are_no_children_they_are_refused(bench: Bench, kind: str):
    if kind in bench.schema.children:
        pytest.skip(f"not applicable: Schema.children has {kind}")
    (ref,) = bench.stock(1)
    with pytest.raises(Refused):
        list(bench.connector.children(bench.collection.of_children(kind), ref))
