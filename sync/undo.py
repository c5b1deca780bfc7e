"""Undo: reversing what a run of ours wrote, where it still stands.

An undone side is left as it was before the run, and agrees to differ: what the hub
holds does not go there again until somebody changes it. Where people have edited
since, nothing is touched; the item is held and listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync.commit import received
from sync.connector import Connector
from sync.errors import ConfigError, Gone
from sync.i18n import _
from sync.mapping.unit import Member, Unit
from sync.model import Plain, Record
from sync.plan.actions import Action, Plan
from sync.state import Item, JournalEntry, Standing, Verb
from sync.store.base import Store


class Undo:
    """Makes the plan that reverses one run's writes to one unit."""

    def __init__(
        self, unit: Unit, connectors: Mapping[str, Connector], store: Store, run: str
    ) -> None:
        self._unit = unit
        self._connectors = connectors
        self._store = store
        self._run = run
        self._items: dict[str, Item] = {}
        self._actions: list[Action] = []

    def plan(self) -> Plan:
        """The reversal, newest write first. Raises `ConfigError` for a run that wrote nothing.

        Reads every record concerned; raises what keeps it from being read.
        """
        lines = [logged.entry for logged in self._store.journal(run=self._run)]
        writes = [e for e in lines if e.verb in set(Verb)]
        if not writes:
            raise ConfigError(_("no run called {run} wrote anything").format(run=self._run))
        for entry in writes:
            if entry.collection in self._unit.members:
                self._reverse(self._unit.members[entry.collection], entry)
        return Plan(self._unit.name, items=self._items, actions=tuple(self._actions))

    def _item(self, name: str) -> Item | None:
        if name not in self._items:
            found = self._store.item(name)
            if found is None:
                return None
            self._items[name] = found
        return self._items[name]

    def _reverse(self, member: Member, entry: JournalEntry) -> None:
        item = self._item(entry.item)
        if item is None:
            return
        record = self._record(member, entry.ref)
        if entry.verb == Verb.DELETE and not entry.after:
            self._bring_back(member, item, entry, record)
        elif record is None or not _stands(member, entry, record):
            item.held[""] = _("edited since the run that was to be undone")
        elif entry.verb == Verb.CREATE:
            self._take_away(member, item, record)
        elif entry.verb in (Verb.UPDATE, Verb.DELETE):
            self._set_back(member, item, entry, record)

    def _record(self, member: Member, ref: str | None) -> Record | None:
        connector = self._connectors[member.collection.system]
        try:
            return received(member, connector.get(member.collection, ref or ""))
        except Gone:
            return None

    def _take_away(self, member: Member, item: Item, record: Record) -> None:
        """A record that we made goes; the side does not get it again."""
        before = dict(item.sides[member.key].seen)
        self._act(Verb.DELETE, member, item, record, before=before, after=Standing.LEFT)

    def _set_back(self, member: Member, item: Item, entry: JournalEntry, record: Record) -> None:
        """What we changed is changed back; an item that we archived lives again."""
        side = item.sides[member.key]
        side.standing = Standing.HERE
        item.dead = item.dying = False
        views = dict(entry.before) if entry.verb == Verb.UPDATE else _unset(entry.after)
        self._act(
            Verb.UPDATE,
            member,
            item,
            record,
            before=dict(record.fields),
            views=views,
            values=self._agreed(member, item, views),
        )

    def _bring_back(
        self, member: Member, item: Item, entry: JournalEntry, record: Record | None
    ) -> None:
        """What we deleted stands again; where people had deleted it, it stays away."""
        if record is not None:
            item.held[""] = _("edited since the run that was to be undone")
            return
        item.dead = item.dying = False
        for key, side in item.sides.items():
            if side.standing is Standing.GONE and key != member.key:
                side.standing = Standing.LEFT
        views = {f: v for f, v in entry.before.items() if v is not None and _writes(member, f)}
        soft = member.capabilities.soft_delete
        item.sides[member.key].standing = Standing.OUT
        self._act(
            Verb.RESTORE if soft else Verb.CREATE,
            member,
            item,
            None,
            views={} if soft else views,
            values=self._agreed(member, item, entry.before),
        )

    @staticmethod
    def _agreed(member: Member, item: Item, views: Iterable[str]) -> dict[str, Plain]:
        """The hub values that the side is taken to agree with from now on."""
        return {b.hub: item.hub.get(b.hub) for b in member.bindings if b.side in views}

    def _act(
        self, verb: Verb, member: Member, item: Item, record: Record | None, **more: object
    ) -> None:
        ref = record.ref if record else item.sides[member.key].ref
        title = str(item.hub.get(self._unit.kinds[item.kind].title) or item.id)
        expect = record.version if record else None
        self._actions.append(
            Action(
                verb,
                item.id,
                title,
                member.key,
                ref,
                expect=expect,
                parent=item.parent,
                reason=f"undo {self._run}",
                **more,  # type: ignore[arg-type]
            )
        )


def _stands(member: Member, entry: JournalEntry, record: Record) -> bool:
    """Whether what we wrote is what stands there, but for spelling."""
    types = {b.side: b.view for b in member.bindings}
    return all(
        types[f].equivalent(view, record.fields.get(f))
        for f, view in entry.after.items()
        if f in types
    )


def _unset(views: Mapping[str, Plain]) -> dict[str, Plain]:
    """The archive flag that a deletion set, set no more."""
    return dict.fromkeys(views, None)


def _writes(member: Member, field: str) -> bool:
    return any(b.side == field and b.writes for b in member.bindings)
