from __future__ import annotations

from copy import deepcopy
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.plan import plan
from sync.plan.actions import Plan
from sync.plan.keys import DIGITS, between
from sync.plan.order import longest_run
from tests.unit.plan.table import BLIND, GONE, SILENT, UNLISTED, Table, card, key

words = st.sampled_from(["one", "Potager", "Verger", "Four"])
texts = st.sampled_from([None, "p", "p\n\nq", "o\n\np", "Q"])
tags = st.sampled_from([None, ["x"], ["x", "y"], ["z"]])
edits = st.fixed_dictionaries({}, optional={"title": words, "text": texts, "tags": tags})
looks = st.one_of(edits, edits, st.sampled_from([GONE, UNLISTED, SILENT]))
standings = st.sampled_from(["here", "here", "here", "out", "left", "gone", "kept"])
cards = st.dictionaries(st.sampled_from(["one", "two", "three"]), looks, max_size=3)
sides = st.one_of(cards, cards, cards, st.just(BLIND))


@st.composite
def tables(draw):
    made = [
        card(
            name,
            text=draw(texts),
            tags=draw(tags),
            sides={
                s: {"standing": draw(standings), "in_scope": draw(st.booleans()), **draw(edits)}
                for s in "ab"
            },
            more={"dying": draw(st.booleans())},
        )
        for name in ("one", "two", "three")
    ]
    return Table("abc", *made)


@given(tables(), sides, sides, sides)
def test_a_plan_is_the_same_each_time_and_changes_neither_of_its_arguments(known, a, b, c):
    seen = known.see(a=a, b=b, c=c)
    before = deepcopy((known.known, seen))
    assert plan(known.unit, known.known, seen) == plan(known.unit, known.known, seen)
    assert (known.known, seen) == before


@given(texts, tags)
def test_a_plan_on_what_is_known_already_plans_nothing(text, some):
    made = Table("abc", card(text=text, tags=some), card("two")).plan()
    assert made == Plan("unit", collections=made.collections)


@given(tables(), sides, sides)
def test_nothing_that_was_typed_is_dropped_without_being_kept(known, a, b):
    """Every title that people typed stands in the hub or in the salvage."""
    made = known.plan(a=a, b=b)
    kept = {str(s.value) for s in made.salvage}
    for where, said in (("a", a), ("b", b)):
        for name, what in said.items() if isinstance(said, dict) else ():
            side = known.known.items[name].sides[key(where)]
            if (
                isinstance(what, dict)
                and what.get("title", side.seen["title"]) != side.seen["title"]
            ):
                hub = known.after(made, name).hub["title"]
                assert what["title"] == hub or any(what["title"] in k for k in kept)


@given(tables(), sides)
def test_a_side_that_cannot_be_seen_is_never_written_to(known, a):
    made = known.plan(a=a, b=BLIND)
    assert key("b") not in {action.collection for action in made.actions}


@given(tables(), sides, sides)
def test_no_write_says_what_the_side_shows_already(known, a, b):
    made = known.plan(a=a, b=b)
    for action in made.actions:
        for name, view in action.views.items():
            assert action.before.get(name) != view or view is None


keys = st.text(alphabet=DIGITS, min_size=1, max_size=12).filter(lambda k: not k.endswith("0"))


@given(keys, keys)
def test_a_key_lies_strictly_between_two_others(one, other):
    low, high = sorted((one, other))
    if low != high:
        assert low < between(low, high) < high


@given(keys)
def test_there_is_always_a_key_before_the_first_and_after_the_last(one):
    assert between(None, one) < one < between(one, None)


@given(st.lists(st.booleans(), max_size=60))
def test_there_is_room_however_often_one_place_is_chosen(choices):
    low, high = "a", "b"
    for upper in choices:
        made = between(low, high)
        assert low < made < high
        assert not made.endswith("0")
        low, high = (made, high) if upper else (low, made)


@given(st.lists(st.integers(0, 12), max_size=9))
def test_what_stayed_in_order_is_a_longest_run_that_does_not_decrease(numbers):
    named = [(float(n), f"{at:03}") for at, n in enumerate(numbers)]
    run = longest_run(named)
    value = {name: n for n, name in named}
    assert run == sorted(run)  # in the order in which they stood
    assert all(value[a] <= value[b] for a, b in pairwise(run))
    assert len(run) == _longest(numbers)


def test_a_run_comes_to_its_end_even_where_one_thing_is_named_twice():
    twice = [(1.0, "a"), (2.0, "b"), (2.0, "b"), (1.0, "b"), (3.0, "a")]
    assert longest_run(twice) == ["a", "b", "a"]


def _longest(numbers):
    best = [1] * len(numbers)
    for at, n in enumerate(numbers):
        for before in range(at):
            if numbers[before] <= n:
                best[at] = max(best[at], best[before] + 1)
    return max(best, default=0)
