"""What is delivered as data is right: kinds, default maps, recipes, the schema for editors."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sync.connector import Word
from sync.mapping.check import check
from sync.mapping.defaults import System, defaults
from sync.mapping.document import FieldMap
from sync.mapping.json_schema import json_schema, rendered
from sync.mapping.loaded import read_folder
from sync.mapping.problem import Faulty
from sync.mapping.source import load, read
from sync.mapping.transforms import named
from sync.mapping.vocabulary import read_kinds

from .world import KINDS

MAPPINGS = Path(str(files("mappings")))
DEFAULTS = sorted(path.stem for path in (MAPPINGS / "defaults").glob("*.yaml"))
RECIPES = sorted((MAPPINGS / "recipes").glob("*.yaml"))
FILES = Word(("file",), "files")
SYSTEMS = {
    "trello": (
        "trello",
        {"board": Word(("card",), "a board"), "activity": Word(("activity",), "what was done")},
    ),
    "wiki": ("dokuwiki", {"namespace": Word(None, "pages")}),
    "cloud": (
        "nextcloud",
        {
            "calendar": Word(("event", "card"), "a calendar"),
            "tasks": Word(("task", "card"), "a list"),
            "files": FILES,
        },
    ),
    "drive": ("webdav", {"files": FILES}),
    "notes": ("folder", {"folder": Word(None, "a folder")}),
}


def described() -> dict[str, System]:
    return {
        name: System(name, connector, words, defaults(connector))
        for name, (connector, words) in SYSTEMS.items()
    }


def test_every_kind_that_the_contract_names_is_delivered():
    assert {"card", "event", "task", "file", "page", "contact", "comment"} <= KINDS.keys()
    assert KINDS["card"].archived == "archived"
    assert KINDS["card"].fields["list"].options
    assert KINDS["card"].fields["labels"].options
    assert not KINDS["contact"].fields["emails"].options
    assert not KINDS["event"].fields["status"].options
    assert KINDS["card"].fields["rank"].within == "list"


@pytest.mark.parametrize("connector", DEFAULTS)
def test_a_default_map_speaks_of_fields_that_its_kinds_have(connector):
    for kinds in defaults(connector).values():
        for kind, default in kinds.items():
            fields = KINDS[kind].fields
            assert default.fields.keys() <= fields.keys()
            assert default.only.keys() <= fields.keys()
            for name, rule in default.fields.items():
                if isinstance(rule, FieldMap) and rule.transform:
                    named(rule.transform, fields[name].type, "Europe/Paris")


def test_a_connector_without_default_maps_has_none():
    assert defaults("nowhere") == {}


def test_a_connector_from_elsewhere_brings_its_default_maps_in_its_package(tmp_path, monkeypatch):
    (tmp_path / "elsewhere" / "defaults").mkdir(parents=True)
    (tmp_path / "elsewhere" / "__init__.py").touch()
    (tmp_path / "elsewhere" / "defaults" / "todo.yaml").write_text(
        "list: {task: {fields: {title: what}}}\n"
    )
    points = tmp_path / "elsewhere-1.dist-info" / "entry_points.txt"
    points.parent.mkdir()
    points.write_text("[jumelage.connectors]\ntodo = elsewhere.connector:Todo\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert defaults("todo")["list"]["task"].fields == {"title": "what"}
    assert defaults("todo-that-nobody-has") == {}


def test_a_default_map_beside_the_mappings_replaces_the_delivered_one(tmp_path):
    (tmp_path / "defaults").mkdir()
    (tmp_path / "defaults" / "trello.yaml").write_text("board: {card: {fields: {title: x}}}\n")
    assert defaults("trello", tmp_path)["board"]["card"].fields == {"title": "x"}
    assert defaults("trello", tmp_path / "elsewhere") == defaults("trello")


def test_a_faulty_default_map_is_told_where(tmp_path):
    (tmp_path / "defaults").mkdir()
    path = tmp_path / "defaults" / "trello.yaml"
    path.write_text("board: {card: {felds: {}}}\n")
    with pytest.raises(Faulty) as caught:
        defaults("trello", tmp_path)
    assert str(caught.value) == f"{path}:1:16: unknown key “felds” — did you mean “fields”?"


def test_an_admin_adds_a_kind_beside_the_mappings(tmp_path):
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "decision.yaml").write_text(
        "kind: decision\ntitle: what\nkey: [what]\nlabels: {fr: décision}\n"
        "fields:\n  what: {type: text}\n  circle: {type: choice}\n  state: {type: choice, values: [a, b]}\n"
    )
    kinds, problems = read_kinds(tmp_path)
    assert problems == []
    assert kinds.keys() == {*KINDS, "decision"}
    made = kinds["decision"]
    assert (made.title, made.key, made.archived) == ("what", ("what",), None)
    assert made.fields["circle"].options
    assert made.fields["state"].values == ("a", "b")
    assert not made.fields["state"].options


def test_faults_of_a_kind_are_told_at_once(tmp_path):
    (tmp_path / "kinds").mkdir()
    path = tmp_path / "kinds" / "decision.yaml"
    path.write_text(
        "kind: decision\ntitle: wat\nkey: [what, who]\narchived: what\n"
        "fields:\n  what: {type: txt}\n  when: {type: moment, options: true, within: lst}\n"
    )
    kinds, problems = read_kinds(tmp_path)
    assert "decision" not in kinds
    assert [str(p).removeprefix(f"{path}:") for p in sorted(problems)] == [
        "2:8: the kind has no field “wat” — did you mean “what”?",
        "3:13: the kind has no field “who” — use one of: what, when",
        "4:11: “what” is not a bool — name a field of type bool",
        "6:16: no field type is called “txt” — did you mean “text”?",
        "7:33: a moment has no options — use a choice or a set",
        "7:47: the kind has no field “lst” — use one of: what, when",
    ]


def test_the_schema_for_editors_is_the_one_that_the_models_make():
    committed = (MAPPINGS / "schema.json").read_text(encoding="utf-8")
    assert committed == rendered(), "python -m sync.mapping.json_schema > mappings/schema.json"
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("kind: card\nsides: {trello: {board: Programme 2026}, notes: {folder: programme}}\n", True),
        ("kind: card\nsides: {Équipe: {use: a, board: b, only: {due: present, list: [x]}}}\n", True),
        ("kind: card\nsides: {a: {board: b, fields: {x: false, y: z, w: {to: v}}}}\nbudget: 5\n", True),
        ("kind: card\nsides: {a: {board: 12}}\n", False),
        ("kind: card\nsides: {'a b': {board: x}}\n", False),
        ("kind: card\nsides: {a: {board: b, direction: up}}\n", False),
        ("kind: card\nsides: {a: {board: b, fields: {x: true}}}\n", False),
        ("kind: card\nsides: {a: {board: b, on-absence: {clear: x, y: z}}}\n", False),
        ("kind: card\nsides: {a: {board: b}}\nwiht: []\n", False),
        ("sides: {a: {board: b}}\n", False),
    ],
)  # fmt: skip
def test_editors_and_the_checker_agree_on_form(text, good):
    assert Draft202012Validator(json_schema()).is_valid(read(text.encode(), "f").data) is good


def test_every_recipe_is_accepted_by_the_checker():
    mappings, problems = read_folder(MAPPINGS / "recipes")
    assert problems == []
    assert len(mappings) == len(RECIPES) >= 3
    report = check(mappings, KINDS, described(), {})
    assert [str(p) for p in report.problems] == []


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_is_accepted_by_editors_and_commented(path):
    validator = Draft202012Validator(json_schema())
    assert [e.message for e in validator.iter_errors(load(path).data)] == []
    assert path.read_text(encoding="utf-8").startswith("# ")
