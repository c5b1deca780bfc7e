"""A killing: a scene in which people work and the process that mirrors is killed, at random.

    people act -> it runs, and is killed -> (perhaps killed again) -> it runs to its end

Everything is drawn from one seed but the time that the machine takes, so no check may
depend on it: whatever the moment of a kill, the same must hold.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from sync.store.sql import SQLStore
from tests.system.forking import Ended, Forks
from tests.system.gate import Answer, Asked
from tests.system.hands import unlike
from tests.system.members import Members, tokens
from tests.system.world import Scene

KILLS = 10
"""Kills of one seed: in the first mirror, and in rounds of edits after it."""
READS = {"GET", "PROPFIND", "REPORT", "OPTIONS", "HEAD"}


def writes(asked: Asked) -> bool:
    """Whether a request changes something there."""
    if "rpc.php" in asked.path:
        return any(verb in asked.body for verb in (b"putPage", b"savePage", b"Locks", b"lockPages"))
    if "api.php" in asked.path:
        return any(b"action=" + verb in asked.body for verb in (b"edit", b"delete", b"move"))
    return asked.method not in READS


@dataclass
class Murder:
    """Kills a process when so many writes have come to a gate, before or after their effect."""

    scene: Scene
    writes: int
    after: bool
    kill: Callable[[], None]
    due: Asked | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        for gate in self.scene.gates.values():
            gate.instead, gate.bend = self.before, self.behind

    def before(self, asked: Asked) -> Answer | None:
        with self.lock:
            self.writes -= writes(asked)
            if self.writes == 0 and writes(asked):
                self.due = asked
        if asked is self.due and not self.after:
            self.kill()
            return Answer(503, b"")
        return None

    def behind(self, asked: Asked, answer: Answer) -> Answer:
        if asked is self.due and self.after:
            self.kill()
        return answer

    def over(self) -> None:
        """Nobody is killed any more."""
        for gate in self.scene.gates.values():
            gate.reset()


class Killing:
    """One seed played."""

    def __init__(self, scene: Scene, forks: Forks, seed: int) -> None:
        self.scene = scene
        self.forks = forks
        self.chance = random.Random(seed)
        self.members = Members(scene, self.chance)
        self.members.sign()
        self.kills = 0
        self.story: list[str] = []
        self.usual = 0.6
        """Seconds that a run lasts, as far as is known."""

    def play(self, kills: int = KILLS) -> None:
        """Kill so often, and look whether everything holds."""
        self._killed(self.chance.randint(2, 4))  # in the middle of the first mirror
        self.settled()
        while self.kills < kills:
            for _ in range(self.chance.randint(1, 4)):
                self.story.append(self.members.act())
            self._killed(min(self.chance.choice([1, 1, 2, 3]), kills - self.kills))
            self.settled()
        self.unchanged()

    def _killed(self, times: int) -> None:
        """Run it until it was killed so often; people may act in between."""
        for _ in range(times):
            for _attempt in range(3):
                ended = self._attempt()
                self.story.append(f"{ended.status} after {ended.seconds:.3f} s")
                if ended.killed:
                    self.kills += 1
                    break
                assert ended.status == 0, (ended, self.story)
                self.usual = ended.seconds
                self.story.append(self.members.act())
            if self.chance.random() < 0.3:
                self.story.append(self.members.act())

    def _attempt(self) -> Ended:
        how = self.chance.random()
        if how < 0.4:
            after = self.chance.uniform(0, self.usual)
            self.story.append(f"killed {after:.3f} s after its start")
            return self._run(kill_after=after)
        if how < 0.7:
            number, after = self.chance.randint(1, 30), self.chance.uniform(0, 0.003)
            self.story.append(f"killed in commit {number}")
            return self._run(kill_after=after, commit=number)
        number, after_it = self.chance.randint(1, 6), self.chance.random() < 0.5
        self.story.append(f"killed {'after' if after_it else 'before'} write {number}")
        return self._run_until_write(number, after=after_it)

    def _run(self, **kill) -> Ended:
        words = ["--config", str(self.scene.file), "sync", "--yes", "--json"]
        return self.forks.run(words, self.scene.environment, **kill)

    def _run_until_write(self, number: int, *, after: bool) -> Ended:
        murder = Murder(self.scene, number, after, self.forks.kill)
        try:
            return self._run()
        finally:
            murder.over()

    # What must hold

    def settled(self) -> None:
        """One run that nobody kills brings everything in step, and nothing was lost or doubled."""
        ended = self._run()
        assert ended.status == 0, (ended, self.story)
        self.members.deleted = 0
        with self._store() as store:
            assert store.broken() == [], self.story
            assert store.intents() == [], self.story
            kept = {t for k in store.kept() for t in tokens(k.salvage.value)}
        shown = {side: self.scene.hands(side).cards(archived=True) for side in self.scene.sides}
        lost = self.members.ledger.alive - tokens(shown) - kept
        assert not lost, (sorted(lost), self.story)
        invented = tokens(shown) - self.members.ledger.typed
        assert not invented, (sorted(invented), self.story)
        for side in self.scene.sides:
            assert self._apart(side) == {}, (side, self.story)

    def _apart(self, side: str):
        """What a side shows otherwise than the board; a card that stands twice is one too many."""
        hands = self.scene.hands(side)
        board = self.scene.hands("trello").cards()
        expected = {
            title: {hub: value for hub, value in card.items() if hands.holds(hub)}
            for title, card in board.items()
        }
        return unlike(expected, hands.cards())

    def unchanged(self) -> None:
        """A run after that writes nothing."""
        ended = self._run()
        assert ended.status == 0, (ended, self.story)
        assert json.loads(ended.said)["written"] == 0, (ended, self.story)

    def _store(self):
        return closing(SQLStore(f"sqlite:///{self.scene.folder / 'state.db'}", read_only=True))
