"""Recovery: finding out what became of writes whose outcome is not known.

Runs before every plan, after a crash and after an answer that never came alike. A
look-up proves something only if the same kind of call can see something known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from sync.commit import adopted, deleted, received, restored, written
from sync.connector import Connector, Origin
from sync.errors import JumelageError, Malformed, Unauthorized
from sync.mapping.unit import Binding, Member, Unit
from sync.model import Plain, Record
from sync.precheck import overwritten, read_unless_gone, sighted_by_get, unclaimed
from sync.state import Intent, Item, JournalEntry, Nonce, Salvage, Standing, Verb
from sync.store.base import Store

log = structlog.get_logger()

PATIENCE = 2
"""Negative look-ups, in different cycles, that count as proof where nothing else can."""
CANARIES = 3
"""Known records that a search is tried with before it is taken for blind."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Unresolved:
    """What recovery leaves open."""

    intents: int = 0
    undecided: bool = False
    """Whether some were looked for in vain once: a look in another cycle decides."""


class Recovery:
    """Resolves the open intents of one unit."""

    def __init__(
        self,
        unit: Unit,
        connectors: Mapping[str, Connector],
        store: Store,
        now: Callable[[], datetime],
        whole: Callable[[Member, Record], Record] = received,
        *,
        cut_off: Callable[[Plain, Plain], bool] = lambda *_: False,
    ) -> None:
        """Tell what a record holds by `whole`: what a content is can take more than a look.

        `cut_off` tells whether a content is but the beginning of another.
        """
        self._unit = unit
        self._connectors = connectors
        self._store = store
        self._now = now
        self._whole = whole
        self._cut_off = cut_off
        self._left = Unresolved()

    def recover(self) -> Unresolved:
        """Resolve what can be; return what stays open."""
        left = self._left = Unresolved()
        refused: set[str] = set()
        for intent in self._store.intents():
            member = self._unit.members.get(intent.collection)
            if member is None:
                continue
            if member.collection.system in refused:
                left.intents += 1
                continue
            try:
                left.intents += not self._resolve(member, intent)
            except Malformed as error:
                left.intents += 1
                self._quarantine(member, intent, error)
            except JumelageError as error:
                left.intents += 1
                if isinstance(error, Unauthorized):
                    refused.add(member.collection.system)
                log.warning("recovery_waited", collection=intent.collection, error=str(error))
        return left

    def _resolve(self, member: Member, intent: Intent) -> bool:
        item = self._store.item(intent.item)
        if item is None:
            self._drop(intent)
            return True
        if intent.verb is Verb.CREATE:
            return self._create(member, item, intent)
        if intent.verb is Verb.RESTORE:
            return self._restore(member, item, intent)
        if intent.verb is Verb.DELETE and not intent.views:
            return self._delete(member, item, intent)
        return self._update(member, item, intent)

    def _connector(self, member: Member) -> Connector:
        return self._connectors[member.collection.system]

    def _get(self, member: Member, ref: str | None) -> Record | None:
        """The record, or None if it is gone. Raises what makes it unknown."""
        return read_unless_gone(self._connector(member), member, ref or "")

    # Creates

    def _create(self, member: Member, item: Item, intent: Intent) -> bool:
        origin = Origin(intent.nonce, intent.since or self._now(), intent.views)
        found = [
            self._whole(member, r)
            for r in self._connector(member).find(member.collection, origin)
            if r.origin in (None, intent.nonce)
        ]
        if free := unclaimed(self._store, self._unit, member, found):
            self._adopt(member, item, intent, free[0])
            return True
        sighted = self._sighted_by_find(member)
        if sighted or (sighted is None and intent.misses + 1 >= PATIENCE):
            self._drop(intent)
            return True
        self._missed(intent)
        return False

    def _adopt(self, member: Member, item: Item, intent: Intent, record: Record) -> None:
        """Let it be the item's; a content that is not what was sent, nor marked, is not ours."""
        adopted(member, item, intent, record)
        side = item.sides[member.key]
        cut = self._cut(member, intent, record)
        for b in _contents(member, intent, record):
            if record.origin is None and not b.view.equivalent(
                intent.views[b.side], record.fields[b.side]
            ):
                side.base.pop(b.hub, None)
                side.seen.pop(b.side, None)
        side.seen |= cut
        self._keep(member, intent, cut)
        self._commit(intent, [item], record.ref, Nonce.creating(intent, record.ref))

    def _cut(self, member: Member, intent: Intent, record: Record) -> dict[str, Plain]:
        """The contents that our write left half done: they are seen, and no edits."""
        return {
            b.side: record.fields[b.side]
            for b in _contents(member, intent, record)
            if record.fields[b.side] != intent.before.get(b.side)
            and self._cut_off(intent.views[b.side], record.fields[b.side])
        }

    def _keep(self, member: Member, intent: Intent, cut: Mapping[str, Plain]) -> None:
        """Keep what looks like half a write of ours: who knows who shortened it."""
        lost = [(b.hub, cut[b.side]) for b in member.bindings if cut.get(b.side) is not None]
        if not lost:
            return
        with self._store.transaction() as tx:
            for field, value in lost:
                tx.keep(intent.run, Salvage(intent.item, field, value, member.key, "overwritten"))

    def _sighted_by_find(self, member: Member) -> bool | None:
        """Whether a search finds a record of ours that it should; None: there is none."""
        known = self._findable(member)
        for nonce in known[:CANARIES]:
            origin = Origin(nonce.nonce, _EVER, nonce.views)
            found = self._connector(member).find(member.collection, origin)
            if any(r.ref == nonce.adopted for r in found):
                return True
        return False if known else None

    def _findable(self, member: Member) -> list[Nonce]:
        """The creates whose records still stand as they were made."""
        sides = [i.sides.get(member.key) for i in self._store.items(self._unit.name)]
        there = {s.ref: s.seen for s in sides if s and s.standing is Standing.HERE}
        nonces = sorted(self._store.nonces(member.key).values(), key=lambda n: n.nonce)
        return [
            n
            for n in nonces
            if n.views  # else they were erased
            and n.adopted in there
            and all(there[n.adopted].get(f) == view for f, view in n.views.items())
        ]

    # Updates, and deletions that archive

    def _update(self, member: Member, item: Item, intent: Intent) -> bool:
        record = self._get(member, intent.ref)
        side = item.sides.get(member.key)
        if record is None or side is None:
            self._look_again(item, member, intent, watch=True)  # a server may say so falsely
            return True
        record = self._whole(member, record)
        self._audit(member, intent)
        sent = {b.side: b for b in member.bindings if b.side in intent.views}
        if all(b.view.equivalent(intent.views[f], record.fields.get(f)) for f, b in sent.items()):
            touched = [item]
            if intent.verb is Verb.DELETE:
                children = self._children(item)
                deleted(self._unit, member, item, intent, children)
                touched += children
            else:
                written(member, item, intent, record)
                side.stale = True
            self._commit(intent, touched, record.ref)
            return True
        cut = self._cut(member, intent, record)
        side.seen |= cut
        self._keep(member, intent, cut)
        self._look_again(item, member, intent, watch=True)  # never assume it was applied
        return True

    def _audit(self, member: Member, intent: Intent) -> None:
        """Keep what the update replaced unseen, if it was applied, before it is settled."""
        lost = overwritten(member, self._connector(member), intent)
        if lost:
            with self._store.transaction() as tx:
                for salvage in lost:
                    tx.keep(intent.run, salvage)

    def _restore(self, member: Member, item: Item, intent: Intent) -> bool:
        record = self._get(member, intent.ref)
        if record is None:
            self._drop(intent)
        else:
            restored(item, member.key, record)
            self._commit(intent, [item], record.ref)
        return True

    # Deletions

    def _delete(self, member: Member, item: Item, intent: Intent) -> bool:
        if self._get(member, intent.ref) is not None:
            self._look_again(item, member, intent)
            return True
        sighted = sighted_by_get(
            self._unit, self._connector(member), self._store, member, intent.ref
        )
        if not sighted and intent.misses + 1 < PATIENCE:
            self._missed(intent)
            return False
        children = self._children(item)
        deleted(self._unit, member, item, intent, children)
        self._commit(intent, [item, *children], intent.ref)
        return True

    def _children(self, item: Item) -> list[Item]:
        return [i for i in self._store.items(self._unit.name) if i.parent == item.id]

    # Outcomes

    def _missed(self, intent: Intent) -> None:
        """A look-up found nothing, which alone proves nothing."""
        self._left.undecided |= intent.misses + 1 < PATIENCE
        with self._store.transaction() as tx:
            tx.put_intent(replace(intent, misses=intent.misses + 1))

    def _commit(
        self, intent: Intent, items: list[Item], ref: str | None, nonce: Nonce | None = None
    ) -> None:
        entry = JournalEntry(
            intent.run,
            intent.verb,
            intent.item,
            intent.collection,
            ref,
            intent.before,
            intent.views,
            f"{intent.reason} (found after an interruption)",
        )
        with self._store.transaction() as tx:
            for item in items:
                tx.put_item(item)
            if nonce is not None:
                tx.put_nonce(nonce)
            tx.append(entry)
            tx.drop_intent(intent.nonce)

    def _look_again(
        self, item: Item, member: Member, intent: Intent, *, watch: bool = False
    ) -> None:
        """Let the record be read and folded; `watch`: the update may land yet."""
        side = item.sides.get(member.key)
        if side is not None:
            side.stale = True
        with self._store.transaction() as tx:
            if watch:
                tx.put_nonce(Nonce.watching(intent))
            tx.put_item(item)
            tx.drop_intent(intent.nonce)

    def _quarantine(self, member: Member, intent: Intent, error: Malformed) -> None:
        """What was written cannot be read: it is named, and its outcome stays open."""
        item = self._store.item(intent.item)
        if item is not None and (side := item.sides.get(member.key)):
            side.malformed = str(error)
            with self._store.transaction() as tx:
                tx.put_item(item)

    def _drop(self, intent: Intent) -> None:
        with self._store.transaction() as tx:
            tx.drop_intent(intent.nonce)


def _contents(member: Member, intent: Intent, record: Record) -> list[Binding]:
    """The contents that were sent and that stand there, whole or not."""
    both = intent.views.keys() & record.fields.keys()
    return [b for b in member.bindings if b.view.name == "blob" and b.side in both]
