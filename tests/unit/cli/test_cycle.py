"""plan, apply and sync, on two folders."""

from __future__ import annotations

import pytest

from .conftest import MAPPING


def test_a_plan_shows_what_would_be_written_and_writes_nothing(collective):
    before = sorted(collective.base.rglob("*"))
    done = collective.run("plan")
    assert done.status == 0
    assert "create  two/folder:cards  Été" in done.out
    assert not collective.cards("two")
    assert not (collective.base / "state.db").exists()
    assert not set(before) - set(collective.base.rglob("*"))


def test_a_folder_called_house_is_shown_as_it_is_written(collective):
    collective.write("mappings/programme.yaml", MAPPING.replace("cards", "house"))
    collective.write("one/house/Roof.md", "")
    assert "  one/folder:house: 1 record\n" in collective.run("plan").out


def test_sync_mirrors_and_a_second_one_writes_nothing(collective):
    first = collective.run("sync", "--json")
    assert (first.status, first.data["written"], first.data["ok"]) == (0, 1, True)
    assert collective.cards("two") == ["Été.md"]
    second = collective.run("sync", "--json")
    assert (second.status, second.data["written"]) == (0, 0)


def test_a_saved_plan_is_applied_once(collective):
    assert collective.run("sync").status == 0
    collective.write("one/cards/Neuf.md", "Neuf\n")
    assert collective.run("plan", "--out", "plan.json").status == 0
    done = collective.run("apply", "plan.json", "--json")
    assert (done.status, done.data["written"]) == (0, 1)
    assert "Neuf.md" in collective.cards("two")
    assert collective.run("apply", "plan.json").status == 78


@pytest.mark.parametrize("text", ["", "{}", '{"version": 99, "plans": []}', '{"version": 1}', "[]"])
def test_a_file_that_is_no_plan_is_wrong_usage(collective, text):
    collective.write("plan.json", text)
    assert collective.run("apply", "plan.json").status == 2


def test_a_first_meeting_of_two_full_sides_waits_until_somebody_agrees(collective):
    collective.write("two/cards/Autre.md", "Autre\n")
    held = collective.run("sync", "--json")
    assert held.status == 1
    assert any("release" in hold["command"] for hold in held.data["holds"])
    assert collective.cards("two") == ["Autre.md"]
    done = collective.run("sync", "--yes")
    assert done.status == 0
    assert collective.cards("two") == ["Autre.md", "Été.md"] == collective.cards("one")


def test_no_progress_bar_is_drawn_where_nobody_watches(collective):
    done = collective.run("sync")
    assert "\x1b" not in done.out + done.err
    assert not done.err


def test_a_run_is_undone(collective):
    run = collective.run("sync", "--json").data["run"]
    collective.write("one/cards/Été.md", "Bonsoir\n")
    edited = collective.run("sync", "--json").data["run"]
    assert "Bonsoir" in (collective.base / "two/cards/Été.md").read_text()
    done = collective.run("undo", edited, "--json")
    assert done.data["written"] == 1
    assert "Bonjour" in (collective.base / "two/cards/Été.md").read_text()
    assert collective.run("undo", f"{run}x").status == 2


def test_an_item_is_held_by_its_title_and_released(collective):
    collective.run("sync")
    assert collective.run("hold", "Été").status == 0
    status = collective.run("status", "--json")
    assert status.status == 1
    (held,) = status.data["held"]
    collective.write("one/cards/Été.md", "Bonsoir\n")
    collective.run("sync")
    assert "Bonjour" in (collective.base / "two/cards/Été.md").read_text()
    assert collective.run("release", held["subject"]).status == 0
    assert collective.run("sync").status == 0
    assert "Bonsoir" in (collective.base / "two/cards/Été.md").read_text()


def test_a_lost_store_writes_nothing_until_everything_was_found_again(collective):
    collective.run("sync")
    (collective.base / "state.db").unlink()
    collective.write("one/cards/Neuf.md", "Neuf\n")
    lost = collective.run("sync")
    assert lost.status != 0
    assert collective.cards("two") == ["Été.md"]
    assert collective.run("relink").status == 1
    assert collective.run("sync", "--yes").status == 0
    assert collective.cards("two") == ["Neuf.md", "Été.md"]
