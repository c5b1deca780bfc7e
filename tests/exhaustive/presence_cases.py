"""The cases of `presence`, as the planner takes them, and its answers in their words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from sync.connector import Capabilities
from sync.kinds import Kind, KindField
from sync.mapping.lens import Identity
from sync.mapping.unit import Absence, Binding, Member, Rules, Unit
from sync.model import Collection, FieldSpec, Record, Schema
from sync.plan import plan
from sync.plan.actions import Plan
from sync.plan.observation import Listing, Observation, Snapshot
from sync.state import CollectionState, Item, Side, Standing
from sync.types import TYPES
from tests.exhaustive.presence import Case, Outcome
from tests.unit.plan.table import Dated

FIELDS = {"title": "text", "text": "richtext", "tags": "set", "due": "moment", "archived": "bool"}
CARD = Kind(
    "card", {n: KindField(n, TYPES[t]) for n, t in FIELDS.items()}, "title", ("title",), "archived"
)
COMMENT = Kind("comment", {"text": KindField("text", TYPES["text"])}, "text", ("text",))
SIDES = ("here", "there", "third")
HAS = {
    "here": ("title", "text", "due"),
    "there": ("title", "text", "tags", "due", "archived"),
    "third": ("title", "text", "tags", "due"),
}
POWERS = {
    "": Capabilities(conditional=True, history=True),
    "bin": Capabilities(conditional=True, history=True, soft_delete=True),
    "bare": Capabilities(conditional=False, history=False, soft_delete=False),
}
DATE = "2026-04-01"
CANARIES = ("two", "three")


def key(side: str) -> str:
    return f"{side}/box:x"


def kid(side: str) -> str:
    return f"{key(side)}#comment"


@cache
def unit(means: str, powers: str) -> Unit:
    members = [member(side, means, powers) for side in SIDES]
    text = (Binding("text", "text", TYPES["text"], Identity()),)
    kids = [
        replace(
            m,
            collection=m.collection.of_children("comment"),
            kind="comment",
            bindings=text,
            on_absence=Absence.ITEM,
            clears=None,
            parent=m.key,
            only=replace(_THIRD).only,
        )
        for m in members
        if (m.label, powers) != ("here", "mute here")
    ]
    rules = Rules(deletions="archive" if powers.startswith("archive") else "delete", meeting="rule")
    every = {m.key: m for m in [*members, *kids]}
    return Unit("unit", ("unit",), every, {"card": CARD, "comment": COMMENT}, rules)


def member(side: str, means: str, powers: str) -> Member:
    how, _, where = powers.partition(" ")
    own = how if where == side else ""
    made = replace(
        _THIRD,
        collection=Collection(side, "box", "x"),
        label=side,
        capabilities=POWERS.get(own, POWERS[""]),
        bindings=tuple(
            Binding(n, n, TYPES[FIELDS[n]], Identity())
            for n in HAS[side]
            if n != "archived" or own == "archive"
        ),
        writes=own != "read-only",
    )
    if side != "here":
        return made
    absence = Absence(means)
    return replace(
        made, only=Dated(), on_absence=absence, clears="due" if means == "clear" else None
    )


_THIRD = Member(
    Collection("third", "box", "x"),
    "third",
    "card",
    Schema({n: FieldSpec(t) for n, t in FIELDS.items()}),
    POWERS[""],
    (),
)


def known(case: Case) -> Snapshot:
    """What the hub knows before the cycle."""
    what = unit(case.means, case.powers)
    passes = case.scope in ("in", "fresh")
    hub = {"title": "one", "text": "new" if case.moved == "before" else "old"}
    hub |= {"tags": None, "due": DATE if passes else None, "archived": None}
    stands = {"here": case.stood, "there": case.there, "third": case.there}
    sides = {}
    for side in SIDES:
        values = {b.hub: hub[b.hub] for b in what.members[key(side)].bindings}
        if side == "here":
            values["text"] = "old"
        flag = side != "here" or case.scope in ("in", "left")
        sides[key(side)] = _side("one", stands[side], values, in_scope=flag)
    one = Item("one", "card", "unit", None, hub, sides)
    one.dying, one.dead = case.item == "dying", case.item == "dead"
    items = [one, *(i for name in CANARIES for i in _canary(what, name))]
    if case.comment not in ("none", "new"):
        lacks = {"here"} if case.comment == "never" or case.stood != "here" else set()
        items.append(_comment("said", "one", set(SIDES) - lacks))
    for item in items:
        item.sides = {k: side for k, side in item.sides.items() if k in what.members}
    return Snapshot(
        items={i.id: i for i in items},
        collections={k: CollectionState(k, met=True) for k in what.members},
    )


def _side(ref: str, stands: str, values: dict, **more: object) -> Side:
    return Side(
        Standing(stands), ref, "v1", dict(values), dict(values), kids_met=stands == "here", **more
    )


def _canary(what: Unit, name: str) -> list[Item]:
    hub = {"title": name, "text": None, "tags": None, "due": DATE, "archived": None}
    sides = {
        key(s): _side(
            name, "here", {b.hub: hub[b.hub] for b in what.members[key(s)].bindings}, in_scope=True
        )
        for s in SIDES
    }
    return [Item(name, "card", "unit", None, hub, sides), _comment(f"on {name}", name, set(SIDES))]


def _comment(name: str, parent: str, where: set[str]) -> Item:
    sides = {
        kid(s): _side(name, "here", {"text": name}, in_scope=True, parent_ref=parent)
        for s in SIDES
        if s in where
    }
    return Item(name, "comment", "unit", parent, {"text": name}, sides)


def seen(case: Case, before: Snapshot) -> Observation:
    """What the cycle sees."""
    found = Observation()
    looks = {"here": case.here, "there": case.other, "third": "present"}
    for side in SIDES:
        removed = {"said"} if (side, case.comment) == ("here", "removed") else set()
        if looks[side] == "blind":
            found.listings[key(side)] = found.listings[kid(side)] = Listing(failure="down")
            if removed:  # its comments are listed apart, and can be seen
                _list(found, before, kid(side), removed, {})
            continue
        gone = {"one"} if _away(case, side, looks[side]) else set()
        gone |= set(CANARIES) if looks[side] == "held" else set()
        edits = _edits(case, side)
        _list(found, before, key(side), gone, {"one": edits})
        for name in gone:
            found.reads[key(side), name] = None
        if looks[side] == "unconfirmed":
            del found.reads[key(side), "one"]
        if looks[side] == "unsighted":
            for name in CANARIES:
                found.reads.pop((key(side), name))
        said = {"said": {"text": "other"}} if (side, case.comment) == ("there", "changed") else {}
        _list(found, before, kid(side), gone | removed, said)
        if (side, case.comment) == ("there", "new"):
            new = Record("new", "v1", {"text": "new"}, parent="one")
            found.listings[kid(side)].records["new"] = new
    return found


def _away(case: Case, side: str, look: str) -> bool:
    if side == "here":
        return look not in ("unchanged", "changed")
    return case.there == "gone" or look == "absent"


def _edits(case: Case, side: str) -> dict[str, object]:
    if side == "here" and case.here == "changed":
        return {"title": "changed"}
    if side == "there":
        made = {"now": {"text": "new"}, "unshown": {"tags": ["x"]}, "date": {"due": "2026-05-01"}}
        return made.get(case.moved, {})
    return {}


def _list(
    found: Observation, before: Snapshot, where: str, gone: set[str], edits: dict[str, dict]
) -> None:
    listing = found.listings[where] = Listing(complete=True)
    for name, item in before.items.items():
        side = item.sides.get(where)
        if side is None:
            continue
        if name in gone or item.parent in gone:
            found.reads[where, name] = None
            continue
        new = edits.get(name, {})
        record = Record(name, "v2" if new else "v1", {**side.seen, **new}, parent=item.parent)
        listing.records[name] = found.reads[where, name] = record


def planned(case: Case) -> Outcome:
    """What the planner makes of a case."""
    before = known(case)
    made = plan(unit(case.means, case.powers), before, seen(case, before))
    one = made.items.get("one") or before.items["one"]
    return Outcome(
        "dead" if one.dead else "dying" if one.dying else "alive",
        {s: str(one.sides[key(s)].standing) for s in SIDES},
        _writes(made),
        {
            "side" if h.subject == key("here") else "item"
            for h in made.holds
            if h.subject in (key("here"), "one")
        },
        before.items["one"].hub["due"] is not None and one.hub["due"] is None,
        one.sides[key("here")].in_scope,
        _said(made, before),
    )


def _said(made: Plan, before: Snapshot) -> str:
    comment = made.items.get("said") or before.items.get("said")
    stood = comment is not None and kid("here") in before.items["said"].sides
    return str(comment.sides[kid("here")].standing) if stood else ""


def _writes(made: Plan) -> set[str]:
    return {
        f"{'archive' if a.verb == 'delete' and a.views else a.verb} {a.collection.partition('/')[0]}"
        for a in made.actions
        if a.item == "one"
    }
