"""What members did on a board, told to a folder of notes: once, and never taken back."""

from __future__ import annotations

import pytest
import yaml

pytestmark = pytest.mark.real


@pytest.fixture
def journal(collective):
    """A board whose activity goes to a folder."""
    board = collective.board("Programme")
    collective.map(
        {
            "trello": {"activity": "Programme", "direction": "to-hub", "on-absence": "leave"},
            "notes": {"folder": "journal", "direction": "from-hub"},
        },
        kind="activity",
    )
    return board


def told(collective):
    """What each note says, oldest first."""
    found = []
    for file in (collective.folder / "notes" / "journal").glob("*.md"):
        _before, front, _text = file.read_text("utf-8").split("---\n", 2)
        found.append(yaml.safe_load(front))
    return sorted(found, key=lambda one: str(one["at"]))


def test_who_did_what_and_when_is_told_with_old_and_new(collective, journal):
    card = collective.add(journal, "Compost")
    collective.ask("POST", "lists", name="Fait", idBoard=journal, pos="bottom")
    collective.ask("PUT", f"cards/{card}", idList=collective.lists(journal)[1]["id"])
    collective.ask("PUT", f"cards/{card}", name="Compostage")
    collective.sync()
    collective.ask("POST", f"cards/{card}/actions/comments", text="Voilà")
    collective.sync()
    facts = {one["what"]: (one["who"], one.get("old"), one.get("new")) for one in told(collective)}
    assert facts == {
        "created": ("trello:camille", None, None),
        "moved": ("trello:camille", "À faire", "Fait"),
        "renamed": ("trello:camille", "Compost", "Compostage"),
        "commented": ("trello:camille", None, "Voilà"),
    }


def test_nothing_is_told_twice_or_taken_back_with_its_card(collective, journal):
    card = collective.add(journal, "Compost")
    collective.sync()
    collective.ask("DELETE", f"cards/{card}")
    collective.sync(3)
    assert [one["what"] for one in told(collective)] == ["created", "deleted"]


def test_a_quiet_cycle_is_one_request(collective, journal):
    collective.add(journal, "Compost")
    collective.sync(3)
    collective.gate.reset()
    collective.sync(1)
    asked = [asked.path.partition("?")[0] for asked in collective.gate.asked]
    assert asked.count(f"/1/boards/{journal}") == 1
    assert {asked.method for asked in collective.gate.asked} == {"GET"}


def test_what_we_did_ourselves_is_no_activity(collective, two):
    one, other = two
    collective.map(
        {
            "trello": {"activity": other, "direction": "to-hub", "on-absence": "leave"},
            "notes": {"folder": "journal", "direction": "from-hub"},
        },
        name="journal",
        kind="activity",
    )
    collective.add(one, "Compost")
    collective.sync(3)
    assert "Compost" in collective.cards(other)
    assert told(collective) == []
