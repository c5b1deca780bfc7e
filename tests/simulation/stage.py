"""The stage of a history: worlds with drawn capabilities, a unit over them, an engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random

from connectors.memory import Memory, MemorySettings, World, board
from connectors.memory.habits import padded
from sync.connector import Tools
from sync.engine import Engine
from sync.kinds import Kind, KindField
from sync.mapping.lens import Identity, Options, Truncate
from sync.mapping.unit import Absence, Binding, Member, Rules, Unit
from sync.model import Fields, Plain
from sync.store.memory import MemoryStore
from sync.types import TYPES
from tests.simulation.forms import CLASSIC, Form
from tests.simulation.narrow import DONE, narrow, rename_values

CARD = Kind(
    "card",
    {
        name: KindField(name, TYPES[kind], within="list" if kind == "rank" else None)
        for name, kind in {
            "title": "text",
            "description": "richtext",
            "list": "choice",
            "rank": "rank",
            "labels": "set",
            "done": "bool",
            "archived": "bool",
        }.items()
    },
    "title",
    ("title",),
    "archived",
)
DATED = replace(CARD, fields={**CARD.fields, "due": KindField("due", TYPES["moment"])})
"""The cards of forms in which sides take only some of them."""
COMMENT = Kind("comment", {"text": KindField("text", TYPES["richtext"])}, "text", ("text",))
LISTS = ("Idées", "En cours", "Fini")
LABELS = ("Urgent", "Budget", "Été", "Accueil")
STEPS = 14
"""What happens in a history between its beginning and the calm at its end."""
CUT = 24
"""Characters of a description that a truncating side shows."""


class Clock:
    """Time that passes only when somebody looks, so that a history is the same each time."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@dataclass
class Actor:
    """One side: its world, the connector to it, and what its people can see and do."""

    name: str
    world: World
    connector: Memory
    member: Member
    """As the mapping has it now."""
    comments: Member | None
    shows: set[str]
    """Fields that people see there."""
    cut: bool = False
    mapped: bool = True
    """Whether the mapping names it now."""
    whole: Member | None = None
    """What the mapping may say of it: every field, both ways."""
    talk: Member | None = None
    """Its comments, where the mapping may take them in."""
    system: str = ""
    """The account; another board of it may be another actor."""
    shelf: str = "b"
    unit: str = "board"
    """The mapping that names it."""
    only: str = ""
    """What its filter asks for: `due` (has a date), `open` (is not done), or all."""

    words: dict[str, str] = field(default_factory=dict)
    """What done (`true`) and not done (`false`) are called there now; empty: they have no names."""

    @property
    def talks(self) -> str:
        """Where its comments stand."""
        return f"{self.shelf}#comment"

    # What the mapping says of it, in plain words, for those who judge the engine

    @property
    def published(self) -> bool:
        """Whether what people do there stays there."""
        return not self.member.reads

    @property
    def receives(self) -> bool:
        """Whether anything is sent there."""
        return self.member.writes

    @property
    def absence(self) -> str:
        """What it means that a record left: `item`, `leave`, `clear` or `put-back`."""
        return self.member.on_absence.value

    @property
    def converses(self) -> bool:
        """Whether its comments are mirrored."""
        return self.comments is not None

    def sent(self, *, said: bool = False) -> set[str] | None:
        """The fields that are sent there, or of what is said there; None: nothing is."""
        member = self.comments if said else self.member
        if not self.mapped or member is None or not member.writes:
            return None
        return {binding.side for binding in member.bindings if binding.writes}

    @property
    def exchanged(self) -> set[str]:
        """The fields that are sent there and taken from there."""
        return {b.hub for b in self.member.bindings if b.reads and b.writes}

    @property
    def plain(self) -> bool:
        """Whether it takes and gives all."""
        one_way = self.published or not self.member.writes
        return not (one_way or self.only or self.member.on_absence is Absence.LEAVE)

    def takes(self, fields: Fields) -> bool:
        """Whether a card with these values belongs there."""
        if self.only == "due":
            return fields.get("due") is not None
        return not (self.only == "open" and self.done(fields))

    @staticmethod
    def done(fields: Fields) -> bool:
        """Whether a card with these values is done, in whatever words."""
        return str(fields.get("done")).startswith(("True", DONE))

    def call(self, done: bool) -> Plain:
        """How its people say that a card is done, or not."""
        return self.words.get(str(done).lower(), done or None)

    @property
    def maps(self) -> set[str]:
        """The fields that the mapping names now."""
        return {binding.hub for binding in self.member.bindings}


@dataclass
class Stage:
    """Everything of one history."""

    seed: int
    form: Form
    clock: Clock
    actors: list[Actor]
    rules: Rules
    store: MemoryStore
    random: Random
    more: Random
    """What the form has beyond the classic one is drawn from this."""
    engine: Engine = field(init=False)
    trace: list[str] = field(default_factory=list)
    _nonces: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.engine = self.rebuild()

    @property
    def live(self) -> list[Actor]:
        """The sides that the mapping names."""
        return [actor for actor in self.actors if actor.mapped]

    def units(self) -> list[Unit]:
        """What the mappings say now."""
        card = DATED if self.form.narrow else CARD
        kinds = {"card": card, "comment": COMMENT}
        return [
            Unit(name, (name,), self._members(name), kinds, self.rules)
            for name in dict.fromkeys(a.unit for a in self.live)
        ]

    def _members(self, unit: str) -> dict[str, Member]:
        named = [a for a in self.live if a.unit == unit]
        members = [a.member for a in named] + [a.comments for a in named if a.comments]
        return {m.key: m for m in members}

    def rebuild(self) -> Engine:
        """A process that has just started."""
        return Engine(
            self.units(),
            {a.system: a.connector for a in self.actors},
            self.store,
            NoBlobs(),
            now=self.clock,
            sleep=lambda _: None,
            nonce=lambda: f"n{next(self._nonces):019d}",
        )


