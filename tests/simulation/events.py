"""What happens in a history beside people, crashes and faults: what its form adds."""

from __future__ import annotations

from contextlib import suppress

from connectors.memory.world import Crash, Late
from sync.store.memory import MemoryStore
from tests.simulation.admin import Admin
from tests.simulation.checker import visible
from tests.simulation.people import People
from tests.simulation.stage import STEPS, Actor, Stage

PATIENCE = 9
"""How often a `relink` that was killed is begun again."""


class Events:
    """Everything is drawn from the stage's second Random, and only if the form has it."""

    def __init__(self, stage: Stage, people: People) -> None:
        self.stage = stage
        self.form = stage.form
        self.random = stage.more
        self.people = people
        self.ledger = people.ledger
        self.admin = Admin(stage)
        self.lost = False
        """Whether the sides have to meet anew."""
        self.broken: list[str] = []
        self._backup: MemoryStore | None = None
        self._at = self.random.randrange(3, STEPS) if self.form.loss else -1
        self._from = self.random.randrange(self._at) if self.form.loss else -1

    def before(self, step: int) -> None:
        """What comes before a step of the history."""
        if self.form.remapped and self.random.random() < self.form.remapped:
            self.admin.act()
        if self.form.late and self.random.random() < 0.2:
            self._land()
        if step == self._from:
            self._backup = self.stage.store.copy()
        if step == self._at:
            self._lose()

    def end(self) -> None:
        """The faults stop."""
        for actor in self.stage.actors:
            actor.world.land()
        if self.form.remapped and self.random.random() < 0.5:
            self.admin.restore()

    def delay(self) -> None:
        """Perhaps this write takes effect only later. Raises `Late`."""
        if self.form.late and self.random.random() < self.form.late:
            self.stage.trace.append("LATE")
            raise Late

    def shown(self) -> None:
        """What stands twice since the store was lost, and is held: an admin takes one away."""
        if not self.form.loss:
            return
        for actor in self.stage.actors:
            for member, shelf in ((actor.member, "b"), (actor.talk, "b#comment")):
                state = member and self.stage.store.collections().get(member.key)
                for ref in state.ambiguous if state else ():
                    self._decide(actor, shelf, ref)

    def _decide(self, actor: Actor, shelf: str, ref: str) -> None:
        records = actor.world.shelf(shelf).records
        if ref not in records:
            return
        names = self.ledger.names(records[ref].fields)
        twins = [r for r, s in records.items() if r != ref and names & self.ledger.names(s.fields)]
        if twins:
            self.people.bin(actor, records[ref])
            actor.world.remove(shelf, ref)
            self.stage.trace.append(f"admin takes {ref} away on {actor.name}")

    def _land(self) -> None:
        """A write that everybody gave up takes effect."""
        waiting = [a for a in self.stage.actors if a.world.waiting]
        if waiting:
            actor = self.random.choice(waiting)
            self.stage.trace.append(f"a late write lands on {actor.name}")
            actor.world.waiting.pop(0)()

    def _lose(self) -> None:
        """The store is lost, or a backup is put back; what only it held is lost with it."""
        self.stage.trace.append(f"STORE {self.form.loss}")
        self.ledger.dead |= self.ledger.alive - visible(self.stage)
        older = self._backup if self.form.loss == "older" else None
        self.stage.store = older or MemoryStore(self.stage.clock)
        self.stage.store.loss = self.form.loss
        self.stage.engine = self.stage.rebuild()
        self.lost = True
        self._held()
        for _ in range(PATIENCE):
            with suppress(Crash):
                self.stage.engine.relink()
            self.stage.engine = self.stage.rebuild()
            if self.stage.store.lost() is None:
                return

    def _held(self) -> None:
        """Nothing is read nor written before an admin says so."""
        before = len(self.stage.trace)
        report = self.stage.engine.sync(accept=True)
        if not report.holds or len(self.stage.trace) != before:
            self.broken.append("a lost store went on by itself")
