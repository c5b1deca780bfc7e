"""Rules of single steps of a plan, each in the smallest case that shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.i18n import spoken
from sync.kinds import KindField
from sync.mapping.lens import Identity
from sync.mapping.unit import Binding
from sync.model import Stub
from sync.plan import plan
from sync.state import Standing
from sync.types import TYPES
from tests.unit.plan.table import (
    BLIND,
    CARD,
    COMMENT,
    GONE,
    Table,
    borne,
    card,
    key,
    member,
    state,
    writes,
)

A, B = key("a"), key("b")
NOW = datetime(2026, 3, 1, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english():
    with spoken("en"):
        yield


# Addresses


def addressed(sides, *cards):
    """Cards whose title is their address."""
    known = Table(sides, *cards)
    kinds = {"card": replace(CARD, unique=True), "comment": COMMENT}
    known.unit = replace(known.unit, kinds=kinds)
    return known


OUT, LEFT = {"standing": "out"}, {"standing": "gone"}


def test_what_is_made_anew_under_the_name_of_what_is_being_deleted_comes_back_everywhere():
    one = card(title="Jardin", sides={"a": LEFT, "c": LEFT}, more={"dying": True})
    known = addressed("abc", one, card("two"))
    made = known.plan(a={"9": {"title": "Jardin"}})
    after = known.after(made)
    assert (state(after), after.sides[A].ref) == ("alive", "9")
    assert writes(made) == ["create c"]


def test_what_is_made_under_a_name_is_what_bore_it_when_the_cycle_began():
    known = addressed("ab", card(title="Jardin", sides={"b": OUT}), card("two"))
    known.known.items["one"].sides.pop(B)
    made = known.plan(a={"one": {"title": "Toit"}}, b={"9": {"title": "Jardin"}})
    assert known.after(made).sides[B].ref == "9"
    assert f"{B}/9" not in made.items


def test_what_is_made_under_the_new_name_of_another_thing_waits_with_it():
    known = addressed("ab", card(title="Jardin"), card("two"))
    made = known.plan(a={"one": {"title": "Toit"}}, b={"9": {"title": "Toit"}})
    assert f"{B}/9" in made.items
    assert not made.actions
    assert {hold.subject for hold in made.holds} == {"one", f"{B}/9"}


def test_a_name_in_other_letters_is_another_address():
    known = addressed("ab", card(title="Jardin", sides={"b": OUT}), card("two"))
    made = known.plan(b={"9": {"title": "jardin"}})
    assert f"{B}/9" in made.items


def test_a_second_thing_of_a_name_beside_the_record_that_stands_is_a_thing_of_its_own():
    known = addressed("ab", card(title="Jardin"), card("two"))
    made = known.plan(b={"9": {"title": "Jardin"}})
    assert made.items[f"{B}/9"].sides[B].ref == "9"
    assert known.after(made).sides[B].ref == "one"


def test_what_is_made_under_the_name_of_what_is_dead_is_a_new_thing():
    dead = card(title="Jardin", sides={"a": LEFT, "b": LEFT}, more={"dead": True})
    known = addressed("ab", dead, card("two"))
    made = known.plan(b={"9": {"title": "Jardin"}})
    assert made.items[f"{B}/9"].sides[B].ref == "9"
    assert state(known.after(made)) == "dead"


def test_a_record_that_was_held_at_a_meeting_is_not_taken_for_what_has_its_name():
    known = addressed("ab", card(title="Jardin", sides={"b": LEFT}), card("two"))
    known.known.collections[B].ambiguous = ["9"]
    made = known.plan(b={"9": {"title": "Jardin"}})
    assert known.after(made).sides[B].ref == "one"
    assert f"{B}/9" not in made.items


def test_where_two_things_have_one_name_a_new_record_is_neither():
    cards = (card(n, sides={"b": OUT}) for n in ("one", "other"))
    known = addressed("ab", *cards, card("two"))
    for name in ("one", "other"):
        known.known.items[name].hub["title"] = "Jardin"
    made = known.plan(b={"9": {"title": "Jardin"}})
    assert made.items[f"{B}/9"].sides[B].ref == "9"


# The histories that are asked after a store was lost


def unaudited(*, listing=None, **sides):
    known = Table("ab", card(title="Jardin"))
    known.known.collections[A].unaudited = NOW
    seen = known.see(**sides)
    if listing is not None:
        seen.listings[A].complete = listing
    return plan(known.unit, known.known, seen)


def test_the_history_of_every_record_is_due_under_the_name_of_its_item_or_its_own():
    made = unaudited(a={"one": {"text": "autre"}, "9": {"title": "Neuf"}})
    said = [(one.item, one.collection, one.ref, one.since) for one in made.audits]
    assert said == [(f"{A}/9", A, "9", NOW), ("one", A, "one", NOW)]
    assert [one.shown["title"] for one in made.audits] == ["Neuf", "Jardin"]
    assert made.audits[1].shown["text"] == "autre"
    assert made.collections[A].unaudited is None


@pytest.mark.parametrize(
    ("listing", "sides"), [(False, {}), (None, {"a": BLIND})], ids=["in part", "blind"]
)
def test_histories_are_due_until_the_side_was_listed_in_full(listing, sides):
    made = unaudited(listing=listing, **sides)
    assert made.audits == ()
    assert A not in made.collections or made.collections[A].unaudited == NOW


def test_no_history_is_due_where_no_store_was_lost():
    assert Table("ab", card()).plan().audits == ()


# The breaker


@pytest.mark.parametrize(
    ("every", "since", "held"),
    [
        (60, timedelta(hours=2), True),
        (60, timedelta(hours=2, seconds=1), False),
        (3600, timedelta(hours=3), True),
        (3600, timedelta(hours=3, seconds=1), False),
    ],
)
def test_changes_back_and_forth_count_within_two_hours_or_three_intervals(every, since, held):
    last = {"value": "Potager", "by": B, "at": (NOW - since).isoformat()}
    known = Table("ab", card(more={"flips": {"title": 2}, "previous": {"title": last}}))
    known.unit = replace(known.unit, every=every)
    seen = known.see(a={"one": {"title": "Potager"}})
    seen.at = NOW
    after = known.after(plan(known.unit, known.known, seen))
    assert ("title" in after.held) is held
    assert after.flips["title"] == (3 if held else 0)


@pytest.mark.parametrize(
    ("last", "flips"),
    [
        ({"value": "Potager", "by": B}, 2),
        ({"value": "Potager", "by": A}, 0),
        ({"value": "Verger", "by": B}, 0),
    ],
    ids=["back", "by the same side", "to another value"],
)
def test_a_change_back_of_what_another_side_changed_is_counted(last, flips):
    known = Table("ab", card(more={"flips": {"title": 1}, "previous": {"title": last}}))
    after = known.after(known.plan(a={"one": {"title": "Potager"}}))
    assert after.flips["title"] == flips
    assert not after.held


def test_the_cause_of_a_breaker_names_both_sides_and_quotes_both_values_on_one_line():
    long = "Potager\n" * 9
    last = {"value": long.strip(), "by": B}
    known = Table("ab", card(more={"flips": {"text": 2}, "previous": {"text": last}}, text="x"))
    after = known.after(known.plan(a={"one": {"text": long.strip()}}))
    assert after.held["text"] == (
        "two sides rewrite each other's value: a has “Potager Potager Potager Potager Potager…”,"
        " b “x”"
    )


# Seeing


def test_a_side_of_which_all_that_is_listed_cannot_be_read_is_not_met():
    known = Table("ab")
    state = known.known.collections[A]
    state.met, state.accepted, state.listed = False, True, ["1"]
    seen = known.see(a={"1": {"title": "Jardin"}})
    seen.listings[A].records["1"] = Stub("1", "v1")
    seen.reads[A, "1"] = None
    made = plan(known.unit, known.known, seen)
    assert not made.collections[A].met
    assert [(h.subject, h.command) for h in made.holds] == [(A, "jumelage check")]
    assert made.holds[0].cause == "records are missing and nothing there can be read"


def test_a_side_of_which_something_can_be_read_is_met():
    known = Table("ab")
    state = known.known.collections[A]
    state.met, state.accepted, state.listed = False, True, ["1", "2"]
    seen = known.see(a={"1": {"title": "Jardin"}, "2": {"title": "Four"}})
    seen.listings[A].records["1"] = Stub("1", "v1")
    seen.reads[A, "1"] = None
    made = plan(known.unit, known.known, seen)
    assert made.collections[A].met
    assert not made.holds


# What is of one key and stands without an item


def unmet(*, listed, ambiguous=()):
    """An item comes to b, where records of its key stood that no item has."""
    known = Table("ab", card(title="Jardin", sides={"b": OUT}), card("two"))
    known.known.items["one"].sides.pop(B)
    where = known.known.collections[B]
    where.unmet = {r: {"version": "v1", "key": ["jardin"]} for r in ("7", "8")}
    where.ambiguous = list(ambiguous)
    seen = known.see()
    for ref in listed:  # in a version that is known, so that its content is not read
        seen.listings[B].records[ref] = Stub(ref, "v1")
    return known, plan(known.unit, known.known, seen)


@pytest.mark.parametrize("stays", ["7", "8"])
def test_an_item_is_attached_to_the_one_record_of_its_key_that_is_still_there(stays):
    known, made = unmet(listed=[stays], ambiguous=["7", "8"])
    assert B not in known.after(made).sides
    known, made = unmet(listed=[stays])
    side = known.after(made).sides[B]
    assert (side.ref, side.standing) == (stays, Standing.HERE)
    assert "create" not in str(writes(made))


def test_nothing_is_attached_nor_made_where_two_records_of_its_key_are_there():
    known, made = unmet(listed=["7", "8"], ambiguous=["7", "8"])
    assert B not in known.after(made).sides
    assert not made.actions


def test_nothing_is_attached_nor_made_where_two_records_of_its_key_are_both_gone():
    known, made = unmet(listed=[])
    assert B not in known.after(made).sides
    assert not made.actions
    assert all(one["gone"] for one in made.collections[B].unmet.values())


# Moves


def filed(hashes, *, stable=None):
    """A file of cards that left a, and another that came, with these two hashes."""
    files = Binding("file", "file", TYPES["blob"], Identity())
    titled = (*member("a").bindings, files)
    known = Table("ab", card(title="Jardin"), card("two"), card("three"))
    kinds = {
        "card": replace(CARD, fields={**CARD.fields, "file": KindField("file", TYPES["blob"])})
    }
    members = {k: replace(m, bindings=titled) for k, m in known.unit.members.items()}
    known.unit = replace(known.unit, kinds={**known.unit.kinds, **kinds}, members=members)
    before, now = ({"name": "p.txt", "size": 3, "hash": h} for h in hashes)
    for side in known.known.items["one"].sides.values():
        side.seen["file"] = side.base["file"] = before
    known.known.items["one"].hub["file"] = before
    known.known.items["one"].sides[A].stable = stable and stable[0]
    seen = known.see(a={"one": GONE, "elsewhere": {"title": "Jardin", "file": now}})
    borne(seen, "a", "elsewhere", stable=stable and stable[1])
    made = plan(known.unit, known.known, seen)
    return known.after(made).sides[A].ref


@pytest.mark.parametrize(
    ("hashes", "stable", "ref"),
    [
        (("sha256:1", "sha256:1"), None, "elsewhere"),
        (("sha256:1", "sha256:2"), None, "one"),
        ((None, None), None, "one"),
        (("sha256:1", "sha256:1"), ("id7", "id8"), "one"),
        (("sha256:1", "sha256:2"), ("id7", "id7"), "elsewhere"),
    ],
)
def test_a_record_moved_if_its_id_is_the_same_or_where_there_is_none_its_content(
    hashes, stable, ref
):
    assert filed(hashes, stable=stable) == ref
