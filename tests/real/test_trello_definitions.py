"""Custom fields that a board does not have yet: made with their first value, each once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from sync.connector import Origin
from sync.model import FieldSpec

VALUES = {
    "Voté": (True, "bool", "checkbox"),
    "Jour": ("2026-03-01", "moment", "date"),
    "Sens": ("Nord", "choice", "list"),
    "Budget": (42.5, "number", "number"),
    "Lieu": ("Rezé", "text", "text"),
}


@pytest.fixture
def board(sandbox, trello):
    found = trello.locate("board", sandbox.make("board"))
    makes = trello.schema(found).makes
    trello.expect(found, {name: makes[kind] for name, (_, kind, _) in VALUES.items()})
    return found


def create(trello, board, **fields):
    origin = Origin("n" * 20, datetime.now(UTC), {})
    return trello.create(board, {"name": "Carte"} | fields, origin=origin)


def made(sandbox):
    return [(one["name"], one["type"]) for one in sandbox.state.custom_fields.values()]


def test_a_field_of_each_type_is_made_with_its_first_value(sandbox, trello, board):
    values = {name: value for name, (value, _, _) in VALUES.items()}
    card = create(trello, board, **values)
    assert made(sandbox) == [(name, kind) for name, (_, _, kind) in VALUES.items()]
    assert {name: trello.get(board, card.ref).fields[name] for name in VALUES} == values


def test_nothing_is_made_for_what_is_empty_and_it_is_seen_to_be(sandbox, trello, board):
    card = create(trello, board, Lieu=None, Voté=False)
    trello.update(board, card.ref, {"Budget": None, "name": "Autre"}, expect=None)
    assert made(sandbox) == []
    [page] = trello.changes(board, None)
    assert {name: page.records[0].fields[name] for name in VALUES} == dict.fromkeys(VALUES)


def test_a_field_and_its_choice_are_made_once_by_several_at_a_time(sandbox, trello, board):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: create(trello, board, Sens="Nord"), range(8)))
    assert made(sandbox) == [("Sens", "list")]
    [field] = sandbox.state.custom_fields.values()
    assert [option["value"]["text"] for option in field["options"]] == ["Nord"]
    assert len(sandbox.state.cards) == 8


def test_a_field_that_somebody_made_meanwhile_is_used(sandbox, trello, board):
    trello.get(board, create(trello, board).ref)
    sent = {"idModel": board.id, "modelType": "board", "name": "Lieu", "type": "text"}
    trello._api.post("customFields", sent)
    card = create(trello, board, Lieu="Rezé")
    assert made(sandbox) == [("Lieu", "text")]
    assert trello.get(board, card.ref).fields["Lieu"] == "Rezé"


def test_a_field_that_nobody_expects_is_none(trello, board):
    assert "Couleur" not in trello.schema(board).fields
    assert trello.schema(board).makes["text"] == FieldSpec("text", later=True)
