"""A scene to be directed: named sides, people who act, calls that fail when told to.

Where a history of the simulation is drawn, a scene is written: each test says what
people do, what the world does to one call, and what must stand at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connectors.memory import CHILDREN, Memory, MemorySettings, World, board
from connectors.memory.habits import Habit
from connectors.memory.world import Crash, Event, Late, State
from sync.connector import Tools
from sync.engine import Engine, Report
from sync.errors import Ambiguous, Unreachable
from sync.kinds import Kind, KindField
from sync.mapping.lens import Identity, Options
from sync.mapping.unit import Absence, Binding, Everything, Lens, Member, Rules, Unit
from sync.state import Item
from sync.store.memory import MemoryStore
from sync.types import TYPES
from tests.simulation.stage import Clock, NoBlobs

FIELDS = {
    "title": "text",
    "description": "richtext",
    "list": "choice",
    "labels": "set",
    "due": "moment",
    "done": "bool",
    "archived": "bool",
}
CARD = Kind(
    "card",
    {name: KindField(name, TYPES[kind]) for name, kind in FIELDS.items()},
    "title",
    ("title",),
    "archived",
)
COMMENT = Kind("comment", {"text": KindField("text", TYPES["richtext"])}, "text", ("text",))
PLAIN = ("title", "description", "labels")
"""The fields that a side maps unless the scene says otherwise."""


@dataclass(frozen=True)
class Having:
    """The filter of a side that takes only what has a value in one field."""

    field: str

    def passes(self, hub, names):  # noqa: ARG002 - the protocol's
        return hub.get(self.field) is not None


@dataclass
class Cue:
    """What happens at one call, once."""

    verb: str
    when: str
    act: Callable[[], object] | BaseException
    child: str | None


@dataclass
class Place:
    """One side of a scene: what its people do, and what its server does to calls."""

    name: str
    world: World
    connector: Memory
    member: Member
    comments: Member | None
    cues: list[Cue] = field(default_factory=list)
    wrote: list[Event] = field(default_factory=list)
    """Every write that reached the server."""

    # What people do

    def add(self, title: str, **fields: object) -> str:
        return self.world.add("b", {"title": title, **fields}).ref

    def edit(self, ref: str, **fields: object) -> None:
        self.world.edit("b", ref, fields)

    def remove(self, ref: str) -> None:
        """Delete a card as people do there: out of sight where that can be undone."""
        if self.connector.capabilities.soft_delete:
            self.world.archive("b", ref)
        else:
            self.world.remove("b", ref)

    def comment(self, ref: str, text: str) -> str:
        return self.world.add("b#comment", {"text": text}, parent=ref).ref

    # What is seen

    def cards(self) -> list[State]:
        return list(self.world.all("b"))

    def titles(self) -> list[str]:
        return sorted(str(s.fields["title"]).strip() for s in self.cards())

    def values(self, name: str) -> list[object]:
        return [s.fields.get(name) for s in self.cards()]

    def ref(self, title: str) -> str:
        """The one card that is called so."""
        found = [s.ref for s in self.cards() if str(s.fields["title"]).strip() == title]
        assert len(found) == 1, f"{len(found)} cards are called {title}"
        return found[0]

    def said(self) -> list[str]:
        """Every comment."""
        return sorted(str(s.fields["text"]) for s in self.world.all("b#comment"))

    def writes(self, verb: str) -> int:
        return sum(1 for event in self.wrote if event.verb == verb)

    # What goes wrong

    def at(
        self,
        verb: str,
        act: Callable[[], object] | BaseException,
        *,
        when: str = "before",
        child: str | None = None,
    ) -> None:
        """At the next call of this kind, raise the error, or let people act."""
        self.cues.append(Cue(verb, when, act, child))

    def crash_after(self, verb: str) -> None:
        """The write takes effect, and we are killed before its answer."""
        self.at(verb, Crash(), when="after")

    def no_answer_after(self, verb: str) -> None:
        """The write takes effect; its answer never comes."""
        self.at(verb, Ambiguous("no answer came"), when="after")

    def lands_late(self, verb: str) -> None:
        """The write answers nothing now, and takes effect when `land` is called."""
        self.at(verb, Late())

    @contextmanager
    def blind(self, *calls: str) -> Iterator[None]:
        """As if nothing stood here, to these kinds of call."""
        shelves = [self.world.shelf("b"), self.world.shelf("b#comment")]
        for shelf in shelves:
            shelf.blind |= set(calls)
        yield
        for shelf in shelves:
            shelf.blind -= set(calls)

    @contextmanager
    def failing(self, *verbs: str, child: str | None = None) -> Iterator[None]:
        """These kinds of call fail plainly."""
        before = self.world.hook

        def hook(event: Event, when: str) -> None:
            if when == "before" and event.verb in verbs and event.collection.child == child:
                raise Unreachable("down")
            if before is not None:
                before(event, when)

        self.world.hook = hook
        yield
        self.world.hook = before

    def hook(self, event: Event, when: str) -> None:
        if when == "after" and event.verb in ("create", "update", "delete", "restore"):
            self.wrote.append(event)
        for cue in self.cues:
            if (cue.verb, cue.when, cue.child) == (event.verb, when, event.collection.child):
                self.cues.remove(cue)
                self._play(cue)
                return

    def _play(self, cue: Cue) -> None:
        if isinstance(cue.act, BaseException):
            raise cue.act
        hook, self.world.hook = self.world.hook, None
        try:
            cue.act()
        finally:
            self.world.hook = hook


class Scene:
    """Some places in one unit, a store, and the engine that keeps them in step."""

    def __init__(self, **rules: object) -> None:
        self.clock = Clock()
        self.places: dict[str, Place] = {}
        self.connectors: dict[str, Memory] = {}
        """Those of every system in the settings, whether or not a mapping names it."""
        self.rules = Rules(**{"deletions": "delete", "meeting": "rule", **rules})
        self.store = MemoryStore(self.clock)
        self.card = CARD
        """What cards are."""
        self.parts: dict[str, str] = {}
        """The units and their sides, where there are several."""
        self._nonces = iter(range(10**9))
        self.pauses: list[Callable[[], object]] = []
        """What happens while the engine waits between two listings."""

    def place(
        self,
        name: str,
        fields: tuple[str, ...] = PLAIN,
        *,
        lenses: dict[str, Lens] | None = None,
        habits: dict[str, Habit] | None = None,
        comments: bool = False,
        member: dict[str, object] | None = None,
        **powers: object,
    ) -> Place:
        """Add a side. `powers` are those of `MemorySettings`; `member` what its mapping says."""
        powers = {"options": False, "rank": False, "soft_delete": False, **powers}
        world = World(self.clock)
        shelf = world.make(
            "b",
            board(options=bool(powers["options"]), rank=False, children=True),
            children={"comment": CHILDREN["comment"]},
        )
        shelf.habits |= habits or {}
        connector = Memory(MemorySettings(**powers), Tools(name, now=self.clock), world)
        collection = connector.locate("box", "b")
        own = Member(
            collection,
            name,
            "card",
            connector.schema(collection),
            connector.capabilities,
            bound(fields, lenses or {}),
            **(member or {}),
        )
        place = Place(
            name, world, connector, own, self._comments(own, connector) if comments else None
        )
        world.hook = place.hook
        self.connectors[name] = connector
        self.places[name] = place
        return place

    def _comments(self, parent: Member, connector: Memory) -> Member:
        kids = parent.collection.of_children("comment")
        text = Binding("text", "text", TYPES["richtext"], Identity())
        return replace(
            parent,
            collection=kids,
            label=f"{parent.label} comments",
            kind="comment",
            schema=connector.schema(kids),
            bindings=(text,),
            only=Everything(),
            on_absence=Absence.ITEM,
            parent=parent.key,
        )

    def remap(self, place: Place, *fields: str) -> None:
        """Edit the mapping: the side now has these fields."""
        place.member = replace(place.member, bindings=bound(fields, {}))

    def without(self, name: str) -> Place:
        """Take a side out of the mapping."""
        return self.places.pop(name)

    def divide(self, **parts: str) -> None:
        """Edit the mappings: the sides whose letters stand together are one unit."""
        self.parts = parts

    def units(self) -> list[Unit]:
        if not self.parts:
            return [self.unit()]
        return [self.unit(name, names) for name, names in self.parts.items()]

    def unit(self, name: str = "board", names: Iterable[str] | None = None) -> Unit:
        places = [self.places[one] for one in (self.places if names is None else names)]
        cards = [p.member for p in places]
        comments = [p.comments for p in places if p.comments]
        members = {m.key: m for m in [*cards, *comments]}
        return Unit(name, (name,), members, {"card": self.card, "comment": COMMENT}, self.rules)

    def engine(self) -> Engine:
        """A process that has just started: nothing but the store and the sides lasts."""
        return Engine(
            self.units(),
            self.connectors,
            self.store,
            NoBlobs(),
            now=self.clock,
            sleep=self._pause,
            nonce=lambda: f"n{next(self._nonces):019d}",
        )

    def _pause(self, seconds: float) -> None:
        del seconds
        for act in self.pauses:
            act()
        self.pauses.clear()

    def sync(self, times: int = 1, *, accept: bool = True) -> Report | None:
        """Run; None if the process was killed on the way."""
        report = None
        for _ in range(times):
            try:
                report = self.engine().sync(accept=accept)
            except Crash:
                report = None
        return report

    def release(self, subject: str = "board") -> None:
        self.engine().release(subject)

    def backup(self) -> MemoryStore:
        """A copy of the store as it is now."""
        return self.store.copy()

    def lost(self, backup: MemoryStore | None = None) -> None:
        """The store is lost, or replaced by a backup; an admin relinks, and agrees."""
        self.store = backup or MemoryStore(self.clock)
        self.engine().relink()
        self.release()

    def later(self) -> Report:
        """Hours later all is calm: everything is listed in full, and comes to rest."""
        for _ in range(4):
            self.clock.now += timedelta(hours=2)
            before = sum(len(p.wrote) for p in self.places.values())
            report = self.sync()
            assert report is not None
            if not report.folded and before == sum(len(p.wrote) for p in self.places.values()):
                return report
        raise AssertionError(f"never at rest: {report}")

    # What the hub holds

    def items(self) -> list[Item]:
        return [i for i in self.store.items("board") if not i.dead and i.kind == "card"]

    def kept(self) -> str:
        """The salvage, to look for a value in."""
        return str([k.salvage.value for k in self.store.kept()])


def bound(fields: tuple[str, ...], lenses: dict[str, Lens]) -> tuple[Binding, ...]:
    """Bindings of fields by the same name."""
    options = ("list", "labels")
    return tuple(
        Binding(
            name,
            name,
            TYPES[FIELDS[name]],
            lenses.get(name) or (Options() if name in options else Identity()),
            options=name in options and name not in lenses,
        )
        for name in fields
    )
