"""Webhooks of Trello: kept as they should be at Trello, and believed in nothing but where to look."""

from __future__ import annotations

import json
import logging

import pytest

from connectors.sandbox.trello import TrelloSandbox
from connectors.sandbox.trello.courier import SIGNING, signature
from connectors.trello import Trello, TrelloSettings
from connectors.trello.connector import Trello as Connected
from sync.account import Grants, Guides, Leaves, Notice, Tells
from sync.connector import Tools
from sync.errors import ConfigError, CursorExpired, Refused

ADDRESS = "http://example.org/trello"
"""A host that the stand-in takes for one that answers."""
OTHER = "http://example.net/trello"


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path)
    running.start()
    yield running
    running.stop()


def connected(sandbox, name="trello", **more):
    said = {"secret": SIGNING, **sandbox.settings(), **more}
    return Trello(TrelloSettings(**said), Tools(name))


@pytest.fixture
def trello(sandbox):
    made = connected(sandbox)
    yield made
    made.close()


@pytest.fixture
def boards(sandbox, trello):
    return [trello.locate("board", sandbox.make("board")) for _turn in range(2)]


def hooks(sandbox):
    return sandbox.state.webhooks


def watched(sandbox):
    return sorted((h["idModel"], h["callbackURL"]) for h in hooks(sandbox).values() if h["active"])


def notice(board, action="updateCard", address=ADDRESS, **changed):
    told = {"action": {"type": action, "data": {"board": {"id": board}}}, "model": {"id": board}}
    body = json.dumps(told).encode()
    return Notice({"x-trello-webhook": signature(body, address), **changed}, body)


def test_the_connector_offers_all_that_is_optional(trello):
    assert isinstance(trello, Tells)
    assert isinstance(trello, Grants)
    assert isinstance(trello, Leaves)
    assert isinstance(Connected, Guides)


# At Trello


def test_every_board_is_watched_once_however_often_it_is_asked(sandbox, trello, boards):
    assert trello.watch(boards, ADDRESS) == 2
    assert watched(sandbox) == sorted((one.id, ADDRESS) for one in boards)
    known = list(hooks(sandbox))
    assert trello.watch(boards, ADDRESS) == 0
    assert list(hooks(sandbox)) == known


def test_what_was_deleted_or_switched_off_is_made_anew(sandbox, trello, boards):
    trello.watch(boards, ADDRESS)
    first, second = hooks(sandbox).values()
    first["active"] = False
    del hooks(sandbox)[second["id"]]
    assert trello.watch(boards, ADDRESS) == 2
    assert watched(sandbox) == sorted((one.id, ADDRESS) for one in boards)
    assert len(hooks(sandbox)) == 2


def test_a_board_that_is_in_no_mapping_any_more_is_not_watched_any_more(sandbox, trello, boards):
    trello.watch(boards, ADDRESS)
    assert trello.watch(boards[:1], ADDRESS) == 0
    assert watched(sandbox) == [(boards[0].id, ADDRESS)]


def test_an_address_that_was_changed_leaves_nothing_behind(sandbox, trello, boards):
    trello.watch(boards, OTHER)
    assert trello.watch(boards, ADDRESS) == 2
    assert watched(sandbox) == sorted((one.id, ADDRESS) for one in boards)


def test_two_collections_of_one_board_share_a_webhook(trello, boards):
    files = trello.locate("attachments", boards[0].name)
    assert trello.watch([boards[0], files], ADDRESS) == 1


def test_webhooks_of_others_with_the_same_token_are_left_alone(sandbox, trello, boards):
    theirs = connected(sandbox, "elsewhere")
    theirs.watch(boards, OTHER)
    trello.watch(boards, ADDRESS)
    trello.watch([], ADDRESS)
    assert watched(sandbox) == sorted((one.id, OTHER) for one in boards)
    assert list(trello.traces([])) == []
    assert theirs.watch(boards, ADDRESS) == 2  # and not in their way
    assert trello.watch(boards, ADDRESS) == 0  # somebody has this address told already
    theirs.close()


def test_an_address_that_does_not_answer_is_refused_in_trellos_words(trello, boards):
    with pytest.raises(Refused, match="did not return 200"):
        trello.watch(boards, "http://127.0.0.1:9/trello")


