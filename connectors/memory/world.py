"""A server that lives in this process: shelves of records, edited by several authors.

`Memory` speaks to it as a connector does to its server; tests and the simulator act
on it directly as people do. Everything is deterministic: refs and versions come from
counters, the time from the clock that is given. States are never changed in place, so
that the log of a shelf is also its history and its past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from connectors.memory.habits import Habit
from sync.errors import Gone
from sync.model import Collection, Fields, Option, Plain, Schema


class Crash(BaseException):
    """Raised by a hook to end the process there; nothing but a test catches it."""


class Late(Exception):
    """Raised by a hook before a write: its effect waits until `World.land` is called."""


@dataclass(frozen=True)
class State:
    """One state of one record."""

    ref: str
    revision: int
    version: str
    fields: Fields
    author: str
    changed: datetime
    stable: str
    parent: str | None = None
    origin: str | None = None
    creator: str = ""
    created: datetime | None = None
    born: Fields = field(default_factory=dict)
    """The fields as they were created."""
    rest: Plain = None
    shelf: tuple[str, str | None] = ("", None)
    """Where it stands: name and child kind."""
    spoiled: str | None = None
    """Why no client can read it; None: it can be read."""


@dataclass(frozen=True)
class Entry:
    """One line of a shelf's log: what a ref became; None: it is not there any more."""

    seq: int
    ref: str
    state: State | None
    before: State | None
    author: str
    at: datetime


@dataclass
class Shelf:
    """What one collection holds, and how its server behaves."""

    id: str
    name: str
    schema: Schema
    child: str | None = None
    records: dict[str, State] = field(default_factory=dict)
    archive: dict[str, State] = field(default_factory=dict)
    """Softly deleted records, by ref."""
    log: list[Entry] = field(default_factory=list)
    options: dict[str, dict[str, Option]] = field(default_factory=dict)
    habits: dict[str, Habit] = field(default_factory=dict)
    blind: set[str] = field(default_factory=set)
    """Calls (`list`, `get`, `find`, `children`) that answer as if nothing stood here."""
    cut: int | None = None
    """Listings end after so many records."""
    cut_unnoticed: bool = False
    """A cut listing claims to be complete all the same."""
    lag: int = 0
    """By how many changes listings are behind."""
    horizon: int = 0
    """Cursors older than this are no longer honoured."""
    again: int = 0
    """So many changes before the cursor are told once more, and all of them backwards."""
    rumours: set[str] = field(default_factory=set)
    """Refs that change feeds tell to be gone, whether or not they are."""
    hidden: set[str] = field(default_factory=set)
    """Refs that our account may not see: in no listing, and refused when read."""
    weak: bool = False
    """Edits by people do not change the version."""
    renames: str | None = None
    """The field whose change gives the record another ref; None: refs stay."""

    def normal(self, fields: Fields) -> dict[str, Plain]:
        """What the server makes of values that are written to it."""
        return {n: self.habits[n](v) if n in self.habits else v for n, v in fields.items()}

    def as_listed(self) -> dict[str, State]:
        """What a listing shows: the records, or what they were `lag` changes ago."""
        if self.hidden:
            return {ref: state for ref, state in self.records.items() if ref not in self.hidden}
        if not self.lag:
            return self.records
        listed: dict[str, State] = {}
        for entry in self.log[: -self.lag]:
            listed.pop(entry.ref, None)
            if entry.state is not None:
                listed[entry.ref] = entry.state
        return listed

    @property
    def position(self) -> int:
        """The end of the log, as a listing sees it."""
        return max(0, len(self.log) - self.lag)


