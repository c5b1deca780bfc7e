"""Observations and state in, a plan out: pure, no I/O, no clock.

    options -> recognise -> fold -> order -> presence -> spread

Each step reads the draft that the steps before it left, and changes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sync.mapping.unit import Binding, Member, Unit
from sync.model import Option
from sync.plan.actions import Plan
from sync.plan.audit import audit
from sync.plan.draft import Draft
from sync.plan.fingerprint import ONLY, fingerprints
from sync.plan.fold import fold, revive
from sync.plan.guard import guard
from sync.plan.observation import Observation, Snapshot
from sync.plan.order import fold_order, spread_order
from sync.plan.presence import judge
from sync.plan.recognise import recognise
from sync.plan.spread import spread
from sync.plan.unshown import keep_unshown

__all__ = ["plan"]


def plan(unit: Unit, known: Snapshot, seen: Observation) -> Plan:
    """What one cycle does, given what was known and what was seen.

    Deterministic: equal input, equal plan. Neither argument is changed.
    """
    draft = Draft(unit, known, seen)
    _follow_the_mapping(draft)
    _learn_options(draft)
    recognise(draft)
    audit(draft)
    _bring_back(draft)
    fold(draft)
    keep_unshown(draft)
    fold_order(draft)
    judge(draft)
    spread(draft)
    spread_order(draft)
    guard(draft)
    _remember_listings(draft)
    return draft.plan()


def _follow_the_mapping(draft: Draft) -> None:
    """A field that is mapped anew, or otherwise, meets its sides as if for the first time."""
    for member in draft.unit.members.values():
        state = draft.collections[member.key]
        now = fingerprints(member)
        edited = [
            b for b in member.bindings if state.fingerprint.get(b.hub, now[b.hub]) != now[b.hub]
        ]
        added = [b for b in member.bindings if state.fingerprint and b.hub not in state.fingerprint]
        for binding in [*edited, *added]:
            for item in list(draft.items()):
                if member.key in item.sides:
                    side = draft.edit(item.id).sides[member.key]
                    side.seen.pop(binding.side, None)
                    side.base.pop(binding.hub, None)
                    side.stale = True
        if state.fingerprint.keys() - now.keys():
            _let_go(draft, member)
        if state.fingerprint.get(ONLY, now[ONLY]) != now[ONLY]:
            _widen(draft, member)
        state.fingerprint = now


def _let_go(draft: Draft, member: Member) -> None:
    """What was seen of a field that is not mapped any more says nothing of what stands there."""
    shown = {b.side for b in member.bindings}
    known = {b.hub for b in member.bindings}
    for item in list(draft.items()):
        if member.key in item.sides:
            side = draft.edit(item.id).sides[member.key]
            side.seen = {name: view for name, view in side.seen.items() if name in shown}
            side.base = {name: value for name, value in side.base.items() if name in known}


def _widen(draft: Draft, member: Member) -> None:
    """A filter that was edited takes nothing away from a side; it rules what comes after."""
    for item in list(draft.items()):
        side = item.sides.get(member.key)
        if side is not None and side.in_scope:
            draft.edit(item.id).sides[member.key].in_scope = False


def _bring_back(draft: Draft) -> None:
    """What somebody decided to have back lives again, on every side that it was deleted from."""
    for item in list(draft.items()):
        if item.wanted:
            own = draft.edit(item.id)
            own.wanted = False
            revive(draft, own)


def _learn_options(draft: Draft) -> None:
    told = list(_options(draft))
    for member, binding, options in told:
        draft.vocabulary.learn_names(member, binding, options)
    for member, binding, options in told:
        draft.vocabulary.learn(member, binding, options)


def _options(draft: Draft) -> Iterator[tuple[Member, Binding, Sequence[Option]]]:
    """The options that the sides with native ids listed."""
    for member in draft.unit.members.values():
        listing = draft.seen.listings.get(member.key)
        if listing is None or listing.failure or not listing.options:
            continue
        for binding in member.bindings:
            if member.has_ids(binding) and binding.options and binding.side in listing.options:
                yield member, binding, listing.options[binding.side]


def _remember_listings(draft: Draft) -> None:
    """The cursor is committed with what was learnt up to it, never before."""
    for member in draft.unit.members.values():
        listing = draft.seen.listings.get(member.key)
        state = draft.collections[member.key]
        state.unit, state.label = draft.unit.name, member.label
        if listing is None:
            continue
        state.failure = listing.failure or listing.unclear
        if listing.failure is None and (state.met or member.parent is not None):
            unread = listing.unclear is not None or member.key in draft.unread
            state.cursor = None if unread else listing.cursor
