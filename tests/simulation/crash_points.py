"""Every place of a history where a process can die, and the history that dies there.

A history is written once by its seed: who does what before each run, and which answers
are lost. It is played to its end, which tells the points: before and after each write
to a side, before and after each transaction of the store. Then it is played anew for
each of them, and dies there; and once more for each point of the recovery that follows.
In the end all must be in step, and nothing lost, doubled or invented.

`python -m tests.simulation.crash_points all A B` tries the seeds from A to B;
`python -m tests.simulation.crash_points one SEED POINT [POINT]` shows what deaths led to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TypeVar

from connectors.memory.world import Crash, Event
from sync.errors import Ambiguous, ConfigError
from sync.report import Report
from sync.state import Intent
from sync.store.base import Store, Transaction
from tests.simulation.checker import violations
from tests.simulation.people import People
from tests.simulation.stage import Actor, Stage, build

WRITES = ("create", "update", "delete", "restore", "option")
CYCLES = 3
"""In so many all is in step once nothing fails any more and no hold is released."""

T = TypeVar("T")
Death = tuple[int, ...]
"""The point at which the process dies; then that at which the next one does, and so on."""


class Points:
    """Counts the points that a process reaches, and ends it at one of them."""

    def __init__(self, deaths: Death) -> None:
        self.deaths = list(deaths)
        self.lives: list[list[str]] = [[]]
        """For each process, the points that it reached."""
        self.recovery: list[list[int]] = [[]]
        """For each process, those of them in which it looked what became of the one before."""
        self._recovering: bool | None = None

    @property
    def dead(self) -> bool:
        """Whether every death that was asked for has happened."""
        return len(self.lives) > len(self.deaths)

    def reach(self, name: str) -> None:
        self.lives[-1].append(name)
        if self._recovering:
            self.recovery[-1].append(len(self.lives[-1]) - 1)
        if not self.dead and len(self.lives[-1]) - 1 == self.deaths[len(self.lives) - 1]:
            raise Crash(name)

    def restart(self) -> None:
        """A new process."""
        self.lives.append([])
        self.recovery.append([])
        self._recovering = None

    def recover(self) -> None:
        """It asks which writes are open: it recovers, until it looks at the sides."""
        if self._recovering is None:
            self._recovering = True

    def observe(self) -> None:
        self._recovering = False


class Mortal(Store):
    """A store whose process may die before or after each of its commits."""

    def __init__(self, store: Store, points: Points) -> None:
        self._inner = store
        self._points = points

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        with self._inner.transaction() as change:
            yield change
            self._points.reach("before a commit")
        self._points.reach("after a commit")

    def intents(self) -> list[Intent]:
        self._points.recover()
        return self._inner.intents()


_OWN = {"transaction", "intents"}
for _name in (n for n in vars(Store) if not n.startswith("_") and n not in _OWN):

    def _through(self: Mortal, *args: object, _name: str = _name, **more: object) -> object:
        return getattr(self._inner, _name)(*args, **more)

    setattr(Mortal, _name, _through)


@dataclass
class Script:
    """What is decided before a history begins."""

    cards: int
    rounds: list[int]
    """How many things people do before each run."""
    unanswered: set[int]
    """The writes whose answer is lost, by their number."""
    meanwhile: bool
    """Whether people do something while no process runs."""

    @classmethod
    def draw(cls, seed: int) -> Script:
        random = Random(f"script {seed}")
        rounds = [random.randrange(1, 5) for _ in range(random.randrange(2, 6))]
        lost = {random.randrange(20) for _ in range(random.choice([0, 0, 1, 2]))}
        return cls(random.randrange(1, 4), rounds, lost, random.random() < 0.5)


@dataclass
class Played:
    """How a history went."""

    points: Points
    broken: list[str]
    trace: list[str] = field(default_factory=list)


Open = Callable[[Stage], Callable[[], Store]]
"""Given the stage, opens its store as a process that has just started does."""


def in_memory(stage: Stage) -> Callable[[], Store]:
    return lambda: stage.store


class Rehearsal:
    """One history, played with the deaths that are asked for."""

    def __init__(
        self,
        seed: int,
        deaths: Death = (),
        opened: Open = in_memory,
        script: Script | None = None,
    ) -> None:
        self.seed = seed
        self.script = script or Script.draw(seed)
        self.stage = build(seed)
        self.people = People(self.stage)
        self.points = Points(deaths)
        self.open = opened(self.stage)
        self.sent = 0
        self.acts = 0
        self.stormy = True
        for actor in self.stage.actors:
            actor.world.hook = self._hook_of(actor)
        self.start()

    def start(self) -> None:
        """A process: nothing but the store and the sides lasts."""
        self.stage.store = self.open()  # type: ignore[assignment]
        self.engine = self.stage.rebuild()
        self.engine.store = Mortal(self.stage.store, self.points)

    def _hook_of(self, actor: Actor) -> Callable[[Event, str], None]:
        def hook(event: Event, when: str) -> None:
            where = f"{actor.name} {event.verb} {event.ref} {dict(event.fields)}"
            self.stage.trace.append(f"{where}: {when}")
            if event.verb == "list":
                self.points.observe()
            if event.verb in WRITES:
                self.points.reach(f"{when} the effect of {where}")
                self.sent += when == "after"
                if self.stormy and when == "after" and self.sent - 1 in self.script.unanswered:
                    raise Ambiguous("no answer came")

        return hook

    def _act(self) -> None:
        """The same person does the same thing, whatever was drawn before."""
        self.acts += 1
        self.people.random = Random(f"{self.seed} {self.acts}")
        self.people.act()

    def run(self) -> Report:
        return self._insist(lambda: self.engine.sync(accept=True))

    def _insist(self, do: Callable[[], T]) -> T:
        """Do something, with as many processes as it takes."""
        while True:
            try:
                return do()
            except Crash as death:
                self.stage.trace.append(f"DIED {death}")
                self.points.restart()
                if self.script.meanwhile and self.stormy:
                    self._act()
                self.start()

    def release(self, subject: str) -> None:
        with suppress(ConfigError):  # it was released by the process that died
            self._insist(lambda: self.engine.release(subject))

    def play(self) -> Played:
        self.people.random = Random(f"{self.seed} cards")
        for _ in range(self.script.cards):
            self.people.add(self.stage.actors[0])
        self.run()
        for acts in self.script.rounds:
            for _ in range(acts):
                self._act()
            self.run()
        self.stormy = False
        broken = [*self.calm(), *violations(self.stage, self.people.ledger)]
        broken += [f"after edits in peace: {b}" for b in ([] if broken else self._last_edits())]
        return Played(self.points, broken, self.stage.trace)

    def calm(self) -> list[str]:
        left = CYCLES
        for _ in range(2 * CYCLES):
            self.stage.clock.now += timedelta(hours=2)  # everything is listed in full again
            before = self.sent
            report = self.run()
            for hold in report.holds:
                self.release(hold.subject)
            if self.sent == before and not (report.folded or report.holds or report.open_intents):
                return []
            left = CYCLES if report.holds else left - 1
            if left < 0:
                break
        return [f"never at rest: {report}"]

    def _last_edits(self) -> list[str]:
        """Every side's people give a card another title: all arrive, but where they contest."""
        for actor in self.stage.actors:
            cards = sorted(actor.world.all("b"), key=lambda s: s.ref)
            if cards:
                made = self.people.token("t")
                self.people._edit(actor, cards[0], title=made)
        return [*self.calm(), *violations(self.stage, self.people.ledger)]


