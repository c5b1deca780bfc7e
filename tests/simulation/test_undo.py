"""Random histories, a run, and its undo: every side shows again what it showed before."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import pytest
import structlog

from sync.errors import ConfigError
from tests.simulation import checker
from tests.simulation.people import People
from tests.simulation.stage import Actor, build

SEEDS = 300
PARTS = 6
LASTING = (
    checker._lost,
    lambda stage, _: checker._unresolved(stage),
    lambda stage, _: checker._doubled(stage),
    checker._invented,
)
"""What holds though sides agree to differ."""


@pytest.fixture(autouse=True)
def _quiet():
    def drop(*_):
        raise structlog.DropEvent

    structlog.configure(processors=[drop])
    yield
    structlog.reset_defaults()


class Rewound:
    """A history in which people act, one run follows, and that run is undone."""

    def __init__(self, seed: int) -> None:
        self.stage = build(seed)
        self.people = People(self.stage)
        for actor in self.stage.actors[:1]:
            for _ in range(4):
                self.people.add(actor)
        self.calm()
        for _ in range(self.stage.random.randint(0, 6)):
            self.people.act()
        self.calm()
        for _ in range(self.stage.random.randint(1, 5)):
            self.people.act()

    def calm(self):
        """Run until nothing more is written."""
        for _ in range(4):
            report = self.sync()
            for hold in report.holds:
                self.stage.engine.release(hold.subject)
            if not report.written and not report.holds:
                return

    def sync(self):
        return self.stage.engine.sync(accept=True)

    def undo(self, run):
        return self.stage.engine.undo(run)

    def shown(self):
        return {actor.name: self._cards(actor) for actor in self.stage.actors}

    def _cards(self, actor: Actor):
        """What people see there, but for the order, and for names by which nobody sees it."""
        fields = [b.side for b in actor.member.bindings if b.side != "rank"]
        found = Counter()
        for card in actor.world.all("b"):
            if not card.fields.get("archived"):
                under = [c for c in actor.world.all("b#comment") if c.parent == card.ref]
                said = sorted(str(c.fields["text"]) for c in under if actor.comments)
                shown = {f: card.fields.get(f) for f in fields}
                found[repr((shown, said))] += 1
        return found


def play(seed):
    history = Rewound(seed)
    before = history.shown()
    first = history.sync()
    after = history.shown()
    if not first.written or not first.ok or before == after:
        return False
    undone = history.undo(first.run)
    assert undone.ok, undone
    assert history.shown() == before
    again = history.undo(first.run)
    assert (again.ok, again.written) == (True, 0), again
    rest = history.stage.store.journal(run=history.sync().run)
    assert all(set(line.entry.after) == {"rank"} for line in rest), rest  # order is the hub's
    assert history.shown() == before
    assert history.undo(undone.run).ok
    assert history.shown() == after
    return True


def contested(seed):
    """What is broken if people go on after the run that is undone, and after its undo."""
    history = Rewound(seed)
    run = history.sync().run
    act = history.stage.random.randint
    for _ in range(act(0, 4)):
        history.people.act()
    if act(0, 1):
        history.sync()
    if history.stage.store.journal(run=run, limit=1):
        with suppress(ConfigError):  # it took in edits and wrote nothing
            history.undo(run)
    for _ in range(act(0, 4)):
        history.people.act()
    history.calm()
    ledger = history.people.ledger
    return [broken for check in LASTING for broken in check(history.stage, ledger)]


@pytest.mark.parametrize("part", range(PARTS))
def test_what_people_type_beside_an_undo_is_neither_lost_nor_doubled(part):
    assert not {seed: b for seed in range(part, SEEDS, PARTS) if (b := contested(seed))}


@pytest.mark.parametrize("part", range(PARTS))
def test_an_undone_run_leaves_every_side_as_it_was_before(part):
    played = [play(seed) for seed in range(part, SEEDS, PARTS)]
    assert sum(played) > SEEDS / PARTS / 3
