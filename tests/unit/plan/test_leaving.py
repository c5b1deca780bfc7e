"""What it means that something left: a grave, a comment without its card, a filter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.model import Record
from sync.plan import plan
from sync.state import Intent, Item, Side, Standing, Verb
from tests.unit.plan.table import GONE, Dated, Table, borne, card, key, state

A, B = key("a"), key("b")
NOW = datetime(2026, 3, 1, 14, tzinfo=UTC)
OUT = {"standing": "out"}


# Graves


def family(*children):
    """A card that is to die of which nothing stands any more, and its comments by name."""
    gone = {"standing": "gone"}
    one = card(sides={"a": gone, "b": gone}, more={"dying": True})
    known = Table("ab", one, card("two"), kids=True)
    for name, standing, dead in children:
        side = Side(standing, f"{name}-ref", parent_ref="one")
        sides = {f"{A}#comment": side}
        known.known.items[name] = Item(
            name, "comment", "unit", "one", {"text": name}, sides, dead=dead
        )
    return known


def test_a_card_takes_the_comments_that_stand_nowhere_into_its_grave_and_all_is_kept():
    here, out = Standing.HERE, Standing.OUT
    known = family(("c1", out, False), ("c2", out, True), ("c3", here, False))
    made = known.plan()
    assert state(known.after(made)) == "dead"
    assert state(known.after(made, "c1")) == "dead"
    assert known.after(made, "c1").sides[f"{A}#comment"].standing is Standing.GONE
    assert "c2" not in made.items
    assert state(known.after(made, "c3")) != "dead"
    kept = [(s.item, s.field, s.value, s.collection, s.cause) for s in made.salvage]
    assert kept == [
        ("one", "*", {"title": "one"}, "", "deleted"),
        ("c1", "*", {"text": "c1"}, "", "deleted"),
    ]


# Children whose parent left, or came anew


def told(child, parent):
    """What becomes of a comment that left a, by where it stood there and its card stands."""
    known = Table("ab", card(sides={"a": parent}), card("two"), kids=True)
    where = f"{A}#comment"
    for name, under in (("c1", child), ("c2", "two")):
        sides = {where: Side(Standing.HERE, name, "v1", {"text": name}, {"text": name})}
        sides[where].parent_ref, sides[where].in_scope = under, True
        sides[f"{B}#comment"] = sides[where].copy()
        item = Item(name, "comment", "unit", "two" if name == "c2" else "one", {"text": name})
        known.known.items[name] = replace(item, sides=sides)
    seen = known.see()
    for at in (where, f"{B}#comment"):
        record = Record("c2", "v1", {"text": "c2"}, parent="two")
        seen.listings[at].records["c2"] = seen.reads[at, "c2"] = record
    seen.listings[f"{B}#comment"].records["c1"] = Record("c1", "v1", {"text": "c1"}, parent="one")
    seen.reads[where, "c1"] = None
    after = known.after(plan(known.unit, known.known, seen), "c1")
    return after.sides[where].standing, state(after)


@pytest.mark.parametrize(
    ("child", "parent", "becomes"),
    [
        ("one", {}, ("gone", "dying")),
        (None, {}, ("gone", "dying")),
        ("former", {}, ("out", "alive")),
        ("one", OUT, ("out", "alive")),
    ],
    ids=["deleted", "unknown where", "under a former record", "without its card"],
)
def test_a_comment_was_deleted_only_if_its_card_stands_where_it_stood(child, parent, becomes):
    assert told(child, parent) == becomes


# Deletions that lose, and sides that things leave


@pytest.mark.parametrize("changed", [NOW, None], ids=["dated", "undated"])
def test_a_deletion_that_lost_is_told_with_whose_the_latest_edit_is(changed):
    day = timedelta(days=1)
    one = card(
        more={
            "stamps": {"title": (NOW - day).isoformat(), "due": (NOW - 2 * day).isoformat()},
            "previous": {"title": {"value": "x", "by": A}, "due": {"value": None, "by": A}},
        }
    )
    known = Table("ab", one, card("two"))
    seen = known.see(a={"one": GONE}, b={"one": {"text": "autre"}})
    borne(seen, "b", "one", author="ana", changed=changed)
    seen.at = NOW
    made = plan(known.unit, known.known, seen)
    (lost,) = [s for s in made.salvage if s.field == ""]
    assert (lost.item, lost.value, lost.collection, lost.cause) == ("one", False, A, "conflict")
    assert (lost.kept, lost.author, lost.since) == (True, None, None)
    assert (lost.against["collection"], lost.against["author"]) == (B, "ana")


def leaving(*, intent=None, more=None, seen=None, spoilt=False, in_scope=True):
    """The writes due to a side that takes what has a date, of a card that has none any more."""
    known = Table("ab", card(sides={"b": {}}, more=more), card("two"))
    members = dict(known.unit.members)
    members[B] = replace(members[B], only=Dated(), **(seen or {}))
    known.unit = replace(known.unit, members=members)
    known.known.items["one"].sides[B].in_scope = in_scope
    if intent:
        known.known.intents.append(Intent("n", Verb.UPDATE, "one", intent, "one"))
    known.known.items["two"].sides[B].in_scope = False
    shown = known.see()
    if spoilt:
        del shown.listings[B].records["one"], shown.reads[B, "one"]
        shown.listings[B].malformed = {"one": "it cannot be read"}
    made = plan(known.unit, known.known, shown)
    return [(a.verb, a.item, a.collection, a.after, a.reason) for a in made.actions]


LEAVES = [("delete", "one", B, "out", "left the filter")]


@pytest.mark.parametrize("said", [{}, {"intent": A}], ids=["plainly", "a write to another side"])
def test_what_leaves_the_filter_of_a_side_leaves_the_side(said):
    assert leaving(**said) == LEAVES


@pytest.mark.parametrize(
    "said",
    [
        {"in_scope": False},
        {"spoilt": True},
        {"intent": B},
        {"more": {"held": {"": "by hand"}}},
        {"seen": {"writes": False}},
    ],
    ids=["never passed it", "unreadable", "a write under way", "held", "read only"],
)
def test_what_leaves_the_filter_of_a_side_stays_there_while_nobody_may_delete_it(said):
    assert leaving(**said) == []
