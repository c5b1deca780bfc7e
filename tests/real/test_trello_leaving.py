"""`jumelage leave`: nothing of ours stays, and everything that people wrote does."""

from __future__ import annotations

import json

import pytest

from tests.real.trello_world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.configure()
    yield made
    made.close()


@pytest.fixture
def mirrored(world):
    """In step, watched, and the daemon stopped: it alone may write to the store."""
    assert world.watched().stop() == 0
    assert len(world.sandbox.state.webhooks) == 1
    return world


def cards(world):
    return json.dumps(world.sandbox.state.cards, sort_keys=True)


def notes(world):
    """Path -> every line but our own, of all files of people."""
    found = sorted((world.folder / "notes").rglob("*.md"))
    return {
        str(p.relative_to(world.folder)): [
            line for line in p.read_text("utf-8").splitlines() if not line.startswith("jumelage:")
        ]
        for p in found
        if ".jumelage" not in p.parts
    }


def own(world):
    """What of ours stands in the folder."""
    folder = world.folder / "notes"
    marked = [p for p in folder.rglob("*.md") if "jumelage:" in p.read_text("utf-8")]
    return marked, sorted(p for p in folder.rglob(".jumelage"))


def test_the_preview_names_every_trace_and_takes_none_away(mirrored):
    before = cards(mirrored), notes(mirrored), own(mirrored)
    said = mirrored.run("leave")
    assert said.returncode == 0, said.stderr
    assert "trello, Programme 2026: 1 webhook\n" in said.stdout
    assert f"notes, cards: our marks in {len(before[1])} records" in said.stdout
    assert "nothing was taken away yet: --yes does it" in said.stdout
    assert (cards(mirrored), notes(mirrored), own(mirrored)) == before
    assert len(mirrored.sandbox.state.webhooks) == 1


def test_nothing_of_ours_stays_and_everything_that_people_wrote_does(mirrored):
    before = cards(mirrored), notes(mirrored)
    said = mirrored.run("leave", "--yes")
    assert said.returncode == 0, said.stdout + said.stderr
    assert mirrored.sandbox.state.webhooks == {}
    assert own(mirrored) == ([], [])
    assert (cards(mirrored), notes(mirrored)) == before
    log = mirrored.run("log", "--json")
    assert [line["verb"] for line in json.loads(log.stdout)][:2] == ["leave", "leave"]
    assert mirrored.run("log", "--verify").returncode == 0


def test_what_was_left_meets_as_if_for_the_first_time(mirrored):
    before = cards(mirrored), notes(mirrored)
    assert mirrored.run("leave", "--yes").returncode == 0
    again = mirrored.run("sync")
    assert again.returncode == 1, again.stdout
    assert "release 'programme'" in mirrored.run("status").stdout
    assert (cards(mirrored), notes(mirrored)) == before
    assert mirrored.run("sync", "--yes").returncode == 0
    assert (cards(mirrored), notes(mirrored)) == before
    assert mirrored.run("status").returncode == 0


def test_a_mapping_alone_is_left_with_its_webhook(mirrored):
    said = mirrored.run("leave", "programme", "--yes", "--json")
    assert said.returncode == 0, said.stdout
    assert json.loads(said.stdout)["done"]
    assert mirrored.sandbox.state.webhooks == {}


def test_a_system_alone_leaves_the_others_as_they_are(mirrored):
    marks = own(mirrored)
    assert mirrored.run("leave", "trello", "--yes").returncode == 0
    assert mirrored.sandbox.state.webhooks == {}
    assert own(mirrored) == marks


def test_a_name_that_nothing_has_is_refused(mirrored):
    said = mirrored.run("leave", "nobody", "--yes")
    assert said.returncode == 2
    assert "programme, trello" in said.stderr
    assert len(mirrored.sandbox.state.webhooks) == 1


def test_what_cannot_be_taken_away_now_is_told_and_the_same_command_goes_on(mirrored):
    note = next((mirrored.folder / "notes" / "cards").glob("*.md"))
    board = mirrored.sandbox.state.refused
    board[mirrored.sandbox.settings()["token"]] = "expired token"
    said = mirrored.run("leave", "--yes")
    assert said.returncode == 1
    assert "trello does not answer" in said.stdout
    assert "jumelage:" not in note.read_text("utf-8")
    assert mirrored.run("status").returncode in (0, 1)  # what is known was not forgotten
    board.clear()
    assert mirrored.run("leave", "--yes").returncode == 0
    assert mirrored.sandbox.state.webhooks == {}
    assert own(mirrored) == ([], [])


def test_nothing_is_left_under_the_daemon(mirrored):
    daemon = mirrored.serve()
    daemon.until("cycle_ended")
    assert mirrored.run("leave", "--yes").returncode == 78
    assert len(mirrored.sandbox.state.webhooks) == 1
    assert daemon.stop() == 0


def test_what_we_deleted_or_replaced_stays_for_people_and_is_named(mirrored):
    card = mirrored.card()
    mirrored.person.do("PUT", f"cards/{card['id']}", desc="Neu")
    assert mirrored.run("sync").returncode == 0
    kept = mirrored.folder / "notes" / "cards" / ".jumelage" / "history"
    assert any(kept.rglob("*"))
    said = mirrored.run("leave", "--yes")
    assert said.returncode == 0
    assert "stays: notes, cards: what we deleted or replaced" in said.stdout
    assert [p.name for p in kept.parent.iterdir()] == ["history"]
