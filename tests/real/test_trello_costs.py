"""What the engine's cycles cost at Trello, counted in requests, comments included.

Of an edit of ours, one request is the write. Two reads belong to it, since Trello checks no
precondition: the card as it stands before the write, so that nobody's edit is overwritten
unseen, and the card's history after it, in case somebody was faster.
"""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from connectors.memory import CHILDREN, Memory, MemorySettings, World, board
from connectors.sandbox.trello import TrelloSandbox
from connectors.trello import Trello, TrelloSettings
from sync.connector import Origin, Tools
from sync.engine import Engine
from sync.kinds import Kind, KindField
from sync.mapping.lens import Identity, Options
from sync.mapping.unit import Binding, Member, Rules, Unit
from sync.store.memory import MemoryStore
from sync.types import TYPES
from tests.real.test_trello_engine import NoBlobs, now

CARD = {"title": ("text", "name"), "list": ("choice", "list"), "due": ("moment", "due")}
COMMENT = {"text": ("richtext", "text"), "author": ("person", "author"), "at": ("moment", "at")}
KINDS = {
    name: Kind(name, {f: KindField(f, TYPES[t]) for f, (t, _) in fields.items()}, title, (title,))
    for name, fields, title in (("card", CARD, "title"), ("comment", COMMENT, "text"))
}
CARDS = 200


def member(connector, collection, fields, *, own):
    schema = connector.schema(collection)
    bindings = tuple(
        Binding(
            hub,
            hub if own else side,
            TYPES[kind],
            Options() if hub == "list" else Identity(),
            options=hub == "list",
            writes=schema.fields[hub if own else side].writable,
        )
        for hub, (kind, side) in fields.items()
    )
    parent = collection.key.partition("#")[0] if collection.child else None
    return Member(
        collection,
        collection.system,
        "comment" if collection.child else "card",
        schema,
        connector.capabilities,
        bindings,
        parent=parent,
    )


class Bench:
    """A board at Trello beside a shelf, with cards and comments on both."""

    def __init__(self, folder) -> None:
        self.sandbox = TrelloSandbox(folder)
        self.sandbox.start()
        self.trello = Trello(TrelloSettings(**self.sandbox.settings()), Tools("trello"))
        self.there = self.trello.locate("board", self.sandbox.make("board"))
        self.world = World(now)
        self.world.make("b", board(), children={"comment": CHILDREN["comment"]})
        shelf = Memory(MemorySettings(), Tools("shelf", now=now), self.world)
        self.here = shelf.locate("box", "b")
        members = [
            member(connector, collection, fields, own=connector is shelf)
            for connector, top in ((shelf, self.here), (self.trello, self.there))
            for collection, fields in ((top, CARD), (top.of_children("comment"), COMMENT))
        ]
        unit = Unit("board", ("board",), {m.key: m for m in members}, KINDS, Rules(meeting="rule"))
        counter = iter(range(10**6))
        self.engine = Engine(
            [unit],
            {"trello": self.trello, "shelf": shelf},
            MemoryStore(now),
            NoBlobs(),
            now=now,
            sleep=lambda _: None,
            nonce=lambda: f"n{next(counter):019d}",
        )

    def fill(self, count, column):
        return [
            self.world.add(self.here, {"title": f"Carte {n}", "list": column}, author="ana").ref
            for n in range(count)
        ]

    def cycle(self):
        """Synchronise, and say what it cost."""
        self.sandbox.service.seen.clear()
        self.engine.sync(accept=True)
        return Counter(method for method, _ in self.sandbox.service.seen)

    def close(self):
        self.trello.close()
        self.sandbox.stop()


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.close()


def settled(bench, count):
    column = bench.world.add_option(bench.here, "list", "À faire", None).id
    refs = bench.fill(count, column)
    first = bench.cycle()
    for _ in range(4):
        bench.cycle()
    return refs, first


def test_a_quiet_cycle_is_one_request_for_cards_and_comments(bench):
    settled(bench, 3)
    assert bench.cycle() == {"GET": 1}
    assert bench.cycle() == {"GET": 1}


def test_an_edit_of_ours_is_one_write_and_the_two_reads_that_its_safety_takes(bench):
    refs, _ = settled(bench, 3)
    bench.trello._api.me()  # asked once in a process
    bench.world.edit(bench.here, refs[0], {"title": "Autrement"}, author="ana")
    assert bench.cycle() == {"PUT": 1, "GET": 1 + 2}


def test_an_edit_of_theirs_is_the_news_and_one_read(bench):
    settled(bench, 3)
    card = next(iter(bench.sandbox.state.cards.values()))
    person = Trello(TrelloSettings(**bench.sandbox.settings("person")), Tools("trello"))
    person.update(bench.there, card["id"], {"name": "Édité"}, expect=None)
    person.close()
    assert bench.cycle() == {"GET": 2}
    assert "Édité" in [s.fields["title"] for s in bench.world.shelf(bench.here).records.values()]


def test_a_comment_goes_both_ways_and_is_never_doubled(bench):
    refs, _ = settled(bench, 1)
    child = bench.here.of_children("comment")
    bench.world.add(child, {"text": "D'ici"}, author="ana", parent=refs[0])
    card = next(iter(bench.sandbox.state.cards.values()))
    person = Trello(TrelloSettings(**bench.sandbox.settings("person")), Tools("trello"))
    below = bench.there.of_children("comment")
    origin = Origin("n" * 20, now())
    person.create(below, {"text": "De là"}, origin=origin, parent=card["id"])
    person.close()
    for _ in range(4):
        bench.cycle()
    shown = [s.fields["text"] for s in bench.world.shelf(child).records.values()]
    there = [page.records for page in bench.trello.changes(below, None)]
    assert sorted(shown) == ["D'ici", "De là"]
    assert sorted(r.fields["text"] for rs in there for r in rs) == ["D'ici", "De là"]


@pytest.mark.bench
def test_requests_of_a_first_mirror_a_quiet_cycle_and_a_hundredth_changed(bench, capsys):
    refs, first = settled(bench, CARDS)
    quiet = bench.cycle()
    for ref in refs[: CARDS // 100]:
        bench.world.edit(bench.here, ref, {"title": f"Autrement {ref}"}, author="ana")
    changed = bench.cycle()
    for what, cost, least in (
        (f"first mirror of {CARDS} cards", first, CARDS + 2),
        ("quiet cycle", quiet, 1),
        (f"{CARDS // 100} of {CARDS} changed", changed, 1 + CARDS // 100),
    ):
        total = sum(cost.values())
        told = f"\n{what}: {total} requests ({dict(cost)}); the least possible: {least}\n"
        with capsys.disabled():
            sys.stdout.write(told)
