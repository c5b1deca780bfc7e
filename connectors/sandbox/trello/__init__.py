"""A stand-in for Trello's REST API: loads an exported board, speaks as the service does."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from threading import Thread
from typing import ClassVar, Final

from connectors.sandbox.base import Sandbox
from connectors.sandbox.faults import Faults
from connectors.sandbox.trello import shapes
from connectors.sandbox.trello.server import Server, Service
from connectors.sandbox.trello.state import State
from sync.model import Plain

KEY: Final = "0123456789abcdef0123456789abcdef"
TOKENS: Final = {"sync": "ATTAsync", "person": "ATTAperson", "wrong": "OLDtoken-of-nobody"}


class TrelloSandbox(Sandbox):
    """The stand-in on a port of this machine.

    It starts with one member and no board, or with the board of an export (`load`).
    Any key of 32 hexadecimal digits is taken with any token that begins with `ATTA`.
    `faults` is a spec as in `connectors.sandbox.faults`; `limited` counts requests and
    refuses them above Trello's limits.
    """

    name: ClassVar[str] = "trello"

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        load: Path | None = None,
        faults: str | None = None,
        limited: bool = False,
    ) -> None:
        super().__init__(folder, port=port)
        self.state = State()
        self.service = Service(self.state, Faults.parse(faults), limited=limited)
        self._server: Server | None = None
        self._made = 0
        self._people()
        if load is not None:
            self.load(load)

    def _people(self) -> None:
        ours = shapes.new_member(self.state, "jumelage", "Jumelage")
        person = shapes.new_member(self.state, "camille", "Camille Roux")
        self.state.members |= {ours["id"]: ours, person["id"]: person}
        self.state.me = ours["id"]
        self.state.tokens[TOKENS["person"]] = person["id"]

    def load(self, path: Path) -> str:
        """Take in an exported board, and return its id. Raises ValueError if it is none."""
        export = json.loads(path.read_bytes())
        if not isinstance(export, dict) or not {"id", "name", "cards"} <= export.keys():
            raise ValueError(f"{path} is not a Trello export")
        return self.state.load(export)

    @property
    def url(self) -> str:
        """The base address, as the settings of the connector take it."""
        return f"http://127.0.0.1:{self.port}/1"

    def start(self) -> None:
        """Listen, and answer from a thread of its own."""
        self._server = Server(self.service, self.port)
        self.port = self._server.server_address[1]
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Close the port. What was loaded and changed is kept in memory."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.hang_up()
            self._server = None

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """A section of `systems:`."""
        return {"connector": "trello", "url": self.url, "key": KEY, "token": TOKENS[account]}

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Take a card's list away."""
        self.state.cards[ref]["idList"] = None

    def make(self, word: str) -> str:
        """Make an empty board with one list and both accounts on it."""
        self._made += 1
        state = self.state
        board = shapes.new_board(state, f"Board {self._made}", "")
        board["dateLastActivity"] = state.stamp()
        state.boards[board["id"]] = board
        state.memberships[board["id"]] = [
            {"id": state.mint(), "idMember": ref, "memberType": "normal"} for ref in state.members
        ]
        column = shapes.new_list(state, board["id"], "À faire", 16384)
        state.lists[column["id"]] = column
        return str(board["name"])


def main(arguments: list[str] | None = None) -> None:
    """Run the stand-in until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--load", type=Path)
    parser.add_argument("--faults", default="")
    chosen = parser.parse_args(arguments)
    sandbox = TrelloSandbox(Path(), port=chosen.port, load=chosen.load, faults=chosen.faults)
    server = Server(sandbox.service, chosen.port)
    sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}/1\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
