"""Every field of a card, written and read back, and the labels that boards have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.trello.options import COLORS
from sync.connector import Origin
from sync.errors import Refused
from sync.model import Option

TYPES = {"Voté": "checkbox", "Jour": "date", "Sens": "list", "Budget": "number", "Lieu": "text"}
VALUES = {
    "Voté": True,
    "Jour": "2026-03-01",
    "Sens": "Nord",
    "Budget": 42.5,
    "Lieu": "Rezé",
    "due": "2026-03-01T10:00:00Z",
    "due_reminder": 1440,
    "cover": "pink",
    "template": True,
    "location": {"name": "Jardin", "lat": 47.25, "lon": -1.5},
    "closed": True,
}


@pytest.fixture
def board(sandbox, trello):
    found = trello.locate("board", sandbox.make("board"))
    for name, kind in TYPES.items():
        sent = {"idModel": found.id, "modelType": "board", "name": name, "type": kind}
        trello._api.post("customFields", sent | {"pos": "bottom"})
    return found


def origin():
    return Origin("n" * 20, datetime.now(UTC), {})


def create(trello, board, **fields):
    return trello.create(board, {"name": "Cantine"} | fields, origin=origin())


def sent(sandbox, act):
    before = len(sandbox.service.seen)
    act()
    return sandbox.service.seen[before:]


def test_the_schema_has_a_field_for_each_custom_field(trello, board):
    fields = trello.schema(board).fields
    assert {name: fields[name].type for name in TYPES} == {
        "Voté": "bool",
        "Jour": "moment",
        "Sens": "choice",
        "Budget": "number",
        "Lieu": "text",
    }


def test_a_card_is_made_with_every_field(trello, board):
    made = create(trello, board, **VALUES)
    read = trello.get(board, made.ref)
    assert {name: read.fields[name] for name in VALUES} == VALUES
    assert made.fields == read.fields


@pytest.mark.parametrize("name", VALUES)
def test_each_field_is_set_changed_and_emptied(trello, board, name):
    made = create(trello, board)
    trello.update(board, made.ref, {name: VALUES[name]}, expect=None)
    assert trello.get(board, made.ref).fields[name] == VALUES[name]
    trello.update(board, made.ref, {name: None}, expect=None)
    assert trello.get(board, made.ref).fields == made.fields


def test_a_listing_shows_what_a_direct_read_shows(trello, board):
    made = create(trello, board, **VALUES)
    [page] = trello.changes(board, None)
    [listed] = page.records
    assert listed.author == "jumelage"  # told by the board's actions alone
    assert replace(listed, author=None) == trello.get(board, made.ref)


def test_a_choice_of_a_custom_field_is_made_when_it_is_missing_and_once(sandbox, trello, board):
    for _ in range(2):
        made = create(trello, board, Sens="Nord")
        trello.begin()
    [field] = [one for one in sandbox.state.custom_fields.values() if one["name"] == "Sens"]
    assert [option["value"]["text"] for option in field["options"]] == ["Nord"]
    assert trello.get(board, made.ref).fields["Sens"] == "Nord"


def test_fields_of_every_card_take_one_write_and_each_custom_field_one_more(sandbox, trello, board):
    made = create(trello, board)
    patch = {"name": "x", "due_reminder": 5, "cover": "sky", "template": True, "closed": True}
    costs = sent(sandbox, lambda: trello.update(board, made.ref, patch, expect=None))
    assert [method for method, _ in costs] == ["PUT"]
    custom = {"Budget": 3, "Lieu": "ici"}
    costs = sent(sandbox, lambda: trello.update(board, made.ref, custom, expect=None))
    assert [method for method, _ in costs] == ["PUT", "PUT", "GET"]


def test_a_wrong_custom_value_is_refused_before_anything_is_written(sandbox, trello, board):
    made = create(trello, board)

    def tried():
        with pytest.raises(Refused):
            trello.update(board, made.ref, {"name": "x", "Jour": "demain"}, expect=None)

    assert not [method for method, _ in sent(sandbox, tried) if method != "GET"]


@pytest.mark.parametrize("color", [*sorted(COLORS), None])
def test_a_label_of_every_colour_is_made_with_and_without_a_name(trello, board, color):
    named = trello.write_option(board, "labels", Option("", "Urgent", color=color))
    plain = trello.write_option(board, "labels", Option("", color or "blank", color=color))
    assert (named.name, named.color) == ("Urgent", color)
    assert (plain.name, plain.color) == (color or "blank", color)
    made = create(trello, board, labels=sorted([named.id, plain.id]))
    assert trello.get(board, made.ref).fields["labels"] == sorted([named.id, plain.id])


def test_a_label_without_a_name_is_made_without_one(sandbox, trello, board):
    made = trello.write_option(board, "labels", Option("", "sky_dark", color="sky_dark"))
    assert sandbox.state.labels[made.id]["name"] == ""


@pytest.mark.parametrize("field", ["list", "labels"])
def test_several_of_one_name_are_made_under_it_and_told_apart(sandbox, trello, board, field):
    names = ["Urgent", "Urgent\u00a0(2)", "Urgent\u00a0(3)"]
    colors = ("red", "blue", None)
    for _ in range(2):  # it is safe to repeat
        made = [
            trello.write_option(board, field, Option("", name, color=color))
            for name, color in zip(names, colors, strict=True)
        ]
    assert [one.name for one in made] == names
    there = sandbox.state.lists if field == "list" else sandbox.state.labels
    assert [there[one.id]["name"] for one in made] == ["Urgent"] * 3
    [page] = trello.changes(board, None)
    told = {one.id: one.name for one in page.options[field]}
    assert [told[one.id] for one in made] == names


def test_a_label_called_like_a_colour_is_told_from_one_without_a_name(sandbox, trello, board):
    plain = trello.write_option(board, "labels", Option("", "red", color="red"))
    named = trello.write_option(board, "labels", Option("", "red\u00a0(2)", color="sky"))
    labels = sandbox.state.labels
    assert (labels[plain.id]["name"], labels[named.id]["name"]) == ("", "red")


def test_what_shares_its_name_is_renamed_to_a_name_of_its_own(trello, board):
    first = trello.write_option(board, "labels", Option("", "Urgent", color="red"))
    other = trello.write_option(board, "labels", Option("", "Urgent\u00a0(2)", color="blue"))
    renamed = trello.write_option(board, "labels", Option(other.id, "Bientôt", color="blue"))
    assert (renamed.id, renamed.name) == (other.id, "Bientôt")
    again = trello.write_option(board, "labels", Option(first.id, "Urgent", color="red"))
    assert again.id == first.id


def test_of_two_lists_of_one_name_the_one_in_use_bears_it(sandbox, trello, board):
    old = trello.write_option(board, "list", Option("", "Fait"))
    sandbox.state.lists[old.id]["closed"] = True
    new = trello.write_option(board, "list", Option("", "Fait"))
    [page] = trello.changes(board, None)
    told = {one.id: one.name for one in page.options["list"]}
    assert (told[new.id], told[old.id]) == ("Fait", "Fait\u00a0(2)")
