"""Lists that are archived and moved, and labels that change colour, on two boards alike."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.real
NAMES = ["À faire", "En cours", "Fait"]


@pytest.fixture
def lists(collective, two):
    """Two boards with the same three lists, a card in each; the ids of both boards' lists."""
    one, other = two
    for board in two:
        for name in NAMES[1:]:
            collective.ask("POST", "lists", name=name, idBoard=board, pos="bottom")
    for column in collective.lists(one):
        collective.add(one, f"Dans {column['name']}", column["id"])
    collective.sync()
    return one, other


def ids(collective, board):
    return {one["name"]: one["id"] for one in collective.lists(board, "all")}


def names(collective, board):
    return [one["name"] for one in collective.lists(board)]


def test_an_archived_list_is_archived_on_the_other_board_and_keeps_its_cards(collective, lists):
    one, other = lists
    collective.ask("PUT", f"lists/{ids(collective, one)['Fait']}", closed=True)
    collective.sync()
    assert names(collective, other) == NAMES[:2]
    for board in lists:
        cards = collective.cards(board)
        assert len(cards) == 3
        assert not any(card["closed"] for card in cards.values())
    collective.ask("PUT", f"lists/{ids(collective, other)['Fait']}", closed=False)
    collective.sync()
    assert names(collective, one) == NAMES


def test_a_moved_list_moves_on_the_other_board_alone(collective, lists):
    one, other = lists
    before = {column["name"]: column["pos"] for column in collective.lists(other)}
    collective.ask("PUT", f"lists/{ids(collective, one)['Fait']}", pos="top")
    collective.sync()
    assert names(collective, other) == ["Fait", "À faire", "En cours"]
    after = {column["name"]: column["pos"] for column in collective.lists(other)}
    assert [name for name in NAMES if before[name] != after[name]] == ["Fait"]


def test_a_recoloured_label_has_that_colour_on_the_other_board(collective, two):
    one, other = two
    label = collective.ask("POST", "labels", name="Urgent", color="red", idBoard=one)["id"]
    collective.add(one, "Compost", idLabels=[label])
    collective.sync()
    collective.ask("PUT", f"labels/{label}", color="green_dark")
    collective.sync()
    (twin,) = collective.ask("GET", f"boards/{other}/labels")
    assert (twin["name"], twin["color"]) == ("Urgent", "green_dark")


def test_a_list_that_is_made_for_a_card_comes_where_it_stands_on_the_other_board(collective, lists):
    one, other = lists
    made = collective.ask("POST", "lists", name="Idées", idBoard=one, pos="top")["id"]
    collective.add(one, "Dans Idées", made)
    collective.sync()
    assert names(collective, other) == ["Idées", *NAMES]


def test_lists_that_stood_otherwise_at_first_are_left_as_they_are(collective, two):
    one, other = two
    for board, place in zip(two, ("top", "bottom"), strict=True):
        collective.ask("POST", "lists", name="Fait", idBoard=board, pos=place)
    collective.add(one, "Compost")
    collective.sync(3)
    assert names(collective, one) == ["Fait", "À faire"]
    assert names(collective, other) == ["À faire", "Fait"]


def test_a_run_after_that_writes_nothing_and_asks_nothing_more(collective, lists):
    one, _other = lists
    collective.ask("PUT", f"lists/{ids(collective, one)['Fait']}", pos="top", closed=True)
    collective.sync(3)
    collective.gate.reset()
    collective.sync(1)
    assert {asked.method for asked in collective.gate.asked} == {"GET"}
    boards = [a.path.partition("?")[0] for a in collective.gate.asked if "/1/boards/" in a.path]
    # Once for what cards refer to, when the process begins, and once for what is new.
    assert sorted(boards) == sorted(f"/1/boards/{board}" for board in lists for _ in range(2))


def test_a_board_that_is_only_read_is_not_rearranged(collective, lists):
    one, other = lists
    sides = {
        "un": {"use": "trello", "board": one, "direction": "to-hub"},
        "deux": {"use": "trello", "board": other},
    }
    collective.map(sides, **{"with": ["comment"]})
    collective.sync()
    collective.ask("PUT", f"lists/{ids(collective, other)['Fait']}", pos="top")
    collective.sync()
    assert names(collective, one) == NAMES


def wrote(collective):
    return [asked for asked in collective.gate.asked if asked.method != "GET"]


