"""log, why, conflicts and the shapes of --json as they are documented."""

from __future__ import annotations

import json
import re

import pytest

from tests.unit.cli.conftest import ROOT


def shapes():
    """Command -> example, from the documentation."""
    text = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    found = re.findall(r"^## `(\w+)`.*?```json\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    return {command: json.loads(example) for command, example in found}


def keys(value):
    """The keys of the outermost object, or of the first of a list."""
    value = value[0] if isinstance(value, list) and value else value
    return set(value)


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["plan"], ["sync"], ["status"], ["log"], ["why", "Été"]],
    ids=lambda arguments: arguments[0],
)
def test_json_has_the_shape_that_is_documented(in_step, arguments):
    done = in_step.run(*arguments, "--json")
    assert keys(done.data) == keys(shapes()[arguments[0]])


def test_the_journal_says_what_was_written_where_and_in_which_run(in_step):
    lines = in_step.run("log", "--json").data
    created = next(line for line in lines if line["verb"] == "create")
    assert created["collection"] == "two/folder:cards"
    assert in_step.run("log", "--run", created["run"]).out.count(created["run"]) >= 1
    assert in_step.run("log", "--run", "absent", "--json").data == []


def test_why_finds_an_item_by_title_part_of_it_and_id(in_step):
    by_title = in_step.run("why", "Été", "--json").data
    assert in_step.run("why", "té", "--json").data["item"] == by_title["item"]
    assert in_step.run("why", by_title["item"], "--json").data == by_title
    assert {side["standing"] for side in by_title["sides"].values()} == {"here"}


def test_several_items_that_are_meant_are_listed(collective):
    collective.write("one/cards/Été 2.md", "x\n")
    collective.run("sync")
    done = collective.run("why", "té")
    assert done.status == 2
    assert "Été 2" in done.err


def test_the_loser_of_a_conflict_is_listed_with_what_stands(collective):
    collective.write("one/cards/Été.md", "---\ndue: 2026-03-01\n---\nBonjour\n")
    collective.run("sync")
    for system, day in (("one", "02"), ("two", "03")):
        path = collective.base / system / "cards/Été.md"
        path.write_text(path.read_text().replace("2026-03-01", f"2026-03-{day}"))
    assert collective.run("sync", "--json").data["conflicts"] == 1
    (kept,) = collective.run("conflicts", "--json").data
    assert keys([kept]) == keys(shapes()["conflicts"])
    assert {kept["value"], kept["stands"]} == {"2026-03-02", "2026-03-03"}
    assert kept["value"] in collective.run("conflicts").out


def test_values_are_shown_as_people_of_the_collective_write_them(collective):
    collective.write("people.yaml", "zoe: {name: Zoé Marchand, one: zoe.m}\n")
    collective.write(
        "one/cards/Été.md",
        """\
        ---
        due: 2026-07-01T08:00:00Z
        done: true
        members: [zoe.m, max]
        checklist:
        - {text: Sortir les bancs, done: true, due: "2026-06-30T16:30:00Z", who: zoe.m}
        ---
        Bonjour
        """,
    )
    collective.run("sync")
    french = collective.run("why", "Été", language="fr_FR.UTF-8").out
    assert "    Échéance : - → 2026-07-01 10:00\n" in french
    assert "    Membres : - → one:max, Zoé Marchand\n" in french
    assert "    Fait : - → ✓\n" in french
    assert ": - → [x] Sortir les bancs (Zoé Marchand, 2026-06-30 18:30" in french
    english = collective.run("why", "Été", JUMELAGE_TIMEZONE="America/Montreal").out
    assert "    Due: - → 2026-07-01 04:00\n" in english


def test_without_conflict_this_is_said(in_step):
    assert in_step.run("conflicts").out.strip() == "no conflict"
    assert in_step.run("conflicts", "--json").data == []
