"""`leave` between folders: what goes, what stays in step, and what meets anew."""

from __future__ import annotations

import pytest

from sync.state import Intent, Verb
from sync.store.sql import SQLStore

SETTINGS = """\
systems:
  one: {connector: folder, path: ./one}
  two: {connector: folder, path: ./two}
  three: {connector: folder, path: ./three}
"""
TWO = "kind: card\nsides:\n  one: {folder: cards}\n  two: {folder: cards}\n"
THREE = TWO + "  three: {folder: cards}\n"


@pytest.fixture
def three(collective):
    """Three folders in step, each with two notes."""
    collective.write("jumelage.yaml", SETTINGS)
    collective.write("mappings/programme.yaml", THREE)
    collective.write("one/cards/Hiver.md", "Froid\n")
    (collective.base / "three").mkdir()
    assert collective.run("sync", "--yes").status == 0
    return collective


def marked(collective, system):
    """Whether anything of ours stands there."""
    folder = collective.base / system
    notes = [p for p in folder.rglob("*.md") if "jumelage:" in p.read_text("utf-8")]
    return bool(notes or list(folder.rglob(".jumelage")))


def told(collective, system):
    folder = collective.base / system / "cards"
    return sorted(p.read_text("utf-8").split("---")[-1].strip() for p in folder.glob("*.md"))


def test_one_of_three_sides_is_left_and_the_others_go_on(three):
    assert three.run("leave", "three", "--yes").status == 0
    assert not marked(three, "three")
    assert marked(three, "two")
    three.write("mappings/programme.yaml", TWO)
    three.write("one/cards/Été.md", "Chaud\n")
    done = three.run("sync", "--json")
    assert (done.status, done.data["written"]) == (0, 1), done.out + done.err
    assert told(three, "two") == ["Chaud", "Froid"]
    assert told(three, "three") == ["Bonjour", "Froid"]


def test_a_side_that_was_left_and_is_still_named_meets_anew_and_nothing_doubles(three):
    assert three.run("leave", "three", "--yes").status == 0
    assert three.run("sync", "--yes").status == 0
    for system in ("one", "two", "three"):
        assert told(three, system) == ["Bonjour", "Froid"]
    assert three.run("status").status == 0


def test_a_record_that_people_deleted_after_leaving_does_not_come_back(three):
    assert three.run("leave", "--yes").status == 0
    for system in ("one", "two", "three"):
        (three.base / system / "cards" / "Hiver.md").unlink()
    assert three.run("sync", "--yes").status == 0
    for system in ("one", "two", "three"):
        assert told(three, system) == ["Bonjour"]


def test_only_what_no_other_mapping_names_is_left_with_a_mapping(three):
    three.write("mappings/programme.yaml", TWO)
    three.write("mappings/zweite.yaml", TWO.replace("one:", "three:"))
    assert three.run("sync", "--yes").status in (0, 1)
    assert three.run("leave", "zweite", "--yes").status == 0
    assert not marked(three, "three")
    assert marked(three, "two")


def test_nothing_is_taken_away_while_the_outcome_of_a_write_is_not_known(three):
    store = SQLStore(f"sqlite:///{three.base / 'state.db'}")
    with store.transaction() as tx:
        tx.put_intent(Intent("n" * 20, Verb.CREATE, "x", "three/folder:cards", None))
    store.close()
    done = three.run("leave", "three", "--yes")
    assert done.status == 1
    assert "1 write whose outcome is not known yet — jumelage sync" in done.out
    assert marked(three, "three")


def test_a_mapping_with_faults_is_put_right_first(three):
    three.write("mappings/broken.yaml", "kind: card\nsidez: {}\n")
    done = three.run("leave", "--yes")
    assert done.status == 78
    assert "sidez" in done.err
    assert marked(three, "three")


def test_a_name_of_a_system_and_a_mapping_is_refused(three):
    three.write("mappings/two.yaml", TWO)
    assert three.run("leave", "two").status == 78
    assert three.run("leave", "four").status == 2
