"""What is made of the records that answers hold, before anything is concluded from them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.commit import received, restored, unread, written
from sync.model import Record
from sync.state import Intent, Item, Side, Standing, Verb
from tests.unit.plan.table import Table, card, key, member

A = key("a")
OPEN = replace(member("a"), schema=replace(member("a").schema, open=True))
"""A side that takes fields of any name, such as a folder, and shows no empty ones."""


def test_what_an_open_side_does_not_show_is_empty():
    record = received(OPEN, Record("1", "v1", {"title": "Jardin", "mine": "x"}))
    assert record.fields == {
        "title": "Jardin",
        "text": None,
        "tags": None,
        "due": None,
        "mine": "x",
    }


def test_what_another_side_does_not_show_was_not_observed():
    record = received(member("a"), Record("1", "v1", {"title": "Jardin"}))
    assert record.fields == {"title": "Jardin"}


@pytest.mark.parametrize("side", [OPEN, member("a")], ids=["open", "closed"])
def test_a_value_is_brought_into_the_form_of_its_field(side):
    whole = {"title": "Jardin", "text": None, "tags": ["b", "a", "b"], "due": None}
    record = received(side, Record("1", "v1", whole))
    assert record == Record("1", "v1", {**whole, "tags": ["a", "b"]})


def test_a_record_that_is_in_form_is_not_made_anew():
    record = Record("1", "v1", {"title": "Jardin", "text": "x", "tags": None, "due": None})
    assert received(member("a"), record) is record


@pytest.mark.parametrize("side", [OPEN, member("a")], ids=["open", "closed"])
def test_a_value_that_is_not_one_of_its_field_is_an_error(side):
    with pytest.raises(ValueError, match="tomorrow"):
        received(side, Record("1", "v1", {"title": "Jardin", "due": "tomorrow"}))


# Echoes


def echoed(verb=Verb.UPDATE, *, sent=None, before=None, **shown):
    """An item after a write of ours, and its side, by what the echo shows."""
    known = Table("ab", card(title="Jardin"))
    item = known.known.items["one"].copy()
    side = item.sides[A]
    side.seen |= before or {}
    side.malformed, side.missing, side.stale = None, True, True
    item.held[A] = "it refused this"
    views = sent or {"title": "Potager"}
    intent = Intent("n", verb, "one", A, "one", views=views, values=dict(views))
    record = Record("one", "v9", {**side.seen, **shown}, stable="s")
    written(known.unit.members[A], item, intent, record)
    return item, item.sides[A]


def test_an_echo_of_what_was_sent_is_seen_and_agreed_on_and_ends_a_refusal():
    item, side = echoed(title="Potager")
    assert (side.seen["title"], side.base["title"]) == ("Potager", "Potager")
    assert (side.version, side.stable, side.stale, side.missing) == ("v9", "s", False, False)
    assert item.held == {}


def test_an_echo_of_something_else_is_read_again_and_counted():
    item, side = echoed(title="POTAGER")
    assert (side.seen["title"], side.base["title"]) == ("Potager", "Potager")
    assert (side.version, side.stale) == (None, True)
    assert item.echoes == {"title": {"count": 1, "by": A}}


def test_an_echo_that_shows_an_edit_of_another_field_is_read_again():
    _item, side = echoed(title="Potager", text="autre")
    assert (side.version, side.stale) == (None, True)
    assert side.seen["text"] is None


def test_what_was_refused_is_still_held_while_another_field_is_refused():
    known = Table("ab", card(title="Jardin"))
    item = known.known.items["one"].copy()
    item.sides[A].refused = {"text": "x", "title": "Potager"}
    item.held[A] = "it refused this"
    views = {"title": "Potager"}
    intent = Intent("n", Verb.UPDATE, "one", A, "one", views=views, values=dict(views))
    record = Record("one", "v9", {**item.sides[A].seen, "title": "Potager"})
    written(known.unit.members[A], item, intent, record)
    assert item.sides[A].refused == {"text": "x"}
    assert item.held == {A: "it refused this"}


def test_after_a_create_nothing_of_a_former_record_is_left_but_what_was_refused_of_it():
    known = Table("ab", card(title="Jardin", sides={"a": {"standing": "out"}}))
    item = known.known.items["one"].copy()
    item.sides[A].refused = {"": "no", "text": "x"}
    intent = Intent("n", Verb.CREATE, "one", A, None, views={"title": "J"}, values={"title": "J"})
    written(known.unit.members[A], item, intent, Record("7", "v1", {"title": "J"}, parent="p"))
    side = item.sides[A]
    assert (side.ref, side.standing, side.in_scope) == ("7", Standing.HERE, True)
    assert (side.parent_ref, side.seen, side.base) == ("p", {"title": "J"}, {"title": "J"})
    assert side.refused == {"text": "x"}


def test_a_record_that_is_taken_out_of_a_bin_is_read_with_what_stands_under_it():
    item = Item("one", "card", "unit", sides={A: Side(Standing.OUT, "old", kids_met=True)})
    restored(item, A, Record("new", "v1", {}))
    side = item.sides[A]
    assert (side.ref, side.standing, side.kids_met, side.stale) == ("new", "here", False, True)


@pytest.mark.parametrize(
    ("kids", "side", "waits"),
    [
        (False, Side(Standing.HERE, "1"), False),
        (False, Side(Standing.HERE, "1", stale=True), True),
        (True, Side(Standing.HERE, "1", kids_met=True), False),
        (True, Side(Standing.HERE, "1"), True),
        (True, Side(Standing.OUT, "1"), False),
    ],
)
def test_all_is_in_step_once_each_record_was_read_and_what_stands_under_it_met(kids, side, waits):
    unit = Table("a", kids=kids).unit
    assert unread(unit, Item("one", "card", "unit", sides={A: side})) is waits
