from __future__ import annotations

import pytest

from sync.plan import plan
from sync.plan.observation import Observation, Snapshot
from sync.state import CollectionState, Nonce, Standing
from tests.unit.plan.table import BLIND, Table, card, key, writes


def meeting(sides="ab", *, twice=True, accepted=True, members=None, cards=(), **seen):
    """What comes of sides that never met the hub, listed once or twice."""
    known = Table(sides, *cards, members=members)
    for side in sides:
        state = known.known.collections[key(side)]
        state.met, state.accepted = False, accepted
        if twice and seen.get(side) != BLIND:
            state.listed = sorted(seen.get(side, {}))
    return known.plan(**seen)


def joined(made):
    return sorted(sorted(i.here()) for i in made.items.values())


A, B = key("a"), key("b")
JARDIN, FOUR = {"title": "Jardin"}, {"title": "Four"}


def test_one_listing_is_no_meeting():
    made = meeting(twice=False, a={"1": JARDIN}, b={"1": JARDIN})
    assert made.meeting.waiting == "second listing"
    assert not made.items
    assert not made.actions


def test_records_of_one_key_become_one_item():
    made = meeting(a={"1": JARDIN}, b={"7": {"title": "jardin "}})
    assert joined(made) == [[A, B]]
    assert "create" not in str(writes(made))


def test_records_that_stand_alone_are_created_on_the_other_side():
    made = meeting(a={"1": JARDIN}, b={"7": FOUR})
    assert joined(made) == [[A], [B]]
    assert writes(made) == ["create a", "create b"]


def test_two_populated_sides_wait_for_a_word():
    made = meeting(accepted=False, a={"1": JARDIN}, b={"7": FOUR})
    assert made.meeting.waiting == "release"
    assert made.meeting.counts == {A: 1, B: 1}
    assert not made.actions


def test_one_populated_side_waits_for_nobody():
    assert writes(meeting(accepted=False, a={"1": JARDIN})) == ["create b"]


def test_a_listing_that_lost_records_since_the_first_is_no_second_one():
    known = Table("ab")
    for side in "ab":
        known.known.collections[key(side)] = CollectionState(key(side), listed=["1", "2"])
    made = known.plan(a={"1": JARDIN, "2": FOUR}, b={"1": JARDIN})
    assert made.meeting.waiting == "second listing"


def test_a_key_that_occurs_twice_anywhere_is_held_everywhere():
    made = meeting("abc", a={"1": JARDIN, "2": JARDIN}, c={"1": JARDIN})
    assert not made.items
    assert not made.actions
    assert made.collections[A].ambiguous == ["1", "2"]
    assert {h.subject for h in made.holds} == {A, key("c")}


def test_what_stands_on_a_published_side_alone_is_remembered_and_not_taken_in():
    made = meeting(members={"b": {"reads": False}}, b={"7": JARDIN})
    assert not made.items
    assert list(made.collections[B].unmet) == ["7"]


def test_a_published_page_is_matched_and_not_published_twice():
    made = meeting(members={"b": {"reads": False}}, a={"1": JARDIN}, b={"7": JARDIN})
    assert joined(made) == [[A, B]]


def test_a_side_that_is_added_meets_the_items_that_are_known():
    known = Table("ab", card(title="Jardin", sides={"b": {"standing": "out"}}))
    known.known.items["one"].sides.pop(B)
    known.known.collections[B] = CollectionState(B, listed=["7"], accepted=True)
    made = known.plan(b={"7": JARDIN})
    assert known.after(made).sides[B].ref == "7"


def test_a_tombstone_is_met_too_and_lives_again():
    dead = card(title="Jardin", sides={"a": {"standing": "gone"}}, more={"dead": True})
    known = Table("ab", dead)
    known.known.items["one"].sides.pop(B)
    known.known.collections[B] = CollectionState(B, listed=["7"], accepted=True)
    after = known.after(known.plan(b={"7": JARDIN}))
    assert (after.sides[B].ref, after.dead) == ("7", False)


# Nonces


def adopting(nonce, *, standing="out", origin="n1"):
    known = Table("ab", card(title="Jardin", sides={"b": {"standing": standing}}), card("two"))
    known.known.nonces[B] = {nonce.nonce: nonce}
    seen = known.see(b={"7": JARDIN})
    record = seen.listings[B].records["7"]
    seen.listings[B].records["7"] = type(record)(**{**record.__dict__, "origin": origin})
    return known, plan(known.unit, known.known, seen)


SENT = {"title": "Jardin"}


def test_a_record_with_an_open_nonce_is_adopted():
    known, made = adopting(Nonce("n1", "one", B, None, SENT, SENT))
    assert known.after(made).sides[B].ref == "7"
    assert [n.adopted for n in made.nonces] == ["7"]
    assert not made.actions


@pytest.mark.parametrize(
    ("nonce", "origin"),
    [
        pytest.param(Nonce("n1", "one", B, "5", SENT, SENT), "n1", id="already adopted: a copy"),
        pytest.param(Nonce("n1", "one", B, None, SENT, SENT), "n9", id="not one of ours"),
        pytest.param(Nonce("n1", "one", B, None, SENT, SENT), None, id="none"),
    ],
)
def test_a_record_without_an_open_nonce_is_a_card_of_its_own(nonce, origin):
    known, made = adopting(nonce, standing="here", origin=origin)
    assert made.items[f"{B}/7"].hub["title"] == "Jardin"
    assert known.after(made).sides[B].ref == "one"


def test_a_late_twin_beside_a_record_that_stands_is_kept_and_removed():
    known, made = adopting(Nonce("n1", "one", B, None, SENT, SENT), standing="here")
    assert [(a.verb, a.ref, a.after) for a in made.actions] == [("delete", "7", None)]
    assert [s.cause for s in made.salvage] == ["late twin"]
    assert known.after(made).sides[B].standing is Standing.HERE


@pytest.mark.parametrize("standing", ["out", "here"])
def test_what_a_write_left_is_noted_in_the_plan_and_not_in_what_was_known(standing):
    nonce = Nonce("n1", "one", B, None, SENT, SENT)
    known, made = adopting(nonce, standing=standing)
    assert nonce == Nonce("n1", "one", B, None, SENT, SENT)
    assert [n.adopted or n.twin for n in made.nonces] == ["7"]
    assert known.known.nonces[B]["n1"] is nonce


@pytest.mark.parametrize("standing", ["out", "here"])
def test_a_copy_of_what_a_write_left_is_a_card_of_its_own_in_the_same_plan(standing):
    known, _ = adopting(Nonce("n1", "one", B, None, SENT, SENT), standing=standing)
    seen = known.see(b={"7": JARDIN, "8": JARDIN})
    for ref in ("7", "8"):
        record = seen.listings[B].records[ref]
        seen.listings[B].records[ref] = type(record)(**{**record.__dict__, "origin": "n1"})
    made = plan(known.unit, known.known, seen)
    assert made.items[f"{B}/8"].hub["title"] == "Jardin"
    assert [(n.adopted or n.twin) for n in made.nonces if n.nonce == "n1"] == ["7"]


def test_nothing_observed_plans_nothing():
    known = Table("ab", card())
    made = plan(known.unit, Snapshot(), Observation())
    assert not made.items
    assert not made.actions