class NoBlobs:
    """Cards have no files here."""

    def put(self, stream: object) -> tuple[str, int]:
        raise AssertionError(stream)

    def open(self, digest: str) -> object:
        raise AssertionError(digest)

    def sound(self, name: str) -> bool:
        raise AssertionError(name)


def build(seed: int, form: Form = CLASSIC) -> Stage:
    """Draw a stage: some sides, each with its own powers and weaknesses."""
    random = Random(seed)
    clock = Clock()
    actors = [
        _actor(seed, random, clock, f"s{n}", first=n == 0, form=form)
        for n in range(random.choice(form.sides))
    ]
    rules = Rules(deletions=random.choice(["archive", "delete"]), meeting="rule")
    more = Random(f"{form.name} {seed}")
    if form.narrow:
        for actor in actors:
            narrow(actor, more, 0.0 if actor is actors[0] else form.narrow)
            if form.edited and more.random() < 0.6:
                rename_values(actor, more)
    if form.boards:
        actors += [_second(actor) for actor in actors]
    return Stage(seed, form, clock, actors, rules, MemoryStore(clock), random, more)


def _actor(seed: int, random: Random, clock: Clock, name: str, *, first: bool, form: Form) -> Actor:
    options = random.random() < 0.6
    versions = random.random() < 0.9
    conditional = random.random() < 0.7 and versions
    moves = random.random() < 0.15  # who gives records other refs says so at once
    moves = moves and not form.loss  # a lost store's marks name the refs of that day
    settings = MemorySettings(
        options=options,
        conditional=conditional,
        history=not conditional or random.random() < 0.5 or form.late > 0,
        cursor=random.random() < 0.6,
        tombstones=random.random() < 0.7 or moves,
        soft_delete=random.random() < 0.4,
        echo=random.random() < 0.7 or moves,
        stubs=random.random() < 0.3,
        versions=versions,
        lagging=random.random() < 0.2,
        moves=moves,
    )
    if form.rough:
        settings, now = _rough(settings, clock, Random(f"{form.name} {name} {random.random()}"))
    else:
        now = clock
    world = World(now)
    shelf = world.make("b", board(options=options, children=True), children=_comments())
    weak = Random(f"weak {form.name} {seed} {name}").random() < 0.4
    for one in world.shelves.values():  # a version that tells nothing is never a condition
        one.weak = weak and not (conditional or settings.stubs)
    if not first and random.random() < 0.2:
        shelf.habits["title"] = padded
    connector = Memory(settings, Tools(name, now=clock), world)
    collection = connector.locate("box", "b")
    hidden = (
        set()
        if first
        else {f for f in ("labels", "description", "done", "list") if random.random() < 0.15}
    )
    cut = not first and random.random() < 0.35
    bindings = tuple(
        _binding(f, options=f in ("list", "labels"), cut=cut)
        for f in CARD.fields
        if f not in hidden and not (f == "rank" and "list" in hidden)
    )
    member = Member(
        collection, name, "card", connector.schema(collection), connector.capabilities, bindings
    )
    comments = None
    if random.random() < 0.6:
        kids = collection.of_children("comment")
        text = Binding("text", "text", TYPES["richtext"], Identity())
        comments = Member(
            kids,
            f"{name} comments",
            "comment",
            connector.schema(kids),
            connector.capabilities,
            (text,),
            parent=member.key,
        )
    shows = set(CARD.fields) - hidden
    return Actor(
        name,
        world,
        connector,
        member,
        comments,
        shows,
        cut,
        whole=member,
        talk=comments,
        system=name,
    )


def _second(actor: Actor) -> Actor:
    """Another board of the same account, which another mapping mirrors."""
    first = actor.world.shelf(actor.shelf)
    shelf = actor.world.make("c", first.schema, children=_comments())
    shelf.habits |= first.habits
    shelf.weak = first.weak
    collection = actor.connector.locate("box", "c")
    member = replace(actor.member, collection=collection)
    comments = None
    if actor.comments is not None:
        kids = collection.of_children("comment")
        comments = replace(actor.comments, collection=kids, parent=member.key)
    return replace(
        actor,
        name=f"{actor.name}c",
        member=member,
        comments=comments,
        whole=member,
        talk=comments,
        shelf="c",
        unit="other",
    )


def _rough(
    settings: MemorySettings, clock: Clock, random: Random
) -> tuple[MemorySettings, Callable[[], datetime]]:
    """A server whose clock is wrong, and that perhaps shows no mark of ours.

    Where times are compared (a search by content and time, a history), a connector looks
    an hour further back; clocks that are off by years are for servers that need neither.
    """
    origin = random.random() < 0.7
    skews = [0.0, -0.03, 0.5, -0.5, *([-9000.0, 9000.0] if origin and settings.conditional else [])]
    skew = timedelta(hours=random.choice(skews))
    settings = settings.model_copy(update={"origin": origin, "skew": 3600.0})
    return settings, lambda: clock() + skew


def _comments() -> dict[str, object]:
    from connectors.memory import CHILDREN  # noqa: PLC0415

    return {"comment": CHILDREN["comment"]}


def _binding(name: str, *, options: bool, cut: bool) -> Binding:
    lens = Options() if options else Truncate(CUT) if cut and name == "description" else Identity()
    return Binding(name, name, CARD.fields[name].type, lens, options=options)
