"""The same promises, broken with as few steps as can be: Hypothesis draws, and shrinks.

What people do, what fails and when a process dies are drawn step by step, so that a
history which breaks a promise is told in the few steps that it needs.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connectors.memory.world import Crash
from sync.errors import Unreachable
from tests.simulation.admin import Admin
from tests.simulation.checker import violations
from tests.simulation.crash_points import Rehearsal, Script

CHANCES = st.randoms(use_true_random=False)
SEEDS = st.integers(0, 500)
SIDES = st.integers(0, 3)
PARTS, EXAMPLES = 40, 500
"""Of the soak."""
READS = ("list", "get", "find", "children", "history")


class Board(RuleBasedStateMachine):
    """Some sides, their people, an engine, and all that goes wrong."""

    @initialize(seed=SEEDS, cards=st.integers(0, 3))
    def begin(self, seed, cards):
        self.play = Rehearsal(seed, script=Script(0, [], set(), meanwhile=False))
        self.stage, self.people = self.play.stage, self.play.people
        self.admin = Admin(self.stage)
        self.met = False
        for _ in range(cards):
            self.people.add(self.stage.actors[0])

    def _side(self, number):
        return self.stage.actors[number % len(self.stage.actors)]

    def _sync(self):
        """One process, to its end or its death."""
        try:
            report = self.play.engine.sync(accept=True)
        except Crash:
            self.play.points.restart()
            self.play.start()
        else:
            self.met = self.met or report.ok

    @rule(chance=CHANCES)
    def somebody_acts(self, chance):
        self.people.random = chance
        self.people.act()

    @rule()
    def the_engine_runs(self):
        self._sync()

    @rule(point=st.integers(0, 60))
    def the_engine_dies(self, point):
        points = self.play.points
        points.deaths[len(points.lives) - 1 :] = [len(points.lives[-1]) + point]
        self._sync()
        del points.deaths[len(points.lives) - 1 :]

    @rule(write=st.integers(0, 5))
    def an_answer_is_lost(self, write):
        self.play.script.unanswered.add(self.play.sent + write)
        self._sync()

    @rule(side=SIDES, reads=st.integers(0, 5))
    def a_server_goes_down(self, side, reads):
        world, left = self._side(side).world, iter(range(reads))
        hook = world.hook

        def failing(event, when):
            if event.verb in READS and when == "before" and next(left, None) is None:
                raise Unreachable("down")
            hook(event, when)

        world.hook = failing
        self._sync()
        world.hook = hook

    @precondition(lambda self: self.met)
    @rule(side=SIDES, calls=st.sampled_from([("list",), ("get",), ("find",), ("list", "get")]))
    def a_server_shows_nothing(self, side, calls):
        actor = self._side(side)
        if actor.connector.capabilities.moves and "list" in calls:
            return  # a new name hidden, the old one truly gone, is a deletion
        self.stage.clock.now += timedelta(hours=2)
        shelves = [actor.world.shelf("b"), actor.world.shelf("b#comment")]
        for shelf in shelves:
            shelf.blind = set(calls)
        self._sync()
        for shelf in shelves:
            shelf.blind = set()

    @rule(chance=CHANCES)
    def an_admin_edits_the_mapping(self, chance):
        self.admin.random = chance
        self.admin.act()
        self.play.start()

    @rule()
    def the_holds_are_released(self):
        report = self.play.run()
        for hold in report.holds:
            self.play.release(hold.subject)

    def teardown(self):
        if not hasattr(self, "play"):
            return
        self.play.stormy = False
        self.admin.restore()
        self.play.start()
        self.play.points.deaths.clear()
        note("\n".join(self.stage.trace))
        assert not self.play.calm()
        assert not violations(self.stage, self.people.ledger)


COMMON = settings(
    deadline=None,
    stateful_step_count=16,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class TestBoard(Board.TestCase):
    """A few hundred histories, the same each time."""

    settings = settings(COMMON, derandomize=True, max_examples=250)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
def test_histories_that_are_drawn_otherwise_break_no_promise(part, record_property):
    board = seed(part)(type("Board", (Board,), {}))
    drawn = settings(COMMON, derandomize=False, max_examples=EXAMPLES)
    run_state_machine_as_test(board, settings=drawn)
    record_property("histories drawn by Hypothesis", EXAMPLES)