class World:
    """One server: shelves by collection, options, blobs, accounts, and a clock.

    `hook(event, when)` is called by every `Memory` before and after the effect of each
    call. It may raise what a connector may raise, `Crash`, or `Late`, or act on the
    world as people would.
    """

    named: ClassVar[dict[str, World]] = {}
    """The worlds that settings can name; they last as long as the process."""

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        """Tell the time by `now`; without it, every change takes one second."""
        self.shelves: dict[tuple[str, str | None], Shelf] = {}
        self.blobs: dict[str, bytes] = {}
        self.accounts: dict[str, str] = {}
        """Account -> password; while empty, every account is let in."""
        self.down: str | None = None
        """Why the server answers nobody; None: it answers."""
        self.hook: Callable[[Event, str], None] | None = None
        self.waiting: list[Callable[[], object]] = []
        """Writes whose answer was lost before they took effect."""
        self.calls: Counter[str] = Counter()
        self._now = now
        self._ticks = 0
        self._serial = 0

    def now(self) -> datetime:
        """The world's time (aware, UTC)."""
        if self._now is not None:
            return self._now()
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self._ticks)

    def make(self, name: str, schema: Schema, *, children: Mapping[str, Schema] = {}) -> Shelf:
        """Set up a shelf, and one for each kind of child that its records may have."""
        shelf = self.shelves[name, None] = Shelf(name, name, schema)
        for kind, described in children.items():
            self.shelves[name, kind] = Shelf(name, name, described, child=kind)
        return shelf

    def shelf(self, collection: Collection | str) -> Shelf:
        """The shelf of a collection, or of a name (`name`, `name#child`)."""
        if isinstance(collection, Collection):
            return self.shelves[collection.id, collection.child]
        name, _, child = collection.partition("#")
        return self.shelves[name, child or None]

    def shelf_of(self, state: State) -> Shelf:
        """The shelf that a state belongs to."""
        return self.shelves[state.shelf]

    # What people do, and what connectors do once a request has passed.

    def add(
        self,
        collection: Collection | str,
        fields: Fields,
        *,
        author: str = "person",
        parent: str | None = None,
        origin: str | None = None,
        rest: Plain = None,
    ) -> State:
        """Make a record; the server's habits apply."""
        shelf = self.shelf(collection)
        self._serial += 1
        stable = f"{shelf.child or 'r'}{self._serial}"
        values = {n: v for n, v in shelf.normal(fields).items() if v is not None}
        now = self.now()
        state = State(
            ref=stable,
            revision=1,
            version="v1",
            fields=values,
            author=author,
            changed=now,
            stable=stable,
            parent=parent,
            origin=origin,
            creator=author,
            created=now,
            born=values,
            shelf=(shelf.id, shelf.child),
            rest=rest,
        )
        return self._put(shelf, stable, state, author)

    def edit(
        self, collection: Collection | str, ref: str, fields: Fields, *, author: str = "person"
    ) -> State:
        """Change some fields of a record. Raises `Gone`."""
        shelf = self.shelf(collection)
        state = self.read(collection, ref)
        values = {**state.fields, **shelf.normal(fields)}
        named = shelf.renames or ""
        moved = named in fields and values[named] != state.fields.get(named)
        values = {n: v for n, v in values.items() if v is not None}
        after = self._next(shelf, replace(state, fields=values, spoiled=None), author)
        if moved:
            after = replace(after, ref=self._rename(after))
        return self._put(shelf, ref, after, author)

    def move(self, collection: Collection | str, ref: str, *, author: str = "person") -> State:
        """Give a record another ref; its stable id stays."""
        shelf = self.shelf(collection)
        after = self._next(shelf, self.read(collection, ref), author)
        return self._put(shelf, ref, replace(after, ref=self._rename(after)), author)

    def rotate(self, collection: Collection | str, refs: Sequence[str], *fields: str) -> None:
        """Let each record take the ref, and these fields, of the next; the last, of the first."""
        shelf = self.shelf(collection)
        old = [self.read(collection, ref) for ref in refs]
        for state, taken in zip(old, [*old[1:], old[0]], strict=True):
            values = {**state.fields, **{name: taken.fields.get(name) for name in fields}}
            after = self._next(shelf, replace(state, ref=taken.ref, fields=values), "person")
            after = replace(after, version=f"{after.version}.{state.stable}")
            shelf.records[after.ref] = after
            self._write(shelf, Entry(0, after.ref, after, taken, "person", after.changed))
        self._reparent(shelf, {s.ref: t.ref for s, t in zip(old, [*old[1:], old[0]], strict=True)})

    def copy(self, collection: Collection | str, ref: str, *, author: str = "person") -> State:
        """Make a second record of one, marker and all, as a person's copy does."""
        state = self.read(collection, ref)
        return self.add(
            collection,
            state.fields,
            author=author,
            parent=state.parent,
            origin=state.origin,
            rest=state.rest,
        )

    def remove(self, collection: Collection | str, ref: str, *, author: str = "person") -> None:
        """Delete a record for good, and its children. Raises `Gone`."""
        shelf = self.shelf(collection)
        if shelf.archive.pop(ref, None) is None:
            self._drop(shelf, self.read(collection, ref), author)
        self._drop_children(shelf, ref, author)

    def archive(self, collection: Collection | str, ref: str, *, author: str = "person") -> None:
        """Delete a record softly: out of sight, with its children. Raises `Gone`."""
        shelf = self.shelf(collection)
        state = self.read(collection, ref)
        self._drop(shelf, state, author)
        shelf.archive[ref] = state
        for child in self._child_shelves(shelf):
            for state in [s for s in child.records.values() if s.parent == ref]:
                self._drop(child, state, author)
                child.archive[state.ref] = state

    def unarchive(self, collection: Collection | str, ref: str, *, author: str = "person") -> State:
        """Bring back a softly deleted record and the children that went with it."""
        shelf = self.shelf(collection)
        if ref not in shelf.archive:
            raise Gone(f"{ref} is not in the archive of {shelf.name}")
        back = self._next(shelf, shelf.archive.pop(ref), author)
        back = self._put(shelf, ref, back, author)
        for child in self._child_shelves(shelf):
            for state in [s for s in child.archive.values() if s.parent == ref]:
                del child.archive[state.ref]
                self._put(child, state.ref, self._next(child, state, author), author)
        return back

    def spoil(self, collection: Collection | str, ref: str, reason: str = "spoiled") -> None:
        """Make a record unreadable until somebody edits it."""
        shelf = self.shelf(collection)
        state = self._next(shelf, self.read(collection, ref), "person")
        self._put(shelf, ref, replace(state, spoiled=reason), "person")

    def rename_option(self, collection: Collection | str, name: str, option: str, to: str) -> None:
        """Give an option of a field another name; its id stays."""
        options = self.shelf(collection).options[name]
        options[option] = replace(options[option], name=to)

    def add_option(
        self, collection: Collection | str, name: str, label: str, color: str | None = None
    ) -> Option:
        """Make an option of a field."""
        self._serial += 1
        options = self.shelf(collection).options.setdefault(name, {})
        made = Option(f"o{self._serial}", label, color, rank=float(self._serial))
        options[made.id] = made
        return made

    def read(self, collection: Collection | str, ref: str) -> State:
        """The present state of a record. Raises `Gone`."""
        shelf = self.shelf(collection)
        if ref not in shelf.records:
            raise Gone(f"{ref} does not stand in {shelf.name}")
        return shelf.records[ref]

    def all(self, collection: Collection | str) -> Iterator[State]:
        """Every record that stands there, in the order in which they last appeared."""
        return iter(list(self.shelf(collection).records.values()))

    def expire(self, collection: Collection | str) -> None:
        """Stop honouring every cursor that was given out so far."""
        shelf = self.shelf(collection)
        shelf.horizon = len(shelf.log) + 1
        shelf.log.append(Entry(shelf.horizon, "", None, None, "", self.now()))

    def land(self) -> int:
        """Let the writes that were late take effect; returns how many there were."""
        waiting, self.waiting = self.waiting, []
        for effect in waiting:
            effect()
        return len(waiting)

    # How states follow each other.

    def _next(self, shelf: Shelf, state: State, author: str) -> State:
        revision = state.revision + 1
        weak = shelf.weak and author == "person"
        version = state.version if weak else f"v{revision}"
        return replace(state, revision=revision, version=version, author=author, changed=self.now())

    def _rename(self, state: State) -> str:
        return f"{state.stable}.{state.revision}"

    def _put(self, shelf: Shelf, old: str, state: State, author: str) -> State:
        before = shelf.records.get(old)
        if old != state.ref:
            del shelf.records[old]
            self._write(shelf, Entry(0, old, None, before, author, state.changed))
            self._reparent(shelf, {old: state.ref})
        shelf.records[state.ref] = state
        self._write(shelf, Entry(0, state.ref, state, before, author, state.changed))
        return state

    def _drop(self, shelf: Shelf, state: State, author: str) -> None:
        del shelf.records[state.ref]
        self._write(shelf, Entry(0, state.ref, None, state, author, self.now()))

    def _drop_children(self, shelf: Shelf, ref: str, author: str) -> None:
        for child in self._child_shelves(shelf):
            for state in [s for s in child.records.values() if s.parent == ref]:
                self._drop(child, state, author)
            for state in [s for s in child.archive.values() if s.parent == ref]:
                del child.archive[state.ref]

    def _reparent(self, shelf: Shelf, moved: Mapping[str | None, str]) -> None:
        for child in self._child_shelves(shelf):
            for state in [s for s in child.records.values() if s.parent in moved]:
                child.records[state.ref] = replace(state, parent=moved[state.parent])

    def _child_shelves(self, shelf: Shelf) -> list[Shelf]:
        if shelf.child is not None:
            return []
        return [s for (id_, kind), s in self.shelves.items() if id_ == shelf.id and kind]

    def _write(self, shelf: Shelf, entry: Entry) -> None:
        self._ticks += 1
        shelf.log.append(replace(entry, seq=len(shelf.log) + 1))


@dataclass(frozen=True)
class Event:
    """One call of a connector, as the hook sees it."""

    verb: str
    """`list`, `get`, `find`, `children`, `open`, `create`, `update`, `delete`, `restore`,
    `option`, `history`."""
    account: str
    collection: Collection
    ref: str | None = None
    fields: Fields = field(default_factory=dict)
