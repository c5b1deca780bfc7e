from __future__ import annotations

import pytest

from sync.errors import ConfigError
from sync.mapping.unit import Rules
from tests.unit.engine.pair import Pair


@pytest.fixture
def pair() -> Pair:
    made = Pair(rules=Rules(deletions="delete"))
    for title in ("one", "two", "three"):
        made.left.add("b", {"title": title})
    made.engine.sync()
    return made


def test_a_change_that_we_wrote_is_changed_back_and_stays_back(pair: Pair) -> None:
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    run = pair.engine.sync().run
    report = pair.engine.undo(run)
    assert report.written == 1
    assert "one" in pair.titles(pair.right)
    assert "uno" in pair.titles(pair.left), "what a person typed is not ours to undo"
    assert pair.engine.sync().written == 0


def test_a_card_that_we_made_is_taken_away_and_not_made_again(pair: Pair) -> None:
    pair.left.add("b", {"title": "four"})
    run = pair.engine.sync().run
    assert pair.engine.undo(run).ok
    assert pair.titles(pair.right) == ["one", "three", "two"]
    assert pair.titles(pair.left) == ["four", "one", "three", "two"]
    assert pair.engine.sync().written == 0


def test_a_card_that_we_deleted_stands_again(pair: Pair) -> None:
    pair.left.remove("b", pair.ref(pair.left, "two"))
    run = pair.engine.sync().run
    assert pair.titles(pair.right) == ["one", "three"]
    pair.engine.undo(run)
    assert pair.titles(pair.right) == ["one", "three", "two"]
    assert pair.titles(pair.left) == ["one", "three"], "a person deleted it there"
    assert pair.engine.sync().written == 0


def test_what_people_edited_since_is_spared_held_and_listed(pair: Pair) -> None:
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    run = pair.engine.sync().run
    pair.right.edit("b", pair.ref(pair.right, "uno"), {"title": "eins"})
    report = pair.engine.undo(run)
    assert "eins" in pair.titles(pair.right)
    assert report.written == 0
    assert [h.cause for h in report.holds] == ["edited since the run that was to be undone"]


def test_an_edit_after_an_undo_goes_on_from_what_people_see(pair: Pair) -> None:
    pair.left.edit("b", pair.ref(pair.left, "one"), {"title": "uno"})
    pair.engine.undo(pair.engine.sync().run)
    pair.right.edit("b", pair.ref(pair.right, "one"), {"title": "ichi"})
    pair.engine.sync()
    assert "ichi" in pair.titles(pair.left)


def test_a_run_that_nobody_knows_is_refused(pair: Pair) -> None:
    with pytest.raises(ConfigError, match="no run called"):
        pair.engine.undo("yesterday")
