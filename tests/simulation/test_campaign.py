"""A campaign goes on where it stopped, and forgets no seed that broke a promise."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

import pytest

from tests.simulation import campaign, trial
from tests.simulation.campaign import Campaign
from tests.simulation.ledger import Ledger, Played


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ledger.jsonl"


def run(path, histories, **more):
    said = []
    campaign = Campaign(Ledger(path), ["classic"], histories, processes=1, tell=said.append, **more)
    return campaign.run(), said


def test_a_campaign_plays_on_where_the_last_one_stopped(path):
    assert run(path, 3)[0]
    assert run(path, 5)[0]
    assert [(p.first, p.last) for p in Ledger(path).played] == [(0, 3), (3, 5)]


def test_a_campaign_plays_every_form_in_turn_and_says_how_far_it_is(path):
    said = []
    Campaign(Ledger(path), ["classic", "wide"], 4, processes=1, tell=said.append).run()
    assert [(p.form, p.histories) for p in Ledger(path).played] == [("classic", 4)]
    assert said[0].endswith("4 of 4")


def test_a_campaign_that_has_no_more_time_keeps_what_was_played(path):
    run(path, 10**6, minutes=0)
    assert Ledger(path).histories < 10**6


def test_the_gaps_of_a_ledger_are_what_was_not_played_of_that_version(path):
    ledger = Ledger(path)
    for first, last, version in ((0, 10, "a"), (25, 30, "a"), (10, 20, "b")):
        ledger.add(Played("classic", first, last, version))
    assert list(islice(Ledger(path).gaps("classic", "a", 10), 3)) == [(10, 20), (20, 25), (30, 40)]


def test_a_line_that_was_cut_off_is_played_again(path):
    Ledger(path).add(Played("classic", 0, 10, "a"))
    with path.open("a") as file:
        file.write('\n{"form": "classic", "first": 10, "last": 20, "broken": {}')
    Ledger(path).add(Played("classic", 10, 20, "a"))
    assert [(p.first, p.last) for p in Ledger(path).played] == [(0, 10), (10, 20)]


def test_a_seed_that_broke_a_promise_is_open_until_it_breaks_none(path):
    ledger = Ledger(path)
    ledger.add(Played("classic", 0, 10, "a", "old", broken={"4": ["lost"], "7": ["doubled"]}))
    ledger.add(Played("classic", 4, 5, "a", "new", again=True))
    assert [(form, seed) for form, seed, _ in Ledger(path).open("a")] == [("classic", 7)]


def test_what_broke_on_an_older_engine_is_tried_again_first(path):
    version = campaign.version_of_the_simulation()
    Ledger(path).add(Played("classic", 0, 10, version, "old", broken={"4": ["lost"]}))
    mended, _ = run(path, 10)
    assert mended
    assert [(p.first, p.last, p.again) for p in Ledger(path).played[1:]] == [(4, 5, True)]


def test_a_campaign_fails_as_long_as_a_seed_breaks_a_promise(path, monkeypatch):
    monkeypatch.setattr(campaign, "commit_of_the_engine", lambda: "now")
    version = campaign.version_of_the_simulation()
    Ledger(path).add(Played("classic", 0, 10, version, "now", broken={"4": ["lost"]}))
    mended, said = run(path, 10)
    assert not mended
    assert "python -m tests.simulation.history 4 5 classic trace" in said[-1]


def test_a_history_without_end_is_told_as_broken_whatever_the_engine_catches(monkeypatch):
    def play(_history):
        while True:
            with suppress(Exception):
                sum(range(1000))

    monkeypatch.setattr(trial.History, "play", play)
    monkeypatch.setattr(campaign, "PATIENCE", 2)
    played = campaign._play(Played("classic", 1, 2))
    assert "no end after" in played.broken["1"][0]
