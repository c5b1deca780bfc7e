"""An admin at the command line, who does what it says: reads a command, and types it."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from itertools import pairwise

from tests.system.forking import Ended, Forks
from tests.system.hands import unlike
from tests.system.world import Scene

ROUNDS = 3
"""Runs after which everything is in step, once nothing is wrong any more."""


@dataclass(frozen=True)
class Remedy:
    """Something that is wrong, as a command tells it, and the command that helps."""

    said: str
    command: str


@dataclass
class Admin:
    """Types commands in the folder of a scene."""

    scene: Scene
    forks: Forks
    language: str = "en"

    def type(self, *words: str, room: int | None = None) -> Ended:
        """Carry out a command line of Jumelage."""
        own = {"JUMELAGE_LANGUAGE": self.language, **self.scene.environment}
        return self.forks.run(["--config", str(self.scene.file), *words], own, room=room)

    def obey(self, command: str) -> Ended:
        """Carry out a command as it was printed, as a shell takes it."""
        program, *words = shlex.split(command)
        assert program == "jumelage", command
        return self.type(*words)

    def data(self, *words: str):
        """What a command prints with `--json`."""
        return json.loads(self.type(*words, "--json").said)

    def in_step(self) -> Ended:
        """Synchronise until everything is in step; the last run, which wrote nothing."""
        runs: list[Ended] = []
        while not (runs and runs[-1].said.startswith("0 writes, 0 values taken in")):
            assert len(runs) < ROUNDS, runs
            runs.append(self.type("sync"))
        status = self.type("status")
        assert (runs[-1].status, status.status, remedies(status.said)) == (0, 0, []), status
        self.alike()
        return runs[-1]

    def alike(self) -> None:
        """Every side shows what the board shows, each card once."""
        board = self.scene.hands("trello").cards()
        for side in self.scene.sides:
            hands = self.scene.hands(side)
            expected = {
                title: {hub: value for hub, value in card.items() if hands.holds(hub)}
                for title, card in board.items()
            }
            assert unlike(expected, hands.cards()) == {}, side


def remedies(said: str) -> list[Remedy]:
    """What a command found wrong, each with the command below it, in the order of the output."""
    lines = said.splitlines()
    return [
        Remedy(above, line.strip())
        for above, line in pairwise(lines)
        if line.startswith("    jumelage ")
    ]
