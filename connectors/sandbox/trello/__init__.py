"""A stand-in for Trello's REST API: loads an exported board, speaks as the service does."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar, Final

from connectors.sandbox.base import Sandbox
from connectors.sandbox.faults import Faults
from connectors.sandbox.trello import people, shapes
from connectors.sandbox.trello.attaching import add_file
from connectors.sandbox.trello.cards import create_card
from connectors.sandbox.trello.courier import SIGNING
from connectors.sandbox.trello.keeping import restore, save
from connectors.sandbox.trello.routes import Call, Upload
from connectors.sandbox.trello.server import Server, Service, Storage
from connectors.sandbox.trello.state import State
from sync.model import Plain

KEY: Final = "5f0c9a7be3d14826a1b07c4de9f2836d"
TOKENS: Final = {"sync": "ATTAsync", "person": "ATTAperson", "wrong": "OLDtoken-of-nobody"}


class TrelloSandbox(Sandbox):
    """The stand-in on a port of this machine.

    It starts with two members and no board, or with the board of an export (`load`), or
    with what it held when it last ran (`keep`, a file that is written after each change).
    Any key of 32 hexadecimal digits is taken with any token that begins with `ATTA`.
    `faults` is a spec as in `connectors.sandbox.faults`; `limited` counts requests and
    refuses them above Trello's limits; `hurry` makes webhooks be tried again that many
    times faster.
    """

    name: ClassVar[str] = "trello"

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        load: Path | None = None,
        keep: Path | None = None,
        faults: str | None = None,
        limited: bool = False,
        hurry: float = 1.0,
    ) -> None:
        super().__init__(folder, port=port)
        self.state = State()
        self.service = Service(
            self.state, Faults.parse(faults), limited=limited, hurry=hurry, changed=self._keep
        )
        self._servers: list[Server] = []
        self._made = 0
        self._file = keep
        if keep is not None and keep.exists():
            restore(self.state, keep)
        else:
            self._people()
        if load is not None:
            self.load(load)

    def _people(self) -> None:
        ours = people.new_member(self.state, "jumelage", "Jumelage")
        person = people.new_member(self.state, "camille", "Camille Roux")
        self.state.members |= {ours["id"]: ours, person["id"]: person}
        self.state.me = ours["id"]
        self.state.tokens[TOKENS["person"]] = person["id"]

    def _keep(self) -> None:
        if self._file is not None:
            save(self.state, self._file)

    def add_person(self, username: str, full_name: str) -> str:
        """Make an account, and return a token of its own."""
        member = people.new_member(self.state, username, full_name)
        self.state.members[member["id"]] = member
        self.state.tokens[f"ATTA{username}"] = member["id"]
        return f"ATTA{username}"

    def load(self, path: Path) -> str:
        """Take in an exported board, and return its id. Raises ValueError if it is none."""
        export = json.loads(path.read_bytes())
        if not isinstance(export, dict) or not {"id", "name", "cards"} <= export.keys():
            raise ValueError(f"{path} is not a Trello export")
        ref = self.state.load(export)
        self._keep()
        return ref

    @property
    def url(self) -> str:
        """The base address, as the settings of the connector take it."""
        return f"http://127.0.0.1:{self.port}/1"

    def start(self) -> None:
        """Listen, and answer from threads of its own; files are fetched from a second port."""
        server, storage = Server(self.service, self.port), Server(self.service, 0, Storage)
        self._servers = [server, storage]
        self.port = server.server_address[1]
        self.state.base, self.state.storage = server.base, storage.base
        for one in self._servers:
            Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Close the ports. What was loaded and changed is kept in memory."""
        self.service.courier.stop()
        for server in self._servers:
            server.shutdown()
            server.server_close()
            server.hang_up()
        self._servers = []

    def settings(self, account: str = "sync") -> dict[str, Plain]:
        """A section of `systems:`; webhooks are signed with `secret`."""
        signed = {"key": KEY, "token": TOKENS[account], "secret": SIGNING}
        return {"connector": "trello", "url": self.url, **signed}

    def spoil(self, word: str, name: str, ref: str) -> None:
        """Take a card's list away, or what a file is called, or when something was done."""
        if word == "activity":
            actions = [one for some in self.state.actions.values() for one in some]
            next(one for one in actions if one["id"] == ref)["date"] = None
            return
        card, _, attachment = ref.partition("/")
        if attachment:
            found = self.state.cards[card]["attachments"]
            next(one for one in found if one["id"] == attachment)["name"] = None
        else:
            self.state.cards[card]["idList"] = None

    def fill(self, word: str, name: str, count: int) -> None:
        """Put cards on a board, with a file each unless it is for what was done."""
        state = self.state
        board = next(one for one in state.boards.values() if one["name"] == name)
        column = next(one for one in state.lists.values() if one["idBoard"] == board["id"])
        who = state.members[state.me]
        for number in range(1, count + 1):
            made = Call(state, "POST", "", {"name": "C", "idList": column["id"]}, who, "")
            card = state.cards[create_card(made)["id"]]
            if word == "activity":
                continue
            upload = Upload(f"f{number}.txt", "text/plain", f"{number}\n".encode())
            add_file(made, card, upload, {})

    def make(self, word: str) -> str:
        """Make an empty board with one list and both accounts on it."""
        self._made += 1
        state = self.state
        board = shapes.new_board(state, f"Board {self._made}", "")
        board["dateLastActivity"] = state.stamp()
        board["idMemberCreator"] = state.me
        board["idOrganization"] = people.home_of(state, state.members[state.me])
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
    parser.add_argument("--load", type=Path, action="append", default=[], help="an export")
    parser.add_argument("--keep", type=Path, help="a file that holds the state between runs")
    parser.add_argument("--faults", default="")
    parser.add_argument("--limited", action="store_true", help="refuse above the rate limits")
    parser.add_argument("--hurry", type=float, default=1.0, help="retry webhooks N times faster")
    chosen = parser.parse_args(arguments)
    sandbox = TrelloSandbox(
        Path(),
        port=chosen.port,
        keep=chosen.keep,
        faults=chosen.faults,
        limited=chosen.limited,
        hurry=chosen.hurry,
    )
    for path in chosen.load:
        sandbox.load(path)
    sandbox.start()
    sys.stdout.write(f"{sandbox.url}\n")
    sys.stdout.flush()
    try:
        Event().wait()
    except KeyboardInterrupt:
        sandbox.stop()
