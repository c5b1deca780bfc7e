"""Positions that grow too near to each other, and clients that do not heed a refusal."""

from __future__ import annotations

import pytest

from connectors.sandbox.trello import KEY
from connectors.sandbox.trello import rates as trello_rates
from connectors.sandbox.trello.positions import CENTRE, STEP


@pytest.fixture
def row(me, column):
    """Three cards in a list."""
    return [
        me.do("POST", "cards", name=name, idList=column["id"], pos=pos)["id"]
        for name, pos in (("a", 1000), ("b", 1000.5), ("c", 70000))
    ]


def positions(me, row):
    return [me.get(f"cards/{ref}", fields="pos")["pos"] for ref in row]


def test_a_list_whose_gaps_vanish_is_dealt_out_anew(me, column, row):
    late = me.do("POST", "cards", name="d", idList=column["id"], pos=1000.49)
    order = [row[0], late["id"], *row[1:]]
    assert positions(me, order) == [65535, 131071, 196607, 262143]
    assert late["pos"] == 131071


def test_a_list_in_the_middle_of_all_numbers_stays_there(me, column):
    row = [
        me.do("POST", "cards", name="a", idList=column["id"], pos=CENTRE + n / 32)["id"]
        for n in range(2)
    ]
    assert positions(me, row) == [CENTRE, CENTRE + STEP]


def test_who_is_dealt_a_new_position_was_not_active(me, row):
    before = me.get(f"cards/{row[2]}", fields="dateLastActivity")
    me.do("PUT", f"cards/{row[1]}", pos=1000.01)
    assert positions(me, row) == [65535, 131071, 196607]
    assert me.get(f"cards/{row[2]}", fields="dateLastActivity") == before


def test_two_of_one_position_are_left_so(me, row):
    me.do("PUT", f"cards/{row[1]}", pos=1000)
    assert positions(me, row) == [1000, 1000, 70000]


def test_a_key_that_goes_on_after_many_refusals_is_refused_for_the_rest(
    sandbox, me, camille, monkeypatch
):
    monkeypatch.setattr(trello_rates, "PATIENCE", 5)
    sandbox.service.limited = True
    for _ in range(trello_rates.PER_TOKEN):
        sandbox.service.rates.room(f"token {me.token}", trello_rates.PER_TOKEN)
    for _ in range(5):
        assert me.ask("GET", "boards/x").status_code == 429
    assert camille.ask("GET", "members/me/boards").status_code == 200
    assert me.ask("GET", "boards/x").json()["error"] == "API_TOKEN_LIMIT_EXCEEDED"
    refused = camille.ask("GET", "members/me/boards")
    assert (refused.status_code, refused.json()["error"]) == (429, "API_KEY_LIMIT_EXCEEDED")
    sandbox.service.rates.shut[KEY] = 0.0
    assert camille.ask("GET", "members/me/boards").status_code == 200
