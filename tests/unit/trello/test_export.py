from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.trello_export import TrelloExport, TrelloExportSettings
from sync.connector import Origin, Tools
from sync.errors import ConfigError, Gone, Malformed, Refused, Unreachable
from sync.types import TYPES
from tests.unit.trello.boards import board, card

EXPORTS = Path(__file__).resolve().parents[3].parent / "shared/data/trello/exports"


@pytest.fixture
def connect(tmp_path):
    def make(path="."):
        settings = TrelloExportSettings(connector="trello-export", path=path)
        return TrelloExport(settings, Tools(name="export", base=tmp_path))

    return make


def write(folder, name, raw):
    (folder / name).write_text(json.dumps(raw), encoding="utf-8")


def listed(connector, collection):
    pages = list(connector.changes(collection, None))
    assert pages[-1].complete
    return {record.ref: record for page in pages for record in page.records}


def test_relative_paths_count_from_the_file_that_names_them(connect, tmp_path):
    write(tmp_path, "board.json", board(card()))
    connector = connect("board.json")
    assert len(listed(connector, connector.locate("board", "Programme"))) == 1


@pytest.mark.parametrize("name", ["Programme", "BoardLnk", "6601f0c0cc00000000000001"])
def test_a_board_is_found_by_name_short_link_or_id(connect, tmp_path, name):
    write(tmp_path, "board.json", board(card()))
    assert connect().locate("board", name).id == "6601f0c0cc00000000000001"


def test_a_board_that_is_not_there_is_an_error_that_names_those_that_are(connect, tmp_path):
    write(tmp_path, "board.json", board(card()))
    with pytest.raises(ConfigError, match="Programme"):
        connect().locate("board", "Program")


def test_two_boards_of_one_name_must_be_told_apart(connect, tmp_path):
    write(tmp_path, "one.json", board())
    write(tmp_path, "two.json", board(id="6601f0c0cc00000000000002", shortLink="Another1"))
    with pytest.raises(ConfigError, match="Another1"):
        connect().locate("board", "Programme")
    assert connect().locate("board", "Another1").id.endswith("2")


def test_the_most_recent_export_of_a_board_counts(connect, tmp_path):
    write(
        tmp_path, "z-old.json", board(card(name="old"), dateLastActivity="2026-01-01T00:00:00.000Z")
    )
    write(
        tmp_path, "a-new.json", board(card(name="new"), dateLastActivity="2026-02-01T00:00:00.000Z")
    )
    connector = connect()
    [record] = listed(connector, connector.locate("board", "Programme")).values()
    assert record.fields["name"] == "new"


def test_archived_cards_are_listed_as_archived(connect, tmp_path):
    write(tmp_path, "board.json", board(card(closed=True)))
    connector = connect()
    [record] = listed(connector, connector.locate("board", "Programme")).values()
    assert record.fields["closed"] is True


def test_a_malformed_card_is_named_and_the_others_go_on(connect, tmp_path):
    broken = card(1)
    del broken["idList"]
    write(tmp_path, "board.json", board(broken, card(2)))
    connector = connect()
    collection = connector.locate("board", "Programme")
    [page] = connector.changes(collection, None)
    assert list(page.malformed) == [broken["id"]]
    assert [record.ref for record in page.records] == [card(2)["id"]]
    with pytest.raises(Malformed):
        connector.get(collection, broken["id"])


def test_the_version_changes_with_the_content_and_only_with_it(connect, tmp_path):
    connector = connect()
    write(tmp_path, "board.json", board(card(1), card(2)))
    collection = connector.locate("board", "Programme")
    before = listed(connector, collection)
    changed = card(1, name="autre")
    write(tmp_path, "board.json", board(changed, card(2, badges={"comments": 0, "votes": 1})))
    after = listed(connector, collection)
    assert before[changed["id"]].version != after[changed["id"]].version
    assert before[card(2)["id"]].version == after[card(2)["id"]].version


