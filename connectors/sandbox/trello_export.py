"""Exported boards in a folder, as members download them."""

from __future__ import annotations

import json
from typing import ClassVar

from connectors.sandbox.base import Sandbox
from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.state import State
from sync.model import Plain


class TrelloExportSandbox(Sandbox):
    """A folder of exports: no server at all."""

    name: ClassVar[str] = "trello-export"

    def start(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def stop(self) -> None:
        """Nothing runs."""

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """A section of `systems:`."""
        return {"connector": "trello-export", "path": str(self.folder)}

    def make(self, word: str) -> str:
        """Put an export of an empty board there."""
        state = State()
        number = len(list(self.folder.glob("*.json"))) + 1
        board = shapes.new_board(state, f"Board {number}", "")
        board["id"] = f"{number:024x}"
        column = shapes.new_list(state, board["id"], "À faire", 16384)
        export = board | {"lists": [column], "cards": [], "labels": [], "members": []}
        path = self.folder / f"board-{number}.json"
        path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
        return str(board["name"])
