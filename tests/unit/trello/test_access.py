"""What the token and its member may do, told before it fails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.sandbox.trello import TOKENS, TrelloSandbox
from connectors.trello import Trello, TrelloSettings
from sync import access
from sync.account import Grant, Lack
from sync.connector import Tools
from sync.store.memory import MemoryStore

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def trello(sandbox):
    made = Trello(TrelloSettings(**sandbox.settings()), Tools("trello"))
    yield made
    made.close()


@pytest.fixture
def boards(sandbox, trello):
    return [trello.locate("board", sandbox.make("board")) for _turn in range(3)]


def our_place(sandbox, board):
    state = sandbox.state
    return next(m for m in state.memberships[board.id] if m["idMember"] == state.me)


def test_a_token_without_an_end_and_boards_of_our_own_lack_nothing(trello, boards):
    assert trello.grant(boards) == Grant()


def test_the_end_of_a_token_is_told(sandbox, trello, boards):
    sandbox.state.expires[TOKENS["sync"]] = "2026-05-11T12:00:00.000Z"
    assert trello.grant(boards).expires == NOW + timedelta(days=10)


def test_a_token_for_reading_lacks_the_writing_of_every_board(sandbox, trello, boards):
    sandbox.state.refused[TOKENS["sync"]] = "read"
    found = trello.grant(boards)
    assert not found.writes
    assert set(found.lacking.values()) == {Lack.WRITE}


def test_each_board_lacks_what_it_lacks(sandbox, trello, boards):
    seen, watched, closed = boards
    sandbox.state.memberships[seen.id].remove(our_place(sandbox, seen))
    our_place(sandbox, watched)["memberType"] = "observer"
    sandbox.state.boards[closed.id]["closed"] = True
    lacking = {seen.key: Lack.SIGHT, watched.key: Lack.WRITE, closed.key: Lack.CLOSED}
    assert trello.grant(boards).lacking == lacking


def test_asking_takes_a_request_each_for_token_and_boards_however_many(sandbox, trello, boards):
    trello.grant(boards[:1])
    sandbox.service.seen.clear()
    trello.grant(boards)
    assert len(sandbox.service.seen) == 2


def concerns(grant=None, refused=None):
    store = MemoryStore()
    names = {"trello/board:1": "Programme"}
    access.note(store, "trello", access.Found(grant or Grant(), names, refused))
    return [(one.cause, one.urgent) for one in access.noted(store, ["trello", "wiki"], NOW)]


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (timedelta(days=15), []),
        (
            timedelta(days=14),
            [("the token ends in 14 days, on 2026-05-15: make a new one before", False)],
        ),
        (
            timedelta(days=1, hours=3),
            [("the token ends in 1 day, on 2026-05-02: make a new one before", False)],
        ),
        (timedelta(), [("the token ended on 2026-05-01", True)]),
        (-timedelta(days=3), [("the token ended on 2026-04-28", True)]),
    ],
)
def test_a_token_is_told_of_two_weeks_before_it_ends(left, told):
    assert concerns(Grant(NOW + left)) == told


def test_what_may_not_be_done_is_told_by_the_name_of_the_board():
    said = {
        Lack.SIGHT: "“Programme” is out of the account's sight",
        Lack.WRITE: "the account may only read “Programme”",
        Lack.CLOSED: "“Programme” was closed: nothing can be written there",
    }
    for lack, cause in said.items():
        assert concerns(Grant(None, {"trello/board:1": lack})) == [(cause, True)]


def test_a_refused_account_is_told_and_nothing_else():
    told = concerns(Grant(NOW), refused="invalid token")
    assert told == [("the account is not let in: invalid token", True)]


def test_what_was_cured_is_told_of_no_more():
    store = MemoryStore()
    access.note(store, "trello", access.Found(Grant(), {}, "invalid token"))
    access.note(store, "trello", access.Found(Grant(), {}))
    assert access.noted(store, ["trello"], NOW) == []


def test_whoever_asks_once_a_day_knows_when_it_was_asked():
    store = MemoryStore()
    assert not access.asked_today(store, "trello", NOW)
    access.note(store, "trello", access.Found(Grant(), {}), NOW)
    assert access.asked_today(store, "trello", NOW + timedelta(hours=1))
    assert not access.asked_today(store, "trello", NOW + timedelta(days=1))
