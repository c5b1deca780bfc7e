"""Two sides in memory and an engine over them: the smallest collective."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.memory import Memory, MemorySettings, World, board
from sync.connector import Tools
from sync.engine import Engine
from sync.mapping.lens import Identity, Options
from sync.mapping.unit import Binding, Member, Rules, Unit
from sync.store.memory import MemoryStore
from tests.simulation.stage import CARD, Clock, NoBlobs


@dataclass
class Pair:
    """`left` and `right`, each a world with one box of cards."""

    powers: dict[str, bool] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.store = MemoryStore(self.clock)
        self.left, left, one = self._side("left")
        self.right, right, two = self._side("right")
        self.unit = Unit(
            "board", ("board",), {one.key: one, two.key: two}, {"card": CARD}, self.rules
        )
        self.connectors = {"left": left, "right": right}
        self._serial = iter(range(10**6))
        self.engine = self.started()

    def started(self) -> Engine:
        """An engine over what the store holds now, as after a restart."""
        return Engine(
            [self.unit],
            self.connectors,
            self.store,
            NoBlobs(),
            now=self.clock,
            sleep=lambda _: None,
            nonce=lambda: f"n{next(self._serial):019d}",
        )

    def _side(self, name: str) -> tuple[World, Memory, Member]:
        world = World(self.clock)
        world.make("b", board(options=False, children=False))
        settings = MemorySettings(**{"options": False, "soft_delete": False, **self.powers})
        connector = Memory(settings, Tools(name, now=self.clock), world)
        box = connector.locate("box", "b")
        bindings = tuple(
            Binding(
                f,
                f,
                k.type,
                Options() if f in ("list", "labels") else Identity(),
                options=f in ("list", "labels"),
            )
            for f, k in CARD.fields.items()
        )
        member = Member(box, name, "card", connector.schema(box), connector.capabilities, bindings)
        return world, connector, member

    @staticmethod
    def titles(world: World) -> list[str]:
        """What people see there, archived cards left out."""
        return sorted(
            str(s.fields["title"]) for s in world.all("b") if not s.fields.get("archived")
        )

    def ref(self, world: World, title: str) -> str:
        """The record that bears a title."""
        return next(s.ref for s in world.all("b") if s.fields["title"] == title)
