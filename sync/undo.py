"""Undo: reversing what a run of ours wrote, where it still stands.

An undone side is left as it was before the run, and agrees to differ: what the hub
holds does not go there again until somebody changes it. Where people have edited
since, nothing is touched; the field, or the item, is held and listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from sync.connector import Connector
from sync.contents import Contents
from sync.effects import WRITES, Effect, effects
from sync.errors import Gone, JumelageError
from sync.i18n import _
from sync.mapping.unit import RANK, Binding, Member, Unit, UnknownOption
from sync.model import Plain, Record
from sync.plan.actions import Action, Plan
from sync.plan.vocabulary import Vocabulary
from sync.precheck import children_of
from sync.state import Item, Side, Standing, Verb
from sync.store.base import Logged, Store

log = structlog.get_logger()


class Undo:
    """Makes the plan that reverses one run's writes to one unit."""

    def __init__(
        self,
        unit: Unit,
        connectors: Mapping[str, Connector],
        store: Store,
        contents: Contents,
        run: str,
    ) -> None:
        self._unit = unit
        self._connectors = connectors
        self._store = store
        self._contents = contents
        self._run = run
        self._vocabulary = Vocabulary(unit, store.options(unit.name))
        self._effects = {
            (e.item, e.collection): e
            for e in effects(store.journal(run=run))
            if e.collection in unit.members
        }
        self._open = {(i.item, i.collection) for i in store.intents()}
        self._known: dict[str, Item] = {}
        self._items: dict[str, Item] = {}
        self._actions: list[Action] = []
        self.failures: dict[str, str] = {}
        """Collection key -> why nothing is reversed there now."""

    def plan(self) -> Plan:
        """The reversal of what is not reversed yet. Reads every record concerned."""
        order = list(self._unit.members)
        for effect in sorted(self._effects.values(), key=lambda e: order.index(e.collection)):
            if effect.collection in self.failures:
                continue
            try:
                self._reverse(self._unit.members[effect.collection], effect)
            except (JumelageError, ValueError) as error:
                log.warning("reading_failed", collection=effect.collection, error=str(error))
                self.failures[effect.collection] = str(error)
        changed = {n: i for n, i in self._items.items() if i != self._known[n]}
        return Plan(self._unit.name, items=changed, actions=tuple(self._ordered()))

    def _ordered(self) -> Sequence[Action]:
        """The actions; what goes with its parent is not deleted by itself."""
        doomed = {(a.item, a.collection) for a in self._actions if a.verb is Verb.DELETE}
        kept = [
            a
            for a in self._actions
            if a.verb is not Verb.DELETE
            or (a.parent, self._unit.members[a.collection].parent) not in doomed
        ]
        return [self._buried(a, doomed) if a.verb is Verb.DELETE else a for a in kept]

    def _buried(self, action: Action, doomed: set[tuple[str, str]]) -> Action:
        """The deletion, of the item itself where it stands nowhere after it."""
        item = self._items[action.item]
        if any((item.id, key) not in doomed for key in item.here()):
            return action
        item.dying = True
        return replace(action, after=Standing.GONE)

    def _item(self, name: str) -> Item | None:
        if name not in self._items:
            found = self._store.item(name)
            if found is None:
                return None
            self._known[name], self._items[name] = found.copy(), found
        return self._items[name]

    def _reverse(self, member: Member, effect: Effect) -> None:
        item = self._item(effect.item)
        side = item.sides.get(member.key) if item else None
        if item is None or side is None or (item.id, member.key) in self._open:
            return
        if "" in side.refused:
            return  # held, with the side's reason
        record = self._record(member, side)
        if not effect.stands:
            if effect.stood and record is None and not self._written_since(effect):
                self._bring_back(member, item, effect)
        elif record is not None and effect.stood:
            self._set_back(member, item, effect, record)
        elif record is not None:
            self._take_away(member, item, effect, record)

    def _record(self, member: Member, side: Side) -> Record | None:
        """What stands there now, its content known; None: nothing does."""
        connector = self._connectors[member.collection.system]
        try:
            record = connector.get(member.collection, side.ref or "")
        except Gone:
            return None
        if record.version is not None and record.version == side.version:
            known = {b.side for b in member.bindings if b.view.name == "blob"} & side.seen.keys()
            fields = {**record.fields, **{name: side.seen[name] for name in known}}
            record = replace(record, fields=fields)
        return self._contents.whole(member, record)

    # Fields

    def _set_back(self, member: Member, item: Item, effect: Effect, record: Record) -> None:
        """What we changed is changed back; an item that we archived lives again."""
        back: dict[str, Plain] = {}
        for binding in _plain(member):
            name = binding.side
            if name not in effect.after or not binding.writes:
                continue
            if _same(binding, record.fields.get(name), effect.before.get(name)):
                continue
            if self._stands(member, binding, item, effect, record):
                back[name] = effect.before.get(name)
            else:
                item.held[binding.hub] = _("edited since the run that was to be undone")
        refused = item.sides[member.key].refused
        if any(name not in refused or refused[name] != view for name, view in back.items()):
            self._revive(member, item)
            self._write(member, item, record, back, effect)

    def _write(
        self,
        member: Member,
        item: Item,
        record: Record,
        views: dict[str, Plain],
        effect: Effect,
    ) -> None:
        """Plan an update after which the side agrees to differ in these fields."""
        side = item.sides[member.key]
        values: dict[str, Plain] = {}
        for binding in _plain(member):
            name = binding.side
            if name in views:
                values[binding.hub] = self._value(member, binding, item, views[name])
                side.undone[name] = effect.after.get(name, record.fields.get(name))
        before = dict(record.fields)
        self._act(Verb.UPDATE, member, item, record, before=before, views=views, values=values)

    def _value(self, member: Member, binding: Binding, item: Item, view: Plain) -> Plain:
        """What a view means in the hub: its value, if but for spelling the view shows it."""
        base, hub = item.sides[member.key].base.get(binding.hub), item.hub.get(binding.hub)
        words = self._vocabulary.words(member, binding)
        try:
            value = binding.type.clean(binding.lens.put(view, base, words))
        except UnknownOption:
            return base
        return hub if binding.type.equivalent(hub, value) else value

    def _stands(
        self, member: Member, binding: Binding, item: Item, effect: Effect, record: Record
    ) -> bool:
        """Whether what stands in a field is what we left there, or what nobody changed since."""
        name, seen = binding.side, item.sides[member.key].seen
        now = record.fields.get(name)
        if name in seen and not _same(binding, seen[name], now):
            return False
        if name in effect.after and not binding.view.equivalent(effect.after[name], now):
            return False
        line = effect.lines.get(name, effect.seq)
        return not any(
            logged.seq > line
            and logged.entry.verb == "fold"
            and logged.entry.collection == member.key
            and binding.hub in logged.entry.after
            and not self._given(binding, effect, logged)
            for logged in self._store.journal(item=item.id)
        )

    def _given(self, binding: Binding, effect: Effect, logged: Logged) -> bool:
        """Whether the system itself gave the new record this choice, as a board its first list."""
        unsaid = binding.side not in effect.after and logged.entry.before.get(binding.hub) is None
        new = not effect.stood and logged.entry.run == self._run
        return new and unsaid and binding.type.name == "choice"

    # Records

    def _take_away(self, member: Member, item: Item, effect: Effect, record: Record) -> None:
        """A record that we made goes, by the mapping's way; the side does not get it again."""
        archived = member.binding(self._unit.kinds[item.kind].archived or "")
        shelves = archived if archived and archived.writes else None
        if self._unit.rules.deletions != "archive":
            shelves = None
        if shelves and record.fields.get(shelves.side):
            return
        if not self._untouched(member, item, effect, record):
            item.held[""] = _("edited since the run that was to be undone")
        elif shelves:
            self._write(member, item, record, {shelves.side: True}, effect)
        elif not _deletable(member):
            item.held[""] = _("a deletion here could not be undone or checked")
        else:
            before = dict(record.fields)
            self._act(Verb.DELETE, member, item, record, before=before, after=Standing.LEFT)

    def _untouched(self, member: Member, item: Item, effect: Effect, record: Record) -> bool:
        """Whether people left alone what we made, and put nothing under it."""
        if not all(self._stands(member, b, item, effect, record) for b in _plain(member)):
            return False
        kids = [m for m in self._unit.members.values() if m.parent == member.key]
        return all(
            self._ours(kid, child)
            for child in children_of(self._store, item)
            for kid in kids
            if (side := child.sides.get(kid.key)) and side.standing is Standing.HERE
        )

    def _ours(self, kid: Member, child: Item) -> bool:
        """Whether a child was made by the same run, and left alone."""
        effect = self._effects.get((child.id, kid.key))
        record = self._record(kid, child.sides[kid.key])
        if effect is None or effect.stood or record is None:
            return False
        return all(self._stands(kid, b, child, effect, record) for b in _plain(kid))

    def _written_since(self, effect: Effect) -> bool:
        """Whether we brought it back since, and somebody took it away again."""
        return any(
            logged.seq > effect.last
            and logged.entry.verb in WRITES
            and logged.entry.collection == effect.collection
            for logged in self._store.journal(item=effect.item)
        )

    def _bring_back(self, member: Member, item: Item, effect: Effect) -> None:
        """What we deleted stands again; where people had deleted it, it stays away."""
        self._revive(member, item)
        side = item.sides[member.key]
        side.standing = Standing.OUT
        if member.capabilities.soft_delete and side.ref is not None:
            self._act(Verb.RESTORE, member, item, None)
            return
        views: dict[str, Plain] = {}
        values: dict[str, Plain] = {}
        for binding in member.bindings:
            view = effect.before.get(binding.side)
            spec = member.schema.fields.get(binding.side)
            if view is None or not binding.writes or (spec and spec.later):
                continue  # what comes later is patched by the next run
            views[binding.side] = view
            values[binding.hub] = (
                item.hub.get(binding.hub)
                if binding.type.name == RANK
                else self._value(member, binding, item, view)
            )
        self._act(Verb.CREATE, member, item, None, views=views, values=values)

    def _revive(self, member: Member, item: Item) -> None:
        """The item lives again, and what died with it; where nothing is undone it stays away."""
        if item.dead or item.dying:
            for child in self._died_with(item):
                child.dead = False
                self._let_come(child, {m.key for m in self._unit.members.values() if m.parent})
            item.dead = item.dying = False
            self._let_come(item, set())
        here = item.sides[member.key]
        if here.standing in (Standing.GONE, Standing.LEFT) and here.ref is not None:
            here.standing = Standing.HERE

    def _let_come(self, item: Item, where: set[str]) -> None:
        for key, side in item.sides.items():
            if side.standing is Standing.GONE:
                side.standing = Standing.OUT if key in where else Standing.LEFT

    def _died_with(self, item: Item) -> list[Item]:
        died = self._death(item.id)
        children = [self._item(c.id) for c in children_of(self._store, item)]
        return [c for c in children if c and c.dead and died and self._death(c.id) == died]

    def _death(self, item: str) -> str | None:
        """The run in which an item was buried last."""
        buried = (
            k.run
            for k in self._store.kept(item=item)
            if (k.salvage.cause, k.salvage.collection) == ("deleted", "")
        )
        return next(buried, None)

    def _act(
        self, verb: Verb, member: Member, item: Item, record: Record | None, **more: object
    ) -> None:
        ref = record.ref if record else item.sides[member.key].ref
        title = str(item.hub.get(self._unit.kinds[item.kind].title) or item.id)
        self._actions.append(
            Action(
                verb,
                item.id,
                title,
                member.key,
                ref,
                expect=record.version if record else None,
                parent=item.parent,
                reason=f"undo {self._run}",
                **more,  # type: ignore[arg-type]
            )
        )


def let_stay(unit: Unit, store: Store, made: Plan) -> None:
    """Let what an undo brought back not be taken away by a filter that it does not pass."""
    names = Vocabulary(unit, store.options(unit.name)).name
    for action in (a for a in made.actions if a.verb in (Verb.CREATE, Verb.RESTORE)):
        item = store.item(action.item)
        if item is None or unit.members[action.collection].only.passes(item.hub, names):
            continue
        item.sides[action.collection].in_scope = False
        with store.transaction() as tx:
            tx.put_item(item)


def _plain(member: Member) -> list[Binding]:
    """Every field but order, which is the hub's."""
    return [b for b in member.bindings if b.type.name != RANK]


def _same(binding: Binding, one: Plain, other: Plain) -> bool:
    """Exactly, but that a content is what its hash says."""
    return binding.view.equal(one, other) if binding.view.name == "blob" else one == other


def _deletable(member: Member) -> bool:
    """Where there is neither condition nor history nor bin, nothing of ours is taken away."""
    can = member.capabilities
    return can.conditional or can.history or can.soft_delete
