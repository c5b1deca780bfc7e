"""The engine: one cycle after the other, until everything is in step.

    recover -> observe -> plan -> remember what was seen -> execute

What it needs of the world comes in by injection: clock, sleep, randomness, workers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from sync import erasure, holds, parting
from sync.commit import remember, unread
from sync.connector import Connector
from sync.contents import Blobs, Contents
from sync.effects import WRITES
from sync.errors import ConfigError, JumelageError, Unknown
from sync.execute import Executor, in_turn
from sync.i18n import _
from sync.mapping.unit import Unit
from sync.nonce import random_nonce
from sync.noted import WORD, note
from sync.observe import Gather, Observer
from sync.plan import plan
from sync.plan.actions import Action, Hold, Plan
from sync.plan.guard import spend
from sync.plan.observation import Observation, Snapshot, Spent
from sync.precheck import replaced_late
from sync.recover import Recovery, Unresolved
from sync.regroup import regroup
from sync.relink import forget
from sync.report import Progress, Report
from sync.settle import VERB, settle, take_back
from sync.state import Salvage
from sync.store.base import Run, Store
from sync.telling import tell
from sync.undo import Undo, let_stay

log = structlog.get_logger()

PASSES = 5
"""Cycles of one run after which the rest is left to the next run."""
FULL_EVERY = timedelta(hours=1)
"""How often everything is listed, since change feeds miss things."""
SETTLING = 2.0
"""Seconds between two looks that must agree: listings of a first meeting, look-ups of a write."""


@dataclass(frozen=True)
class Look:
    """What was known and seen of a unit at one moment, and the plan that follows."""

    unit: Unit
    known: Snapshot
    seen: Observation
    made: Plan


class Engine:
    """Keeps units in step. One per store."""

    def __init__(
        self,
        units: Sequence[Unit],
        connectors: Mapping[str, Connector],
        store: Store,
        blobs: Blobs,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        nonce: Callable[[], str] = random_nonce,
        gather: Gather = in_turn,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.units = {u.name: u for u in units}
        self.connectors = connectors
        self.store = store
        self.blobs = blobs
        self._now = now
        self._sleep = sleep
        self._nonce = nonce
        self._gather = gather
        self._progress = progress

    # Choosing

    def chosen(self, mappings: Iterable[str] = ()) -> list[Unit]:
        """The units of the named mappings; all, if none is named. Raises `Unknown`."""
        wanted = set(mappings)
        known = {m for u in self.units.values() for m in u.mappings}
        if wanted - known:
            names = ", ".join(sorted(wanted - known))
            raise Unknown(
                _("no mapping is called {names}; there are {known}").format(
                    names=names, known=", ".join(sorted(known))
                )
            )
        return [u for u in self.units.values() if not wanted or wanted & set(u.mappings)]

    # Planning

    def plan(self, mappings: Iterable[str] = ()) -> list[Plan]:
        """What `sync` would do now. Writes nothing, not even to the store."""
        return [self._look(unit).made for unit in self.chosen(mappings)]

    def _look(self, unit: Unit) -> Look:
        known = self._known(unit)
        seen = self._observe(unit, known)
        made = plan(unit, known, seen)
        if made.meeting is None or made.meeting.waiting != "second listing":
            made = replace(made, holds=(*made.holds, *parting.held(unit, self.store)))
            return Look(unit, known, seen, made)
        self._settle(unit)
        listed = replace(known, collections={**known.collections, **made.collections})
        again = self._observe(unit, listed)
        return Look(unit, listed, again, plan(unit, listed, again))

    def _settle(self, unit: Unit) -> None:
        self._progress(Progress(unit.name, "settle"))
        self._sleep(SETTLING)

    def _known(self, unit: Unit, spent: Spent | None = None, *, follow: bool = False) -> Snapshot:
        """The state, what this run has spent; `follow`: the mappings are followed in the store."""
        word = self.store.meta(WORD)
        change = regroup(unit, self.units.values(), self.store)
        if follow:
            change.commit(unit, self.store)
        known = change.known
        known.word, known.spent = word, spent or Spent()
        return known

    def _observe(self, unit: Unit, known: Snapshot) -> Observation:
        self._progress(Progress(unit.name, "observe"))
        observer = Observer(unit, self.connectors, self.blobs, self._gather)
        seen = observer.observe(known, self._due_in_full(known))
        seen.at = self._now()
        return seen

    def _due_in_full(self, known: Snapshot) -> set[str]:
        old = self._now() - FULL_EVERY
        return {
            key
            for key, state in known.collections.items()
            if state.released
            or state.unaudited
            or state.full_listing_at is None
            or state.full_listing_at < old
        }

    # Synchronising

    def sync(self, mappings: Iterable[str] = (), *, accept: bool = False) -> Report:
        """Bring the mappings in step. `accept`: first meetings go ahead as shown."""
        chosen = self.chosen(mappings)
        if lost := self.store.lost():
            return Report("", holds=[Hold("store", lost, "jumelage relink")])
        run = self._begin()
        report = Report(run.id)
        for unit in chosen:
            part = Report(run.id)
            self._sync_unit(unit, part, accept=accept)
            report.add(part)
        self._end(run, report)
        return report

    def apply(self, plans: Sequence[Plan]) -> Report:
        """Carry out plans made earlier, if the world would still give the same ones.

        Raises `ConfigError` before anything is written if any action differs. What
        moves after that is left to the next run, and told.
        """
        if lost := self.store.lost():
            return Report("", holds=[Hold("store", lost, "jumelage relink")])
        looks = [self._looked(old) for old in plans]
        run = self._begin()
        report = Report(run.id)
        for look in looks:
            part = Report(run.id)
            self._apply(look, part)
            report.add(part)
        self._end(run, report)
        return report

    def _looked(self, old: Plan) -> Look:
        if old.unit not in self.units:
            raise ConfigError(
                _("the plan is for {unit}, which is not configured").format(unit=old.unit)
            )
        for waits in parting.held(self.units[old.unit], self.store):
            raise ConfigError(f"{waits.subject}: {waits.cause} — {waits.command}")
        look = self._look(self.units[old.unit])
        if (look.made.actions, look.made.option_writes) != (old.actions, old.option_writes):
            raise ConfigError(
                _("{unit} has moved since the plan was made; plan again").format(unit=old.unit)
            )
        return look

    def _apply(self, look: Look, report: Report) -> None:
        regroup(look.unit, self.units.values(), self.store).commit(look.unit, self.store)
        with self.store.transaction() as tx:
            for state in look.known.collections.values():  # listed twice, where they meet
                tx.put_collection(state)
        self._carry_out(look.unit, look.known, look.seen, look.made, report)
        left = len(look.made.actions) + len(look.made.option_writes) - report.written
        if left and not report.failures:
            moved = _("something moved meanwhile; writes of the plan that were not made: {count}")
            report.holds.append(Hold(look.unit.name, moved.format(count=left), "jumelage sync"))

    def _sync_unit(self, unit: Unit, report: Report, *, accept: bool) -> None:
        spent = Spent()
        for passed in range(PASSES):
            report.passes = passed + 1
            left = self._recover(unit)
            report.open_intents = left.intents
            report.holds = parting.held(unit, self.store)
            if report.holds and left.undecided:
                self._settle(unit)
                continue
            if report.holds:
                parting.tell(unit, self.store, report.holds)
                return
            known = self._known(unit, spent, follow=True)
            seen = self._observe(unit, known)
            made = plan(unit, known, seen)
            again = self._carry_out(unit, known, seen, made, report)
            listed_once = made.meeting is not None and made.meeting.waiting == "second listing"
            if listed_once or left.undecided:
                self._settle(unit)
                again = True
            if accept and made.meeting is not None and made.meeting.waiting == "release":
                holds.accept(self.store, unit)
                again = True
            if not again:
                return

    def _recover(self, unit: Unit) -> Unresolved:
        told = Contents(self.connectors, self.blobs)
        unit = parting.with_those_that_left(unit, self.connectors, self.store)
        known = unit, self.connectors, self.store, self._now
        return Recovery(*known, told.whole, cut_off=told.cut_off).recover()

    def _carry_out(
        self, unit: Unit, known: Snapshot, seen: Observation, made: Plan, report: Report
    ) -> bool:
        """Remember what was seen, then write; tell whether another cycle has work to do."""
        made = self._audited(unit, made)
        if not remember(self.store, known, self._listed_in_full(known, seen, made), report.run):
            return True
        spend(known, made)
        if made.actions:
            self._progress(Progress(unit.name, "write", 0, len(made.actions)))
        done = 0

        def tick(action: Action) -> None:
            nonlocal done
            done += 1
            self._progress(Progress(unit.name, "write", done, len(made.actions), action.title))

        executor = Executor(
            unit,
            self.connectors,
            self.store,
            self.blobs,
            run=report.run,
            now=self._now,
            nonce=self._nonce,
            gather=self._gather,
            done=tick,
        )
        outcome = executor.execute(made)
        made = replace(made, holds=(*made.holds, *outcome.holds))
        report.written += outcome.written
        tell(self.store, known, made, report, outcome.failures)
        note(self.store, made, report.failures, self._now())
        return outcome.again or any(unread(unit, item) for item in made.items.values())

    def _audited(self, unit: Unit, made: Plan) -> Plan:
        """The plan, with what late writes of ours replaced in its salvage.

        A history that cannot be read now is due with the next listing of all.
        """
        lost: list[Salvage] = []
        due = dict(made.collections)
        for audit in made.audits:
            member = unit.members[audit.collection]
            try:
                lost += replaced_late(member, self.connectors[member.collection.system], audit)
            except JumelageError as error:
                log.warning("history_missed", collection=member.key, error=str(error))
                state = due.get(member.key) or self.store.collections()[member.key]
                since = min(state.unaudited or audit.since, audit.since)
                due[member.key] = replace(state, unaudited=since)
        return replace(made, collections=due, salvage=(*made.salvage, *lost))

    def _listed_in_full(self, known: Snapshot, seen: Observation, made: Plan) -> Plan:
        """The plan, with the time noted for each collection whose full listing was due."""
        states = {**known.collections, **made.collections}
        noted = {
            key: replace(states[key], full_listing_at=self._now())
            for key in self._due_in_full(replace(known, collections=states))
            if (listing := seen.listings.get(key)) and listing.complete and not listing.failure
        }
        return replace(made, collections={**made.collections, **noted})

    # Going back

    def undo(self, run: str) -> Report:
        """Reverse what a run wrote, where it still stands. Raises `Unknown`."""
        if lost := self.store.lost():
            return Report("", holds=[Hold("store", lost, "jumelage relink")])
        lines = [logged.entry for logged in self.store.journal(run=run)]
        wrote = {entry.collection for entry in lines if entry.verb in WRITES}
        if not wrote and not any(entry.verb == VERB for entry in lines):
            raise Unknown(_("no run called {run} wrote anything").format(run=run))
        undoing = self._begin()
        report = Report(undoing.id)
        for unit in self.units.values():
            wrote -= unit.members.keys()
            part = Report(undoing.id)
            self._undo_unit(unit, run, part)
            report.add(part)
        for key in sorted(wrote):
            report.failures[key] = _("no mapping names it any more: nothing is undone there")
        report.holds += take_back(self.store, run)
        self._end(undoing, report)
        return report

    def _undo_unit(self, unit: Unit, run: str, report: Report) -> None:
        for _passed in range(PASSES):
            report.open_intents = self._recover(unit).intents
            report.holds = parting.held(unit, self.store)
            if report.holds:
                return
            known = self._known(unit, follow=True)
            contents = Contents(self.connectors, self.blobs)
            undo = Undo(unit, self.connectors, self.store, contents, run)
            made = undo.plan()
            self._carry_out(unit, known, Observation(), made, report)
            let_stay(unit, self.store, made)
            report.failures |= undo.failures
            if not made.actions or report.failures:
                return
        moved = _("something moves there; undo it again")
        report.holds.append(Hold(unit.name, moved, f"jumelage undo {run}"))

    def relink(self, mappings: Iterable[str] = ()) -> Report:
        """Take the store for the latest again, and let every side meet it anew.

        Writes to no side: what was matched is shown, and waits for `release`.
        """
        for unit in self.chosen(mappings):
            forget(unit, self.store)
        self.store.accept()
        return self.sync(mappings)

    # Runs

    def _begin(self) -> Run:
        now = self._now()
        run = Run(f"{now:%Y%m%dT%H%M%S}-{self._nonce()[:4]}", now)
        with self.store.transaction() as tx:
            tx.put_run(run)
        return run

    def _end(self, run: Run, report: Report) -> None:
        run.ended = self._now()
        run.outcome = "ok" if report.ok else "failed" if report.failures else "held"
        run.summary = {
            "written": report.written,
            "folded": report.folded,
            "conflicts": report.conflicts,
            "failures": dict(report.failures),
        }
        with self.store.transaction() as tx:
            tx.put_run(run)
            tx.remove_runs(erasure.idle(self.store.runs(3 * erasure.SPARED)))

    # Holding and releasing

    def hold(self, subject: str) -> None:
        """Hold an item, or one field of it. Raises `Unknown`."""
        holds.hold(self.store, subject)

    def release(self, subject: str) -> bool:
        """Release what a hold names; whether there was one. Raises `Unknown`."""
        return holds.release(self.store, self.units, subject)

    def settle(self, number: int, keep: str, who: str) -> str:
        """Settle a conflict, or bring a kept value back; the run that did. Raises `ConfigError`."""
        run = self._begin()
        try:
            settle(self.store, number, keep, who=who, run=run.id, now=self._now())
        finally:
            self._end(run, Report(run.id))
        return run.id
