"""One random history: people edit, the engine runs, the world fails; then all is calm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from connectors.memory.world import Crash, Event
from sync.errors import Ambiguous, Retry, Unreachable
from sync.report import Report
from sync.state import Standing
from tests.simulation.checker import violations
from tests.simulation.events import Events
from tests.simulation.forms import CLASSIC, FORMS, Form
from tests.simulation.oracle import tokens
from tests.simulation.people import People
from tests.simulation.stage import STEPS, Actor, Stage, build

WRITES = ("create", "update", "delete", "restore", "option")
CYCLES = 3
"""In so many all comes to rest, once faults have stopped and people do nothing more."""


class History:
    """The play of one seed."""

    def __init__(self, seed: int, form: Form = CLASSIC) -> None:
        self.stage = build(seed, form)
        self.random = self.stage.random
        self.form = form
        self.people = People(self.stage)
        self.events = Events(self.stage, self.people)
        self.writes: Counter[str] = Counter()
        self.rate = self.random.choice([0.0, 0.02, 0.05, 0.1])
        self.lies = self.random.choice([0.0, 0.2, 0.5])
        self.stormy = False
        self.met = False
        self.broken: list[str] = []
        for actor in self.stage.actors:
            actor.world.hook = self._hook

    def _hook(self, event: Event, when: str) -> None:
        called = (event.collection.system, event.collection.id)
        actor = next(a for a in self.stage.actors if (a.system, a.shelf) == called)
        if event.verb in WRITES and when == "before":
            self.writes[actor.name] += 1
            self._intended(event)
            self._mapped(actor, event)
            self._justified(actor, event)
        self.stage.trace.append(
            f"{actor.name} {when} {event.verb} {event.ref} {dict(event.fields)}"
        )
        if self.stormy:
            self._weather(actor, event, when)

    def _intended(self, event: Event) -> None:
        """Every write to a record is written down before it is sent."""
        open_writes = {i.collection for i in self.stage.store.intents()}
        if event.verb != "option" and event.collection.key not in open_writes:
            self.broken.append(f"sent without being intended: {event.verb} {event.ref}")

    def _mapped(self, actor: Actor, event: Event) -> None:
        """Nothing is written where no mapping says so."""
        sent = actor.sent(said=event.collection.child is not None)
        if sent is None:
            self.broken.append(f"written where nothing is mapped: {event.verb} on {actor.name}")
        elif set(event.fields) - sent:
            self.broken.append(f"wrote fields that are not mapped: {event.fields}")

    def _justified(self, actor: Actor, event: Event) -> None:
        """Nothing goes that people did not delete, nor what somebody has named anew since."""
        records = actor.world.shelf(event.collection).records
        if event.verb != "delete" or event.ref not in records:
            return
        ledger, doomed = self.people.ledger, records[event.ref]
        name = str(doomed.fields.get("title") or doomed.fields.get("text"))
        others = [s for s in records.values() if s.ref != doomed.ref]
        twins = [s for s in others if ledger.names(s.fields) & ledger.names(name)]
        frozen = {(actor.name, n) for n in ledger.names(name)} & ledger.frozen
        if actor.only and ledger.names(name) & ledger.outside and not frozen:
            return  # it left the filter of this side, and stands on others
        kept = {t for k in self.stage.store.kept() for t in tokens(k.salvage.value)}
        if not twins and not ledger.may_go(name) and event.collection.child is None:
            self.broken.append(f"deleted without a reason: {name} on {actor.name}")
        elif not twins and tokens(name) & ledger.alive - kept:
            self.broken.append(f"deleted though people edited it: {name} on {actor.name}")

    def _weather(self, actor: Actor, event: Event, when: str) -> None:
        if event.verb in WRITES and when == "before":
            self.events.delay()
        if when == "before":
            self.events.refuse(actor, event)
        draw = self.random.random()
        if draw < self.rate / 4:
            self.stage.trace.append("CRASH")
            raise Crash
        if draw < self.rate:
            write = event.verb in WRITES
            self.stage.trace.append("FAULT")
            if write and when == "after":
                raise Ambiguous("no answer came")
            if write:
                raise self.random.choice(
                    [Ambiguous("no answer came"), Retry("busy"), Unreachable("down")]
                )
            raise Unreachable("down")
        if draw < self.rate + 0.03 and event.verb in ("get", "list", "create", "update"):
            self._edit_inside(actor)

    def _edit_inside(self, actor: Actor) -> None:
        """People edit while a call is under way."""
        hook, actor.world.hook = actor.world.hook, None
        self.people.act()
        actor.world.hook = hook

    def _sync(self) -> Report | None:
        self.stage.trace.append("--- sync")
        try:
            with self.events.rough(calm=not self.stormy):
                report = self.stage.engine.sync(accept=True)
        except Crash:
            self.stage.engine = self.stage.rebuild()
            return None
        in_step = report.ok and self._have_met()
        self.met = self.people.met = in_step or (self.met and not self.events.lost)
        self.events.lost = False
        return report

    def _have_met(self) -> bool:
        """Whether every side has met the others: not while one of them could not be read."""
        states = self.stage.store.collections()
        return all(states[actor.member.key].met for actor in self.stage.live)

    @contextmanager
    def _lying(self) -> Iterator[None]:
        """For one run a server answers as if less stood there, or shows an older state.

        Not before the sides have met, or while one that came back has not: what all
        listings and reads hide alike nobody can know. Nor where names are refs: the new
        name hidden, the old one truly gone, is a deletion.
        """
        actor = self.random.choice(self.stage.actors)
        shelf = actor.world.shelf(actor.shelf)
        lie = self.random.choice(["list", "get", "all", "all", "cut", "lag", "find", "expire"])
        hiding = ("list", "all", "cut", *(("lag",) if self.form is not CLASSIC else ()))
        hides = lie in hiding and actor.connector.capabilities.moves
        hides |= lie == "all" and self._comes_back(actor)
        lie = (
            lie
            if self.met and not self.events.lost and self.random.random() < self.lies and not hides
            else ""
        )
        self.stage.trace.append(f"{actor.name} lies: {lie}")
        if lie in ("list", "all", "cut"):
            self.stage.clock.now += timedelta(hours=2)  # all is listed again
        blind = {"list", "get", "find"} if lie == "all" else {lie} & {"list", "get", "find"}
        shelves = [shelf, actor.world.shelf(actor.talks)]
        for one in shelves:
            one.blind = blind
            one.cut, one.cut_unnoticed = (len(one.records) // 2 if lie == "cut" else None), True
        if lie == "lag" and actor.connector.capabilities.lagging:
            shelf.lag = self.random.randrange(1, 3)
        if lie == "expire":
            actor.world.expire(actor.shelf)
        yield
        for one in shelves:
            one.blind, one.cut, one.lag = set(), None, 0

    def play(self) -> list[str]:
        """Play to the end; return what was broken."""
        self._begin()
        self.stormy = True
        for step in range(STEPS):
            self.events.before(step)
            if self.random.random() < 0.45:
                with self._lying():
                    self._sync()
            elif self.random.random() < 0.1:
                self._try_out()
            else:
                self.people.act()
        self.stormy = False
        self.events.end()
        calm = self._calm()
        broken = self.broken + self.events.broken + calm
        return broken + violations(self.stage, self.people.ledger) + self._last_edits()

    def _comes_back(self, actor: Actor) -> bool:
        known = self.stage.store.collections().get(actor.member.key)
        return known is not None and bool(known.former) and not known.met

    def _begin(self) -> None:
        """What stands there before the first run."""
        for _ in range(self.random.randrange(6)):
            self.people.add(self.stage.actors[0])
        if self.form.meetings:
            self._known_already()
        if self.random.random() < 0.3:
            for _ in range(3):
                self.people.add(self.random.choice(self.stage.actors))
        if self.random.random() < 0.6:
            self._sync()

    def _known_already(self) -> None:
        """Some things stand on other sides too, before anybody thought of mirroring them."""
        first, *others = self.stage.actors
        for state in first.world.all(first.shelf):
            for other in others:
                if self.stage.more.random() < self.form.meetings:
                    self.people.retype(other, state)

    def _try_out(self) -> None:
        """A dry run writes nothing."""
        before = sum(self.writes.values())
        with suppress(Crash):
            self.stage.engine.plan()
        if sum(self.writes.values()) != before:
            self.broken.append("a dry run wrote something")

    def _calm(self) -> list[str]:
        """Faults have stopped: within three cycles all is in step, and stays so.

        They are counted anew once somebody released a hold, or did something.
        """
        left = CYCLES
        for _ in range(2 * CYCLES):
            self.stage.clock.now += timedelta(hours=2)  # everything is listed in full again
            before = sum(self.writes.values())
            report = self._sync()
            assert report is not None
            acted = self.events.shown()
            for hold in report.holds:
                self.stage.engine.release(hold.subject)
            quiet = sum(self.writes.values()) == before and not report.folded
            waits = report.holds or report.open_intents or self._doubted()
            if quiet and not acted and not waits:
                return []
            left = CYCLES if acted or report.holds else left - 1
            if left < 0:
                break
        return [f"never at rest: {report}"]

    def _doubted(self) -> bool:
        """Whether a record was missed that is to be looked for once more."""
        items = [i for unit in self.stage.units() for i in self.stage.store.items(unit.name)]
        sides = (side for item in items for side in item.sides.values())
        return any(side.missing and side.standing is Standing.HERE for side in sides)

    def _last_edits(self) -> list[str]:
        """Edits that nobody contests, one from each side, arrive everywhere."""
        edited: set[str] = set()
        for actor in (a for a in self.stage.live if not a.published):
            edited |= self.people.name_another(actor, edited)
        broken = [*self._calm(), *violations(self.stage, self.people.ledger)]
        return [f"after edits in peace: {b}" for b in broken]


def play(seed: int, form: str = "classic") -> tuple[list[str], Stage]:
    """Play one seed of a form; return what it broke, and the stage as it was left."""
    history = History(seed, FORMS[form])
    return history.play(), history.stage


def main() -> None:
    """Play the seeds from A to B: `python -m tests.simulation.history A B [FORM [trace]]`."""
    import sys  # noqa: PLC0415
    import traceback  # noqa: PLC0415

    import structlog  # noqa: PLC0415

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    first, last = int(sys.argv[1]), int(sys.argv[2])
    form = sys.argv[3] if len(sys.argv) > 3 else "classic"
    bad = 0
    for seed in range(first, last):
        try:
            broken, stage = play(seed, form)
        except Exception:  # noqa: BLE001
            broken, stage = [traceback.format_exc()], None
        if broken:
            bad += 1
            print(seed, *broken[:3], sep="\n   ")  # noqa: T201
            if len(sys.argv) > 4 and stage:
                print("\n".join(stage.trace))  # noqa: T201
    print(f"{last - first} histories of the form {form}, {bad} broken")  # noqa: T201


if __name__ == "__main__":
    main()