def test_a_card_that_left_the_export_is_gone(connect, tmp_path):
    connector = connect()
    write(tmp_path, "board.json", board(card(1), card(2)))
    collection = connector.locate("board", "Programme")
    write(tmp_path, "board.json", board(card(1)))
    with pytest.raises(Gone):
        connector.get(collection, card(2)["id"])


@pytest.mark.parametrize("content", ["", '{"id": "6601', "[]", "<html>login</html>", "\xff"])
def test_a_file_that_cannot_be_read_is_unreachable_and_never_empty(connect, tmp_path, content):
    connector = connect()
    write(tmp_path, "board.json", board(card(1)))
    collection = connector.locate("board", "Programme")
    (tmp_path / "board.json").write_text(content, encoding="latin-1")
    with pytest.raises(Unreachable):
        list(connector.changes(collection, None))
    with pytest.raises(Unreachable):
        connector.get(collection, card(1)["id"])


def test_a_file_that_vanished_is_unreachable(connect, tmp_path):
    connector = connect("board.json")
    write(tmp_path, "board.json", board(card(1)))
    collection = connector.locate("board", "Programme")
    (tmp_path / "board.json").unlink()
    with pytest.raises(Unreachable):
        list(connector.changes(collection, None))


def test_an_emptied_folder_is_unreachable_for_its_board(connect, tmp_path):
    connector = connect()
    write(tmp_path, "board.json", board(card(1)))
    collection = connector.locate("board", "Programme")
    (tmp_path / "board.json").unlink()
    with pytest.raises(Unreachable):
        list(connector.changes(collection, None))


def test_a_download_under_way_does_not_hide_the_export_before_it(connect, tmp_path):
    connector = connect()
    write(tmp_path, "board.json", board(card(1)))
    (tmp_path / "board (1).json").write_text('{"id": "66', encoding="utf-8")
    assert len(listed(connector, connector.locate("board", "Programme"))) == 1


def test_nothing_can_be_written(connect, tmp_path):
    connector = connect()
    write(tmp_path, "board.json", board(card(1)))
    collection = connector.locate("board", "Programme")
    origin = Origin("n" * 20, connector.tools.now())
    schema = connector.schema(collection)
    assert not schema.writable
    assert not any(spec.writable for spec in schema.fields.values())
    with pytest.raises(Refused):
        connector.create(collection, {"name": "x"}, origin=origin)
    with pytest.raises(Refused):
        connector.update(collection, card(1)["id"], {"name": "x"}, expect=None)
    with pytest.raises(Refused):
        connector.delete(collection, card(1)["id"], expect=None)


@pytest.mark.skipif(not EXPORTS.exists(), reason="real exports are not kept in this repository")
@pytest.mark.parametrize(
    ("prefix", "cards", "archived", "entries"),
    [("01", 1, 0, 0), ("02", 3, 0, 0), ("09", 11, 0, 24), ("10", 81, 23, 23), ("12", 43, 3, 0)],
)
def test_every_card_of_a_real_export_is_read(prefix, cards, archived, entries):
    [path] = EXPORTS.glob(f"{prefix}-*.json")
    settings = TrelloExportSettings(connector="trello-export", path=path)
    connector = TrelloExport(settings, Tools(name="export"))
    collection = connector.locate("board", json.loads(path.read_bytes())["id"])
    [page] = connector.changes(collection, None)
    assert not page.malformed
    assert len(page.records) == cards
    assert sum(bool(record.fields["closed"]) for record in page.records) == archived
    assert sum(len(record.fields["checklists"] or []) for record in page.records) == entries
    columns = {option.id for option in page.options["list"]}
    assert {record.fields["list"] for record in page.records} <= columns
    schema = connector.schema(collection)
    for record in page.records:
        for name, value in record.fields.items():
            assert TYPES[schema.fields[name].type].clean(value) == value
