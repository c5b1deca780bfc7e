"""Budgets over the cycles of one run: what went in the first counts in the second, once."""

from __future__ import annotations

from sync.plan.actions import Plan
from sync.plan.guard import spend
from tests.unit.plan.table import GONE, Dated, Table, card, key

NAMES = ("one", "two", "three", "four", "five", "six", "seven", "eight")


def undated(*names: str) -> dict[str, dict[str, object]]:
    return {name: {"title": name, "due": None} for name in names}


def go_on(known: Table, made: Plan) -> None:
    """Begin the next cycle of the same run, everything having been carried out."""
    spend(known.known, made)
    known.known.items.update(made.items)


def written(made: Plan) -> list[str]:
    return sorted(action.item for action in made.actions)


def test_what_left_in_the_first_cycle_of_a_run_counts_in_the_second_once():
    known = Table("ab", *(card(name) for name in NAMES))
    go_on(known, known.plan(a={"one": GONE}))
    assert known.known.spent.absences == {key("a"): 1}
    within = known.plan(a=dict.fromkeys(NAMES[:4], GONE))
    assert {"two", "three", "four"} <= set(written(within))
    beyond = known.plan(a=dict.fromkeys(NAMES[:5], GONE))
    assert [hold.subject for hold in beyond.holds] == [key("a")]


def test_the_number_of_deletions_is_that_of_the_run():
    known = Table("ab", *(card(name) for name in NAMES), budget_count=2)
    go_on(known, known.plan(a={"one": GONE}))
    assert known.known.spent.deletions == 1
    beyond = known.plan(a={"one": GONE, "two": GONE, "three": GONE})
    assert written(beyond) == []
    assert [hold.subject for hold in beyond.holds] == ["unit"]


def test_what_left_a_filter_in_the_first_cycle_counts_in_the_second_as_the_same_thing():
    cards = [card(name, due="2026-03-01") for name in NAMES]
    known = Table("ab", *cards, members={"b": {"only": Dated()}}, budget_count=None)
    made = known.plan(a=undated("one"))
    go_on(known, made)
    assert known.known.spent.filtered == {key("b"): {"one"}}
