"""Webhooks: registered after a HEAD, signed, tried again, given up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from connectors.sandbox.trello import TOKENS
from connectors.sandbox.trello.courier import SIGNING, WAITS


@pytest.fixture
def webhook(me, board, listener):
    return me.do("POST", "webhooks", callbackURL=listener.url, idModel=board["id"])


def types(sandbox, listener):
    assert sandbox.service.courier.settled()
    heard = [listener.heard.get_nowait() for _ in range(listener.heard.qsize())]
    return [json.loads(body)["action"]["type"] for body, _ in heard]


def test_what_happens_is_told_with_a_signature_that_the_listener_can_check(
    me, webhook, column, listener
):
    card = me.do("POST", "cards", name="Étang", idList=column["id"])
    body, headers = listener.heard.get(timeout=5)
    digest = hmac.new(SIGNING.encode(), body + listener.url.encode(), hashlib.sha1).digest()
    assert headers["X-Trello-Webhook"] == base64.b64encode(digest).decode()
    told = json.loads(body)
    assert told["action"]["type"] == "createCard"
    assert told["action"]["data"]["card"]["id"] == card["id"]
    assert told["model"]["id"] == webhook["idModel"]
    assert told["webhook"] == webhook


@pytest.mark.usefixtures("webhook")
def test_a_new_label_is_told_twice_and_one_of_the_two_is_in_no_list(sandbox, me, card, listener):
    types(sandbox, listener)
    board = {"id": card["idBoard"]}
    label = me.get(f"boards/{board['id']}/labels")[0]
    me.do("POST", f"cards/{card['id']}/idLabels", value=label["id"])
    assert types(sandbox, listener) == ["addLabelToCard", "updateCard"]
    listed = {one["type"] for one in me.get(f"boards/{board['id']}/actions", filter="all")}
    assert "updateCard" in listed
    assert "addLabelToCard" not in listed


@pytest.mark.usefixtures("webhook")
def test_the_writer_is_named_so_that_it_knows_its_own(me, column, listener):
    sent = {"name": "x", "idList": column["id"]}
    me.ask("POST", "cards", json=sent, headers={"X-Trello-Client-Identifier": "jumelage"})
    assert listener.heard.get(timeout=5)[1]["X-Trello-Client-Identifier"] == "jumelage"


def test_a_failed_delivery_is_tried_again_until_it_is_taken(sandbox, me, webhook, column, listener):
    listener.answers = [500, 503]
    me.do("POST", "cards", name="x", idList=column["id"])
    assert types(sandbox, listener) == ["createCard"] * 3
    assert me.get(f"webhooks/{webhook['id']}")["consecutiveFailures"] == 0


def test_after_three_more_tries_a_delivery_is_given_up(sandbox, me, webhook, column, listener):
    listener.answers = [500] * 10
    me.do("POST", "cards", name="x", idList=column["id"])
    assert len(types(sandbox, listener)) == 1 + len(WAITS)
    shown = me.get(f"webhooks/{webhook['id']}")
    assert shown["consecutiveFailures"] == 4
    assert shown["firstConsecutiveFailDate"]


def test_a_listener_that_is_gone_loses_its_webhook(sandbox, me, webhook, column, listener):
    listener.answers = [410]
    me.do("POST", "cards", name="x", idList=column["id"])
    assert types(sandbox, listener) == ["createCard"]
    assert me.ask("GET", f"webhooks/{webhook['id']}").status_code == 404


def test_nothing_is_told_while_a_webhook_is_off(sandbox, me, webhook, column, listener):
    me.do("PUT", f"webhooks/{webhook['id']}", active=False)
    me.do("POST", "cards", name="x", idList=column["id"])
    assert types(sandbox, listener) == []


def test_an_address_that_does_not_answer_is_refused(me, board):
    sent = {"callbackURL": "http://127.0.0.1:9/hook", "idModel": board["id"]}
    answer = me.ask("POST", "webhooks", json=sent)
    assert answer.status_code == 400
    assert "did not return 200 status code" in answer.text


@pytest.mark.usefixtures("webhook")
def test_the_same_webhook_twice_is_refused(me, board, listener):
    answer = me.ask("POST", "webhooks", json={"callbackURL": listener.url, "idModel": board["id"]})
    assert answer.status_code == 400
    assert answer.text == "A webhook with that callback, model, and token already exists"


def test_webhooks_belong_to_a_token_and_go_with_it(sandbox, me, camille, webhook):
    mine = f"tokens/{TOKENS['sync']}/webhooks"
    assert [one["id"] for one in me.get(mine)] == [webhook["id"]]
    assert camille.ask("GET", f"webhooks/{webhook['id']}").status_code == 401
    me.do("DELETE", f"tokens/{TOKENS['sync']}")
    assert not sandbox.state.webhooks
    assert me.ask("GET", "members/me").text == "invalid token"
