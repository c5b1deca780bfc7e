"""The engine between a shelf in memory and Trello: what a cut write leaves loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest

from connectors.memory import Memory, MemorySettings, World, board
from connectors.trello import Trello, TrelloSettings
from sync.connector import Tools
from sync.engine import Engine
from sync.errors import Ambiguous
from sync.kinds import Kind, KindField
from sync.mapping.lens import Identity, Options
from sync.mapping.unit import Binding, Member, Rules, Unit
from sync.store.memory import MemoryStore
from sync.types import TYPES

FIELDS = {
    "title": ("text", "name"),
    "list": ("choice", "list"),
    "archived": ("bool", "closed"),
    "checklist": ("checklist", "checklists"),
}
CARD = Kind(
    "card",
    {name: KindField(name, TYPES[kind]) for name, (kind, _) in FIELDS.items()},
    "title",
    ("title",),
    "archived",
)
ENTRIES = [
    {"text": "Un", "done": False, "list": "A"},
    {"text": "Deux", "done": True, "list": "A"},
    {"text": "Trois", "done": False, "list": "B"},
]


class NoBlobs:
    def open(self, _digest):
        return BytesIO()

    def sound(self, _name):
        return True


def now():
    return datetime.now(UTC)


def member(connector, collection, names):
    bindings = tuple(
        Binding(
            hub,
            names[hub],
            TYPES[kind],
            Options() if hub == "list" else Identity(),
            options=hub == "list",
        )
        for hub, (kind, _) in FIELDS.items()
    )
    schema = connector.schema(collection)
    return Member(collection, collection.system, "card", schema, connector.capabilities, bindings)


@pytest.fixture
def sides(sandbox):
    name = sandbox.make("board")
    trello = Trello(TrelloSettings(**sandbox.settings()), Tools("trello"))
    world = World(now)
    world.make("b", board(children=False))
    shelf = Memory(MemorySettings(), Tools("shelf", now=now), world)
    yield trello, trello.locate("board", name), shelf, shelf.locate("box", "b"), world
    trello.close()


@pytest.fixture
def engine(sides):
    trello, there, shelf, here, _ = sides
    members = [
        member(shelf, here, {hub: hub for hub in FIELDS}),
        member(trello, there, {hub: side for hub, (_, side) in FIELDS.items()}),
    ]
    unit = Unit(
        "board", ("board",), {m.key: m for m in members}, {"card": CARD}, Rules(meeting="rule")
    )
    counter = iter(range(10**6))
    return Engine(
        [unit],
        {"trello": trello, "shelf": shelf},
        MemoryStore(now),
        NoBlobs(),
        now=now,
        sleep=lambda _: None,
        nonce=lambda: f"n{next(counter):019d}",
    )


def texts(entries):
    return [(entry["list"], entry["text"], entry["done"]) for entry in entries or []]


def settle(engine, cycles=6):
    for _ in range(cycles):
        engine.sync(accept=True)


def shown(connector, collection):
    return [record for page in connector.changes(collection, None) for record in page.records]


def add(sides, **fields):
    _, _, _, here, world = sides
    (column,) = [o.id for o in world.shelf(here).options.setdefault("list", {}).values()] or [
        world.add_option(here, "list", "À faire", None).id
    ]
    card = {"title": "Avec liste", "list": column, "checklist": ENTRIES} | fields
    return world.add(here, card, author="ana")


@pytest.mark.parametrize("archived", [None, True])
def test_a_card_with_checklists_arrives_whole(engine, sides, archived):
    trello, there, _, _, _ = sides
    add(sides, archived=archived)
    settle(engine)
    (card,) = shown(trello, there)
    assert texts(card.fields["checklists"]) == texts(ENTRIES)
    assert card.fields["closed"] is archived


@pytest.mark.parametrize("method", ["_change", "_echoed"])
def test_a_write_cut_in_the_middle_takes_no_entry_from_anybody(engine, sides, method, monkeypatch):
    trello, there, shelf, here, _ = sides
    add(sides)
    cards = trello._part(there)
    whole, cut = getattr(cards, method), []

    def once(*args, **options):
        if cut:
            return whole(*args, **options)
        cut.append(args)
        raise Ambiguous("the process died here")

    monkeypatch.setattr(cards, method, once)
    settle(engine)
    assert cut, "the write was never cut"
    (card,) = shown(trello, there)
    (kept,) = shown(shelf, here)
    assert texts(card.fields["checklists"]) == texts(ENTRIES)
    assert texts(kept.fields["checklist"]) == texts(ENTRIES)


def test_the_cycle_after_that_writes_nothing(engine, sides, sandbox):
    add(sides)
    settle(engine)
    sandbox.service.seen.clear()
    engine.sync()
    assert {method for method, _ in sandbox.service.seen} == {"GET"}
    assert len(sandbox.service.seen) == 1
