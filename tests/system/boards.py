"""Boards of one Trello, mirrored by the command line; members act on them by their own tokens."""

from __future__ import annotations

import json
import os
from pathlib import Path

import requests
import yaml

from connectors.sandbox.trello import KEY, TOKENS, TrelloSandbox
from sync.model import Plain
from tests.system.forking import Ended, Forks
from tests.system.gate import Gate

CAMILLE = TOKENS["person"]
OURS = TOKENS["sync"]


class Boards:
    """A collective whose systems are a Trello and a folder of notes."""

    def __init__(self, folder: Path, forks: Forks, language: str = "fr") -> None:
        self.folder = folder
        self.forks = forks
        self.trello = TrelloSandbox(folder / "trello")
        self.trello.start()
        self.gate = Gate(self.trello.port)
        self.gates = {"trello": self.gate}
        (folder / "mappings").mkdir()
        url = self.trello.url.replace(f":{self.trello.port}", f":{self.gate.port}")
        settings = {
            "systems": {
                "trello": {"connector": "trello", "url": url}
                | {name: {"env": f"BOARDS_{name.upper()}"} for name in ("key", "token")},
                "notes": {"connector": "folder", "path": "./notes"},
            },
            "store": "sqlite:///state.db",
            "language": language,
        }
        (folder / "notes").mkdir()
        self.file = folder / "jumelage.yaml"
        self.file.write_text(yaml.safe_dump(settings), "utf-8")

    def close(self) -> None:
        self.gate.stop()
        self.trello.stop()

    # What an admin does

    def people(self, **people: dict[str, str]) -> None:
        (self.folder / "people.yaml").write_text(yaml.safe_dump(people), "utf-8")

    def map(
        self, sides: Plain, name: str = "programme", kind: str = "card", **rules: Plain
    ) -> None:
        document = {"kind": kind, "sides": sides, **rules}
        file = self.folder / "mappings" / f"{name}.yaml"
        file.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")

    def type(self, *words: str, **kill) -> Ended:
        language = {"LC_ALL": "C.UTF-8", "LANGUAGE": "en", "PATH": os.environ["PATH"]}
        own = {"BOARDS_KEY": KEY, "BOARDS_TOKEN": OURS, **language}
        return self.forks.run(["--config", str(self.file), *words], own, **kill)

    def data(self, *words: str):
        return json.loads(self.type(*words, "--json").said)

    def sync(self, runs: int = 2) -> Ended:
        """Bring everything in step; the last run, which has nothing more to do."""
        ended = [self.type("sync", "--yes") for _ in range(runs)][-1]
        assert ended.status == 0, ended.said
        return ended

    # What members do and see

    def ask(self, method: str, path: str, token: str = CAMILLE, **body: Plain):
        sign = f'OAuth oauth_consumer_key="{KEY}", oauth_token="{token}"'
        url = f"{self.trello.url}/{path}"
        sent = {"params": body} if method == "GET" else {"json": body}
        answer = requests.request(method, url, headers={"Authorization": sign}, timeout=20, **sent)
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json()

    def board(self, name: str) -> str:
        """Make a board of one list, seen by everybody; its id."""
        made = self.trello.make("board")
        state = self.trello.state
        (found,) = [b for b in state.boards.values() if b["name"] == made]
        found["name"] = name
        return found["id"]

    def lists(self, board: str, filter: str = "open") -> list[dict[str, Plain]]:  # noqa: A002
        """The lists of a board, from left to right."""
        told = self.ask("GET", f"boards/{board}/lists", filter=filter)
        return sorted(told, key=lambda one: one["pos"])

    def add(self, board: str, name: str, column: str | None = None, **more: Plain) -> str:
        """Make a card; its id."""
        column = column or self.lists(board)[0]["id"]
        return self.ask("POST", "cards", name=name, idList=column, **more)["id"]

    def cards(self, board: str) -> dict[str, dict[str, Plain]]:
        return {card["name"]: card for card in self.ask("GET", f"boards/{board}/cards/all")}

    def said(self, card: str) -> list[tuple[str, str]]:
        """Who said what under a card, oldest first."""
        told = self.ask("GET", f"cards/{card}/actions", filter="commentCard", limit=1000)
        return [(one["memberCreator"]["username"], one["data"]["text"]) for one in reversed(told)]
