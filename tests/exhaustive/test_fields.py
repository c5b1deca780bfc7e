"""The planner folds and spreads every case of one field as the stated rules do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import islice

import pytest

from sync.connector import Capabilities
from sync.kinds import Kind, KindField
from sync.mapping.unit import Binding, Member, Rules, Unit
from sync.model import Collection, FieldSpec, Record, Schema
from sync.plan import plan
from sync.plan.observation import Listing, Observation, Snapshot
from sync.state import CollectionState, Item, Standing
from sync.state import Side as Known
from sync.types import TYPES
from tests.exhaustive.fields import (
    ELEMENTS,
    NEVER,
    SIDES,
    Case,
    Outcome,
    set_cases,
    settle_set,
    settle_single,
    single_cases,
)

POWERS = Capabilities(conditional=True, history=True)
OLD, NEW = (datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in (8, 9))
ALL = frozenset(ELEMENTS)


@dataclass(frozen=True)
class Only:
    """A side that knows some elements of a set: the others stay in the hub."""

    known: frozenset[str]

    def project(self, value, words):  # noqa: ARG002 - the protocol's
        if not isinstance(value, list):
            return value
        return sorted(set(value) & self.known) or None

    def put(self, view, base, words):  # noqa: ARG002 - the protocol's
        if not isinstance(view, list) and not isinstance(base, list):
            return view
        hidden = set(base if isinstance(base, list) else ()) - self.known
        return sorted(set(view or ()) | hidden) or None


@cache
def unit(kind, ways, policy, sees):
    conflicts = "newest" if policy.startswith("newest") else policy
    members = [
        Member(
            Collection(name, "box", "x"),
            name,
            "card",
            Schema({"f": FieldSpec(kind)}),
            POWERS,
            (Binding("f", "f", TYPES[kind], Only(known)),),
            reads=way != "from-hub",
            writes=way != "to-hub",
        )
        for name, way, known in zip(SIDES, ways, (ALL, sees), strict=True)
    ]
    kinds = {"card": Kind("card", {"f": KindField("f", TYPES[kind])}, "f", ("f",))}
    rules = Rules(conflicts=conflicts, meeting="ask" if conflicts == "ask" else "rule")
    return Unit("unit", ("unit",), {m.key: m for m in members}, kinds, rules)


def plain(value):
    return sorted(value) or None if isinstance(value, frozenset) else value


def planned(case: Case, kind: str, sees: frozenset[str] = ALL) -> Outcome:
    """What the planner makes of it, in the words of the statement."""
    what = unit(kind, tuple(getattr(case, n).way for n in SIDES), case.policy, sees)
    item, seen = Item("one", "card", "unit", None, {"f": plain(case.hub)}), Observation()
    for name, key in zip(SIDES, what.members, strict=True):
        side = getattr(case, name)
        item.sides[key] = own = Known(Standing.HERE, "r", "v1", in_scope=True)
        own.seen = {} if side.showed is NEVER else {"f": plain(side.showed)}
        own.base = {} if side.agreed is NEVER else {"f": plain(side.agreed)}
        changed = NEW if case.policy == f"newest: {name}" else OLD
        record = Record("r", "v2", {"f": plain(side.shows)}, changed=changed)
        seen.listings[key] = Listing({"r": record}, complete=True)
    states = {k: CollectionState(k, met=True) for k in what.members}
    made = plan(what, Snapshot({"one": item}, states), seen)
    after = made.items.get("one") or item
    sides = dict(zip(SIDES, (after.sides[k] for k in what.members), strict=True))
    back = (lambda v: frozenset(v or ())) if kind == "set" else (lambda v: v)
    return Outcome(
        back(after.hub["f"]),
        {n: back(s.base["f"]) if "f" in s.base else NEVER for n, s in sides.items()},
        {n: back(s.seen["f"]) if "f" in s.seen else NEVER for n, s in sides.items()},
        {a.collection.partition("/")[0]: back(a.views["f"]) for a in made.actions},
        {back(s.value) for s in made.salvage},
        "f" in after.held,
    )


def differ(cases, settle, made):
    wrong = (f"{c}:\n{o} is due, not\n{p}" for c in cases if (p := made(c)) != (o := settle(c)))
    return "\n".join(islice(wrong, 5))


def test_a_single_value_is_folded_and_spread_as_the_rules_say():
    assert not differ(single_cases(), settle_single, lambda c: planned(c, "text"))


@pytest.mark.parametrize("sees", [ALL, frozenset("x"), frozenset()], ids=["all", "some", "none"])
def test_a_set_is_folded_and_spread_as_the_rules_say(sees):
    cases = set_cases(sees)
    assert not differ(cases, lambda c: settle_set(c, sees), lambda c: planned(c, "set", sees))
