"""Several checklists on a card: of one name, without an entry, emptied, taken away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.connector import Origin

TWIN = "Menu\u00a0(2)"


@pytest.fixture
def board(sandbox, trello):
    return trello.locate("board", sandbox.make("board"))


@pytest.fixture
def card(trello, board):
    return trello.create(board, {"name": "Fête"}, origin=Origin("n" * 20, datetime.now(UTC))).ref


def entry(text, home="Menu", **more):
    return {"text": text, "done": False, "list": home, **more}


def write(trello, board, card, *entries, **more):
    return trello.update(board, card, {"checklists": [*entries]} | more, expect=None).fields


def there(sandbox, card):
    """As Trello has it: the names of the checklists, each with its entries, in order."""
    found = [one for one in sandbox.state.checklists.values() if one["idCard"] == card]
    return [
        (one["name"], [item["name"] for item in sorted(one["checkItems"], key=lambda i: i["pos"])])
        for one in sorted(found, key=lambda one: one["pos"])
    ]


def test_checklists_of_one_name_stay_two(sandbox, trello, board, card):
    fields = write(trello, board, card, entry("Pain"), entry("Vin", TWIN), entry("Sel"))
    assert there(sandbox, card) == [("Menu", ["Pain", "Sel"]), ("Menu", ["Vin"])]
    assert [e["list"] for e in fields["checklists"]] == ["Menu", "Menu", TWIN]
    fields = write(trello, board, card, *fields["checklists"], entry("Eau", TWIN))
    assert there(sandbox, card) == [("Menu", ["Pain", "Sel"]), ("Menu", ["Vin", "Eau"])]


def test_the_younger_of_one_name_may_stand_first(sandbox, trello, board, card):
    fields = write(trello, board, card, entry("Vin", TWIN), entry("Pain"))
    assert there(sandbox, card) == [("Menu", ["Vin"]), ("Menu", ["Pain"])]
    assert [e["list"] for e in fields["checklists"]] == [TWIN, "Menu"]


def test_a_number_that_somebody_typed_makes_nobodys_twin(sandbox, trello, board, card):
    write(trello, board, card, entry("Pain"), entry("Vin", "Menu (2)"))
    assert there(sandbox, card) == [("Menu", ["Pain"]), ("Menu (2)", ["Vin"])]


def test_a_number_without_the_first_of_its_name_is_a_name(sandbox, trello, board, card):
    fields = write(trello, board, card, entry("Vin", TWIN))
    assert there(sandbox, card) == [(TWIN, ["Vin"])]
    assert fields["checklists"][0]["list"] == TWIN


def test_a_checklist_without_an_entry_is_told_made_and_taken_away(sandbox, trello, board, card):
    fields = write(trello, board, card, entry("Pain"), empty_checklists=["Jeux", "Sono"])
    assert there(sandbox, card) == [("Menu", ["Pain"]), ("Jeux", []), ("Sono", [])]
    assert fields["empty_checklists"] == ["Jeux", "Sono"]
    trello.update(board, card, {"empty_checklists": ["Sono"]}, expect=None)
    assert there(sandbox, card) == [("Menu", ["Pain"]), ("Sono", [])]
    assert trello.get(board, card).fields["empty_checklists"] == ["Sono"]


def test_an_empty_checklist_that_is_filled_is_the_same_one(sandbox, trello, board, card):
    write(trello, board, card, empty_checklists=["Jeux"])
    [before] = sandbox.state.checklists
    fields = write(trello, board, card, entry("Quilles", "Jeux"), empty_checklists=None)
    assert list(sandbox.state.checklists) == [before]
    assert fields["empty_checklists"] is None


def test_a_checklist_that_loses_its_last_entry_goes_unless_it_is_to_stay(
    sandbox, trello, board, card
):
    fields = write(trello, board, card, entry("Pain"), entry("Quilles", "Jeux"), entry("a", "A"))
    kept = [e for e in fields["checklists"] if e["list"] == "Menu"]
    write(trello, board, card, *kept, empty_checklists=["A"])
    assert there(sandbox, card) == [("Menu", ["Pain"]), ("A", [])]
    write(trello, board, card)
    assert there(sandbox, card) == [("A", [])]


def test_a_checklist_that_somebody_fills_meanwhile_stays(sandbox, trello, board, card, monkeypatch):
    write(trello, board, card, entry("Pain"))
    [one] = sandbox.state.checklists.values()
    delete = trello._api.delete

    def meanwhile(path):
        delete(path)
        if "checkItem" in path:
            late = {"id": "f" * 24, "name": "Fromage", "state": "incomplete", "pos": 1}
            one["checkItems"].append(late)

    monkeypatch.setattr(trello._api, "delete", meanwhile)
    write(trello, board, card)
    assert there(sandbox, card) == [("Menu", ["Fromage"])]


def test_an_entry_without_a_text_is_not_ours_to_delete(sandbox, trello, board, card):
    fields = write(trello, board, card, entry("Pain"), entry("Vin"))
    [one] = sandbox.state.checklists.values()
    one["checkItems"][1]["name"] = " "
    write(trello, board, card, fields["checklists"][0])
    assert len(one["checkItems"]) == 2
