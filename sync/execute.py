"""Execute: each write is intended durably, sent once, and committed with its outcome.

An outcome that is not known leaves its intent behind; recovery looks it up, and nothing
is sent again before it has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from sync.commit import deleted, received, restored, written
from sync.connector import Connector, Origin
from sync.contents import Blobs
from sync.errors import Ambiguous, Gone, JumelageError, Malformed, Refused, Stale
from sync.holds import one_name
from sync.i18n import _
from sync.mapping.unit import Member, Unit
from sync.mark import marked
from sync.model import Option, Plain, Record
from sync.observe import Gather
from sync.plan.actions import Action, Hold, OptionWrite, Plan
from sync.plan.vocabulary import PENDING
from sync.precheck import (
    check,
    children_of,
    overwritten,
    read_unless_gone,
    sighted_by_get,
    unclaimed,
)
from sync.state import Intent, Item, JournalEntry, Nonce, Salvage, Side, Verb
from sync.store.base import Store, Transaction
from sync.supply import Supply

log = structlog.get_logger()


@dataclass
class Outcome:
    """What became of a plan's writes."""

    written: int = 0
    again: bool = False
    """Something moved meanwhile: another cycle has work to do."""
    failures: dict[str, str] = field(default_factory=dict)
    """Collection key -> why writes to it failed."""
    holds: list[Hold] = field(default_factory=list)
    """What was not written for a reason that only people can take away."""


