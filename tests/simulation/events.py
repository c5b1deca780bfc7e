"""What happens in a history beside people, crashes and faults: what its form adds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from connectors.memory.world import Crash, Event, Late, Shelf, State
from sync.errors import Unauthorized
from tests.simulation.admin import Admin
from tests.simulation.checker import visible
from tests.simulation.keeping import InMemory, Keeping
from tests.simulation.narrow import edit_filter, rename_values
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
        self._tired: dict[str, int] = {}
        """Side -> how many calls it still answers before the token expires."""
        self._hid: set[str | None] = set()
        self.keeping: Keeping = InMemory(stage.clock)
        self._at = self.random.randrange(3, STEPS) if self.form.loss else -1
        self._from = self.random.randrange(self._at) if self.form.loss else -1

    def before(self, step: int) -> None:
        """What comes before a step of the history."""
        if self.form.remapped and self.random.random() < self.form.remapped:
            self.admin.act()
        if self.form.edited and self.random.random() < self.form.edited:
            self._edit_filter()
        if self.form.edited and self.random.random() < self.form.edited:
            self._rename_values()
        if self.form.turned and self.random.random() < self.form.turned:
            self.admin.turn()
        if self.form.boards and self.random.random() < self.form.boards:
            self.people.carry()
        if self.form.late and self.random.random() < 0.2:
            self._land()
        if step == self._from:
            self.keeping.back_up(self.stage.store)
        if step == self._at:
            self._lose()

    def _edit_filter(self) -> None:
        """Another filter takes nothing away of what stands on its side."""
        actor = self.random.choice(self.stage.actors[1:])
        before = actor.only
        if not edit_filter(actor, self.random):
            return
        for other in self.stage.actors:
            for state in other.world.all(other.shelf):
                self.people.outside(state, state.fields)
        if actor.only != before:
            self._freeze(actor)
        self.stage.trace.append(f"admin edits the filter of {actor.name}: {actor.only}")
        self.stage.engine = self.stage.rebuild()

    def _freeze(self, actor: Actor) -> None:
        """Note what stands there, and what of it the new filter does not take."""
        stood = self._named(actor)
        taken = [n for a in self.stage.actors for n, s in self._named(a) if actor.takes(s.fields)]
        self.ledger.stays |= {(actor.name, name) for name, _ in stood}
        self.ledger.frozen = {one for one in self.ledger.frozen if one[0] != actor.name}
        self.ledger.frozen |= {(actor.name, name) for name, _ in stood if name not in taken}

    def _rename_values(self) -> None:
        """Once all have met: what cannot be read then is a second thing of its name."""
        actor = self.random.choice(self.stage.actors)
        known = self.stage.store.collections()
        met = [known[a.member.key].met for a in self.stage.actors if a.member.key in known]
        if met and all(met) and actor.words and rename_values(actor, self.random):
            self.stage.trace.append(f"admin renames values of {actor.name}: {actor.words}")
            self.stage.engine = self.stage.rebuild()

    def _named(self, actor: Actor) -> list[tuple[str, State]]:
        """What stands on a side, or in its bin, by the names that it had."""
        shelf = actor.world.shelf(actor.shelf)
        states = [*shelf.records.values(), *shelf.archive.values()]
        return [(name, s) for s in states for name in self.ledger.names(s.fields.get("title"))]

    def end(self) -> None:
        """The faults stop."""
        for actor in self.stage.actors:
            actor.world.land()
        edited = self.form.remapped or self.form.turned
        if edited and self.random.random() < 0.5:
            self.admin.restore()

    def delay(self) -> None:
        """Perhaps this write takes effect only later. Raises `Late`."""
        if self.form.late and self.random.random() < self.form.late:
            self.stage.trace.append("LATE")
            raise Late

    def shown(self) -> bool:
        """What is held is shown to people; tell whether they did something about it.

        What stands twice since the store was lost: an admin takes one away. A word that no
        mapping knows any more, said before it was edited: somebody says the new one.
        """
        before = len(self.stage.trace)
        if self.form.loss:
            self._take_twins_away()
        if self.form.edited:
            for actor in self.stage.actors:
                self._say_anew(actor)
        return len(self.stage.trace) != before

    def _say_anew(self, actor: Actor) -> None:
        state = self.stage.store.collections().get(actor.member.key)
        sides = [i.sides.get(actor.member.key) for i in self.stage.store.items(actor.unit)]
        held = {*(state.malformed if state else ()), *(s.ref for s in sides if s and s.malformed)}
        for one in list(actor.world.all(actor.shelf)):
            if one.ref in held and one.fields.get("done") not in actor.words.values():
                if not self._said(actor, one):
                    self.broken.append(f"held on {actor.name}, though nobody said {one.fields}")
                said = actor.call(actor.done(one.fields))
                actor.world.edit(actor.shelf, one.ref, {"done": said})
                self.stage.trace.append(f"people say {said} on {actor.name}")

    def _said(self, actor: Actor, card: State) -> bool:
        """Whether people ever said there that the card is done, or not."""
        for entry in actor.world.shelf(actor.shelf).log:
            if entry.author == "person" and entry.state and entry.state.stable == card.stable:
                was = entry.before.fields.get("done") if entry.before else None
                if entry.state.fields.get("done") != was:
                    return True
        return False

    def _take_twins_away(self) -> None:
        for actor in self.stage.actors:
            for member, shelf in ((actor.member, actor.shelf), (actor.talk, actor.talks)):
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

    @contextmanager
    def rough(self, *, calm: bool) -> Iterator[None]:
        """For one run the world is rough in one way."""
        shelves: list[Shelf] = []
        self._tired, self._hid = {}, set()
        if self.form.rough and not calm and self.random.random() < self.form.rough:
            actor = self.random.choice(self.stage.actors)
            shelves = [actor.world.shelf(actor.shelf), actor.world.shelf(actor.talks)]
            way = self.random.choice(["expires", "hides", "again", "rumours"])
            if way == "hides" and actor.connector.capabilities.moves:
                way = "again"  # the new name hidden, the old one truly gone, is a deletion
            self.stage.trace.append(f"{actor.name} is rough: {way}")
            for shelf in shelves:
                self._make_rough(actor, shelf, way)
        try:
            yield
        finally:
            for shelf in shelves:
                shelf.again, shelf.rumours, shelf.hidden = 0, set(), set()
            self._tired = {}
            self._hid = set()

    def _make_rough(self, actor: Actor, shelf: Shelf, way: str) -> None:
        refs = sorted(shelf.records)
        some = {ref for ref in refs if self.random.random() < 0.4}
        if way == "expires":
            self._tired[actor.name] = self.random.randrange(1, 12)
        elif way == "hides":
            shelf.hidden = some | {r for r, s in shelf.records.items() if s.parent in self._hid}
            self._hid = shelf.hidden
        elif way == "again":
            shelf.again = self.random.randrange(1, 8)
        else:
            shelf.rumours = some

    def refuse(self, actor: Actor, event: Event) -> None:
        """A token expires after so many calls. Raises `Unauthorized`."""
        left = self._tired.get(actor.name)
        if left is None:
            return
        self._tired[actor.name] = left - 1
        if left <= 0:
            self.stage.trace.append(f"{event.verb} is refused")
            raise Unauthorized("the token has expired")

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
        self.stage.store = self.keeping.lose(self.stage.store, self.form.loss)
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
