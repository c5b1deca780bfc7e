"""What the mark of a write of ours tells, where the store knows nothing of that write."""

from __future__ import annotations

import pytest

from sync.i18n import spoken
from sync.mark import marked
from sync.plan import plan
from sync.state import Nonce, Standing
from tests.unit.plan.table import GONE, Table, borne, card, key, writes

A, B = key("a"), key("b")
JARDIN, FOUR = {"title": "Jardin"}, {"title": "Four"}
FIRST = f"{A}/1"
"""The item that began with the record `1` of the side a."""


@pytest.fixture(autouse=True)
def english():
    with spoken("en"):
        yield


def origin(item, serial="n"):
    return marked(serial * 20, item)


# Where sides meet


def meeting(marks, *, accepted=True, **sides):
    """What comes of sides that meet, where some records bear marks: (side, ref) -> origin."""
    known = Table("".join(sides))
    for side, records in sides.items():
        state = known.known.collections[key(side)]
        state.met, state.accepted, state.listed = False, accepted, sorted(records)
    seen = known.see(**sides)
    for (side, ref), mark in marks.items():
        borne(seen, side, ref, origin=mark)
    return plan(known.unit, known.known, seen)


def refs(made):
    """The records of each item."""
    return sorted(
        sorted(f"{k.split('/')[0]}{side.ref}" for k, side in item.sides.items())
        for item in made.items.values()
    )


def test_a_record_that_we_made_is_joined_with_the_one_it_was_made_for_under_any_name():
    made = meeting({("b", "7"): origin(FIRST)}, a={"1": JARDIN}, b={"7": FOUR})
    assert refs(made) == [["a1", "b7"]]


def test_a_record_of_the_same_name_joins_those_that_a_mark_holds_together():
    made = meeting({("b", "7"): origin(FIRST)}, a={"1": JARDIN}, b={"7": JARDIN}, c={"9": JARDIN})
    assert refs(made) == [["a1", "b7", "c9"]]


def test_a_record_joins_under_either_name_of_what_a_mark_holds_together():
    marks = {("b", "7"): origin(FIRST)}
    made = meeting(marks, a={"1": JARDIN}, b={"7": FOUR}, c={"9": FOUR})
    assert refs(made) == [["a1", "b7", "c9"]]


def test_a_namesake_of_what_a_mark_holds_together_is_held_and_the_rest_is_joined():
    marks = {("b", "7"): origin(FIRST)}
    made = meeting(marks, a={"1": JARDIN, "2": JARDIN}, b={"7": JARDIN})
    assert refs(made) == [["a1", "b7"]]
    assert made.collections[A].ambiguous == ["2"]
    assert [hold.subject for hold in made.holds] == [A]
    assert "“Jardin”" in made.holds[0].cause


def test_a_mark_that_people_copied_proves_nothing():
    marks = {("b", "7"): origin(FIRST), ("b", "8"): origin(FIRST)}
    made = meeting(marks, a={"1": JARDIN}, b={"7": JARDIN, "8": FOUR})
    assert refs(made) == [["a1", "b7"], ["b8"]]
    made = meeting(marks, a={"1": JARDIN}, b={"7": JARDIN, "8": JARDIN})
    assert refs(made) == []
    assert made.collections[B].ambiguous == ["7", "8"]


def test_two_marks_of_one_item_on_one_side_are_held():
    marks = {("b", "7"): origin(FIRST), ("b", "8"): origin(FIRST, "m")}
    made = meeting(marks, a={"1": JARDIN}, b={"7": JARDIN, "8": FOUR})
    assert refs(made) == []
    assert made.collections[A].ambiguous == ["1"]
    assert made.collections[B].ambiguous == ["7", "8"]


def test_the_matches_that_are_shown_say_by_what_they_were_found():
    marks = {("b", "7"): origin(FIRST)}
    sides = {"a": {"1": JARDIN, "2": FOUR, "3": {}}, "b": {"7": JARDIN, "8": FOUR, "9": FOUR}}
    made = meeting(marks, accepted=False, **sides)
    said = {m.title: (m.refs, m.reason, m.clear) for m in made.meeting.matches}
    assert said == {
        "Four": ({A: "2", B: "8, 9"}, "several with the same title: held", False),
        "Jardin": ({A: "1", B: "7"}, "made by us", True),
    }


def test_a_match_of_records_without_a_title_is_called_by_a_ref():
    marks = {("b", "7"): origin(FIRST)}
    made = meeting(marks, accepted=False, a={"1": {}}, b={"7": {}})
    assert [m.title for m in made.meeting.matches] == ["1"]


# Where they have met


