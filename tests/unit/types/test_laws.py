from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.types import TYPES
from sync.types.base import is_empty
from tests.unit.types.values import ANYTHING, RAW

EVERY = pytest.mark.parametrize("name", sorted(TYPES))


def values(name):
    """Canonical values of one type."""
    return st.one_of(st.none(), RAW[name]).map(TYPES[name].clean)


def test_every_type_has_values_to_be_tried_with():
    assert set(RAW) == set(TYPES)


@EVERY
@given(data=st.data())
def test_cleaning_twice_changes_nothing_more(name, data):
    value = data.draw(values(name))
    assert TYPES[name].clean(value) == value


@EVERY
@given(garbage=ANYTHING)
def test_cleaning_garbage_raises_value_error_or_gives_a_canonical_value(name, garbage):
    kind = TYPES[name]
    try:
        value = kind.clean(garbage)
    except ValueError:
        return
    assert value is None or not is_empty(value)
    assert kind.clean(value) == value
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert kind.equal(value, value)
    assert kind.equivalent(value, value)
    assert isinstance(kind.show(value), str)
    hash(kind.pieces(value))


@EVERY
def test_nothing_is_none_and_shows_as_nothing(name):
    kind = TYPES[name]
    assert [kind.clean(empty) for empty in ("", [], {}, None)] == [None] * 4
    assert kind.pieces(None) == frozenset()
    assert kind.show(None) == ""


@EVERY
@given(data=st.data())
def test_equality_is_symmetric_and_what_is_equal_is_equivalent(name, data):
    kind = TYPES[name]
    one, other = data.draw(values(name)), data.draw(values(name))
    assert kind.equal(one, one)
    assert kind.equal(one, other) == kind.equal(other, one)
    assert kind.equivalent(one, other) == kind.equivalent(other, one)
    if kind.equal(one, other):
        assert kind.equivalent(one, other)


@EVERY
@given(data=st.data())
def test_empty_equals_nothing_but_itself(name, data):
    value = data.draw(values(name).filter(lambda value: value is not None))
    assert not TYPES[name].equal(None, value)
    assert not TYPES[name].equal(value, None)


@EVERY
@given(data=st.data())
def test_a_change_of_one_alone_is_taken_as_it_is(name, data):
    kind = TYPES[name]
    base, value = data.draw(values(name)), data.draw(values(name))
    for merged in (kind.merge(base, base, value), kind.merge(base, value, base)):
        assert kind.equal(merged.value, value)
        assert not merged.conflict


@EVERY
@given(data=st.data())
def test_the_same_change_of_both_is_one_change(name, data):
    kind = TYPES[name]
    base, value = data.draw(values(name)), data.draw(values(name))
    merged = kind.merge(base, value, value)
    assert kind.equal(merged.value, value)
    assert not merged.conflict


@EVERY
@given(data=st.data())
def test_a_merge_is_canonical_and_in_a_conflict_it_is_mine(name, data):
    kind = TYPES[name]
    base, mine, theirs = (data.draw(values(name)) for _ in range(3))
    for merged in (kind.merge(base, mine, theirs), kind.join(mine, theirs)):
        assert kind.clean(merged.value) == merged.value
        if merged.conflict:
            assert merged.value == mine
            assert not kind.equal(mine, theirs)


@EVERY
@given(data=st.data())
def test_a_conflict_is_one_from_either_side(name, data):
    kind = TYPES[name]
    base, mine, theirs = (data.draw(values(name)) for _ in range(3))
    assert kind.merge(base, mine, theirs).conflict == kind.merge(base, theirs, mine).conflict


@EVERY
@given(data=st.data())
def test_a_first_meeting_with_nothing_takes_what_there_is(name, data):
    kind = TYPES[name]
    value = data.draw(values(name))
    assert kind.equal(kind.join(value, None).value, value)
    assert kind.equal(kind.join(None, value).value, value)


MERGED_BY_PIECE = pytest.mark.parametrize("name", ["richtext", "set", "people", "checklist"])


@MERGED_BY_PIECE
@given(data=st.data())
def test_no_piece_that_somebody_added_or_nobody_removed_is_lost_in_a_merge(name, data):
    kind = TYPES[name]
    base, mine, theirs = (data.draw(values(name)) for _ in range(3))
    merged = kind.merge(base, mine, theirs)
    before, ours, others = kind.pieces(base), kind.pieces(mine), kind.pieces(theirs)
    kept = kind.pieces(merged.value)
    assert (ours - before) | (others - before) <= kept
    assert before & ours & others <= kept
    assert kept <= ours | others
    assert not merged.conflict


@MERGED_BY_PIECE
@given(data=st.data())
def test_what_is_kept_does_not_depend_on_who_merges(name, data):
    kind = TYPES[name]
    base, mine, theirs = (data.draw(values(name)) for _ in range(3))
    one, other = kind.merge(base, mine, theirs), kind.merge(base, theirs, mine)
    assert kind.pieces(one.value) == kind.pieces(other.value)


@pytest.mark.parametrize("name", ["set", "people", "checklist"])
@given(data=st.data())
def test_a_first_meeting_keeps_the_pieces_of_both(name, data):
    kind = TYPES[name]
    mine, theirs = data.draw(values(name)), data.draw(values(name))
    joined = kind.join(mine, theirs)
    assert kind.pieces(joined.value) == kind.pieces(mine) | kind.pieces(theirs)
    assert not joined.conflict
