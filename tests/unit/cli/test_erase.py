"""log --verify, erase, and what the journal says in French."""

from __future__ import annotations

import re
import sqlite3

from tests.unit.cli.conftest import Collective
from tests.unit.cli.test_history import keys, shapes


def tamper(collective: Collective, statement: str) -> None:
    with sqlite3.connect(collective.base / "state.db") as connection:
        connection.execute(statement)
    connection.close()


def test_a_journal_that_was_altered_names_the_line_and_fails(collective):
    collective.run("sync")
    done = collective.run("log", "--verify")
    assert (done.status, "all as they were written" in done.out) == (0, True)
    tamper(collective, "UPDATE journal_values SET after = '{}' WHERE seq = 1")
    done = collective.run("log", "--verify", language="fr_FR.UTF-8")
    assert done.status == 1
    assert re.search(r"la ligne 1 n.est pas telle qu.elle fut écrite", done.out)
    assert collective.run("log", "--verify", "--json").data["broken"] == [1]


def test_an_item_is_forgotten_only_after_it_was_shown_and_confirmed(collective):
    collective.run("sync")
    shown = collective.run("erase", "--item", "Été")
    assert shown.status == 0
    assert "nothing was erased yet" in shown.out
    assert collective.run("why", "Été", "--json").data["journal"] != []
    told = collective.run("erase", "--item", "Été", "--yes", "--json")
    assert keys(told.data) == keys(shapes()["erase"])
    assert told.data["living"] == [collective.run("why", "Été", "--json").data["item"]]
    assert collective.run("why", "Été", "--json").data["journal"] == []
    assert collective.run("log", "--verify").status == 0
    assert collective.run("sync", "--json").data["written"] == 0


def test_somebody_is_erased_by_every_name_that_the_table_of_people_has(collective):
    collective.write("people.yaml", "zoe:\n  name: Zoé Marchand\n  one: zoe.m\n")
    collective.write("one/cards/Voir Zoé Marchand.md", "pour le four\n")
    collective.run("sync")
    for name in ("one", "two"):
        (collective.base / name / "cards/Voir Zoé Marchand.md").unlink()
    collective.run("sync")
    state = collective.base / "state.db"
    assert "Zoé Marchand".encode() in state.read_bytes()
    done = collective.run("erase", "zoe.m", "--yes")
    assert done.status == 0, done.out + done.err
    for path in collective.base.glob("state.db*"):
        if path.is_file():
            assert "Zoé Marchand".encode() not in path.read_bytes(), path
    assert collective.run("log", "--verify").status == 0
    assert collective.run("sync", "--json").data["written"] == 0
    assert collective.cards("one") == collective.cards("two") == ["Été.md"]


def test_what_is_old_goes_by_the_settings(collective):
    collective.run("sync")
    assert collective.run("erase", "--old", "--json").data["journal"] == 0
    collective.write("more.yaml", "")
    settings = (collective.base / "jumelage.yaml").read_text()
    (collective.base / "jumelage.yaml").write_text(settings + "retention: {journal: soon}\n")
    done = collective.run("erase", "--old")
    assert done.status == 78
    assert "no length of time" in done.err


def test_one_way_of_choosing_is_asked_for(collective):
    assert collective.run("erase").status == 2
    assert collective.run("erase", "zoe", "--old").status == 2


def test_runs_that_did_nothing_are_forgotten_but_for_the_last(collective):
    first = collective.run("sync", "--json").data["run"]
    for _ in range(30):
        collective.run("sync")
    with sqlite3.connect(collective.base / "state.db") as connection:
        runs = [row[0] for row in connection.execute("SELECT id FROM runs")]
    connection.close()
    assert first in runs
    assert len(runs) == 21


def test_the_journal_and_standings_are_told_in_the_language_of_whoever_reads(collective):
    collective.run("sync")
    done = collective.run("why", "Été", language="fr_FR.UTF-8")
    assert "présent  one/folder:cards" in done.out
    assert "créer" in done.out
    assert "create" not in done.out
    assert "    nouveau\n" in done.out
    assert "    modifié sur one\n" in done.out
    assert "edited on one" in collective.run("why", "Été").out
