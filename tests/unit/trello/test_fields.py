"""The fields of a card beyond its text: places, covers, reminders, custom fields."""

from __future__ import annotations

import pytest

from connectors.trello.cards import Board
from connectors.trello.custom import body
from connectors.trello.fields import SCHEMA, schema
from connectors.trello.objects import CustomField
from connectors.trello.writing import checked, parameters
from sync.errors import Malformed, Refused
from sync.types import TYPES
from tests.unit.trello.boards import board, card

ZONE = "Europe/Paris"
UP = {"id": "e" * 24, "value": {"text": "Up"}, "color": "none", "pos": 1}
CUSTOM = [
    {"id": f"6601f0c0ac{number:014x}", "name": name, "type": kind, "pos": number, "options": []}
    for number, (name, kind) in enumerate(
        [
            ("Voté", "checkbox"),
            ("Jour", "date"),
            ("Sens", "list"),
            ("Budget (€)", "number"),
            ("Lieu", "text"),
        ]
    )
]
CUSTOM[2]["options"] = [UP]


def item(number, /, **value):
    said = {"idValue": value["idValue"]} if "idValue" in value else {"value": value}
    return {"idCustomField": CUSTOM[number]["id"]} | said


def only(raw):
    [(_, record)] = Board.read(raw, ZONE).records()
    return record


def read(*items, **fields):
    return only(board(card(customFieldItems=list(items), **fields), customFields=CUSTOM))


def test_a_custom_field_of_every_type_is_a_field_of_that_type_by_its_name():
    known = schema(Board.read(board(customFields=CUSTOM), ZONE).custom).fields
    added = {name: spec.type for name, spec in known.items() if name not in SCHEMA.fields}
    assert added == {
        "Voté": "bool",
        "Jour": "moment",
        "Sens": "choice",
        "Budget (€)": "number",
        "Lieu": "text",
    }


def test_custom_values_come_in_the_canonical_form_of_their_type():
    record = read(
        item(0, checked="true"),
        item(1, date="2026-03-01T10:00:00.000Z"),
        item(2, idValue=UP["id"]),
        item(3, number="42.50"),
        item(4, text="Rezé"),
    )
    shown = {one["name"]: record.fields[one["name"]] for one in CUSTOM}
    assert shown == {
        "Voté": True,
        "Jour": "2026-03-01T10:00:00Z",
        "Sens": "Up",
        "Budget (€)": 42.5,
        "Lieu": "Rezé",
    }
    for name, value in shown.items():
        spec = schema(Board.read(board(customFields=CUSTOM), ZONE).custom).fields[name]
        assert TYPES[spec.type].clean(value) == value


def test_a_custom_field_that_is_not_set_is_observed_to_be_empty():
    assert [read().fields[one["name"]] for one in CUSTOM] == [None] * 5


def test_a_choice_that_was_not_known_when_the_board_was_read_is_not_taken_for_empty():
    shown = read(item(2, idValue="f" * 24), item(4, text="Rezé")).fields
    assert "Sens" not in shown
    assert shown["Lieu"] == "Rezé"


def test_a_custom_value_that_is_none_of_its_type_makes_the_card_malformed():
    assert isinstance(read(item(3, number="beaucoup")), Malformed)
    assert isinstance(read(item(1, date="demain")), Malformed)


def test_custom_fields_of_one_name_or_of_the_name_of_a_field_are_told_apart():
    twins = [
        CUSTOM[3] | {"id": "6601f0c0ac00000000aaaaaa", "name": "list"},
        CUSTOM[4] | {"id": "6601f0c0ac00000000bbbbbb", "name": "Lieu"},
        CUSTOM[4] | {"id": "6601f0c0ac00000000cccccc", "name": "Lieu"},
        CUSTOM[4] | {"id": "6601f0c0ac00000000dddddd", "name": "Vu", "type": "hologram"},
    ]
    custom = Board.read(board(customFields=twins), ZONE).custom
    assert set(custom) == {"list (aaaaaa)", "Lieu", "Lieu (cccccc)"}
    assert custom["Lieu"].id.endswith("bbbbbb")


