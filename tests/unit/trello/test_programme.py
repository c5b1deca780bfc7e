"""The board of the demo looks like a real export, and shows what real boards hold."""

from __future__ import annotations

import json
from importlib.resources import files

from connectors.trello.cards import Board
from sync.errors import Malformed

PROGRAMME = json.loads(files("connectors.sandbox.boards").joinpath("programme.json").read_bytes())


def records():
    return [record for _, record in Board.read(PROGRAMME, "Europe/Paris").records()]


def test_every_card_can_be_read():
    assert len(records()) == 41
    assert not [record for record in records() if isinstance(record, Malformed)]


def test_every_reference_leads_somewhere():
    known = {one["id"] for name in ("lists", "labels", "members") for one in PROGRAMME[name]}
    for card in PROGRAMME["cards"]:
        assert {card["idList"], *card["idLabels"], *card["idMembers"]} <= known
        assert card["due"] is None or card["start"] is None or card["start"] < card["due"]
    cards = {card["id"]: card for card in PROGRAMME["cards"]}
    assert all(one["id"] in cards[one["idCard"]]["idChecklists"] for one in PROGRAMME["checklists"])


def test_ids_carry_their_time_and_are_used_once():
    ids = [one["id"] for name in ("cards", "checklists", "actions") for one in PROGRAMME[name]]
    assert len(set(ids)) == len(ids)
    assert all(0x69000000 < int(ref[:8], 16) < 0x6C000000 for ref in ids)


def test_it_shows_what_the_mapping_can_carry():
    shown = {name for record in records() for name, value in record.fields.items() if value}
    assert shown == set(records()[0].fields) - {"empty_checklists"}


def test_it_holds_accents_emoji_other_scripts_and_archived_cards():
    text = " ".join(str(record.fields["name"]) for record in records())
    assert all(sign in text for sign in ("é", "🌱", "❄️", "عربي", "«"))
    assert sum(bool(record.fields["closed"]) for record in records()) == 4
