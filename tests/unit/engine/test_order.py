from __future__ import annotations

from dataclasses import replace

import pytest

from sync.mapping.unit import Rules
from tests.unit.engine.pair import Pair


def _order(world) -> list[str]:
    cards = sorted(world.all("b"), key=lambda s: float(s.fields["rank"]))
    return [s.fields["title"] for s in cards]


def test_a_long_list_is_mirrored_in_order_and_then_left_alone() -> None:
    pair = Pair()
    for n in range(400):
        pair.left.add("b", {"title": f"card {n}", "list": "À faire", "rank": float(n + 1)})
    pair.engine.sync()
    assert _order(pair.right) == [f"card {n}" for n in range(400)]
    assert pair.engine.sync().written == 0


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_card_moved_among_many_is_the_only_one_written_and_stays_where_it_was_put(side) -> None:
    pair = Pair()
    for n in range(40):
        pair.left.add("b", {"title": f"card {n}", "list": "À faire", "rank": float(n + 1)})
    pair.engine.sync()
    world = getattr(pair, side)
    ranks = {s.fields["title"]: float(s.fields["rank"]) for s in world.all("b")}
    between = (ranks["card 4"] + ranks["card 5"]) / 2
    world.edit("b", pair.ref(world, "card 30"), {"rank": between})
    meant = [f"card {n}" for n in (*range(5), 30, *range(5, 30), *range(31, 40))]
    assert _order(world) == meant
    report = pair.engine.sync()
    assert report.written == 1
    assert _order(pair.right) == _order(pair.left) == meant


def test_cards_moved_on_both_sides_at_once_are_all_where_people_put_them() -> None:
    pair = Pair()
    for n in range(6):
        pair.left.add("b", {"title": f"card {n}", "list": "À faire", "rank": float(n + 1)})
    pair.engine.sync()
    pair.left.edit("b", pair.ref(pair.left, "card 0"), {"rank": 99.0})
    pair.right.edit("b", pair.ref(pair.right, "card 5"), {"rank": -99.0})
    assert pair.engine.sync().written == 2
    meant = [f"card {n}" for n in (5, 1, 2, 3, 4, 0)]
    assert _order(pair.right) == _order(pair.left) == meant


def test_numbers_that_a_server_deals_out_anew_move_nothing() -> None:
    pair = Pair()
    for n in range(5):
        pair.left.add("b", {"title": f"card {n}", "list": "À faire", "rank": float(n + 1)})
    pair.engine.sync()
    for state in list(pair.left.all("b")):
        pair.left.edit("b", state.ref, {"rank": float(state.fields["rank"]) * 1000})
    assert pair.engine.sync().written == 0


def test_a_card_finds_a_place_where_there_is_no_room() -> None:
    pair = Pair()
    pair.left.add("b", {"title": "one", "list": "À faire", "rank": 1.0})
    pair.left.add("b", {"title": "three", "list": "À faire", "rank": 1.0000000000000002})
    pair.engine.sync()
    pair.right.add("b", {"title": "two", "list": "À faire", "rank": 20000.0})
    pair.engine.sync()
    pair.engine.sync()
    assert _order(pair.left) == _order(pair.right) == ["one", "two", "three"]


def test_two_cards_with_one_number_are_left_as_they_are() -> None:
    pair = Pair()
    for title in ("one", "two", "three"):
        pair.left.add("b", {"title": title, "list": "À faire", "rank": 7.0})
    pair.engine.sync()
    assert {s.fields["rank"] for s in pair.left.all("b")} == {7.0}
    assert _order(pair.right) == ["one", "two", "three"]
    pair.right.edit("b", pair.ref(pair.right, "three"), {"title": "trois"})
    assert pair.engine.sync().written == 1


def test_a_card_that_people_moved_on_a_published_side_is_deleted_there_all_the_same() -> None:
    pair = Pair(rules=Rules(deletions="delete"))
    one, two = pair.unit.members.values()
    pair.unit = replace(pair.unit, members={one.key: one, two.key: replace(two, reads=False)})
    pair.engine = pair.started()
    for n, title in enumerate(("Four", "Jardin", "Toit")):
        pair.left.add("b", {"title": title, "list": "À faire", "rank": float(n + 1)})
    pair.engine.sync()
    pair.right.edit("b", pair.ref(pair.right, "Jardin"), {"rank": 10.0**6})
    pair.left.remove("b", pair.ref(pair.left, "Jardin"))
    pair.engine.sync()
    pair.engine.sync()
    assert pair.titles(pair.left) == pair.titles(pair.right) == ["Four", "Toit"]
