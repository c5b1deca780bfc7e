"""A Trello board, mirrored to an empty one, is the same board to whoever looks at its cards."""

from __future__ import annotations

import json

import pytest

from tests.system.conftest import EXPORTS
from tests.system.trips import Trip

FOUND = sorted(EXPORTS.glob("*.json")) or [EXPORTS / "none.json"]
SMART = "[https://example.org/a](https://example.org/a \u0022smartCard-inline\u0022)"
LANGUAGES = {
    "字" * 40: "漢字かな交じり文\n\n* 一\n* 二",
    "Réunion « d'équipe » : ÉTÉ n° 3": "Ça — voilà…\n\n> œuvre\n\n[t](https://example.org \u0022\u200c\u0022)",
    "¿Qué? ¡Año nuevo!": "ñandú \\_a\\_ \\*b\\* \\[c\\]\n\n- [ ] no es lista",
    "😀🇫🇷👩‍👩‍👧 RTL: שלום": f"{SMART}\n\n```\n**code**\n```\n",
}


@pytest.fixture
def trip(tmp_path):
    made = Trip(tmp_path)
    yield made
    made.close()


def mirror(trip):
    """Mirror, and say in which fields of which cards the copy differs."""
    trip.aim()
    report = trip.sync()
    assert report.ok, report
    assert report.conflicts == 0
    one, other = trip.shown(trip.origin), trip.shown(trip.target)
    assert [card["name"] for card in one] == [card["name"] for card in other]
    return [
        (card["name"], field, card[field], copy[field])
        for card, copy in zip(one, other, strict=True)
        for field in card
        if card[field] != copy[field]
    ]


@pytest.mark.real
@pytest.mark.parametrize("export", FOUND, ids=lambda path: path.stem)
def test_an_export_is_the_same_in_every_field(trip, export):
    if not export.exists():
        pytest.skip(f"no boards in {export.parent}")
    trip.load(export)
    before = trip.shown(json.loads(export.read_bytes())["id"])
    assert mirror(trip) == []
    assert trip.shown(trip.origin) == before
    again = trip.sync()
    assert again.ok
    assert (again.written, again.folded) == (0, 0)


@pytest.fixture
def lists(trip):
    trip.make()
    names = ("À faire", "En cours", "À faire")
    return [trip.do("POST", "lists", name=n, idBoard=trip.origin, pos="bottom") for n in names]


@pytest.fixture
def card(trip, lists):
    return trip.do("POST", "cards", name="Fête", idList=lists[0]["id"], desc="d")["id"]


def test_texts_of_all_languages_are_the_same(trip, lists):
    for number, (name, text) in enumerate(LANGUAGES.items()):
        card = trip.do("POST", "cards", name=name, desc=text, idList=lists[number % 2]["id"])
        path = f"cards/{card['id']}"
        trip.do("POST", f"{path}/actions/comments", text=f"{text}\n\n{name}")
        made = trip.do("POST", f"{path}/checklists", name=name)
        trip.do("POST", f"checklists/{made['id']}/checkItems", name=name)
        trip.do("POST", "labels", name=name, color="sky", idBoard=trip.origin)
    assert mirror(trip) == []


def test_labels_are_the_same_whatever_they_are_called(trip, card):
    pairs = [("", "red"), ("", "red_dark"), ("", None), ("Urgent", "red"), ("urgent", "sky")]
    pairs += [("red", "lime"), ("Sans couleur", None), ("Urgent", "blue_light"), ("Urgent", "red")]
    refs = [
        trip.do("POST", "labels", name=name, color=color, idBoard=trip.origin)["id"]
        for name, color in pairs
    ]
    trip.do("PUT", f"cards/{card}", idLabels=",".join(refs))
    assert mirror(trip) == []


def test_files_and_links_and_covers_are_the_same(trip, card):
    for number in range(3):
        trip.attach(card, "image.png", b"\x89PNG" + bytes([number]))
    trip.attach(card, "été 2026.tar.gz", b"x" * 1000, "application/gzip")
    trip.attach(card, "couverture.png", b"\x89PNG", setCover="true")
    for name in ("Plan", "Plan", "https://example.org/x"):
        url = "https://example.org/plan?a=1"
        trip.do("POST", f"cards/{card}/attachments", url=url, name=name)
    assert mirror(trip) == []


def test_every_other_field_is_the_same(trip, card):
    me = next(m["id"] for m in trip.state.members.values() if m["username"] == "camille")
    trip.do(
        "PUT",
        f"cards/{card}",
        idMembers=me,
        start="2026-03-01T08:00:00.000Z",
        due="2026-03-02T22:59:59.000Z",
        dueReminder=2880,
        dueComplete="true",
        isTemplate="true",
        cover={"color": "pink"},
        address="1 rue des Lilas",
        locationName="Jardin",
        coordinates="47.2,-1.55",
        closed="true",
    )
    for name in ("Menu", "Menu", "Vide", "Suite"):
        made = trip.do("POST", f"cards/{card}/checklists", name=name)
        path = f"checklists/{made['id']}/checkItems"
        if name != "Vide":
            due = "2026-03-01T08:00:00.000Z"
            trip.do("POST", path, name="Pain", checked="true", due=due, idMember=me)
            trip.do("POST", path, name="Pain", pos="top")
    assert [f for f in mirror(trip) if f[1] != "checklists"] == []
    [one], [other] = trip.shown(trip.origin), trip.shown(trip.target)
    assert sorted(one["checklists"]) == sorted(other["checklists"])


