from __future__ import annotations

import pytest

from connectors.memory import Memory
from sync.errors import Malformed
from tests.unit.engine.pair import Pair


@pytest.fixture
def pair() -> Pair:
    pair = Pair()
    for title in ("good", "bad"):
        pair.left.add("b", {"title": title})
    assert pair.engine.sync(accept=True).ok
    return pair


def test_a_known_record_that_became_unreadable_is_named_until_it_can_be_read(pair: Pair) -> None:
    ref = pair.ref(pair.right, "bad")
    pair.right.spoil("b", ref)
    for _ in range(2):
        report = pair.engine.sync()
        assert [name.endswith(ref) for name in report.quarantined] == [True]
        assert not report.ok


def test_a_record_that_shows_only_before_a_write_that_it_is_unreadable_stops_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair = Pair(powers={"conditional": False})
    for title in ("good", "bad"):
        pair.left.add("b", {"title": title})
    assert pair.engine.sync(accept=True).ok
    bad = pair.ref(pair.right, "bad")
    reading = Memory.get

    def get(connector, collection, ref):
        if collection.system == "right" and ref == bad:
            raise Malformed("spoiled")
        return reading(connector, collection, ref)

    monkeypatch.setattr(Memory, "get", get)
    for title in ("bad", "good"):
        pair.left.edit("b", pair.ref(pair.left, title), {"title": f"{title}, edited"})
    report = pair.engine.sync()

    assert pair.titles(pair.right) == ["bad", "good, edited"]
    assert [name.endswith(bad) for name in report.quarantined] == [True]
    assert not report.failures