def test_without_the_secret_nothing_is_registered(sandbox, boards):
    open_to_all = connected(sandbox, secret=None)
    with pytest.raises(ConfigError, match="secret"):
        open_to_all.watch(boards, ADDRESS)
    assert open_to_all.heard(notice(boards[0].id), ADDRESS) is None
    assert hooks(sandbox) == {}
    open_to_all.close()


def test_leaving_takes_every_webhook_away_and_a_second_time_nothing(sandbox, trello, boards):
    trello.watch(boards, ADDRESS)
    found = [one for one in trello.traces(boards) if not one.stays]
    assert len(found) == 2
    for trace in found + found:
        trello.efface(trace)
    assert hooks(sandbox) == {}
    assert [one.where for one in trello.traces(boards)] == [one.name for one in boards]


def test_the_token_stands_in_no_message_though_it_stood_in_an_address(sandbox, boards, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "urllib3")  # as our logs have it: it tells whole addresses
    wrong = connected(sandbox, token=sandbox.settings("wrong")["token"])
    with pytest.raises(Exception, match="token") as failed:
        wrong.watch(boards, ADDRESS)
    assert "OLDtoken" not in str(failed.value)
    assert "OLDtoken" not in caplog.text
    wrong.close()


# At the door


def test_a_signed_notice_names_its_board_and_nothing_else_of_it_is_used(trello, boards):
    assert trello.heard(notice(boards[0].id), ADDRESS) == {boards[0].id}


@pytest.mark.parametrize("change", ["body", "address", "secret", "signature", "unsigned", "latin"])
def test_a_notice_that_was_signed_otherwise_is_refused(sandbox, trello, boards, change):
    said, address = notice(boards[0].id), ADDRESS
    match change:
        case "body":
            said = Notice(said.headers, said.body + b" ")
        case "address":
            address = OTHER
        case "secret":
            trello = connected(sandbox, secret="another")
        case "signature":
            said = Notice(
                {"x-trello-webhook": "AAAA" + said.headers["x-trello-webhook"][4:]}, said.body
            )
        case "unsigned":
            said = Notice({}, said.body)
        case "latin":
            said = Notice({"x-trello-webhook": "é\udcff"}, said.body)
    assert trello.heard(said, address) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"\xff", b'{"model": 3}', b"[" * 100_000])
def test_a_signed_notice_of_whatever_form_leads_nowhere(trello, body):
    said = Notice({"x-trello-webhook": signature(body, ADDRESS)}, body)
    assert trello.heard(said, ADDRESS) == frozenset()


def test_our_own_write_is_no_reason_to_look(trello, boards):
    said = notice(boards[0].id, **{"x-trello-client-identifier": "jumelage"})
    assert trello.heard(said, ADDRESS) == frozenset()


def cursor(trello, board):
    return list(trello.changes(board, None))[-1].cursor


def test_a_card_that_was_edited_is_read_by_the_feed_alone(trello, boards):
    since = cursor(trello, boards[0])
    trello.heard(notice(boards[0].id), ADDRESS)
    assert len(list(trello.changes(boards[0], since))) == 1


@pytest.mark.parametrize("action", ["updateComment", "deleteComment", "createCheckItem"])
def test_what_no_feed_tells_makes_each_collection_be_listed_in_full_once(trello, boards, action):
    comments = boards[0].of_children("comment")
    since = cursor(trello, boards[0])
    trello.begin()
    trello.heard(notice(boards[0].id, action), ADDRESS)
    for collection in (boards[0], comments):
        with pytest.raises(CursorExpired):
            list(trello.changes(collection, since))
        trello.begin()
        assert list(trello.changes(collection, since))
    assert list(trello.changes(boards[1], cursor(trello, boards[1])))


def test_doubled_and_late_notices_change_nothing_more(trello, boards):
    since = cursor(trello, boards[0])
    said = notice(boards[0].id, "updateComment")
    assert [trello.heard(said, ADDRESS) for _turn in range(3)] == [{boards[0].id}] * 3
    with pytest.raises(CursorExpired):
        list(trello.changes(boards[0], since))
    trello.begin()
    assert list(trello.changes(boards[0], since))
