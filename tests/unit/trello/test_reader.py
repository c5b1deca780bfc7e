from __future__ import annotations

import pytest

from connectors.trello.cards import Board
from connectors.trello.fields import SCHEMA
from sync.errors import Malformed
from sync.types import TYPES
from tests.unit.trello.boards import board, card, checklist, item

ZONE = "Europe/Paris"


def only(raw):
    [(_, record)] = Board.read(raw, ZONE).records()
    return record


def test_a_card_without_anything_shows_empty_fields_and_flags_as_none():
    assert only(board(card())).fields == {
        "name": "Acheter du thé",
        "desc": None,
        "list": "6601f0c0bb00000000000001",
        "rank": 65535,
        "labels": None,
        "members": None,
        "start": None,
        "due": None,
        "due_complete": None,
        "due_reminder": None,
        "closed": None,
        "cover": None,
        "template": None,
        "location": None,
        "checklists": None,
        "empty_checklists": None,
        "url": "https://trello.com/c/AbCdEfGh",
        "board": "6601f0c0cc00000000000001",
    }


def test_every_value_is_in_the_canonical_form_of_its_type():
    record = only(
        board(
            card(
                desc="texte",
                idLabels=["b" * 24, "a" * 24],
                idMembers=["6601f0c0ee00000000000001"],
                due="2026-03-01T17:30:00.000Z",
                pos=63071.89306640625,
            ),
            checklists=[checklist(1, "Courses", 1, item(1, "Thé", 1))],
        )
    )
    for name, value in record.fields.items():
        assert TYPES[SCHEMA.fields[name].type].clean(value) == value, name


def test_members_go_by_user_name_and_those_who_left_the_board_by_id():
    record = only(board(card(idMembers=["6601f0c0ee00000000000001", "f" * 24])))
    assert record.fields["members"] == ["f" * 24, "nour"]


def test_entries_of_all_checklists_come_in_the_order_that_members_see():
    record = only(
        board(
            card(),
            checklists=[
                checklist(2, "Après", 20, item(3, "Ranger", 5)),
                checklist(1, "Avant", 10, item(2, "Thé", 9, state="complete"), item(1, "Eau", 3)),
            ],
        )
    )
    shown = [(e["list"], e["text"], e["done"]) for e in record.fields["checklists"]]
    assert shown == [("Avant", "Eau", False), ("Avant", "Thé", True), ("Après", "Ranger", False)]
    assert record.fields["checklists"][0]["id"] == f"6601f0c0ff{1:014x}"


def test_an_entry_shows_its_date_and_its_person_where_it_has_them():
    entry = item(1, "Thé", 1, due="2026-03-02T09:00:00.000Z", idMember="6601f0c0ee00000000000001")
    record = only(board(card(), checklists=[checklist(1, "Courses", 1, entry)]))
    [shown] = record.fields["checklists"]
    assert (shown["due"], shown["who"]) == ("2026-03-02T09:00:00Z", "nour")


def test_checklists_nested_in_the_card_are_read_too():
    nested = [checklist(1, "Courses", 1, item(1, "Thé", 1))]
    record = only(board(card(checklists=nested)))
    assert [entry["text"] for entry in record.fields["checklists"]] == ["Thé"]


def test_smart_card_titles_and_joiners_survive_byte_for_byte():
    text = '[https://x.example](https://x.example "smartCard-inline") [t](u "\u200c") a\\_b\r\n'
    assert only(board(card(desc=text, name="e\u0301 \u200c"))).fields["desc"] == text
    assert only(board(card(name="e\u0301 \u200c"))).fields["name"] == "e\u0301 \u200c"


@pytest.mark.parametrize("missing", ["name", "idList", "pos"])
def test_a_card_with_missing_fields_is_malformed_and_the_others_are_read(missing):
    broken = card(1)
    del broken[missing]
    outcomes = dict(Board.read(board(broken, card(2)), ZONE).records())
    assert isinstance(outcomes[card(1)["id"]], Malformed)
    assert outcomes[card(2)["id"]].fields["name"] == "Acheter du thé"


@pytest.mark.parametrize("raw", [None, "texte", 3, {}, {"name": "sans id"}])
def test_what_is_no_card_at_all_is_named_by_its_place(raw):
    outcomes = dict(Board.read(board(raw, card(2)), ZONE).records())
    assert isinstance(outcomes["card number 1"], Malformed)
    assert len(outcomes) == 2


def test_a_date_that_is_none_makes_the_card_malformed_and_never_the_date_empty():
    [(_, outcome)] = Board.read(board(card(due="demain")), ZONE).records()
    assert isinstance(outcome, Malformed)


def test_a_broken_checklist_makes_its_own_card_malformed_and_no_other():
    broken = checklist(1, "Courses", 1)
    del broken["name"]
    outcomes = dict(Board.read(board(card(1), card(2), checklists=[broken]), ZONE).records())
    assert isinstance(outcomes[card(1)["id"]], Malformed)
    assert not isinstance(outcomes[card(2)["id"]], Malformed)


def test_a_message_about_a_malformed_card_holds_none_of_its_text():
    [(_, outcome)] = Board.read(board(card(name=["secret"])), ZONE).records()
    assert "secret" not in str(outcome)


@pytest.mark.parametrize("raw", [None, [], {"id": "x"}, {"id": "x", "name": "y", "cards": []}])
def test_what_is_no_board_is_malformed(raw):
    with pytest.raises(Malformed):
        Board.read(raw, ZONE)


def test_unnamed_labels_go_by_their_colour():
    options = Board.read(board(), ZONE).options()
    assert [(o.name, o.color) for o in options["labels"]] == [
        ("Urgent", "red_dark"),
        ("green", "green"),
        ("blank", None),
    ]


def test_lists_come_in_their_order_and_say_whether_they_are_archived():
    options = Board.read(board(), ZONE).options()
    assert [(o.name, o.closed) for o in options["list"]] == [("À faire", False), ("Fait", True)]


def test_what_no_field_holds_is_kept_and_what_changes_by_itself_is_not():
    raw = card(
        address="12 rue des Lilas",
        locationName="Jardin",
        dueReminder=-1,
        cover={"color": None, "size": "full", "idAttachment": "a"},
        attachments=[{"id": "a", "name": "devis.pdf", "bytes": 3, "previews": [1]}],
        badges={"comments": 2, "viewingMemberVoted": True},
        customFieldItems=[{"idCustomField": "c" * 24, "value": {"text": "x"}}],
    )
    assert only(board(raw)).rest == {
        "address": "12 rue des Lilas",
        "cover": {"idAttachment": "a"},
        "attachments": [{"id": "a", "name": "devis.pdf", "bytes": 3}],
        "comments": 2,
        "customFieldItems": [
            {"idCustomField": "c" * 24, "value": {"text": "x"}, "idValue": None},
        ],
    }
