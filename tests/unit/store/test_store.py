"""What every store promises, whatever it is made of."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from sync.errors import InvariantViolated
from sync.state import (
    CollectionState,
    HubOption,
    Intent,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Side,
    Standing,
    Verb,
)
from sync.store.base import Run, Store
from tests.unit.store.conftest import Clock

BOARD, DECK = "trello/board:b1", "cloud/deck:7"


def card(name: str = "c1", unit: str = "programme", title: str = "Concert") -> Item:
    return Item(
        id=f"{BOARD}:{name}",
        kind="card",
        unit=unit,
        hub={"title": title, "people": ["ana", "bo"], "tasks": [{"text": "hall", "done": False}]},
        sides={
            DECK: Side(
                Standing.HERE,
                ref="42",
                version='"e1"',
                seen={"title": title, "due": None},
                base={"title": title},
            ),
            BOARD: Side(Standing.OUT, ref=name, missing=True, refused={"title": "too long"}),
        },
        held={"due": "two dates"},
        flips={"title": 2},
    )


def line(run: str = "r1", item: str = "c1", after: str = "Concert") -> JournalEntry:
    return JournalEntry(
        run, "update", item, DECK, "42", {"title": "old"}, {"title": after}, "edited", "ana"
    )


def lost_value(cause: str = "conflict", item: str = "c1") -> Salvage:
    return Salvage(item, "title", {"text": ["kept"]}, DECK, cause, "ana", "what stands")


def intent(nonce: str) -> Intent:
    return Intent(
        nonce,
        Verb.DELETE,
        "c1",
        DECK,
        "42",
        views={"title": "Concert"},
        values={"title": "Concert"},
        before={"title": None},
        version='"e1"',
        after=Standing.GONE,
        since=datetime(2026, 3, 1, 13, 59, 1, 250000, tzinfo=UTC),
        run="r1",
        reason="left the filter",
    )


def test_an_item_is_read_back_with_all_its_sides_in_their_order(store: Store):
    with store.transaction() as change:
        change.put_item(card())
    read = store.item(card().id)
    assert read == card()
    assert list(read.sides) == [DECK, BOARD]
    assert read.sides[BOARD].standing is Standing.OUT
    assert store.item("unknown") is None


def test_a_key_with_nothing_differs_from_no_key(store: Store):
    with store.transaction() as change:
        change.put_item(card())
    seen = store.item(card().id).sides[DECK].seen
    assert seen == {"title": "Concert", "due": None}
    assert "tags" not in seen


def test_whole_and_broken_numbers_keep_their_kind(store: Store):
    with store.transaction() as change:
        change.put_meta("numbers", [1, 1.0, True, 2**60, 0.1])
    read = store.meta("numbers")
    assert [type(value) for value in read] == [int, float, bool, int, float]
    assert read == [1, 1.0, True, 2**60, 0.1]


def test_what_json_cannot_hold_is_refused_and_nothing_is_written(store: Store):
    broken = card()
    broken.hub["when"] = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(TypeError), store.transaction() as change:
        change.put_meta("before", 1)
        change.put_item(broken)
    assert store.item(broken.id) is None
    assert store.meta("before") is None
    assert list(store.items("programme")) == []


def test_changing_what_was_read_or_put_changes_nothing(store: Store):
    mine = card()
    with store.transaction() as change:
        change.put_item(mine)
    mine.hub["people"].append("carl")
    mine.sides[DECK].seen["title"] = "other"
    read = store.item(mine.id)
    assert read == card()
    read.hub["tasks"][0]["done"] = True
    del read.sides[BOARD]
    read.held.clear()
    for each in store.items("programme"):
        assert each == card()
        each.sides[DECK].base["title"] = "other"
    assert store.item(mine.id) == card()


def test_every_table_hands_out_copies(store: Store):
    state = CollectionState(
        BOARD, unmet={"r": ["a"]}, options={"list": {"1": "To do"}}, listed=["r"]
    )
    nonce = Nonce("n", "c1", BOARD, views={"tags": ["a"]})
    with store.transaction() as change:
        change.put_collection(state)
        change.put_options(
            "programme", "status", [HubOption("todo", "To do", natives={BOARD: "1"})]
        )
        change.put_intent(intent("n"))
        change.put_nonce(nonce)
        change.append(line())
        change.keep("r1", lost_value())
        change.put_run(Run("r1", datetime(2026, 3, 1, tzinfo=UTC), summary={"held": ["c1"]}))
        change.put_meta("state", {"a": [1]})

    def reads():
        return (
            store.collections(),
            store.options("programme"),
            store.intents(),
            store.nonces(BOARD),
            store.journal(),
            store.kept(),
            store.runs(),
            store.meta("state"),
        )

    first = reads()
    first[0][BOARD].unmet["r"].append("b")
    first[0][BOARD].options["list"]["1"] = "x"
    first[0][BOARD].listed.append("s")
    first[1]["status"][0].natives.clear()
    first[2][0].views["title"] = "x"
    first[3]["n"].views["tags"].append("b")
    first[4][0].entry.after["title"] = "x"
    first[5][0].salvage.value["text"].append("x")
    first[6][0].summary["held"].append("x")
    first[7]["a"].append(2)
    again = reads()
    assert all(now != then for now, then in zip(again, first, strict=True))
    assert again[0] == {BOARD: state}
    assert again[3] == {"n": nonce}
    assert again[4][0].entry == line()
    assert again[5][0].salvage == lost_value()


def test_putting_an_item_again_replaces_it_with_its_sides(store: Store):
    changed = card(title="Ball")
    del changed.sides[BOARD]
    changed.dead = True
    with store.transaction() as change:
        change.put_item(card())
    with store.transaction() as change:
        change.put_item(changed)
    assert list(store.items("programme")) == [changed]


def test_items_come_by_id_with_tombstones_and_of_their_unit_only(store: Store):
    names = ["b", "é", "B", "10", "9", "z"]
    with store.transaction() as change:
        for name in names:
            item = card(name)
            item.dead = name == "z"
            change.put_item(item)
        change.put_item(card("a", unit="other"))
    ids = [item.id for item in store.items("programme")]
    assert ids == sorted(card(name).id for name in names)
    assert [item.id for item in store.items("other")] == [card("a").id]
    assert list(store.items("none")) == []


def test_the_units_are_those_that_have_items(store: Store):
    assert store.units() == []
    with store.transaction() as change:
        for name, unit in (("c1", "z"), ("c2", "a"), ("c3", "z")):
            change.put_item(Item(name, "card", unit))
    assert store.units() == ["a", "z"]


def test_an_item_that_moves_to_another_unit_leaves_the_first(store: Store):
    with store.transaction() as change:
        change.put_item(card())
    with store.transaction() as change:
        change.put_item(card(unit="other"))
    assert list(store.items("programme")) == []
    assert list(store.items("other")) == [card(unit="other")]


def test_long_listings_are_whole_while_items_are_put(store: Store):
    with store.transaction() as change:
        for number in range(1200):
            change.put_item(Item(f"i{number:05}", "card", "programme"))
    seen = []
    for item in store.items("programme"):
        seen.append(item.id)
        if len(seen) % 400 == 0:
            item.dying = True
            with store.transaction() as change:
                change.put_item(item)
    assert seen == [f"i{number:05}" for number in range(1200)]
    assert sum(item.dying for item in store.items("programme")) == 3


def fill(store: Store, mark: str) -> None:
    """One write of every kind, told apart by `mark`."""
    with store.transaction() as change:
        write_everything(change, mark)


def write_everything(change, mark: str) -> None:
    change.put_item(card("c1", title=mark))
    change.put_item(card(mark))
    change.put_collection(CollectionState(BOARD, cursor=mark))
    change.put_collection(CollectionState(mark))
    change.put_options("programme", "status", [HubOption(mark, mark)])
    change.put_options("programme", mark, [HubOption(mark, mark)])
    change.put_intent(intent(mark))
    change.drop_intent("first")
    change.put_nonce(Nonce("same", mark, BOARD))
    change.put_nonce(Nonce(mark, mark, BOARD))
    change.keep(mark, lost_value())
    change.settle(1, mark)
    change.append(line(run=mark))
    change.erase([1])
    change.put_run(Run("same", datetime(2026, 3, 1, tzinfo=UTC), outcome=mark))
    change.put_run(Run(mark, datetime(2026, 3, 1, tzinfo=UTC)))
    change.put_meta("same", mark)
    change.put_meta(mark, mark)


def everything(store: Store, *marks: str):
    return (
        list(store.items("programme")),
        store.collections(),
        store.options("programme"),
        store.intents(),
        store.nonces(BOARD),
        store.journal(),
        store.kept(),
        store.runs(),
        [store.meta(mark) for mark in ("same", *marks)],
    )


def test_an_exception_undoes_every_write_of_the_transaction(store: Store):
    fill(store, "first")
    with store.transaction() as change:
        change.put_intent(intent("first"))
        change.put_intent(intent("zz"))
    before = everything(store, "first", "second")
    with pytest.raises(ZeroDivisionError), store.transaction() as change:
        write_everything(change, "second")
        write_everything(change, "third")
        raise ZeroDivisionError
    assert everything(store, "first", "second") == before
    fill(store, "second")
    assert everything(store, "first", "second") != before
    assert store.journal()[0].seq == 3


def test_a_transaction_undone_by_a_crash_that_is_no_exception_writes_nothing(store: Store):
    class Crash(BaseException):
        pass

    with pytest.raises(Crash), store.transaction() as change:
        change.put_item(card())
        raise Crash
    assert store.item(card().id) is None


def test_a_thread_sees_its_own_writes_before_the_end(store: Store):
    with store.transaction() as change:
        change.put_item(card())
        assert store.item(card().id) == card()
        assert [item.id for item in store.items("programme")] == [card().id]


def test_transactions_do_not_nest(store: Store):
    with pytest.raises(InvariantViolated), store.transaction(), store.transaction():
        pass
    fill(store, "after")
    assert store.meta("same") == "after"


def test_a_transaction_that_ended_takes_no_more_writes(store: Store):
    with store.transaction() as change:
        change.put_meta("a", 1)
    with pytest.raises(InvariantViolated):
        change.put_meta("a", 2)
    with pytest.raises(InvariantViolated):
        change.append(line())
    assert store.meta("a") == 1
    assert store.journal() == []


def test_writers_on_many_threads_lose_nothing(store: Store):
    def work(name: int) -> None:
        for step in range(20):
            with store.transaction() as change:
                change.append(line(run=f"t{name}", after=str(step)))
                count = store.meta("count") or 0
                change.put_meta("count", count + 1)
            store.journal(run=f"t{name}", limit=1)

    workers = [threading.Thread(target=work, args=(name,)) for name in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert store.meta("count") == 120
    assert [row.seq for row in store.journal()] == list(range(120, 0, -1))
    for name in range(6):
        own = [row.entry.after["title"] for row in store.journal(run=f"t{name}")]
        assert own == [str(step) for step in reversed(range(20))]


def test_collections_are_known_by_key_with_all_that_is_known(store: Store):
    state = CollectionState(
        BOARD,
        cursor="c",
        met=True,
        listed=["2", "1"],
        listed_at=datetime(2026, 3, 1, tzinfo=UTC),
        accepted=True,
        unmet={"9": "key", "8": None},
        former={"7": "c7"},
        ambiguous=["k"],
        fingerprint={"title": "d"},
        held="empty",
        failure="503",
        malformed={"6": "no title"},
        full_listing_at=datetime(2026, 3, 2, tzinfo=UTC),
        options={"list": {"1": "To do"}},
    )
    with store.transaction() as change:
        change.put_collection(CollectionState("z"))
        change.put_collection(CollectionState(BOARD))
        change.put_collection(state)
    assert store.collections() == {BOARD: state, "z": CollectionState("z")}
    assert list(store.collections()) == [BOARD, "z"]


def test_options_keep_their_order_and_are_replaced_together(store: Store):
    todo = HubOption("todo", "To do", "red", {BOARD: "1"}, {BOARD: "To do"})
    done = HubOption("done", "Done")
    with store.transaction() as change:
        change.put_options("programme", "status", [todo, done])
        change.put_options("programme", "tags", [done])
        change.put_options("other", "status", [done])
    assert store.options("programme") == {"status": [todo, done], "tags": [done]}
    with store.transaction() as change:
        change.put_options("programme", "status", [done, todo])
        change.put_options("programme", "tags", [])
    assert store.options("programme") == {"status": [done, todo]}
    assert store.options("other") == {"status": [done]}


def test_intents_come_oldest_first_and_keep_their_place_when_replaced(store: Store):
    with store.transaction() as change:
        for nonce in ("n2", "n9", "n1"):
            change.put_intent(intent(nonce))
    again = intent("n2")
    again.version = None
    again.after = None
    with store.transaction() as change:
        change.put_intent(again)
        change.put_intent(intent("n0"))
        change.drop_intent("n9")
        change.drop_intent("unknown")
    assert store.intents() == [again, intent("n1"), intent("n0")]
    assert store.intents()[1].verb is Verb.DELETE


def test_a_nonce_never_expires_and_is_found_under_its_collection(store: Store):
    sent = Nonce("n1", "c1", BOARD, views={"title": "a"}, values={"title": "b"})
    adopted = Nonce("n1", "c1", BOARD, adopted="42", views={"title": "a"}, values={"title": "b"})
    with store.transaction() as change:
        change.put_item(card())
        change.put_intent(intent("n1"))
        change.put_nonce(sent)
        change.put_nonce(Nonce("n2", "c1", DECK))
    with store.transaction() as change:
        change.drop_intent("n1")
        change.put_nonce(adopted)
        dead = card()
        dead.dead = True
        change.put_item(dead)
    assert store.nonces(BOARD) == {"n1": adopted}
    assert store.nonces(DECK) == {"n2": Nonce("n2", "c1", DECK)}
    assert store.nonces("none") == {}


def test_the_journal_is_read_newest_first_by_run_and_by_item(store: Store):
    with store.transaction() as change:
        change.append(line("r1", "c1", "1"))
        change.append(line("r1", "c2", "2"))
    with store.transaction() as change:
        change.append(line("r2", "c1", "3"))
    rows = store.journal()
    assert [row.entry.after["title"] for row in rows] == ["3", "2", "1"]
    assert [row.seq for row in rows] == [3, 2, 1]
    assert rows[0].at > rows[1].at > rows[2].at
    assert [row.seq for row in store.journal(run="r1")] == [2, 1]
    assert [row.seq for row in store.journal(item="c1")] == [3, 1]
    assert [row.seq for row in store.journal(run="r1", item="c1")] == [1]
    assert [row.seq for row in store.journal(limit=2)] == [3, 2]
    assert store.journal()[2].entry == line("r1", "c1", "1")


def test_an_erased_line_keeps_its_place_and_loses_what_it_said(store: Store):
    with store.transaction() as change:
        for text in ("1", "2", "3"):
            change.append(line(after=text))
    with store.transaction() as change:
        change.erase([2, 9])
    rows = store.journal()
    assert [row.erased for row in rows] == [False, False, True, False]
    bare = JournalEntry("r1", "update", "", DECK, None, {}, {}, "", None)
    assert rows[2].entry == bare
    assert rows[0].entry.verb == "erase"
    assert [row.seq for row in rows] == [4, 3, 2, 1]
    with store.transaction() as change:
        change.append(line())
    assert store.journal(limit=1)[0].seq == 5


def test_a_salvaged_conflict_is_open_until_it_is_settled(store: Store):
    with store.transaction() as change:
        change.keep("r1", lost_value())
        change.keep("r1", lost_value("unseen", "c2"))
        change.keep("r2", lost_value())
    rows = store.kept()
    assert [(row.run, row.settled) for row in rows] == [("r2", None), ("r1", None), ("r1", None)]
    assert [row.salvage.cause for row in store.kept(open_only=True)] == ["conflict", "conflict"]
    with store.transaction() as change:
        change.settle(rows[0].id, "kept theirs")
    assert [row.id for row in store.kept(open_only=True)] == [rows[2].id]
    assert [row.id for row in store.kept(item="c1")] == [rows[0].id, rows[2].id]
    assert store.kept()[0].settled == "kept theirs"
    assert store.kept(item="c2")[0].salvage == lost_value("unseen", "c2")


def test_what_is_kept_and_journalled_bears_the_moment_of_its_writing(store: Store, clock: Clock):
    with store.transaction() as change:
        first = clock.now
        change.keep("r1", lost_value())
        change.append(line())
    assert first < store.kept()[0].at < store.journal()[0].at <= clock.now


def test_settling_what_is_not_there_is_an_error(store: Store):
    with pytest.raises(KeyError), store.transaction() as change:
        change.settle(7, "x")


def test_runs_come_newest_first_and_are_replaced_by_id(store: Store):
    begun = datetime(2026, 3, 1, 14, tzinfo=UTC)
    ids = [f"20260301T14{minute:02}00-x" for minute in (2, 0, 1)]
    with store.transaction() as change:
        for run in ids:
            change.put_run(Run(run, begun))
    ended = Run(ids[0], begun, begun, "ok", {"writes": 3})
    with store.transaction() as change:
        change.put_run(ended)
    assert store.runs(limit=1) == [ended]
    assert [run.id for run in store.runs()] == sorted(ids, reverse=True)


def test_the_newest_of_two_runs_of_one_second_is_the_one_that_began_last(store: Store):
    begun = datetime(2026, 3, 1, 14, tzinfo=UTC)
    with store.transaction() as change:
        change.put_run(Run("20260301T140000-zzzz", begun))
        change.put_run(Run("20260301T140000-aaaa", begun + timedelta(milliseconds=300)))
    assert [run.id[-4:] for run in store.runs()] == ["aaaa", "zzzz"]


def test_a_value_of_the_stores_own_is_none_until_it_is_set(store: Store):
    assert store.meta("x") is None
    with store.transaction() as change:
        change.put_meta("x", {"a": [None, "é", "\x00"]})
    assert store.meta("x") == {"a": [None, "é", "\x00"]}
    with store.transaction() as change:
        change.put_meta("x", None)
    assert store.meta("x") is None


def test_a_new_store_is_not_lost(store: Store):
    assert store.lost() is None
