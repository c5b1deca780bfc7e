"""Several boards in one mapping, a circle each; and boards that the mapping lets us make."""

from __future__ import annotations

import pytest
import yaml

pytestmark = pytest.mark.real
CIRCLES = {"Programme": ["Cantine", "Visite"], "Finance": ["Budget", "Visite"]}


@pytest.fixture
def circles(collective):
    """Two boards, each with cards of its circle, and a folder that shows them all."""
    boards = {name: collective.board(name) for name in CIRCLES}
    collective.map(
        {
            "tableaux": {"use": "trello", "board": [*CIRCLES]},
            "notes": {"folder": "cartes"},
        }
    )
    for name, titles in CIRCLES.items():
        for title in titles:
            collective.add(boards[name], title, desc=f"Pour {name}")
    collective.sync()
    return boards


def notes(collective):
    """What the folder shows: the name of each file, and the circle in its front matter."""
    found = []
    for file in sorted((collective.folder / "notes" / "cartes").glob("*.md")):
        _before, front, _text = file.read_text("utf-8").split("---\n", 2)
        found.append((file.stem, yaml.safe_load(front)["circle"]))
    return found


def test_every_card_stands_on_the_board_of_its_circle_alone(collective, circles):
    for name, titles in CIRCLES.items():
        assert sorted(collective.cards(circles[name])) == titles
    shown = notes(collective)
    assert sorted(circle for _title, circle in shown) == ["Finance"] * 2 + ["Programme"] * 2
    assert ("Budget", "Finance") in shown
    assert sum(title.startswith("Visite") for title, _circle in shown) == 2


def test_a_note_of_a_circle_becomes_a_card_of_its_board(collective, circles):
    file = collective.folder / "notes" / "cartes" / "Prêt.md"
    file.write_text("---\ncircle: Finance\n---\nÀ la Nef\n", "utf-8")
    collective.sync()
    assert "Prêt" in collective.cards(circles["Finance"])
    assert "Prêt" not in collective.cards(circles["Programme"])


def test_a_note_without_a_circle_stands_on_no_board(collective, circles):
    file = collective.folder / "notes" / "cartes" / "Rêve.md"
    file.write_text("Un jour\n", "utf-8")
    collective.sync()
    assert all("Rêve" not in collective.cards(board) for board in circles.values())
    assert file.exists()


def test_another_circle_in_the_note_moves_the_card_to_the_other_board(collective, circles):
    file = collective.folder / "notes" / "cartes" / "Budget.md"
    file.write_text(
        file.read_text("utf-8").replace("circle: Finance", "circle: Programme"), "utf-8"
    )
    collective.sync(3)
    assert "Budget" in collective.cards(circles["Programme"])
    assert collective.cards(circles["Programme"])["Budget"]["desc"] == "Pour Finance"
    left = collective.cards(circles["Finance"]).get("Budget")
    assert left is None or left["closed"]


def test_a_renamed_board_takes_nothing_away(collective, circles):
    finance = circles["Finance"]
    sides = {
        "tableaux": {"use": "trello", "board": ["Programme", finance]},
        "notes": {"folder": "cartes"},
    }
    collective.map(sides)
    collective.sync(3)
    collective.ask("PUT", f"boards/{finance}", name="Argent")
    collective.sync()
    assert sorted(collective.cards(finance)) == CIRCLES["Finance"]
    assert len(notes(collective)) == 4


def test_a_circle_of_a_word_that_names_one_collection_is_a_fault(collective):
    collective.board("Un")
    collective.map({"trello": {"board": "Un"}, "notes": {"folder": ["a", "b"]}})
    ended = collective.type("check")
    assert ended.status == 78
    assert "“folder:” names one collection" in ended.said


def names(collective):
    return sorted(board["name"] for board in collective.trello.state.boards.values())


def test_a_board_is_made_only_where_the_mapping_says_so(collective):
    board = collective.board("Un")
    collective.map({"trello": {"board": "Un"}, "neuf": {"use": "trello", "board": "Neuf"}})
    assert collective.type("sync", "--yes").status == 78
    assert names(collective) == ["Un"]
    del board


def test_check_and_plan_make_no_board_and_say_that_it_will_be_made(collective):
    card = collective.add(collective.board("Un"), "Compost")
    neuf = {"use": "trello", "board": "Neuf", "make": True}
    collective.map({"trello": {"board": "Un"}, "neuf": neuf})
    assert collective.type("check").status == 0
    planned = collective.type("plan")
    assert "the next `jumelage sync` makes it" in planned.said
    assert names(collective) == ["Un"]
    del card


def test_a_board_is_made_from_that_of_another_side_with_its_lists(collective):
    one = collective.board("Un")
    collective.ask("POST", "lists", name="Fait", idBoard=one, pos="bottom")
    collective.add(one, "Compost", labels=None)
    collective.add(one, "Semis", collective.lists(one)[1]["id"])
    collective.map(
        {"trello": {"board": "Un"}, "neuf": {"use": "trello", "board": "Neuf", "make": True}}
    )
    collective.sync(3)
    assert names(collective) == ["Neuf", "Un"]
    state = collective.trello.state
    (made,) = [one["id"] for one in state.boards.values() if one["name"] == "Neuf"]
    lists = {one["id"]: one["name"] for one in state.lists.values() if one["idBoard"] == made}
    cards = {c["name"]: lists[c["idList"]] for c in state.cards.values() if c["idBoard"] == made}
    assert cards == {"Compost": "À faire", "Semis": "Fait"}


def test_a_board_made_for_cards_without_lists_has_one(collective):
    (collective.folder / "notes" / "cartes").mkdir()
    (collective.folder / "notes" / "cartes" / "Semis.md").write_text("En mars\n", "utf-8")
    collective.map(
        {"neuf": {"use": "trello", "board": "Neuf", "make": True}, "notes": {"folder": "cartes"}}
    )
    collective.sync(3)
    state = collective.trello.state
    assert [card["name"] for card in state.cards.values()] == ["Semis"]
    assert [column["name"] for column in state.lists.values()] == ["À faire"]


def test_a_board_made_in_a_workspace_belongs_to_it(collective):
    collective.board("Un")
    made = collective.trello.state
    home = next(iter(made.organizations.values()))
    collective.map(
        {
            "trello": {"board": "Un"},
            "neuf": {"use": "trello", "board": "Neuf", "make": home["displayName"]},
        }
    )
    collective.sync(2)
    (board,) = [one for one in made.boards.values() if one["name"] == "Neuf"]
    assert board["idOrganization"] == home["id"]


def test_nothing_else_than_a_board_is_made(collective):
    collective.board("Un")
    collective.map({"trello": {"board": "Un"}, "notes": {"folder": "a", "make": True}})
    ended = collective.type("check")
    assert ended.status == 78
    assert "no folder can be made" in ended.said
