"""A collective without an API key starts from the file that any member can download."""

from __future__ import annotations

import shutil

import pytest
import yaml

from connectors.sandbox.trello import TrelloSandbox
from connectors.trello_export import TrelloExport
from sync import app, engine
from sync.settings import load
from tests.system.conftest import boards
from tests.system.hands import Hands, names, unlike
from tests.system.world import sync

FOLDER = {"connector": "folder", "path": "notes"}
EXPORT = {"connector": "trello-export", "path": "exports"}


@pytest.mark.parametrize("board", boards(), ids=lambda path: path.stem)
def test_an_exported_board_stands_in_a_folder_and_stays_as_it_is(tmp_path, monkeypatch, board):
    if not board.exists():
        pytest.skip(f"no boards in {board.parent}")
    monkeypatch.setattr(engine, "SETTLING", 0.01)
    for name in ("exports", "notes", "mappings"):
        (tmp_path / name).mkdir()
    shutil.copy(board, tmp_path / "exports")
    number = TrelloSandbox(tmp_path).load(board)
    sides = {"export": {"board": number, "direction": "to-hub"}, "notes": {"folder": "programme"}}
    settings = {"systems": {"export": EXPORT, "notes": FOLDER}, "store": "sqlite:///state.db"}
    (tmp_path / "jumelage.yaml").write_text(yaml.safe_dump(settings))
    mapping = tmp_path / "mappings" / "programme.yaml"
    mapping.write_text(yaml.safe_dump({"kind": "card", "sides": sides}))
    with app.assembled(app.configure(load(tmp_path / "jumelage.yaml"))) as running:
        assert sync(running).ok
        assert sync(running).written == 0
        shown = {}
        for side, connector in running.connectors.items():
            word, name = next(iter(sides[side].items()))
            told = names("trello-export" if isinstance(connector, TrelloExport) else "folder", word)
            people = Hands(connector, connector.locate(word, name), told)
            shown[side] = people.cards(archived=True)
    assert shown["export"]
    assert unlike(shown["export"], shown["notes"]) == {}