class Executor:
    """Carries out the writes of one unit's plans, in one run."""

    def __init__(
        self,
        unit: Unit,
        connectors: Mapping[str, Connector],
        store: Store,
        blobs: Blobs,
        *,
        run: str,
        now: Callable[[], datetime],
        nonce: Callable[[], str],
        gather: Gather,
        done: Callable[[Action], None] = lambda _: None,
    ) -> None:
        self._unit = unit
        self._connectors = connectors
        self._store = store
        self._supply = Supply(unit, connectors, store, blobs)
        self._run = run
        self._now = now
        self._nonce = nonce
        self._gather = gather
        self._done = done
        self._made: dict[tuple[str, str], str] = {}
        self.outcome = Outcome()

    def execute(self, plan: Plan) -> Outcome:
        """Options first, then records, parents before children, deletions last."""
        for option in plan.option_writes:
            if option.collection not in self.outcome.failures:  # a name may not be free yet
                self._write_option(option)
        order = list(self._unit.members)
        waves: dict[tuple[bool, bool], list[Action]] = defaultdict(list)
        for action in sorted(plan.actions, key=lambda a: order.index(a.collection)):
            child = self._unit.members[action.collection].parent is not None
            waves[action.verb is Verb.DELETE, child].append(action)
        for wave in sorted(waves):
            self._gather([self._series(actions) for actions in _series(waves[wave])])
        return self.outcome

    def _series(self, actions: list[Action]) -> Callable[[], None]:
        def run() -> None:
            for action in actions:
                if self._supply.at_hand(action):
                    self._perform(action)
                self._done(action)

        return run

    # Options

    def _write_option(self, write: OptionWrite) -> None:
        member = self._unit.members[write.collection]
        option = Option(write.native or "", write.name, write.color)
        try:
            made = self._connector(member).write_option(member.collection, write.field, option)
        except JumelageError as error:
            self.outcome.failures[write.collection] = str(error)
            return
        options = self._store.options(self._unit.name).get(write.hub_field, [])
        others = [o for o in options if o.id != write.option]
        if other := next((o for o in others if o.natives.get(member.key) == made.id), None):
            if other.name == write.name:
                self.outcome.holds.append(one_name(member, write))
            return  # another is still called so there: made once that one has its own name
        self._made[write.collection, PENDING + write.option] = made.id
        self.outcome.written += 1
        for known in options:
            if known.id == write.option:
                known.natives[write.collection] = made.id
                known.base[write.collection] = made.name
        with self._store.transaction() as tx:
            tx.put_options(self._unit.name, write.hub_field, options)

    def _resolved(self, key: str, value: Plain) -> Plain:
        """A view in which the options made on the way have their native ids."""
        if isinstance(value, list):
            return [self._resolved(key, one) for one in value]
        if isinstance(value, str) and value.startswith(PENDING):
            if (key, value) not in self._made:
                raise Refused(f"the option {value.removeprefix(PENDING)!r} could not be made")
            return self._made[key, value]
        return value

    # Records

    def _connector(self, member: Member) -> Connector:
        return self._connectors[member.collection.system]

    def _perform(self, action: Action) -> None:
        member = self._unit.members[action.collection]
        if action.collection in self.outcome.failures:
            return
        try:
            views = {f: self._resolved(member.key, v) for f, v in action.views.items()}
            if action.verb is not Verb.CREATE:
                self._salvage(check(self._unit, self._connectors, self._store, action))
        except (Stale, Gone):
            self._look_again(action)
            return
        except Malformed as error:
            self._quarantine(action, error)
            return
        except JumelageError as error:
            self._fail(action, error)
            return
        intent = self._intend(replace(action, views=views))
        try:
            record = self._send(member, action, intent)
        except (Ambiguous, Malformed) as error:
            log.warning(
                "write_uncertain", item=action.item, collection=member.key, error=str(error)
            )
            self.outcome.again = True
        except JumelageError as error:
            self._not_done(action, intent, error)
        except Exception:  # a fault of the connector: the write may have happened
            log.exception("connector_failed", collection=member.key)
            self.outcome.failures[member.key] = "the connector failed; see the log"
        else:
            self._commit(member, action, intent, record)

    def _intend(self, action: Action) -> Intent:
        created = action.verb is Verb.CREATE
        intent = Intent(
            nonce=marked(self._nonce(), action.item) if created else self._nonce(),
            verb=action.verb,
            item=action.item,
            collection=action.collection,
            ref=action.ref,
            views=dict(action.views),
            values=dict(action.values),
            before=dict(action.before),
            version=action.expect,
            after=action.after,
            since=self._now(),
            run=self._run,
            reason=action.reason,
        )
        with self._store.transaction() as tx:
            tx.put_intent(intent)
            if created:
                tx.put_nonce(Nonce.creating(intent))
        return intent

    def _salvage(self, lost: list[Salvage]) -> None:
        if lost:
            with self._store.transaction() as tx:
                for salvage in lost:
                    tx.keep(self._run, salvage)

    def _send(self, member: Member, action: Action, intent: Intent) -> Record | None:
        connector, where = self._connector(member), member.collection
        ref = action.ref or ""
        if action.verb is Verb.CREATE:
            return self._create(member, action, intent)
        if action.verb is Verb.RESTORE:
            return connector.restore(where, ref)
        if action.verb is Verb.UPDATE or intent.views:
            return connector.update(where, ref, intent.views, expect=action.expect)
        connector.delete(where, ref, expect=action.expect)
        return None

    def _create(self, member: Member, action: Action, intent: Intent) -> Record | None:
        parent = None
        if member.parent is not None and action.parent is not None:
            owner = self._store.item(action.parent)
            side = owner.sides.get(member.parent) if owner else None
            if side is None or side.ref is None or not side.kids_met:
                raise Stale("the parent is not there yet")
            parent = side.ref
        origin = Origin(intent.nonce, intent.since or self._now(), intent.views)
        return self._connector(member).create(
            member.collection, intent.views, origin=origin, parent=parent
        )

    # Outcomes

    def _commit(
        self, member: Member, action: Action, intent: Intent, record: Record | None
    ) -> None:
        item = self._store.item(action.item)
        if item is None:
            return
        if intent.verb in (Verb.CREATE, Verb.UPDATE, Verb.RESTORE) and record is None:
            record = self._read_back(member, action, intent)
            if record is None:
                self.outcome.again = True
                return  # the intent stays: recovery finds out
        try:
            whole = received(member, record) if record is not None else None
            lost = overwritten(member, self._connector(member), intent)
        except (ValueError, JumelageError) as error:  # the intent stays: recovery asks again
            log.warning(
                "write_uncertain", item=action.item, collection=member.key, error=str(error)
            )
            self.outcome.again = True
            return
        touched = self._settle(member, item, intent, whole)
        self.outcome.written += 1
        self.outcome.again |= item.sides[member.key].stale if member.key in item.sides else False
        with self._store.transaction() as tx:
            for changed in touched:
                tx.put_item(changed)
            for salvage in lost:
                tx.keep(self._run, salvage)
            self._journal(tx, intent, whole)
            tx.drop_intent(intent.nonce)

    def _settle(
        self, member: Member, item: Item, intent: Intent, record: Record | None
    ) -> list[Item]:
        if intent.verb is Verb.DELETE:
            children = children_of(self._store, item)
            deleted(self._unit, member, item, intent, children)
            return [item, *children]
        if record is not None and intent.verb is Verb.RESTORE:
            restored(item, member.key, record)
        elif record is not None:
            written(member, item, intent, record)
            if intent.verb is Verb.CREATE:
                item.sides[member.key].kids_met = True
        return [item]

    def _read_back(self, member: Member, action: Action, intent: Intent) -> Record | None:
        """What stands now, for systems that answer a write with nothing."""
        connector = self._connector(member)
        try:
            if action.ref is not None:
                return connector.get(member.collection, action.ref)
            origin = Origin(intent.nonce, intent.since or self._now(), intent.views)
            found = connector.find(member.collection, origin)
            return next(iter(unclaimed(self._store, self._unit, member, found)), None)
        except JumelageError:
            return None

    def _journal(self, tx: Transaction, intent: Intent, record: Record | None) -> None:
        if intent.verb is Verb.CREATE and record is not None:
            tx.put_nonce(Nonce.creating(intent, record.ref))
        before = intent.before
        if intent.verb is Verb.UPDATE:
            before = {f: intent.before.get(f) for f in intent.views}
        ref = record.ref if record else intent.ref
        line = self._run, intent.verb, intent.item, intent.collection, ref
        tx.append(JournalEntry(*line, before, intent.views, intent.reason))

    def _not_done(self, action: Action, intent: Intent, error: JumelageError) -> None:
        """The write certainly did not happen."""
        with self._store.transaction() as tx:
            tx.drop_intent(intent.nonce)
        if isinstance(error, Stale | Gone):
            self._look_again(action, gone=isinstance(error, Gone))
        elif isinstance(error, Refused):
            self._refuse(action, intent, error)
        else:
            self._fail(action, error)

    def _look_again(self, action: Action, *, gone: bool = False) -> None:
        item = self._store.item(action.item)
        side = item.sides.get(action.collection) if item else None
        if item is None or side is None:
            self.outcome.again = True
            return
        side.stale, missed = True, side.misses
        if gone and action.verb is Verb.RESTORE:
            self._not_restored(action, item, side)
        self.outcome.again |= side.misses <= missed  # else the next run looks again
        with self._store.transaction() as tx:
            tx.put_item(item)

    def _quarantine(self, action: Action, error: Malformed) -> None:
        """What stands there cannot be read: nothing is written over it, all else goes on."""
        item = self._store.item(action.item)
        if item is not None and (side := item.sides.get(action.collection)):
            side.malformed = str(error)
            with self._store.transaction() as tx:
                tx.put_item(item)

    def _not_restored(self, action: Action, item: Item, side: Side) -> None:
        """It is in no archive: people brought it back themselves, or it is no more.

        It is no more only where a known record answers; where there is none, if it was not
        found in two runs. Else the same is tried again.
        """
        member = self._unit.members[action.collection]
        connector = self._connector(member)
        try:
            record = read_unless_gone(connector, member, action.ref or "")
            if record is not None:
                restored(item, member.key, record)
                side.misses = 0
                return
            sighted = sighted_by_get(self._unit, connector, self._store, member, action.ref)
            side.misses += sighted is None
            if sighted or side.misses > 1:
                side.ref, side.stale, side.misses = None, False, 0
        except JumelageError as error:
            log.warning("reading_failed", collection=member.key, error=str(error))

    def _refuse(self, action: Action, intent: Intent, error: Refused) -> None:
        log.warning(
            "write_refused", item=action.item, collection=action.collection, error=str(error)
        )
        item = self._store.item(action.item)
        if item is None:
            return
        side = item.sides.setdefault(action.collection, Side())
        if own := error.fields & intent.views.keys():
            side.refused |= {name: intent.views[name] for name in own}
            self.outcome.again |= own != intent.views.keys()  # the others go without
        elif action.verb is Verb.UPDATE:
            side.refused |= intent.views
        else:
            side.refused[""] = str(error)
        item.held[f"{action.collection}"] = _("refused: {reason}").format(reason=error)
        with self._store.transaction() as tx:
            tx.put_item(item)

    def _fail(self, action: Action, error: JumelageError) -> None:
        log.warning(
            "write_failed", item=action.item, collection=action.collection, error=str(error)
        )
        if not isinstance(error, Refused):
            self.outcome.failures[action.collection] = str(error)


def _series(actions: list[Action]) -> list[list[Action]]:
    """What may not run at the same time: the writes to one item, and new children of one parent.

    Comments have no other order than that in which they are made.
    """
    parents = {a.item: a.parent for a in actions if a.parent is not None}
    series: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        series[parents.get(action.item, action.item)].append(action)
    return list(series.values())


def in_turn(jobs: Iterable[Callable[[], None]]) -> None:
    """The simplest gather: one job after the other, in order."""
    for job in jobs:
        job()