@pytest.fixture
def planned(collective, lists):
    """A list is moved and archived on one board, and a plan is made; the plan's file."""
    one, _other = lists
    collective.ask("PUT", f"lists/{ids(collective, one)['Fait']}", pos="top", closed=True)
    collective.gate.reset()
    file = collective.folder / "plan.json"
    ended = collective.type("plan", "--out", str(file))
    assert "list: Fait, À faire, En cours" in ended.said
    assert "list: Fait  (archived)" in ended.said
    assert wrote(collective) == []
    return file


def test_a_plan_shows_what_is_due_to_lists_and_is_applied_to_the_letter(collective, lists, planned):
    _one, other = lists
    ended = collective.type("apply", str(planned))
    assert ended.said.startswith("2 writes"), ended.said
    assert names(collective, other) == NAMES[:2]
    assert next(column["name"] for column in collective.lists(other, "all")) == "Fait"
    collective.gate.reset()
    collective.sync(1)
    assert wrote(collective) == []
    lines = [line for line in collective.data("log") if line["verb"] == "align"]
    assert [line["after"] for line in lines] == [
        {"order": ["Fait", "À faire", "En cours"]},
        {"closed": True},
    ]
    assert "list: Fait" in collective.type("log").said


def test_a_plan_is_refused_once_other_lists_moved(collective, lists, planned):
    one, other = lists
    collective.ask("PUT", f"lists/{ids(collective, one)['En cours']}", pos="top")
    ended = collective.type("apply", str(planned))
    assert "plan again" in ended.said
    assert wrote(collective) == []
    assert names(collective, other) == NAMES


def test_nothing_is_rearranged_on_a_board_that_waits_to_meet_the_others(collective, lists):
    one, other = lists
    third = collective.board("Trois")
    for name in NAMES[1:]:
        collective.ask("POST", "lists", name=name, idBoard=third, pos="bottom")
    boards = {"un": one, "deux": other, "trois": third}
    collective.map({side: {"use": "trello", "board": board} for side, board in boards.items()})
    collective.add(third, "Compost")
    collective.type("sync")
    collective.ask("PUT", f"lists/{ids(collective, one)['Fait']}", closed=True)
    collective.type("sync")
    assert names(collective, third) == NAMES


def test_lists_and_labels_that_no_card_bears_are_copied_once(collective, two):
    one, other = two
    collective.add(one, "Compost")
    collective.sync()
    collective.ask("POST", "lists", name="Idées", idBoard=one, pos="top")
    collective.ask("POST", "labels", name="Urgent", color="red", idBoard=one)
    collective.sync(3)
    assert names(collective, other) == ["Idées", "À faire"]
    (twin,) = collective.ask("GET", f"boards/{other}/labels")
    assert (twin["name"], twin["color"]) == ("Urgent", "red")
    collective.ask("DELETE", f"labels/{twin['id']}")
    collective.ask("PUT", f"lists/{ids(collective, other)['Idées']}", closed=True)
    collective.sync(3)
    assert collective.ask("GET", f"boards/{other}/labels") == []
    assert names(collective, one) == names(collective, other) == ["À faire"]


def test_a_side_that_takes_some_cards_alone_is_given_no_other_lists(collective, two):
    one, other = two
    sides = {
        "un": {"use": "trello", "board": one},
        "deux": {"use": "trello", "board": other, "only": {"labels": {"has": "Public"}}},
    }
    collective.map(sides, **{"with": ["comment"]})
    collective.add(one, "Compost")
    collective.ask("POST", "lists", name="Idées", idBoard=one, pos="top")
    collective.sync(3)
    assert names(collective, other) == ["À faire"]


def test_an_empty_board_is_given_the_lists_in_their_order_and_archived_as_they_are(collective, two):
    one, other = two
    (first,) = collective.lists(other)
    collective.ask("PUT", f"lists/{first['id']}", name="Vide", closed=True)
    made = [
        collective.ask("POST", "lists", name=name, idBoard=one, pos="bottom")["id"]
        for name in ("Backlog", "En cours", "Revue", "Fait")
    ]
    for column in reversed(made):
        collective.add(one, f"Dans {column}", column)
    collective.ask("PUT", f"lists/{made[0]}", closed=True)
    collective.sync(3)
    assert names(collective, other) == names(collective, one)
    assert names(collective, other)[-3:] == ["En cours", "Revue", "Fait"]
