"""Two people disagree about a card: they are told so under it, once, and how it ended."""

from __future__ import annotations

import pytest

from tests.system.boards import OURS
from tests.system.gate import Answer
from tests.system.killing import Murder

pytestmark = pytest.mark.real


@pytest.fixture
def at_odds(collective, two):
    """Somebody edits a card on one board, somebody else on the other; both cards."""
    one, other = two
    collective.people(camille={"trello": "camille"}, awa={"name": "Awa Diallo", "trello": "awa_d"})
    token = collective.trello.add_person("awa_d", "Awa Diallo")
    for board in two:
        collective.trello.state.memberships[board].append(
            {
                "id": collective.trello.state.mint(),
                "idMember": collective.trello.state.tokens[token],
                "memberType": "normal",
            }
        )
    card = collective.add(one, "Compost")
    collective.sync()
    twin = collective.cards(other)["Compost"]["id"]
    collective.ask("PUT", f"cards/{card}", name="Compost à @midi *ferme*")
    collective.ask("PUT", f"cards/{twin}", token, name="Compostage")
    return card, twin


def notices(collective, card):
    return [text for who, text in collective.said(card) if who == "jumelage"]


def test_both_values_and_the_command_are_told_under_the_card_in_the_language(collective, at_odds):
    collective.sync(3)
    for card in at_odds:
        (said,) = notices(collective, card)
        assert said.startswith("@awa_d @camille\n"), said
        assert "« Titre »" in said
        assert "Compost à @\u200bmidi \\*ferme\\*" in said
        assert "En place : Compostage (deux, Awa Diallo," in said
        assert "jumelage settle 1 --keep lost" in said


def test_a_notice_is_no_comment_and_no_edit(collective, at_odds):
    collective.sync(3)
    before = [collective.said(card) for card in at_odds]
    ended = collective.sync(1)
    assert ended.said.startswith("0 "), ended.said
    assert [collective.said(card) for card in at_odds] == before
    assert collective.data("conflicts")[0]["settled"] is None
    assert "comment" not in collective.type("log").said


def test_a_settled_conflict_is_answered_in_its_place(collective, at_odds):
    collective.sync(3)
    assert collective.type("settle", "1", "--keep", "lost").status == 0
    collective.sync(3)
    for card in at_odds:
        (said,) = notices(collective, card)
        assert "@" not in said
        assert "la valeur perdue est revenue" in said
        assert collective.ask("GET", f"cards/{card}")["name"].startswith("Compost à")


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("write", [2, 3])
def test_a_crash_while_it_is_told_doubles_nothing(collective, at_odds, after, write):
    # The first write brings the title that stands to the other board.
    murder = Murder(collective, write, after, collective.forks.kill)
    assert collective.type("sync").killed
    murder.over()
    collective.sync(5)
    assert [len(notices(collective, card)) for card in at_odds] == [1, 1]


def test_an_answer_that_got_lost_doubles_nothing(collective, at_odds):
    def cut(asked, answer):
        posted = asked.method == "POST" and "comments" in asked.path
        return Answer(504, b"timeout") if posted else answer

    collective.gate.bend = cut
    collective.type("sync")
    collective.gate.reset()
    collective.sync(4)
    assert [len(notices(collective, card)) for card in at_odds] == [1, 1]


def test_a_notice_that_somebody_took_away_is_not_told_again(collective, at_odds):
    collective.sync(3)
    for card in at_odds:
        for action in collective.ask("GET", f"cards/{card}/actions", filter="commentCard"):
            collective.ask("DELETE", f"actions/{action['id']}", OURS)
    collective.sync(3)
    collective.type("settle", "1", "--keep", "stands")
    collective.sync(3)
    assert [notices(collective, card) for card in at_odds] == [[], []]


def test_many_conflicts_at_once_are_told_by_the_command_alone(collective, two):
    one, other = two
    names = [f"Carte {number}" for number in range(22)]
    for name in names:
        collective.add(one, name)
    collective.sync()
    for board, text in ((one, "Ici"), (other, "Là")):
        for card in collective.cards(board).values():
            collective.ask("PUT", f"cards/{card['id']}", name=f"{text} {card['name']}")
    collective.sync(2)
    assert len(collective.data("conflicts")) == 22
    assert all(notices(collective, card["id"]) == [] for card in collective.cards(one).values())


def test_nobody_is_told_on_a_board_that_is_only_read(collective, two):
    one, other = two
    collective.map(
        {
            "un": {"use": "trello", "board": one, "direction": "to-hub"},
            "deux": {"use": "trello", "board": other},
        },
        **{"with": ["comment"]},
    )
    card = collective.add(one, "Compost")
    collective.sync()
    twin = collective.cards(other)["Compost"]["id"]
    collective.ask("PUT", f"cards/{card}", name="Ici")
    collective.ask("PUT", f"cards/{twin}", name="Là")
    collective.sync(3)
    assert notices(collective, card) == []
    assert len(notices(collective, twin)) == 1


def test_a_plan_tells_nobody(collective, at_odds):
    collective.gate.reset()
    collective.type("plan", "--out", str(collective.folder / "plan.json"))
    assert [asked for asked in collective.gate.asked if asked.method != "GET"] == []
    collective.type("apply", str(collective.folder / "plan.json"))
    assert [notices(collective, card) for card in at_odds] == [[], []]
    collective.type("plan")
    assert [notices(collective, card) for card in at_odds] == [[], []]
    collective.sync(3)
    assert [len(notices(collective, card)) for card in at_odds] == [1, 1]


def test_who_leaves_takes_what_was_told_along_and_no_comment_of_people(collective, at_odds):
    collective.sync(3)
    card, _twin = at_odds
    collective.ask("POST", f"cards/{card}/actions/comments", text="Et à midi ?")
    collective.sync()
    preview = collective.type("leave").said
    assert "what we told of 1 conflict" in preview or "1 conflit" in preview, preview
    assert [len(notices(collective, one)) for one in at_odds] == [1, 2]
    assert collective.type("leave", "--yes").status == 0
    said = [[text for _who, text in collective.said(one)] for one in at_odds]
    assert said[0] == ["Et à midi ?"]
    assert len(said[1]) == 1
    assert said[1][0].endswith("Et à midi ?")