@dataclass
class Tried:
    """How many deaths were tried, and what they broke."""

    points: int = 0
    again: int = 0
    """Second deaths, in the recovery from a first."""
    broken: list[str] = field(default_factory=list)


def every_death(seed: int, opened: Open = in_memory) -> Tried:
    """Die at each point of a history, and at each of the recovery from it."""
    tried = Tried()
    alive = _try(seed, (), opened, tried)
    for point in range(len(alive.points.lives[0])):
        played = _try(seed, (point,), opened, tried)
        tried.points += 1
        for second in played.points.recovery[1]:
            _try(seed, (point, second), opened, tried)
            tried.again += 1
    return tried


def _try(seed: int, deaths: Death, opened: Open, tried: Tried) -> Played:
    played = Rehearsal(seed, deaths, opened).play()
    if not played.points.dead:
        played.broken.append("the history did not come to this death")
    if played.broken:
        where = " ".join(str(d) for d in (seed, *deaths))
        how = f"`python -m tests.simulation.crash_points one {where}`"
        tried.broken += [f"{how}: {b}" for b in played.broken]
    return played


def main() -> None:
    """Try seeds, or show one death."""
    import sys  # noqa: PLC0415
    import time  # noqa: PLC0415

    import structlog  # noqa: PLC0415

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    numbers = [int(n) for n in sys.argv[2:]]
    if sys.argv[1] == "one":
        played = Rehearsal(numbers[0], tuple(numbers[1:])).play()
        print(*played.trace, *played.broken, sep="\n")  # noqa: T201
        return
    points = again = 0
    for seed in range(*numbers):
        start = time.perf_counter()
        tried = every_death(seed)
        points, again = points + tried.points, again + tried.again
        seconds = time.perf_counter() - start
        print(seed, tried.points, tried.again, f"{seconds:.1f} s", *tried.broken[:4], sep="  ")  # noqa: T201
    print(f"{points} points, {again} points of recoveries")  # noqa: T201


if __name__ == "__main__":
    main()
