"""What outlives a restart, and the page for people."""

from __future__ import annotations

import pytest
import requests

from connectors.sandbox.trello import TOKENS, TrelloSandbox
from tests.canary import WATCH
from tests.sandbox.trello.conftest import Person


def test_everything_is_there_after_a_restart(tmp_path):
    kept = tmp_path / "state.json"
    WATCH.servers.add(kept)
    first = TrelloSandbox(tmp_path, keep=kept)
    first.start()
    me = Person(first, TOKENS["sync"])
    board = me.do("POST", "boards", name="Programme")
    column = me.get(f"boards/{board['id']}/lists")[0]
    card = me.do("POST", "cards", name="Jardin", idList=column["id"])
    files = {"file": ("a.bin", b"\x00\xff", "application/octet-stream")}
    attached = me.ask("POST", f"cards/{card['id']}/attachments", files=files).json()
    before = me.get(f"boards/{board['id']}", cards="all", actions="all", lists="all")
    first.stop()

    second = TrelloSandbox(tmp_path, keep=kept)
    second.start()
    me = Person(second, TOKENS["sync"])
    assert me.get(f"boards/{board['id']}", cards="all", actions="all", lists="all") == before
    path = f"cards/{card['id']}/attachments/{attached['id']}/download/a.bin"
    there = me.ask("GET", path, allow_redirects=False).headers["Location"]
    assert requests.get(there, timeout=5).content == b"\x00\xff"
    made = me.do("POST", "cards", name="Étang", idList=column["id"])
    assert made["id"] != card["id"]
    assert made["shortLink"] != card["shortLink"]
    second.stop()


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "state.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="not written by this stand-in"):
        TrelloSandbox(tmp_path, keep=tmp_path / "state.json")


@pytest.fixture
def shared(me, board):
    me.do("PUT", f"boards/{board['id']}/members/camille", type="normal")
    return board


def test_a_person_sees_boards_and_cards_without_signing_in(sandbox, me, shared, card):
    me.do("PUT", f"cards/{card['id']}", name="<b>Jardin</b>")
    base = sandbox.url.removesuffix("/1")
    assert "Programme" in requests.get(f"{base}/", timeout=5).text
    page = requests.get(f"{base}/b/{shared['id']}", timeout=5).text
    assert "&lt;b&gt;Jardin&lt;/b&gt;" in page
    assert "<b>Jardin" not in page


def test_a_person_edits_and_moves_a_card_and_it_is_told_as_theirs(sandbox, me, shared, card):
    target = me.get(f"boards/{shared['id']}/lists")[1]
    form = {"card": card["id"], "name": "Étang", "desc": "profond", "closed": "false"}
    form |= {"idList": target["id"], "pos": "same"}
    page = f"{sandbox.url.removesuffix('/1')}/b/{shared['id']}"
    answer = requests.post(page, data=form, timeout=5)
    assert answer.status_code == 200
    assert "Étang" in answer.text
    now = me.get(f"cards/{card['id']}")
    assert (now["name"], now["desc"], now["idList"]) == ("Étang", "profond", target["id"])
    newest = me.get(f"cards/{card['id']}/actions", filter="all")[0]
    assert newest["memberCreator"]["username"] == "camille"


def test_a_person_writes_a_new_card(sandbox, me, shared, column):
    form = {"idList": column["id"], "name": "Verger", "desc": ""}
    page = f"{sandbox.url.removesuffix('/1')}/b/{shared['id']}"
    assert requests.post(page, data=form, timeout=5).status_code == 200
    assert [one["name"] for one in me.get(f"lists/{column['id']}/cards")] == ["Verger"]


def test_a_board_without_that_person_is_written_by_the_first_account(sandbox, me, board, column):
    form = {"idList": column["id"], "name": "Verger", "desc": ""}
    page = f"{sandbox.url.removesuffix('/1')}/b/{board['id']}"
    assert requests.post(page, data=form, timeout=5).status_code == 200
    [newest] = me.get(f"boards/{board['id']}/actions", filter="createCard")
    assert newest["memberCreator"]["username"] == "jumelage"
    assert newest["appCreator"] is None


def test_the_page_does_not_take_the_place_of_the_api(sandbox):
    answer = requests.get(f"{sandbox.url}/boards/x", timeout=5)
    assert (answer.status_code, answer.text) == (401, "invalid key")
