"""Comments that cross over keep their authors: nothing typed is said to be our account's."""

from __future__ import annotations

from copy import deepcopy

import pytest
import yaml

from tests.system.boards import CAMILLE, OURS

pytestmark = pytest.mark.real


@pytest.fixture
def cards(collective, two):
    """One card on both boards."""
    card = collective.add(two[0], "Compost")
    collective.sync()
    return card, collective.cards(two[1])["Compost"]["id"]


def say(collective, card, text, token=CAMILLE):
    return collective.ask("POST", f"cards/{card}/actions/comments", token, text=text)["id"]


def test_a_comment_from_the_other_board_names_who_said_it(collective, cards):
    one, other = cards
    say(collective, one, "Qui arrose ?")
    collective.sync()
    ((who, text),) = collective.said(other)
    assert who == "jumelage"
    assert text.startswith("**camille**\u2060")
    assert text.endswith(":\n\nQui arrose ?")


def test_an_author_without_an_account_there_is_named_too(collective, two):
    one, other = two
    collective.people(awa={"name": "Awa", "autre": "camille"})
    said = yaml.safe_load(collective.file.read_text("utf-8"))
    said["systems"]["autre"] = deepcopy(said["systems"]["trello"])
    collective.file.write_text(yaml.safe_dump(said), "utf-8")
    sides = {"un": {"use": "autre", "board": one}, "deux": {"use": "trello", "board": other}}
    collective.map(sides, **{"with": ["comment"]})
    card = collective.add(one, "Compost")
    say(collective, card, "Moi-même")
    collective.sync(3)
    twin = collective.cards(other)["Compost"]["id"]
    ((_who, text),) = collective.said(twin)
    assert text.startswith("**(awa)**\u2060")
    assert [text for _who, text in collective.said(card)] == ["Moi-même"]


def test_an_edit_keeps_the_author_and_nothing_goes_back(collective, cards):
    one, other = cards
    ref = say(collective, one, "Avant")
    collective.sync()
    collective.ask("PUT", f"actions/{ref}", text="Après")
    collective.trello.state.cards[one]["dateLastActivity"] = collective.trello.state.stamp()
    say(collective, one, "Et encore")
    collective.sync(3)
    assert [text for _who, text in collective.said(one)] == ["Après", "Et encore"]
    texts = [text for _who, text in collective.said(other)]
    assert all(text.startswith("**camille**\u2060") for text in texts)


def test_what_is_typed_by_hand_with_our_account_is_its_own(collective, cards):
    one, other = cards
    say(collective, one, "**awa**\u2060:\n\nElle-même", OURS)
    for action in collective.trello.state.actions[collective.trello.state.cards[one]["idBoard"]]:
        action["appCreator"] = None  # it was typed on Trello's own pages
    collective.sync()
    ((_who, text),) = collective.said(other)
    assert text.endswith("**awa**\u2060:\n\nElle-même")
