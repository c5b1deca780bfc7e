from __future__ import annotations

from sync.model import Stub
from sync.plan.observation import Listing, Snapshot
from sync.plan.suspects import suspects
from sync.state import Item, Side, Standing
from tests.unit.engine.pair import Pair


def test_a_record_that_was_missing_and_is_listed_as_it_was_is_read_before_it_is_believed() -> None:
    unit = Pair().unit
    key = next(iter(unit.members))
    side = Side(Standing.HERE, ref="r1", version="v1", missing=True)
    known = Snapshot(items={"i": Item("i", "card", unit.name, sides={key: side})})
    listing = Listing(records={"r1": Stub("r1", "v1")}, complete=True)

    assert suspects(unit, known, {key: listing})[key].refs == ["r1"]
