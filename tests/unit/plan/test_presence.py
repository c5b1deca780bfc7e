from __future__ import annotations

import pytest

from sync.mapping.unit import Absence
from sync.state import Standing
from tests.unit.plan.table import (
    BLIND,
    GONE,
    SILENT,
    UNLISTED,
    Dated,
    Table,
    card,
    key,
    member,
    state,
    writes,
)

EDITED = {"one": {"text": "autre"}}
MOVED = {"one": {"due": "2026-05-01"}}
ITEM, LEAVE, CLEAR, BACK = Absence.ITEM, Absence.LEAVE, Absence.CLEAR, Absence.PUT_BACK


def table(absence=ITEM, *, a=None, b=None, more=None):
    how = {"on_absence": absence}
    if absence is CLEAR:
        how |= {"clears": "due", "only": Dated()}
    one = card(due="2026-04-01", sides={"a": a or {}, "b": b or {}}, more=more)
    others = [card(name, due="2026-04-01") for name in ("two", "three")]
    return Table("ab", one, *others, members={"a": how})


@pytest.mark.parametrize(
    ("absence", "looks", "stands", "item", "due"),
    [
        pytest.param(ITEM, (GONE, {}), "gone", "dying", ["delete b"], id="deleted"),
        pytest.param(ITEM, (GONE, EDITED), "out", "alive", ["create a"], id="edited elsewhere"),
        pytest.param(ITEM, (GONE, BLIND), "gone", "dying", [], id="waits for a side unseen"),
        pytest.param(ITEM, (UNLISTED, {}), "here", "alive", [], id="not confirmed"),
        pytest.param(ITEM, (SILENT, {}), "here", "alive", [], id="the side is not sighted"),
        pytest.param(LEAVE, (GONE, {}), "left", "alive", [], id="taken away from there"),
        pytest.param(LEAVE, (GONE, EDITED), "left", "alive", [], id="left stays left"),
        pytest.param(CLEAR, (GONE, {}), "out", "alive", ["update b"], id="its date is cleared"),
        pytest.param(BACK, (GONE, {}), "out", "alive", ["create a"], id="put back"),
    ],
)
def test_what_absence_means(absence, looks, stands, item, due):
    known = table(absence)
    made = known.plan(a={"one": looks[0]}, b=looks[1])
    after = known.after(made)
    assert after.sides[key("a")].standing == stands
    assert state(after) == item
    assert writes(made) == due


def test_a_date_that_was_moved_elsewhere_is_not_cleared():
    known = table(CLEAR)
    made = known.plan(a={"one": GONE}, b=MOVED)
    assert known.after(made).hub["due"] == "2026-05-01"
    assert writes(made) == ["create a"]


def test_a_card_deleted_together_with_its_date_is_deleted_whichever_side_comes_first():
    for clearing, deleting in ("ab", "ba"):
        dated = {"on_absence": CLEAR, "clears": "due", "only": Dated()}
        cards = [card(name, due="2026-04-01") for name in ("one", "two")]
        known = Table("abc", *cards, members={clearing: dated})
        made = known.plan(**{clearing: {"one": GONE}, deleting: {"one": GONE}})
        assert (state(known.after(made)), writes(made)) == ("dying", ["delete c"])


def test_a_blind_side_changes_nothing_at_all():
    known = table()
    made = known.plan(a=BLIND)
    assert not made.items
    assert not made.actions


def test_a_record_that_was_never_in_scope_says_nothing_when_it_goes():
    known = table(a={"in_scope": False})
    after = known.after(known.plan(a={"one": GONE}))
    assert (after.sides[key("a")].standing, state(after)) == ("out", "alive")


def test_absences_beyond_the_budget_hold_the_side_and_are_remembered():
    known = table()
    made = known.plan(a={"one": GONE, "two": GONE})
    assert not made.actions
    assert [h.subject for h in made.holds] == [key("a")]
    assert all(made.items[n].sides[key("a")].missing for n in ("one", "two"))


def test_absences_that_were_not_confirmed_count_against_the_budget():
    known = table()
    made = known.plan(a={"one": GONE, "two": UNLISTED})
    assert not made.actions
    assert made.collections[key("a")].held


def test_half_of_a_side_may_go_but_not_more():
    known = Table("ab", card(), card("two"))
    assert writes(known.plan(a={"one": GONE})) == ["delete b"]


def test_an_edit_of_a_field_that_the_side_lacks_wins_over_a_deletion_there():
    titles = member("a").bindings[:1]
    known = Table("abc", card(), card("two"), members={"a": {"bindings": titles}})
    made = known.plan(a={"one": GONE}, b=MOVED)
    assert writes(made) == ["create a", "update c"]


def test_nothing_is_deleted_elsewhere_while_another_record_of_it_could_not_be_read():
    known = Table("abc", card(), card("two"), card("three"))
    made = known.plan(a={"one": GONE}, b={"one": UNLISTED})
    assert not made.actions
    assert [h.subject for h in made.holds] == ["one"]


def test_a_dying_item_that_people_edit_lives():
    known = table(a={"standing": "gone"}, more={"dying": True})
    after = known.after(known.plan(b=EDITED))
    assert state(after) == "alive"
    assert after.sides[key("a")].standing is Standing.OUT


def test_a_dying_item_that_nobody_touched_is_deleted_on():
    known = table(a={"standing": "gone"}, more={"dying": True})
    assert writes(known.plan()) == ["delete b"]


def test_a_dead_item_whose_record_comes_back_lives():
    gone = {"standing": "gone"}
    known = table(a=gone, b=gone, more={"dead": True})
    after = known.after(known.plan(a={"one": {"text": "revenu"}}))
    assert state(after) == "alive"
    assert after.sides[key("a")].standing is Standing.HERE


def test_a_side_that_cannot_be_written_keeps_what_is_deleted():
    one = card(sides={"a": {"standing": "gone"}}, more={"dying": True})
    known = Table("ab", one, card("two"), members={"b": {"writes": False}})
    made = known.plan()
    assert known.after(made).sides[key("b")].standing is Standing.KEPT
    assert not made.actions


def test_a_record_gone_and_one_new_with_its_stable_id_is_a_move():
    known = table()
    known.known.items["one"].sides[key("a")].stable = "id7"
    seen = known.see(a={"one": GONE, "elsewhere": {"title": "one"}})
    listing = seen.listings[key("a")]
    record = listing.records["elsewhere"]
    listing.records["elsewhere"] = type(record)(**{**record.__dict__, "stable": "id7"})
    from sync.plan import plan  # noqa: PLC0415

    made = plan(known.unit, known.known, seen)
    after = known.after(made)
    assert (after.sides[key("a")].ref, state(after)) == ("elsewhere", "alive")
    assert "delete b" not in writes(made)


def test_too_many_deletions_in_one_run_are_all_held():
    known = Table("ab", card(), card("two"), card("three"), card("four"), budget_count=1)
    made = known.plan(a={"one": GONE, "two": GONE})
    assert not made.actions
    assert [h.subject for h in made.holds] == ["unit"]
