"""Files of cards: uploaded, linked, fetched from another host without credentials."""

from __future__ import annotations

import pytest
import requests

from connectors.sandbox.trello import KEY, TOKENS

CONTENT = b"\x89PNG\r\n\r\n--not a boundary\r\n\x00\xff"


@pytest.fixture
def attached(me, card):
    files = {"file": ("Étang du Roi.png", CONTENT, "image/png")}
    answer = me.ask("POST", f"cards/{card['id']}/attachments", files=files, data={"name": "Étang"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_file_comes_back_byte_for_byte_from_another_host(me, attached):
    assert (attached["name"], attached["bytes"]) == ("Étang", len(CONTENT))
    assert (attached["isUpload"], attached["mimeType"]) == (True, "image/png")
    sent_on = me.ask("GET", attached["url"], allow_redirects=False)
    assert sent_on.status_code == 302
    there = sent_on.headers["Location"]
    assert not there.startswith(me.sandbox.url.removesuffix("/1"))
    fetched = requests.get(there, timeout=5)
    assert fetched.content == CONTENT
    assert fetched.headers["Content-Type"] == "image/png"


def test_the_host_of_the_files_refuses_credentials_that_are_not_for_it(me, attached):
    there = me.ask("GET", attached["url"], allow_redirects=False).headers["Location"]
    assert me.ask("GET", there).status_code == 400


def test_credentials_in_the_address_open_no_file(attached):
    answer = requests.get(
        f"{attached['url']}?key={KEY}&token={TOKENS['sync']}", allow_redirects=False, timeout=5
    )
    assert answer.status_code == 401


def test_a_link_is_kept_as_a_link(me, card):
    made = me.do("POST", f"cards/{card['id']}/attachments", url="https://example.org/a?b=c")
    assert (made["isUpload"], made["bytes"], made["url"]) == (
        False,
        None,
        "https://example.org/a?b=c",
    )
    assert me.get(f"cards/{card['id']}")["badges"]["attachments"] == 1


def test_a_deleted_file_is_gone_and_is_no_cover_any_more(me, card, attached):
    path = f"cards/{card['id']}"
    me.do("PUT", path, cover={"idAttachment": attached["id"]})
    assert me.get(path)["idAttachmentCover"] == attached["id"]
    me.do("DELETE", f"{path}/attachments/{attached['id']}")
    assert me.get(path)["idAttachmentCover"] is None
    assert me.get(f"{path}/attachments") == []
    assert me.ask("GET", attached["url"]).status_code == 404


def test_a_card_holds_so_many_files_and_no_more(sandbox, me, card):
    sandbox.state.most["attachments.perCard"] = 1
    path = f"cards/{card['id']}/attachments"
    me.do("POST", path, url="https://example.org/1")
    answer = me.ask("POST", path, json={"url": "https://example.org/2"})
    assert answer.status_code == 403
    assert answer.json()["message"] == "Too many attachments"


def test_a_file_of_an_exported_board_has_the_length_that_it_tells(sandbox, me, card):
    path = f"cards/{card['id']}/attachments"
    made = me.do("POST", path, url="https://example.org/1")
    kept = sandbox.state.cards[card["id"]]["attachments"][0]
    kept |= {"isUpload": True, "bytes": 1000}
    where = f"{path}/{made['id']}/download/a"
    there = me.ask("GET", where, allow_redirects=False).headers["Location"]
    assert len(requests.get(there, timeout=5).content) == 1000
