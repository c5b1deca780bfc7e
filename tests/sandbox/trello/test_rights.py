"""Who may do what: members, observers, admins, strangers; tokens of all sorts."""

from __future__ import annotations

import pytest

from connectors.sandbox.trello import TOKENS
from tests.sandbox.trello.conftest import Person


def test_a_board_is_out_of_sight_for_whoever_is_not_on_it(camille, board, card):
    answer = camille.ask("GET", f"boards/{board['id']}")
    assert (answer.status_code, answer.text) == (401, "unauthorized permission requested")
    answer = camille.ask("GET", f"cards/{card['id']}")
    assert (answer.status_code, answer.text) == (401, "unauthorized card permission requested")
    assert camille.ask("GET", f"cards/{card['id']}/name").status_code == 401
    assert camille.get("members/me/boards") == []


def test_nobody_writes_into_a_list_that_they_do_not_see(camille, column):
    answer = camille.ask("POST", "cards", json={"name": "x", "idList": column["id"]})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("observer", [200, 401, 401]), ("normal", [200, 200, 401]), ("admin", [200, 200, 200])],
)
def test_each_role_has_its_rights(me, camille, card, role, statuses):
    board = {"id": card["idBoard"]}
    me.do("PUT", f"boards/{board['id']}/members/camille", type=role)
    path = f"cards/{card['id']}"
    reading = camille.ask("GET", path)
    writing = camille.ask("PUT", path, json={"name": "y"})
    closing = camille.ask("PUT", f"boards/{board['id']}", json={"closed": True})
    assert [one.status_code for one in (reading, writing, closing)] == statuses


def test_whoever_is_taken_off_a_board_sees_it_no_more(me, camille, board):
    path = f"boards/{board['id']}/members/camille"
    me.do("PUT", path, type="normal")
    assert camille.ask("GET", f"boards/{board['id']}").status_code == 200
    me.do("DELETE", path)
    assert camille.ask("GET", f"boards/{board['id']}").status_code == 401


def test_only_its_author_edits_a_comment(me, camille, board, card):
    me.do("PUT", f"boards/{board['id']}/members/camille", type="normal")
    said = me.do("POST", f"cards/{card['id']}/actions/comments", text="un")
    answer = camille.ask("PUT", f"actions/{said['id']}", json={"text": "deux"})
    assert answer.status_code == 401
    assert me.get(f"actions/{said['id']}")["data"]["text"] == "un"


def test_a_token_that_has_expired_opens_nothing(sandbox, me, card):
    sandbox.state.refused[TOKENS["sync"]] = "expired token"
    answer = me.ask("GET", f"cards/{card['id']}")
    assert (answer.status_code, answer.text) == (401, "expired token")


def test_a_token_for_reading_alone_reads_and_does_not_write(sandbox, me, card):
    sandbox.state.refused[TOKENS["sync"]] = "read"
    assert me.ask("GET", f"cards/{card['id']}").status_code == 200
    assert me.ask("PUT", f"cards/{card['id']}", json={"name": "y"}).status_code == 401


def test_a_third_person_can_be_made(sandbox, me, board):
    third = Person(sandbox, sandbox.add_person("ines", "Inès Faure"))
    assert third.get("members/me")["username"] == "ines"
    me.do("PUT", f"boards/{board['id']}/members/ines", type="normal")
    assert third.get(f"boards/{board['id']}")["name"] == "Programme"