def beside(*, ours=None, b=None, seen_again=False):
    """What comes of a record on b, of a write that the store knows nothing of."""
    known = Table("ab", card(title="Jardin", sides={"b": b or {}}), card("two"))
    said = {"7": JARDIN, **({"one": {"text": "revenu"}} if seen_again else {})}
    seen = known.see(b=said)
    borne(seen, "b", "7", origin=origin("one"), ours=ours)
    return known, plan(known.unit, known.known, seen)


OUT = {"standing": "out"}


@pytest.mark.parametrize("ours", [True, False, None])
def test_a_record_of_an_unknown_write_is_its_items_where_that_has_none(ours):
    known, made = beside(ours=ours, b=OUT)
    side = known.after(made).sides[B]
    assert (side.ref, side.standing) == ("7", Standing.HERE)
    assert f"{B}/7" not in made.items
    assert not made.actions


def test_a_record_of_an_unknown_write_beside_the_items_own_goes_where_nobody_touched_it():
    known, made = beside(ours=True)
    assert [(a.verb, a.ref, a.after) for a in made.actions] == [("delete", "7", None)]
    assert [s.cause for s in made.salvage] == ["late twin"]
    assert known.after(made).sides[B].ref == "one"


def test_a_record_of_an_unknown_write_goes_too_where_the_items_own_came_back():
    known, made = beside(ours=True, b=OUT, seen_again=True)
    assert [(a.verb, a.ref) for a in made.actions if a.verb == "delete"] == [("delete", "7")]
    assert known.after(made).sides[B].ref == "one"


@pytest.mark.parametrize("ours", [False, None])
def test_a_record_of_an_unknown_write_that_somebody_may_have_edited_is_held(ours):
    _known, made = beside(ours=ours)
    assert made.collections[B].ambiguous == ["7"]
    assert [hold.subject for hold in made.holds] == [B]
    assert f"{B}/7" not in made.items
    assert not made.actions


def test_a_dead_item_of_which_an_unknown_write_left_a_record_lives():
    gone = {"standing": "gone"}
    dead = card(title="Jardin", sides={"a": gone, "b": gone}, more={"dead": True})
    known = Table("ab", dead, card("two"))
    seen = known.see(b={"7": JARDIN})
    borne(seen, "b", "7", origin=origin("one"))
    after = known.after(plan(known.unit, known.known, seen))
    assert (after.dead, after.dying, after.sides[B].ref) == (False, False, "7")


@pytest.mark.parametrize(
    ("version", "owner"), [("v1", f"{B}/7"), (None, "one")], ids=["left alone", "held and released"]
)
def test_a_mark_tells_of_a_record_without_an_item_only_once_it_was_released(version, owner):
    known = Table("ab", card(title="Jardin"), card("two"))
    known.known.items["one"].sides.pop(B)
    known.known.collections[B].unmet["7"] = {"version": version, "key": ["four"]}
    seen = known.see(b={"7": FOUR})
    borne(seen, "b", "7", origin=origin("one"))
    made = plan(known.unit, known.known, seen)
    assert made.items[owner].sides[B].ref == "7"
    assert made.collections[B].unmet == {}


# The marks that the store knows


SENT = Nonce("n1", "one", B, None, JARDIN, JARDIN)


def adopting(nonce, *, more=None, a=None, b=None, **said):
    own = card(title="Jardin", sides={"a": a or {}, "b": b or OUT}, more=more)
    known = Table("ab", own, card("two"))
    known.known.nonces[B] = {nonce.nonce: nonce}
    seen = known.see(a={"one": GONE} if a else {}, b={"7": JARDIN, **said})
    borne(seen, "b", "7", origin="n1")
    return known, plan(known.unit, known.known, seen)


def test_a_create_that_lands_beside_a_record_that_came_back_is_a_late_twin():
    known, made = adopting(SENT.copy(), one={"text": "revenu"})
    assert [(a.ref, a.after) for a in made.actions if a.verb == "delete"] == [("7", None)]
    after = known.after(made).sides[B]
    assert (after.ref, after.standing) == ("one", Standing.HERE)


def test_a_create_that_lands_where_the_former_record_is_no_more_is_the_items():
    known, made = adopting(SENT.copy())
    assert known.after(made).sides[B].ref == "7"
    assert "delete" not in str(writes(made))


def test_a_create_that_lands_after_its_item_died_is_deleted_and_not_brought_back():
    gone = {"standing": "gone"}
    known, made = adopting(SENT.copy(), more={"dead": True}, a=gone, b=gone)
    after = known.after(made)
    assert (after.dead, after.dying) == (False, True)
    assert writes(made) == ["delete b"]
