"""A compact way of writing what is known and what is seen, for tables of decisions.

    known = Table("ab", card(title="Jardin"), card("two", title="Four"))
    made = known.plan(a={"one": {"title": "Potager"}}, b={"one": GONE})

Every card stands on every side and agrees there, unless it is said otherwise. A side
that nothing is said of is listed in full and shows what it showed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sync.connector import Capabilities
from sync.kinds import Kind, KindField
from sync.mapping.lens import Identity
from sync.mapping.unit import Binding, Member, Rules, Unit
from sync.model import Collection, FieldSpec, Record, Schema
from sync.plan import plan
from sync.plan.actions import Plan
from sync.plan.observation import Listing, Observation, Snapshot
from sync.state import CollectionState, Item, Side, Standing
from sync.types import TYPES

FIELDS = {"title": "text", "text": "richtext", "tags": "set", "due": "moment"}
CARD = Kind("card", {n: KindField(n, TYPES[t]) for n, t in FIELDS.items()}, "title", ("title",))
COMMENT = Kind("comment", {"text": KindField("text", TYPES["richtext"])}, "text", ("text",))

GONE = "gone"
"""Not listed, and a direct read says that it does not exist."""
UNLISTED = "unlisted"
"""Not listed; the direct read failed."""
BLIND = "blind"
"""The side could not be read."""
SILENT = "silent"
"""Not listed, gone when read, and nothing else there could be read either."""

POWERS = Capabilities(conditional=True, history=True)


def key(side: str, *, child: bool = False) -> str:
    return f"{side}/box:x" + ("#comment" if child else "")


def member(side: str, **more: object) -> Member:
    schema = Schema({n: FieldSpec(t) for n, t in FIELDS.items()})
    bindings = tuple(Binding(n, n, TYPES[t], Identity()) for n, t in FIELDS.items())
    where = Collection(side, "box", "x")
    return replace(Member(where, side, "card", schema, POWERS, bindings), **more)


def comments(side: str) -> Member:
    bindings = (Binding("text", "text", TYPES["richtext"], Identity()),)
    own = member(side, kind="comment", bindings=bindings, parent=key(side))
    return replace(own, collection=own.collection.of_children("comment"))


class Dated:
    """The filter of a side that takes what has a date."""

    def passes(self, hub, names):  # noqa: ARG002 - the protocol's
        return hub.get("due") is not None


@dataclass
class Card:
    """One item, as the hub knows it."""

    name: str
    hub: dict[str, object]
    sides: dict[str, dict[str, object]] = field(default_factory=dict)
    """Side -> what differs there: `standing`, `in_scope`, or field values last agreed on."""
    more: dict[str, object] = field(default_factory=dict)


def card(name: str = "one", *, sides: dict | None = None, more: dict | None = None, **hub: object):
    return Card(name, {"title": name, **hub}, sides or {}, more or {})


class Table:
    """What is known, and a way to plan upon what is seen."""

    def __init__(
        self,
        sides: str,
        *cards: Card,
        members: dict | None = None,
        kids: bool = False,
        **rules: object,
    ) -> None:
        made = {s: member(s, **(members or {}).get(s, {})) for s in sides}
        own = [*made.values(), *([comments(s) for s in sides] if kids else [])]
        kinds = {"card": CARD, "comment": COMMENT}
        policies = Rules(**{"deletions": "delete", "meeting": "rule", **rules})
        self.sides = sides
        self.unit = Unit("unit", ("unit",), {m.key: m for m in own}, kinds, policies)
        self.cards = {c.name: c for c in cards}
        self.known = Snapshot(
            items={c.name: self._item(c) for c in cards},
            collections={m.key: CollectionState(m.key, met=True) for m in own},
        )

    def _item(self, what: Card) -> Item:
        sides = {key(s): self._side(what, s) for s in self.sides}
        return Item(what.name, "card", "unit", None, dict(what.hub), sides, **what.more)

    def _side(self, what: Card, side: str) -> Side:
        said = dict(what.sides.get(side, {}))
        standing = Standing(said.pop("standing", "here"))
        in_scope = bool(said.pop("in_scope", True))
        values = {**dict.fromkeys(FIELDS), **what.hub, **said}
        return Side(standing, what.name, "v1", dict(values), dict(values), in_scope=in_scope)

    def see(self, **sides: object) -> Observation:
        """What is seen: side -> BLIND, or card -> GONE, UNLISTED, SILENT or what changed."""
        seen = Observation()
        for side in self.sides:
            self._look(seen, side, sides.get(side, {}))
        for kid in (k for k in self.unit.members if k.endswith("#comment")):
            seen.listings.setdefault(kid, Listing(complete=True))
        return seen

    def _look(self, seen: Observation, side: str, said: object) -> None:
        where = key(side)
        if said == BLIND:
            seen.listings[where] = Listing(failure="down")
            return
        assert isinstance(said, dict)
        listing = seen.listings[where] = Listing(complete=True)
        for name, known in self.cards.items():
            own = self.known.items[name].sides.get(where)
            if own is None:
                continue
            what = said.get(name, {} if own.standing is Standing.HERE else GONE)
            if isinstance(what, dict):
                fields = {**own.seen, **what}
                version = "v2" if what else own.version
                listing.records[name] = Record(name, version, fields)
            elif what in (GONE, SILENT):
                seen.reads[where, name] = None
            if known and SILENT not in said.values():
                self._canary(seen, where, listing)
        for name, what in said.items():
            if name not in self.cards:
                listing.records[name] = Record(name, "v1", {**dict.fromkeys(FIELDS), **what})

    @staticmethod
    def _canary(seen: Observation, where: str, listing: Listing) -> None:
        for name, record in listing.records.items():
            seen.reads.setdefault((where, name), record)

    def plan(self, **sides: object) -> Plan:
        return plan(self.unit, self.known, self.see(**sides))

    def after(self, made: Plan, name: str = "one") -> Item:
        return made.items.get(name) or self.known.items[name]


def borne(seen: Observation, side: str, ref: str, **more: object) -> None:
    """Let a record that is listed bear something else too, such as an `origin`."""
    where = key(side)
    record = replace(seen.listings[where].records[ref], **more)
    seen.listings[where].records[ref] = record
    if (where, ref) in seen.reads:
        seen.reads[where, ref] = record


def writes(made: Plan) -> list[str]:
    """The writes, each as `VERB SIDE`."""
    return sorted(f"{a.verb} {a.collection.split('/')[0]}" for a in made.actions)


def state(item: Item) -> str:
    return "dead" if item.dead else "dying" if item.dying else "alive"
