"""What must be read directly before anything is concluded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.model import Stub
from sync.plan.suspects import suspects
from tests.unit.plan.table import BLIND, GONE, Table, card, key

A = key("a")


def asked(known, seen):
    return suspects(known.unit, known.known, seen.listings)[A].refs


def table(**powers):
    known = Table("ab", card(), card("two"), card("three"))
    own = known.unit.members[A]
    members = {
        **known.unit.members,
        A: replace(own, capabilities=replace(own.capabilities, **powers)),
    }
    known.unit = replace(known.unit, members=members)
    return known


def test_nothing_is_read_where_all_is_as_it_was():
    known = table()
    assert asked(known, known.see()) == []


def test_what_is_missing_is_read_and_one_that_is_not_as_a_proof_of_sight():
    known = table()
    assert asked(known, known.see(a={"two": GONE})) == ["one", "two"]


def test_nothing_is_asked_of_a_side_that_cannot_be_read():
    known = table()
    assert A not in suspects(known.unit, known.known, known.see(a=BLIND).listings)


@pytest.mark.parametrize(
    ("version", "wanted"),
    [("v1", []), ("v2", ["one"]), (None, ["one"])],
    ids=["known", "another", "none, so that nothing is known"],
)
def test_a_stub_is_read_unless_its_version_is_known(version, wanted):
    known = table()
    seen = known.see()
    seen.listings[A].records["one"] = Stub("one", version)
    assert asked(known, seen) == wanted


def test_a_change_in_a_listing_that_may_lag_is_read_directly():
    known = table(lagging=True)
    assert asked(known, known.see(a={"one": {"title": "Potager"}})) == ["one"]


@pytest.mark.parametrize("doubt", ["stale", "missing"])
def test_a_record_in_doubt_is_read_though_it_is_listed(doubt):
    known = table()
    setattr(known.known.items["one"].sides[A], doubt, True)
    assert asked(known, known.see()) == ["one"]
