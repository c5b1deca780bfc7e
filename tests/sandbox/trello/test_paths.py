"""What a usual client asks: cards, lists, boards, fields of all types, comments, pages."""

from __future__ import annotations

import json

import pytest

from connectors.sandbox.trello.shapes import COLORS

FIELDS = [
    ({"due": "2026-12-22 01:59:00 UTC"}, "2026-12-22T01:59:00.000Z"),
    ({"start": "2026-12-01"}, "2026-12-01T00:00:00.000Z"),
    ({"dueReminder": 1440}, 1440),
    ({"dueComplete": True}, True),
    ({"isTemplate": "true"}, True),
    ({"closed": True}, True),
    ({"address": "1, rue du Roi"}, "1, rue du Roi"),
    ({"locationName": "Étang"}, "Étang"),
    ({"coordinates": "45.5,3.25"}, {"latitude": 45.5, "longitude": 3.25}),
    ({"cardRole": "separator"}, "separator"),
]


@pytest.mark.parametrize(("sent", "kept"), FIELDS, ids=lambda one: str(one)[:20])
def test_a_card_keeps_what_is_sent_in_the_service_s_own_form(me, card, sent, kept):
    path = f"cards/{card['id']}"
    me.do("PUT", path, **sent)
    [name] = sent
    assert me.get(path, fields=name)[name] == kept
    shown = me.get(f"{path}/{name}")
    assert shown == (kept if isinstance(kept, dict) else {"_value": kept})


@pytest.mark.parametrize("how", ["json", "form", "one field"])
def test_a_cover_is_a_colour_however_it_is_sent(me, card, how):
    path = f"cards/{card['id']}"
    cover = {"color": "pink", "size": "full"}
    ways = {
        "json": lambda: me.ask("PUT", path, json={"cover": cover}),
        "form": lambda: me.ask("PUT", path, data={"cover": json.dumps(cover)}),
        "one field": lambda: me.ask("PUT", f"{path}/cover", json={"value": cover}),
    }
    assert ways[how]().status_code == 200
    shown = me.get(path)["cover"]
    assert (shown["color"], shown["size"], shown["idAttachment"]) == ("pink", "full", None)


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("checkbox", {"checked": "true"}, {"checked": "true"}),
        ("number", {"number": "42.5"}, {"number": "42.5"}),
        ("text", {"text": "ici"}, {"text": "ici"}),
        ("date", {"date": "2026-01-01T10:00:00Z"}, {"date": "2026-01-01T10:00:00.000Z"}),
    ],
)
def test_a_field_of_each_type_is_set_and_cleared(me, card, kind, sent, kept):
    defined = {"idModel": card["idBoard"], "modelType": "board", "type": kind, "name": kind}
    field = me.do("POST", "customFields", **defined)
    path = f"cards/{card['id']}"
    me.do("PUT", f"{path}/customField/{field['id']}/item", value=sent)
    [item] = me.get(path, customFieldItems="true")["customFieldItems"]
    assert item["value"] == kept
    me.do("PUT", f"{path}/customField/{field['id']}/item", value="")
    assert me.get(f"{path}/customFieldItems") == []


def test_a_list_field_holds_one_of_its_options(me, board, card):
    defined = {"idModel": board["id"], "modelType": "board", "type": "list", "name": "Choix"}
    field = me.do("POST", "customFields", **defined, options=[{"value": {"text": "a"}}])
    option = field["options"][0]
    path = f"cards/{card['id']}/customField/{field['id']}/item"
    assert me.ask("PUT", path, json={"idValue": "0" * 24}).status_code == 400
    assert me.do("PUT", path, idValue=option["id"])["idValue"] == option["id"]
    [shown] = me.get(f"boards/{board['id']}", customFields="true")["customFields"]
    assert shown["options"] == [option]
    me.do("DELETE", f"customFields/{field['id']}/options/{option['id']}")
    assert me.get(f"cards/{card['id']}/customFieldItems") == []


def test_a_comment_is_edited_in_place_and_deleted_without_a_trace(me, card):
    said = me.do("POST", f"cards/{card['id']}/actions/comments", text="un")
    me.do("PUT", f"actions/{said['id']}", text="deux")
    [shown] = me.get(f"cards/{card['id']}/actions", filter="commentCard")
    assert (shown["id"], shown["data"]["text"]) == (said["id"], "deux")
    assert shown["data"]["dateLastEdited"]
    assert me.get(f"cards/{card['id']}")["badges"]["comments"] == 1
    assert me.do("DELETE", f"actions/{said['id']}") == {"_value": None}
    assert me.get(f"cards/{card['id']}/actions", filter="commentCard") == []
    kinds = {one["type"] for one in me.get(f"boards/{card['idBoard']}/actions", filter="all")}
    assert not kinds & {"commentCard", "updateComment", "deleteComment"}