def test_cards_of_one_name_and_lists_of_one_name_stay_apart(trip, lists):
    for column in lists:
        for number in range(3):
            made = trip.do("POST", "cards", name="Pareil", idList=column["id"])
            trip.do("POST", f"cards/{made['id']}/actions/comments", text=f"Mot {number}")
    assert mirror(trip) == []


def test_comments_of_several_are_the_same_and_in_order(trip, card):
    for number in range(12):
        who = ("camille", "jumelage")[number % 2]
        trip.do("POST", f"cards/{card}/actions/comments", who=who, text=f"Mot {number}")
    assert mirror(trip) == []


def test_a_comment_that_leaves_no_room_for_its_author_is_whole(trip, card):
    trip.do("POST", f"cards/{card}/actions/comments", text="字" * 16384)
    [(_, field, _, [(author, text)])] = mirror(trip)
    assert (field, author, len(text)) == ("comments", "jumelage", 16384)


def test_a_person_who_is_not_on_the_other_board_keeps_no_card_from_it(trip, card):
    me = next(m["id"] for m in trip.state.members.values() if m["username"] == "camille")
    trip.do("PUT", f"cards/{card}", idMembers=me)
    trip.aim()
    trip.state.memberships[trip.target] = [
        one for one in trip.state.memberships[trip.target] if one["idMember"] != me
    ]
    trip.sync()
    [shown] = trip.shown(trip.target)
    assert (shown["name"], shown["members"]) == ("Fête", [])


def test_a_person_who_comes_to_the_other_board_later_is_put_on_the_card(trip, card):
    me = next(m["id"] for m in trip.state.members.values() if m["username"] == "camille")
    trip.do("PUT", f"cards/{card}", idMembers=me)
    trip.aim()
    members = trip.state.memberships[trip.target]
    trip.state.memberships[trip.target] = [one for one in members if one["idMember"] != me]
    assert trip.sync().holds
    trip.do("PUT", f"cards/{card}", name="Fête d'été")
    report = trip.sync()
    assert [shown["name"] for shown in trip.shown(trip.target)] == ["Fête d'été"]
    assert [shown["members"] for shown in trip.shown(trip.origin)] == [["camille"]]
    trip.state.memberships[trip.target] = members
    trip.release(report)
    assert trip.sync().ok
    assert [shown["members"] for shown in trip.shown(trip.target)] == [["camille"]]


def test_whatever_is_edited_on_either_board_reaches_the_other(trip, card, lists):
    path = f"cards/{card}"
    said = trip.do("POST", f"{path}/actions/comments", text="Avant")
    gone = trip.do("POST", f"{path}/actions/comments", text="De trop")
    picture = trip.attach(card, "plan.png", b"\x89PNG")
    trip.attach(card, "ancien.png", b"\x89PNG2", setCover="true")
    made = trip.do("POST", f"{path}/checklists", name="Menu")
    entries = f"checklists/{made['id']}/checkItems"
    pain, vin = (trip.do("POST", entries, name=name)["id"] for name in ("Pain", "Vin"))
    label = trip.do("POST", "labels", name="Urgent", color="red", idBoard=trip.origin)["id"]
    trip.do("PUT", path, idLabels=label, due="2026-03-02T10:00:00.000Z")
    assert mirror(trip) == []

    trip.do("PUT", f"actions/{said['id']}", text="Après")
    trip.do("DELETE", f"actions/{gone['id']}")
    trip.do("DELETE", f"{path}/attachments/{picture['id']}")
    trip.do("PUT", path, cover={"color": "lime"}, due="", name="Bal", idList=lists[1]["id"])
    trip.do("PUT", f"{path}/checkItem/{vin}", state="complete", pos="top")
    trip.do("DELETE", f"{path}/checkItem/{pain}")
    trip.do("PUT", f"labels/{label}", name="Pressé")
    assert settled(trip) == []

    [copy] = [c for c in trip.state.cards.values() if c["idBoard"] == trip.target]
    trip.do("POST", f"cards/{copy['id']}/actions/comments", text="De là-bas")
    trip.attach(copy["id"], "retour.txt", b"oui", "text/plain")
    [column] = [c for c in trip.state.checklists.values() if c["idCard"] == copy["id"]]
    trip.do("POST", f"checklists/{column['id']}/checkItems", name="Eau")
    trip.do("PUT", f"cards/{copy['id']}", desc="Écrit là-bas", start="2026-02-01T08:00:00.000Z")
    trip.do("PUT", f"cards/{copy['id']}", closed="true")
    assert settled(trip) == []
    [shown] = trip.shown(trip.origin)
    assert (shown["description"], shown["closed"]) == ("Écrit là-bas", True)
    assert shown["comments"] == [("camille", "Après"), ("camille", "De là-bas")]


def settled(trip):
    """Run until all is in step, comparing everything, and say where the boards differ."""
    report = trip.sync(full=True)
    assert report.ok, report
    one, other = trip.shown(trip.origin), trip.shown(trip.target)
    return [
        (field, card[field], copy[field])
        for card, copy in zip(one, other, strict=True)
        for field in card
        if card[field] != copy[field]
    ]
