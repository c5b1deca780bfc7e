"""Reading a folder of mappings, and asking systems where its collections are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from sync.connector import Capabilities, Connector, SystemSettings, Tools, Word
from sync.errors import ConfigError, Unreachable
from sync.mapping.check import check
from sync.mapping.defaults import DefaultMap, System
from sync.mapping.loaded import read_folder
from sync.mapping.places import Place, Spot, survey
from sync.model import Collection, FieldSpec, Page, Schema

from .world import KINDS, SYSTEMS, mapping

GOOD = "kind: card\nsides: {trello: {board: b}, notes: {folder: n}}\n"


def test_a_mapping_is_called_as_its_file(tmp_path):
    (tmp_path / "programme.yaml").write_text(GOOD)
    (tmp_path / "budget.yml").write_text(GOOD)
    for other in (".hidden.yaml", "_draft.yaml", "notes.txt", "x.yxml"):
        (tmp_path / other).write_text("not: [a mapping")
    mappings, problems = read_folder(tmp_path)
    assert problems == []
    assert sorted(one.name for one in mappings) == ["budget", "programme"]


def test_two_files_do_not_make_one_mapping(tmp_path):
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "a.yml").write_text(GOOD)
    _mappings, problems = read_folder(tmp_path, "mappings")
    assert [str(p) for p in problems] == [
        "mappings/a.yml:1:1: two files make a mapping “a”, this and a.yaml — rename one of them"
    ]


def test_good_mappings_are_read_beside_faulty_ones(tmp_path):
    (tmp_path / "a.yaml").write_text("kind: [")
    (tmp_path / "b.yaml").write_text("kind: card\n")
    (tmp_path / "c.yaml").write_text(GOOD)
    mappings, problems = read_folder(tmp_path, "m")
    assert [one.name for one in mappings] == ["c"]
    assert sorted({p.file for p in problems}) == ["m/a.yaml", "m/b.yaml"]


def test_a_folder_that_is_not_there_holds_no_mapping(tmp_path):
    assert read_folder(tmp_path / "absent") == ([], [])


class Board(Connector):
    """A connector that knows one board, or fails."""

    words: ClassVar[Mapping[str, Word]] = {"board": Word(None, "a board")}
    capabilities = Capabilities(options=True)

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__(SystemSettings(connector="x"), Tools("x", now=lambda: datetime.now(UTC)))
        self.failure = failure

    def locate(self, word: str, name: str) -> Collection:
        if self.failure:
            raise self.failure
        if name != "b":
            raise ConfigError("no such board")
        return Collection("x", word, "id", name)

    def schema(self, collection: Collection) -> Schema:
        return Schema(
            {"title": FieldSpec("text")}, children=() if collection.child else ("comment",)
        )

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        raise NotImplementedError

    get = find = create = update = delete = changes  # type: ignore[assignment]


def test_every_spot_is_looked_up_and_a_failing_system_answers_for_its_own_only():
    down = Unreachable("down")
    spots = [Spot("x", "board", "b"), Spot("x", "board", "c"), Spot("y", "board", "b")]
    found = survey([*spots, Spot("z", "board", "b")], {"x": Board(), "y": Board(down)})
    place = found[spots[0]]
    assert isinstance(place, Place)
    assert place.collection.id == "id"
    assert place.children.keys() == {"comment"}
    assert place.capabilities.options
    assert isinstance(found[spots[1]], ConfigError)
    assert found[spots[2]] is down
    assert isinstance(found[Spot("z", "board", "b")], ConfigError)


def test_emptying_a_field_is_right_where_the_default_map_asks_for_it():
    text = "kind: card\nsides:\n  trello: {board: b}\n  cloud: {calendar: c, on-absence: {clear: due}}\n"
    cloud = SYSTEMS["cloud"]
    asking = DefaultMap(only={"due": "present"})
    systems = {
        **SYSTEMS,
        "cloud": System("cloud", "nextcloud", cloud.words, {"calendar": {"card": asking}}),
    }
    assert check([mapping(text)], KINDS, systems, {}).problems == ()
    assert check([mapping(text)], KINDS, SYSTEMS, {}).problems


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{status: confirmed}", []),
        ("{status: present}", []),
        ("{status: confirmd}", ["4:37: “status” has no value “confirmd” — did you mean “confirmed”?"]),
        ("{status: [cancelled, x]}", ["4:37: “status” has no value “x” — use one of: cancelled, confirmed, tentative"]),
    ],
)  # fmt: skip
def test_a_filter_names_values_that_the_kind_has(condition, expected):
    text = f"kind: event\nsides:\n  cloud: {{calendar: c}}\n  notes: {{folder: n, only: {condition}}}\n"
    problems = check([mapping(text)], KINDS, SYSTEMS, {}).problems
    assert [str(p).removeprefix("m.yaml:") for p in problems] == expected
