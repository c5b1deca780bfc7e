from __future__ import annotations

from sync.store.memory import MemoryStore
from tests.unit.engine.pair import Pair


def _mirrored() -> Pair:
    pair = Pair()
    for title in ("one", "two", "three"):
        pair.left.add("b", {"title": title})
    pair.engine.sync()
    return pair


def test_a_lost_store_syncs_nothing_by_itself() -> None:
    pair = _mirrored()
    pair.store.loss = "the witness has seen a later one"
    pair.left.add("b", {"title": "four"})
    report = pair.engine.sync()
    assert not report.ok
    assert [h.command for h in report.holds] == ["jumelage relink"]
    assert pair.titles(pair.right) == ["one", "three", "two"]


def test_after_a_lost_store_the_matches_are_shown_before_anything_is_written() -> None:
    pair = _mirrored()
    pair.store = MemoryStore(pair.clock)
    pair.engine = pair.started()
    report = pair.engine.relink()
    assert report.written == 0
    assert [h.subject for h in report.holds] == ["board"]


def test_relinked_records_are_adopted_and_none_is_doubled() -> None:
    pair = _mirrored()
    pair.store = MemoryStore(pair.clock)
    pair.engine = pair.started()
    pair.engine.relink()
    pair.engine.release("board")
    assert pair.engine.sync().written == 0
    assert pair.titles(pair.right) == pair.titles(pair.left) == ["one", "three", "two"]


def test_an_older_store_deletes_nothing_and_doubles_nothing() -> None:
    pair = _mirrored()
    older = pair.store.copy()
    pair.left.add("b", {"title": "four"})
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    pair.engine.sync()
    pair.store = older
    pair.engine = pair.started()
    pair.engine.relink()
    pair.engine.release("board")
    pair.engine.sync()
    assert pair.titles(pair.left) == pair.titles(pair.right) == ["four", "three", "two", "uno"]


def test_what_all_sides_show_stands_whatever_an_older_store_says() -> None:
    pair = _mirrored()
    older = pair.store.copy()
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    pair.engine.sync()
    pair.store = older
    pair.engine = pair.started()
    pair.engine.relink()
    pair.engine.release("board")
    report = pair.engine.sync()
    assert (report.holds, report.conflicts, report.written) == ([], 0, 0)
    (kept,) = [one.salvage for one in pair.store.kept()]
    assert (kept.value, kept.kept, kept.cause) == ("one", "uno", "unseen")


def test_what_two_sides_show_differently_is_asked_after_an_older_store() -> None:
    pair = _mirrored()
    older = pair.store.copy()
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    pair.store = older
    pair.engine = pair.started()
    pair.engine.relink()
    pair.engine.release("board")
    report = pair.engine.sync()
    assert [hold.subject.rpartition("@")[2] for hold in report.holds] == ["title"]
    assert pair.titles(pair.left) == ["three", "two", "uno"]
    assert pair.titles(pair.right) == ["one", "three", "two"]
