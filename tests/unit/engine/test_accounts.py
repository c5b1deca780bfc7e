from __future__ import annotations

from dataclasses import replace

from sync.execute import in_turn
from sync.observe import Observer
from sync.plan.observation import Snapshot
from tests.simulation.stage import NoBlobs
from tests.unit.engine.pair import Pair


def test_a_refused_account_deletes_nothing_and_is_named() -> None:
    pair = Pair()
    for title in ("one", "two", "three"):
        pair.left.add("b", {"title": title})
    pair.engine.sync()
    pair.left.accounts = {"sync": "another password"}
    report = pair.engine.sync()
    assert list(report.failures) == ["left/box:b"]
    assert pair.titles(pair.right) == ["one", "three", "two"]


def test_a_refused_account_is_not_tried_for_the_other_collections_of_its_system() -> None:
    pair = Pair()
    shelf = pair.left.shelf("b")
    pair.left.make("c", shelf.schema)
    left = pair.unit.members["left/box:b"]
    other = replace(left, collection=replace(left.collection, id="c", name="c"))
    unit = replace(pair.unit, members={**pair.unit.members, other.key: other})
    pair.left.accounts = {"sync": "another password"}
    seen = Observer(unit, pair.connectors, NoBlobs(), in_turn).observe(Snapshot(), set())
    assert pair.left.calls["list"] == 1
    assert all(seen.listings[key].failure for key in (left.key, other.key))