@pytest.mark.parametrize(
    ("number", "value", "sent"),
    [
        (0, True, {"value": {"checked": "true"}}),
        (0, None, {"value": ""}),
        (1, "2026-03-01T10:00:00Z", {"value": {"date": "2026-03-01T10:00:00.000Z"}}),
        (3, 42.5, {"value": {"number": "42.5"}}),
        (3, 0, {"value": {"number": "0"}}),
        (3, None, {"value": ""}),
        (4, "Rezé", {"value": {"text": "Rezé"}}),
    ],
)
def test_custom_values_are_sent_as_trello_takes_them(number, value, sent):
    assert body(CustomField.model_validate(CUSTOM[number]), value, ZONE) == sent


def test_a_custom_date_that_is_none_is_refused():
    with pytest.raises(Refused):
        body(CustomField.model_validate(CUSTOM[1]), "demain", ZONE)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        ({}, None),
        ({"locationName": "Jardin"}, {"name": "Jardin"}),
        ({"address": "12 rue"}, {"name": "12 rue"}),
        ({"locationName": "Jardin", "address": "12 rue"}, {"name": "Jardin"}),
        (
            {"coordinates": {"latitude": 47.25, "longitude": -2}},
            {"lat": 47.25, "lon": -2},
        ),
        ({"locationName": "J", "coordinates": "47.25,-2"}, {"name": "J", "lat": 47.25, "lon": -2}),
    ],
)
def test_a_place_has_a_name_or_an_address_and_coordinates(raw, place):
    assert only(board(card(**raw))).fields["location"] == place


def test_coordinates_that_are_none_make_the_card_malformed():
    assert isinstance(only(board(card(coordinates="ici"))), Malformed)


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [
        ("location", {"name": "J", "lat": 1.5, "lon": 2}, ("J", "1.5,2")),
        ("location", {"name": "J"}, ("J", None)),
        ("location", None, (None, None)),
    ],
)
def test_a_place_is_sent_by_its_name_and_coordinates(field, value, sent):
    told = parameters({field: value}, Board.read(board(), ZONE))
    assert (told["locationName"], told["coordinates"]) == sent
    assert ("address" in told) == (value is None)


@pytest.mark.parametrize(
    ("minutes", "shown"), [(None, None), (-1, None), (0, 0), (15, 15), (1440, 1440)]
)
def test_a_reminder_comes_minutes_before_and_at_the_hour_itself(minutes, shown):
    assert only(board(card(dueReminder=minutes))).fields["due_reminder"] == shown


@pytest.mark.parametrize(("value", "sent"), [(None, -1), (0, 0), (60, 60)])
def test_no_reminder_is_sent_as_minus_one(value, sent):
    there = Board.read(board(), ZONE)
    assert parameters({"due_reminder": value}, there) == {"dueReminder": sent}


@pytest.mark.parametrize("value", [1.5, -3, "bientôt"])
def test_a_reminder_of_anything_but_whole_minutes_is_refused(value):
    with pytest.raises(Refused):
        parameters({"due_reminder": value}, Board.read(board(), ZONE))


def test_a_cover_is_a_colour_and_emptying_it_leaves_an_image():
    there = Board.read(board(), ZONE)
    pink = {"color": "pink", "idAttachment": None, "size": "normal"}
    assert only(board(card(cover=pink))).fields["cover"] == "pink"
    assert parameters({"cover": "pink"}, there) == {"cover": {"color": "pink"}}
    assert parameters({"cover": None}, there) == {"cover": {"color": None}}
    with pytest.raises(Refused):
        checked({"cover": "mauve"}, there)


def test_a_template_is_told_and_set():
    assert only(board(card(isTemplate=True))).fields["template"] is True
    assert only(board(card(isTemplate=False))).fields["template"] is None
    told = parameters({"template": None}, Board.read(board(), ZONE))
    assert told == {"isTemplate": False}


def test_a_field_that_no_board_has_is_refused():
    with pytest.raises(Refused):
        checked({"Budget (€)": 3}, Board.read(board(), ZONE))
    checked({"Budget (€)": 3}, Board.read(board(customFields=CUSTOM), ZONE))
