from __future__ import annotations

from dataclasses import dataclass, replace

from sync.mapping.unit import Unit
from tests.unit.engine.pair import Pair


def _mirrored() -> Pair:
    pair = Pair()
    for title in ("one", "two", "three"):
        pair.left.add("b", {"title": title, "list": "À faire"})
    pair.engine.sync()
    return pair


def _restart(pair: Pair, unit: Unit) -> None:
    pair.unit = unit
    pair.engine = pair.started()


def _with_a_third(pair: Pair) -> tuple[Unit, object]:
    world, connector, member = pair._side("third")
    pair.connectors["third"] = connector
    members = {**pair.unit.members, member.key: member}
    return replace(pair.unit, members=members), world


def test_a_mapping_that_is_renamed_keeps_its_items() -> None:
    pair = _mirrored()
    _restart(pair, replace(pair.unit, name="planning", mappings=("planning",)))
    assert pair.engine.plan()[0].actions == ()
    assert pair.engine.sync().written == 0
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    assert pair.engine.sync().written == 1
    assert pair.titles(pair.right) == ["three", "two", "uno"]


def test_a_mapping_that_joins_takes_the_items_along_under_any_name() -> None:
    pair = _mirrored()
    unit, third = _with_a_third(pair)
    _restart(pair, replace(unit, name="agenda", mappings=("agenda", "board")))
    pair.engine.sync()
    for world in (pair.left, pair.right, third):
        assert pair.titles(world) == ["one", "three", "two"]
    assert pair.engine.sync().written == 0


def test_a_side_taken_away_and_put_back_deletes_and_doubles_nothing() -> None:
    pair = _mirrored()
    whole, third = _with_a_third(pair)
    _restart(pair, whole)
    pair.engine.sync()
    pair.left.add("b", {"title": "four"})
    rest = {k: m for k, m in whole.members.items() if not k.startswith("third")}
    _restart(pair, replace(whole, members=rest))
    pair.engine.sync()
    assert pair.titles(third) == ["one", "three", "two"], "a side that left is left alone"
    third.remove("b", pair.ref(third, "two"))
    _restart(pair, whole)
    pair.engine.sync(accept=True)
    for world in (pair.left, pair.right, third):
        assert pair.titles(world) == ["four", "one", "three", "two"]
    assert pair.engine.sync().written == 0


def test_a_unit_taken_apart_goes_on_in_both_parts() -> None:
    pair = _mirrored()
    whole, third = _with_a_third(pair)
    fourth, connector, member = pair._side("fourth")
    pair.connectors["fourth"] = connector
    whole = replace(whole, members={**whole.members, member.key: member})
    _restart(pair, whole)
    pair.engine.sync()
    keys = list(whole.members)
    one = replace(whole, members={k: whole.members[k] for k in keys[:2]})
    two = replace(
        whole, name="second", mappings=("second",), members={k: whole.members[k] for k in keys[2:]}
    )
    pair.engine = pair.started()
    pair.engine.units = {"board": one, "second": two}
    assert pair.engine.sync().written == 0
    third.edit("b", pair.ref(third, "one"), {"title": "uno"})
    pair.left.edit("b", pair.ref(pair.left, "two"), {"title": "due"})
    pair.engine.sync()
    assert pair.titles(fourth) == pair.titles(third) == ["three", "two", "uno"]
    assert pair.titles(pair.right) == pair.titles(pair.left) == ["due", "one", "three"]


def test_a_part_that_went_to_another_unit_is_not_forgotten_by_the_one_it_left() -> None:
    pair = _mirrored()
    whole, third = _with_a_third(pair)
    fourth, connector, member = pair._side("fourth")
    pair.connectors["fourth"] = connector
    whole = replace(whole, members={**whole.members, member.key: member})
    _restart(pair, whole)
    pair.engine.sync()
    keys = list(whole.members)
    one = replace(whole, members={k: whole.members[k] for k in keys[:2]})
    two = replace(
        whole, name="second", mappings=("second",), members={k: whole.members[k] for k in keys[2:]}
    )
    for unit in (two, one, two):  # as in the daemon: an engine for each unit
        _restart(pair, unit)
        report = pair.engine.sync()
        assert (report.ok, report.written) == (True, 0)
    assert pair.titles(fourth) == pair.titles(third) == ["one", "three", "two"]


@dataclass(frozen=True)
class OnlyDone:
    def passes(self, hub, names) -> bool:  # noqa: ARG002
        return bool(hub.get("done"))


def test_a_filter_that_an_admin_adds_takes_nothing_away() -> None:
    pair = _mirrored()
    pair.left.edit("b", pair.ref(pair.left, "one"), {"done": True})
    pair.engine.sync()
    members = dict(pair.unit.members)
    members["right/box:b"] = replace(members["right/box:b"], only=OnlyDone())
    _restart(pair, replace(pair.unit, members=members))
    pair.left.add("b", {"title": "four"})
    pair.engine.sync()
    assert pair.titles(pair.right) == ["one", "three", "two"]
    pair.left.edit("b", pair.ref(pair.left, "one"), {"done": None})
    pair.engine.sync()
    assert pair.titles(pair.right) == ["three", "two"], "what passed it and leaves it goes"
