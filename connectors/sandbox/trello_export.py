"""Exported boards in a folder, as members download them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar

from connectors.sandbox.base import Sandbox
from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.state import Obj, State
from sync.model import Plain


class TrelloExportSandbox(Sandbox):
    """A folder of exports: no server at all."""

    name: ClassVar[str] = "trello-export"

    def start(self) -> None:
        """Make the folder, or bring back what was taken away."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.glob("*.away"):
            path.rename(path.with_suffix(""))

    def stop(self) -> None:
        """Take the exports out of sight: nothing runs that could be stopped."""
        for path in self.folder.glob("*.json"):
            path.rename(path.with_name(path.name + ".away"))

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """A section of `systems:`."""
        return {"connector": "trello-export", "path": str(self.folder)}

    def fill(self, word: str, name: str, count: int) -> None:
        """Add cards to an export."""
        path, export = self._export(name)
        state = State()
        for number in range(count):
            card = shapes.new_card(state, export, export["lists"][0]["id"], number + 1)
            card |= {"id": f"{count:08x}{number:016x}", "name": f"Carte {number + 1}"}
            card["pos"] = (number + 1) * 16384
            export["cards"].append(card)
        _write(path, export)

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Take a card's list away."""
        path, export = self._export(name)
        for card in export["cards"]:
            if card["id"] == ref:
                del card["idList"]
        _write(path, export)

    def _export(self, name: str) -> tuple[Path, Obj]:
        for path in self.folder.glob("*.json"):
            export: Obj = json.loads(path.read_bytes())
            if export["name"] == name:
                return path, export
        raise LookupError(f"no export of a board {name!r}")

    def make(self, word: str) -> str:
        """Put an export of an empty board there."""
        state = State()
        number = len(list(self.folder.glob("*.json"))) + 1
        board = shapes.new_board(state, f"Board {number}", "")
        board["id"] = f"{number:024x}"
        column = shapes.new_list(state, board["id"], "À faire", 16384)
        export = board | {"lists": [column], "cards": [], "labels": [], "members": []}
        path = self.folder / f"board-{number}.json"
        _write(path, export)
        return str(board["name"])


def _write(path: Path, export: Obj) -> None:
    path.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
