"""Comments under cards: said, edited and deleted by their authors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connectors.trello import Trello, TrelloSettings
from connectors.trello import comment_part as trello_comments
from connectors.trello import reading as trello_reading
from sync.connector import Origin, Tools
from sync.errors import Gone, Refused

LONG = "漢" * 16384


@pytest.fixture
def connect(sandbox):
    opened = []

    def make(account="sync"):
        opened.append(Trello(TrelloSettings(**sandbox.settings(account)), Tools(name="trello")))
        return opened[-1]

    yield make
    for connector in opened:
        connector.close()


@pytest.fixture
def trello(connect):
    return connect()


@pytest.fixture
def board(sandbox, trello):
    return trello.locate("board", sandbox.make("board"))


@pytest.fixture
def comments(board):
    return board.of_children("comment")


@pytest.fixture
def card(trello, board):
    return trello.create(board, {"name": "Cantine"}, origin=origin()).ref


def origin(key=None, since=None):
    return Origin("n" * 20, since or datetime.now(UTC), key or {})


def say(connector, comments, card, text):
    return connector.create(comments, {"text": text}, origin=origin(), parent=card)


def listed(trello, comments, since=None):
    pages = list(trello.changes(comments, since))
    return {r.ref: r for page in pages for r in page.records}, pages[-1]


def sent(sandbox, act):
    before = len(sandbox.service.seen)
    act()
    return sandbox.service.seen[before:]


def test_a_comment_tells_who_said_it_and_when_and_whether_we_did(connect, trello, comments, card):
    ours = say(trello, comments, card, "De nous")
    theirs = trello.get(comments, say(connect("person"), comments, card, "De Camille").ref)
    assert ours.ours is True
    assert (theirs.fields["author"], theirs.ours) == ("camille", False)
    assert theirs.fields["at"].endswith("Z")
    assert theirs.changed.tzinfo is not None


def test_cards_and_comments_of_a_board_are_one_request(sandbox, trello, board, comments, card):
    say(trello, comments, card, "Un mot")
    trello.begin()

    def both():
        list(trello.changes(board, None))
        return list(trello.changes(comments, None))

    assert sent(sandbox, both) == [("GET", f"/1/boards/{board.id}")]


def test_a_quiet_cycle_of_cards_and_comments_is_one_request(sandbox, trello, board, comments, card):
    say(trello, comments, card, "Un mot")
    trello.begin()
    cursor = listed(trello, board)[1].cursor
    assert listed(trello, comments)[1].cursor == cursor
    trello.begin()
    costs = sent(sandbox, lambda: [listed(trello, c, cursor) for c in (board, comments)])
    assert costs == [("GET", f"/1/boards/{board.id}")]


def test_a_new_comment_is_in_the_delta_and_older_ones_are_not(connect, trello, comments, card):
    say(trello, comments, card, "Ancien")
    cursor = listed(trello, comments)[1].cursor
    new = say(connect("person"), comments, card, "Nouveau")
    assert set(listed(trello, comments, cursor)[0]) == {new.ref}


def test_an_edited_comment_is_found_by_a_full_listing(connect, trello, comments, card):
    person = connect("person")
    said = say(person, comments, card, "Avant")
    listed(trello, comments)
    person.update(comments, said.ref, {"text": "Après"}, expect=None)
    assert listed(trello, comments)[0][said.ref].fields["text"] == "Après"


def test_a_deleted_comment_is_gone(trello, comments, card):
    said = say(trello, comments, card, "Non")
    trello.delete(comments, said.ref, expect=None)
    with pytest.raises(Gone):
        trello.get(comments, said.ref)
    assert listed(trello, comments)[0] == {}


def test_a_comment_of_ours_is_edited_in_one_request(sandbox, trello, comments, card):
    said = say(trello, comments, card, "Avant")
    costs = sent(sandbox, lambda: trello.update(comments, said.ref, {"text": "Après"}, expect=None))
    assert costs == [("PUT", f"/1/actions/{said.ref}")]
    assert trello.get(comments, said.ref).fields["text"] == "Après"


def test_a_comment_of_somebody_else_is_neither_edited_nor_deleted(
    sandbox, connect, trello, comments, card
):
    said = say(connect("person"), comments, card, "Le mien")

    def tried():
        with pytest.raises(Refused):
            trello.update(comments, said.ref, {"text": "Le tien"}, expect=None)
        with pytest.raises(Refused):
            trello.delete(comments, said.ref, expect=None)

    assert {method for method, _ in sent(sandbox, tried)} == {"GET"}


def test_a_comment_of_ours_is_found_by_its_text_since_the_intent(connect, trello, comments, card):
    say(connect("person"), comments, card, "Pareil")
    ours = say(trello, comments, card, "Pareil")
    say(trello, comments, card, "Autre")
    found = list(trello.find(comments, origin({"text": "Pareil"})))
    assert [record.ref for record in found] == [ours.ref]
    later = origin({"text": "Pareil"}, since=datetime.now(UTC) + timedelta(hours=1))
    assert list(trello.find(comments, later)) == []


def test_comments_beyond_the_newest_actions_are_paged(trello, comments, card, monkeypatch):
    said = {say(trello, comments, card, f"Mot {n}").ref for n in range(9)}
    for module in (trello_reading, trello_comments):
        monkeypatch.setattr(module, "PAGE", 4)
    monkeypatch.setitem(trello_comments._ASKED, "limit", 4)
    assert set(listed(trello, comments)[0]) == said
    assert {record.ref for record in trello.children(comments, card)} == said


def test_a_delta_asks_for_no_older_comments(sandbox, trello, comments, card, monkeypatch):
    for number in range(6):
        say(trello, comments, card, f"Mot {number}")
    cursor = listed(trello, comments)[1].cursor
    new = say(trello, comments, card, "Nouveau")
    for module in (trello_reading, trello_comments):
        monkeypatch.setattr(module, "PAGE", 4)
    trello.begin()
    told = {}
    costs = sent(sandbox, lambda: told.update(listed(trello, comments, cursor)[0]))
    assert len(costs) == 2
    assert set(told) == {new.ref}


def test_a_comment_of_the_greatest_length_is_kept_and_a_longer_one_refused(trello, comments, card):
    said = say(trello, comments, card, LONG)
    assert trello.get(comments, said.ref).fields["text"] == LONG
    with pytest.raises(Refused):
        say(trello, comments, card, LONG + "x")


def mirrored(trello, comments, card, text, **facts):
    fields = {"text": text} | facts
    return trello.create(comments, fields, origin=origin(fields), parent=card)


def shown(sandbox, ref):
    return sandbox.state.action(ref)["data"]["text"]


def test_what_somebody_else_said_names_them_in_a_line_that_reading_removes(
    sandbox, trello, comments, card
):
    at = "2026-03-01T13:05:00Z"
    made = mirrored(trello, comments, card, "Oui", author="awa", at=at)
    assert shown(sandbox, made.ref) == "**awa**\u2060, 2026-03-01 14:05:\n\nOui"
    for seen in (made, trello.get(comments, made.ref), listed(trello, comments)[0][made.ref]):
        assert seen.fields == {"text": "Oui", "author": "awa"}
    assert [r.ref for r in trello.find(comments, origin({"text": "Oui"}))] == [made.ref]


def test_the_line_that_names_an_author_outlives_an_edit(sandbox, connect, trello, comments, card):
    made = mirrored(trello, comments, card, "Oui", author="awa")
    for connector in (trello, connect()):
        told = connector.update(comments, made.ref, {"text": "Non"}, expect=None)
        assert shown(sandbox, made.ref) == "**awa**\u2060:\n\nNon"
        assert told.fields["text"] == "Non"


def test_what_we_mirror_has_no_author_where_none_is_known(sandbox, trello, comments, card):
    made = mirrored(trello, comments, card, "Oui")
    assert shown(sandbox, made.ref) == "Oui"
    assert made.fields == {"text": "Oui"}


def test_what_our_own_account_said_needs_no_line(sandbox, trello, comments, card):
    made = mirrored(trello, comments, card, "Oui", author="jumelage")
    assert shown(sandbox, made.ref) == "Oui"


@pytest.mark.parametrize("author", [None, "awa"])
def test_a_text_that_begins_with_such_a_line_comes_back_whole(trello, comments, card, author):
    text = "**awa**\u2060:\n\nOui"
    made = mirrored(trello, comments, card, text, author=author)
    assert trello.get(comments, made.ref).fields["text"] == text


def test_a_member_who_writes_such_a_line_has_said_it(sandbox, connect, trello, comments, card):
    text = "**awa**\u2060:\n\nOui"
    said = say(connect("person"), comments, card, "Oui")
    sandbox.state.action(said.ref)["data"]["text"] = text
    found = trello.get(comments, said.ref).fields
    assert (found["text"], found["author"]) == (text, "camille")


def test_a_text_that_fills_a_comment_goes_without_the_line(sandbox, trello, comments, card):
    made = mirrored(trello, comments, card, LONG, author="awa")
    assert shown(sandbox, made.ref) == LONG
    assert made.fields["text"] == LONG
