"""How many requests each thing costs: the fewest that Trello allows."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from connectors.sandbox.trello import TrelloSandbox
from connectors.trello import Trello, TrelloSettings
from sync.connector import Tools
from sync.errors import Gone

PROGRAMME = Path(str(files("connectors.sandbox.boards").joinpath("programme.json")))


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path, load=PROGRAMME)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def board(trello):
    return trello.locate("board", "Programme 2026")


@pytest.fixture
def refs(trello, board):
    return [record.ref for record in listed(trello, board).records]


def listed(trello, board, since=None):
    [page] = trello.changes(board, since)
    return page


def sent(sandbox, act):
    before = len(sandbox.service.seen)
    act()
    return sandbox.service.seen[before:]


@pytest.mark.parametrize(("number", "requests"), [(1, 1), (2, 1), (10, 1), (11, 2), (31, 1)])
def test_several_cards_are_read_ten_at_once_and_many_with_their_board(  # noqa: PLR0917
    sandbox, trello, board, refs, number, requests
):
    read = {}
    costs = sent(sandbox, lambda: read.update(trello.get_many(board, refs[:number])))
    assert len(costs) == requests
    assert [record.fields for record in read.values()] == [
        trello.get(board, ref).fields for ref in refs[:number]
    ]


def test_a_card_that_is_gone_is_told_by_its_own_answer_alone(sandbox, trello, board, refs):
    trello.delete(board, refs[1], expect=None)
    read = {}
    costs = sent(sandbox, lambda: read.update(trello.get_many(board, refs[:3])))
    assert isinstance(read[refs[1]], Gone)
    assert costs == [("GET", "/1/batch"), ("GET", f"/1/cards/{refs[1]}")]


def test_a_cycle_that_writes_asks_for_nothing_beside_its_news(sandbox, trello, board, refs):
    cursor = listed(trello, board).cursor
    trello.begin()
    costs = sent(sandbox, lambda: listed(trello, board, cursor))
    costs += sent(sandbox, lambda: trello.update(board, refs[0], {"members": None}, expect=None))
    assert costs == [("GET", f"/1/boards/{board.id}"), ("PUT", f"/1/cards/{refs[0]}")]


def test_a_renamed_label_is_seen_in_a_quiet_cycle(sandbox, trello, board):
    cursor = listed(trello, board).cursor
    [label] = [one for one in sandbox.state.labels.values() if one["name"] == "Urgent"]
    label["name"] = "Très urgent"
    trello.begin()
    page = listed(trello, board, cursor)
    assert (page.records, page.cursor) == ((), cursor)
    assert "Très urgent" in [option.name for option in page.options["labels"]]


def test_what_changed_without_a_word_is_told_whenever_anything_is(sandbox, trello, board, refs):
    cursor = listed(trello, board).cursor
    silent, edited = refs[:2]
    sandbox.state.cards[silent]["pos"] += 0.5
    trello.begin()
    assert listed(trello, board, cursor).records == ()
    person = Trello(TrelloSettings(**sandbox.settings("person")), Tools("trello"))
    person.update(board, edited, {"name": "Édité"}, expect=None)
    person.close()
    trello.begin()
    page = listed(trello, board, cursor)
    assert {record.ref for record in page.records} == {silent, edited}
    trello.begin()
    assert {record.ref for record in listed(trello, board, cursor).records} == {edited}
