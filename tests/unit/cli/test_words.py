"""What the store says in words of ours is said to people in theirs."""

from __future__ import annotations

import pytest

from sync.cli.words import cause_word, outcome_word, reason_word
from sync.i18n import spoken


@pytest.mark.parametrize(
    ("reason", "english", "french"),
    [
        ("changed", "changed", "changé"),
        ("edited on trello", "edited on trello", "modifié sur trello"),
        ("undo r1", "r1 was undone", "r1 a été annulé"),
        (
            "new (found after an interruption)",
            "new (found after an interruption)",
            "nouveau (retrouvé après une interruption)",
        ),
        ("lost: 3", "3: the lost value came back", "3: la valeur perdue est revenue"),
        ("stands: 3", "3: what stood stays", "3: ce qui était en place reste"),
        ("late twin", "stood there twice", "y était deux fois"),
        ("a reason of somebody else's", "a reason of somebody else's", "a reason of somebody"),
    ],
)
def test_a_reason_is_told_in_both_languages(reason, english, french):
    assert reason_word(reason) == english
    with spoken("fr"):
        assert reason_word(reason).startswith(french)


@pytest.mark.parametrize("cause", ["conflict", "unseen", "pushed-out", "deleted", "overwritten"])
def test_a_cause_is_told_in_both_languages(cause):
    with spoken("fr"):
        assert cause_word(cause) not in (cause, "")


def test_how_a_run_ended_is_told_in_both_languages():
    assert [outcome_word(word) for word in ("ok", "held", "")] == [
        "ok",
        "something is held",
        "not ended",
    ]
    with spoken("fr"):
        assert outcome_word("held") == "il y a du retenu"