def test_a_card_goes_to_another_board_with_its_labels_and_without_its_strangers(me, card):
    label = me.get(f"boards/{card['idBoard']}/labels")[0]
    me.do("POST", f"cards/{card['id']}/idLabels", value=label["id"])
    other = me.do("POST", "boards", name="Autre", defaultLabels=False)
    moved = me.do("PUT", f"cards/{card['id']}/idBoard", value=other["id"])
    assert moved["idBoard"] == other["id"]
    [there] = me.get(f"boards/{other['id']}/labels")
    assert moved["idLabels"] == [there["id"]]
    assert there["color"] == label["color"]
    assert me.get(f"boards/{card['idBoard']}/cards") == []


def test_all_cards_of_a_list_are_moved_and_archived(me, board, column, card):
    other = me.get(f"boards/{board['id']}/lists")[1]
    sent = {"idBoard": board["id"], "idList": other["id"]}
    [moved] = me.do("POST", f"lists/{column['id']}/moveAllCards", **sent)
    assert (moved["id"], moved["idList"]) == (card["id"], other["id"])
    assert me.do("POST", f"lists/{other['id']}/archiveAllCards") == {}
    assert me.get(f"cards/{card['id']}")["closed"] is True


def test_a_board_is_copied_with_its_cards(me, board, card):
    copy = me.do("POST", "boards", name="Copie", idBoardSource=board["id"], keepFromSource="cards")
    [copied] = me.get(f"boards/{copy['id']}/cards")
    assert copied["name"] == card["name"]
    assert copied["id"] != card["id"]


def test_preferences_are_set_one_by_one_and_in_whichever_form(me, board):
    me.ask("PUT", f"boards/{board['id']}", data={"prefs/comments": "org"})
    me.do("PUT", f"boards/{board['id']}/prefs/background", value="green")
    prefs = me.get(f"boards/{board['id']}")["prefs"]
    assert (prefs["comments"], prefs["backgroundColor"]) == ("org", "#519839")


@pytest.mark.parametrize("color", [*COLORS, None])
def test_each_of_31_colours_is_taken(me, board, color):
    assert me.do("POST", "labels", name="", color=color, idBoard=board["id"])["color"] == color


def test_no_other_colour_is_taken(me, board):
    sent = {"name": "", "color": "mauve", "idBoard": board["id"]}
    assert me.ask("POST", "labels", json=sent).status_code == 400


def test_actions_come_in_pages_newest_first(me, board, column):
    for number in range(5):
        me.do("POST", "cards", name=str(number), idList=column["id"])
    path = f"boards/{board['id']}/actions"
    first = me.get(path, filter="createCard", limit=2)
    second = me.get(path, filter="createCard", limit=2, before=first[-1]["id"])
    named = [one["data"]["card"]["name"] for one in first + second]
    assert named == ["4", "3", "2", "1"]
    later = me.get(path, filter="createCard", since=second[-1]["id"])
    assert [one["data"]["card"]["name"] for one in later] == ["4", "3", "2"]


@pytest.mark.parametrize(
    ("limit", "sent"),
    [
        ("cards.openPerList", {"name": "x", "idList": "list"}),
        ("lists.openPerBoard", {"name": "x", "idBoard": "board"}),
        ("labels.perBoard", {"name": "x", "color": "red", "idBoard": "board"}),
        ("checklists.perCard", {"name": "x", "idCard": "card"}),
    ],
)
def test_no_more_than_so_many_are_made(sandbox, me, card, limit, sent):
    path = limit.partition(".")[0]
    sandbox.state.most[limit] = 0
    ids = {"list": card["idList"], "board": card["idBoard"], "card": card["id"]}
    answer = me.ask("POST", path, json={k: ids.get(v, v) for k, v in sent.items()})
    assert answer.status_code == 403
    assert answer.json()["message"].startswith("Too many")


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "actions", {"limit": "many"}),
        ("POST", "labels", {"name": "x", "color": ["red"]}),
    ],
)
def test_nonsense_is_refused_and_the_connection_stays(me, board, method, path, sent):
    how = "params" if method == "GET" else "json"
    answer = me.ask(method, f"boards/{board['id']}/{path}", **{how: sent})
    assert answer.status_code == 400
    assert answer.text.startswith("invalid value")


def test_what_is_no_id_is_told_from_what_is_not_there(me):
    assert me.ask("GET", "cards/nonsense-id").text == "invalid id"
    answer = me.ask("GET", f"cards/{'0' * 24}")
    assert (answer.status_code, answer.text) == (404, "The requested resource was not found.")
