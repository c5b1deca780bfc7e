"""The working copy that the steps of the planner share: state as it becomes.

A draft copies an item the first time a step means to change it, so that a plan tells
exactly what changed, and the snapshot stays what it was.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from sync.mapping.unit import Member, Unit
from sync.mark import spot, spotted
from sync.model import Plain, Record
from sync.plan.actions import Action, Audit, Dying, Hold, Meeting, OptionWrite, Plan, release
from sync.plan.observation import Observation, Snapshot
from sync.plan.vocabulary import Vocabulary
from sync.state import (
    CollectionState,
    Intent,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Side,
    Standing,
    Verb,
)

Address = tuple[str, ...]
"""The key of a thing to the letter."""


class Draft:
    """Items, collections and options of one unit while a plan is made."""

    def __init__(self, unit: Unit, snapshot: Snapshot, seen: Observation) -> None:
        self.unit = unit
        self.snapshot = snapshot
        self.seen = seen
        self.vocabulary = Vocabulary(unit, snapshot.options)
        self.collections = {
            key: snapshot.collections.get(key) or CollectionState(key) for key in unit.members
        }
        self.collections = {key: state.copy() for key, state in self.collections.items()}
        self.salvage: list[Salvage] = []
        self.entries: list[JournalEntry] = []
        self.option_writes: list[OptionWrite] = []
        self.actions: list[Action] = []
        self.holds: list[Hold] = []
        self.dying: list[Dying] = []
        self.emptied: set[str] = set()
        """Collections in which nothing stands any more of what stood there."""
        self.nonces: list[Nonce] = []
        self.resolved: dict[tuple[str, str], Nonce] = {}
        """(collection key, nonce) -> what is known of it since this plan found a record for it."""
        self.audits: list[Audit] = []
        self.twins: dict[tuple[str, str], str] = {}
        """(collection key, ref) of a late twin -> the item that it is one of."""
        self.strays: list[tuple[Member, Item, Record]] = []
        """Late twins whose writes this store knows nothing of, and the items beside them."""
        self.begun: dict[str, str] = {}
        """Mark that a record bears or began with -> the item that it starts in this plan."""
        self.unread: set[str] = set()
        """Collections with records that nobody can tell yet: listed in full next."""
        self.withheld: set[tuple[str, str]] = set()
        """(collection key, ref) of records of which nobody can tell yet whose they are."""
        self.meeting: Meeting | None = None
        self.addresses: dict[str, dict[Address, set[str]]] = {}
        """Kind, or collection key -> what is where (`sync.plan.address`)."""
        self._edited: dict[str, Item] = {}
        self._order = sorted(snapshot.items)
        self.index: dict[tuple[str, str], str] = {}
        for item in snapshot.items.values():
            for key, side in item.sides.items():
                if side.ref is not None:
                    self._point(key, side.ref, item)
        self._open = {(i.item, i.collection): i for i in snapshot.intents}
        self._unknown: dict[tuple[str, str], list[Nonce]] = defaultdict(list)
        for nonce in (n for nonces in snapshot.nonces.values() for n in nonces.values()):
            if nonce.ref is not None:
                self._unknown[nonce.item, nonce.collection].append(nonce)

    def _point(self, key: str, ref: str, item: Item) -> None:
        """Index a record; a record that stands wins over one that once stood."""
        known = self.index.get((key, ref))
        if known is None or item.sides[key].standing is Standing.HERE:
            self.index[key, ref] = item.id

    # Reading

    def items(self) -> Iterator[Item]:
        """Every item, for looking only, by id."""
        for name in tuple(self._order):
            yield self.look(name)

    def look(self, item: str) -> Item:
        """An item as it is now, for looking only."""
        return self._edited.get(item) or self.snapshot.items[item]

    def known(self, item: str | None) -> bool:
        """Whether there is such an item."""
        return item is not None and (item in self._edited or item in self.snapshot.items)

    def owner(self, key: str, ref: str) -> Item | None:
        """The item that a record belongs to."""
        name = self.index.get((key, ref))
        return self.look(name) if name is not None else None

    @cached_property
    def spots(self) -> dict[str, str]:
        """What the nonces sent for an item end with -> the item, of those known before.

        Those that a lost store sent were read from the records that were found again.
        """
        found: dict[str, set[str]] = defaultdict(set)
        for nonce in (n for nonces in self.snapshot.nonces.values() for n in nonces.values()):
            if nonce.item in self.snapshot.items and (mark := spotted(nonce.nonce)):
                found[mark].add(nonce.item)
        told = {mark: next(iter(names)) for mark, names in found.items() if len(names) == 1}
        return told | {spot(name): name for name in self.snapshot.items}

    def intent(self, item: str, key: str) -> Intent | None:
        """The write to this side whose outcome is not known."""
        return self._open.get((item, key))

    def unknown(self, item: str, key: str) -> list[Nonce]:
        """The updates of this side that may still land, or landed unnoticed."""
        return self._unknown.get((item, key), [])

    def children(self, item: str) -> list[Item]:
        """The items whose parent this is."""
        return [i for i in self.items() if i.parent == item]

    def title(self, item: Item) -> str:
        """What people call the item."""
        field = self.unit.kinds[item.kind]
        return field.fields[field.title].type.show(item.hub.get(field.title)) or item.id

    def met(self, member: Member) -> bool:
        """Whether the side has met the hub; children meet with their parents."""
        return self.collections[member.parent or member.key].met

    def passes(self, member: Member, item: Item) -> bool:
        """Whether the item belongs on the side."""
        return member.only.passes(item.hub, self.vocabulary.name)

    # Changing

    def edit(self, item: str) -> Item:
        """An item for changing."""
        if item not in self._edited:
            self._edited[item] = self.snapshot.items[item].copy()
        return self._edited[item]

    def add(self, item: Item) -> Item:
        """A new item."""
        insort(self._order, item.id)
        self._edited[item.id] = item
        return item

    def attach(self, item: Item, key: str, record: Record) -> Side:
        """Let a record be an item's standing on a side, not folded yet."""
        side = Side(standing=Standing.HERE, ref=record.ref, parent_ref=record.parent)
        item.sides[key] = side
        self.index[key, record.ref] = item.id
        self.collections[key].unmet.pop(record.ref, None)
        if record.origin and record.origin not in self.snapshot.nonces.get(key, {}):
            self.nonces.append(Nonce(record.origin, item.id, key, record.ref))
        return side

    def resolve(self, nonce: Nonce, **found: str) -> None:
        """Note which record a write left: a copy, the snapshot's stays as it was."""
        known = nonce.copy()
        for name, ref in found.items():
            setattr(known, name, ref)
        self.resolved[known.collection, known.nonce] = known
        self.nonces.append(known)

    def keep(
        self,
        item: Item,
        field: str,
        value: Plain,
        key: str,
        cause: str,
        *,
        author: str | None = None,
        kept: Plain = None,
        since: str | None = None,
        against: Plain = None,
    ) -> None:
        """Put a value that would be lost into the salvage."""
        if value is not None:
            lost = Salvage(item.id, field, value, key, cause, author, kept, since, against)
            self.salvage.append(lost)

    def hold(self, subject: str, cause: str, command: str | None = None) -> None:
        """Say what is held back and why, and what releases it if that is not its own name."""
        self.holds.append(Hold(subject, cause, command or release(subject)))

    def act(self, verb: Verb, item: Item, key: str, **more: object) -> None:
        """Plan one write."""
        side = item.sides.get(key) or Side()
        values: dict[str, object] = {
            "ref": side.ref,
            "before": dict(side.seen),
            "expect": side.version,
            "parent": item.parent,
            **more,
        }
        self.actions.append(Action(verb, item.id, self.title(item), key, **values))  # type: ignore[arg-type]

    # The result

    def plan(self) -> Plan:
        """What came of it: only what changed, in a stable order."""
        before = self.snapshot
        items = {
            name: item
            for name, item in sorted(self._edited.items())
            if before.items.get(name) != item
        }
        collections = {
            key: state
            for key, state in self.collections.items()
            if before.collections.get(key) != state
        }
        return Plan(
            unit=self.unit.name,
            items=items,
            collections=collections,
            nonces=tuple(self.nonces),
            audits=tuple(self.audits),
            options=self.vocabulary.changed(),
            salvage=tuple(self.salvage),
            entries=tuple(self.entries),
            option_writes=tuple(self.option_writes),
            actions=tuple(self.actions),
            holds=tuple(self.holds),
            dying=tuple(self.dying),
            meeting=self.meeting,
        )
