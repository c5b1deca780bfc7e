"""What folding and spreading make of one field on two sides, stated anew.

For a single value (a title) and for a set (labels), of which one side may know some
elements only. What each side showed, shows, and agreed with decides what the hub holds
then, what is kept, and what is sent where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, combinations, product

NEVER = "never"
"""In place of a value: never observed, or never agreed."""
SIDES = ("left", "right")
POLICIES = ("newest: left", "newest: right", "left", "right", "ask")
"""Who wins a conflict; `newest: left`: the left side's edit is the newer one."""


@dataclass(frozen=True)
class Side:
    """What one side showed, shows now, and agreed with."""

    showed: object
    shows: object
    agreed: object
    way: str = "both"
    """`both`, `from-hub` (its edits are not taken in), `to-hub` (it is not written to)."""


@dataclass(frozen=True)
class Case:
    """One field of one item in one cycle."""

    hub: object
    left: Side
    right: Side
    policy: str = "newest: right"


@dataclass
class Outcome:
    """What follows."""

    hub: object
    agreed: dict[str, object]
    showed: dict[str, object]
    sent: dict[str, object] = field(default_factory=dict)
    kept: set[object] = field(default_factory=set)
    held: bool = False


WORDS = (None, "one", "two")


def single_cases() -> Iterator[Case]:
    """Every case of a single value."""
    pairs = [(NEVER, NEVER), *product(WORDS, WORDS)]
    sides = [Side(showed, shows, agreed) for (showed, agreed), shows in product(pairs, WORDS)]
    for hub, left, right, policy in product(WORDS, sides, sides, POLICIES):
        yield Case(hub, left, right, policy)
    for hub, left, right, way in product(WORDS, sides, sides, ("from-hub", "to-hub")):
        yield Case(hub, left, replace(right, way=way))


def settle_single(case: Case) -> Outcome:
    """What must follow for a single value."""
    out = _start(case)
    edited = False
    for name in SIDES:
        side: Side = getattr(case, name)
        if side.shows == side.showed:
            continue
        out.showed[name] = side.shows
        if side.way == "from-hub":
            if not _agreed_before(case, out, name, side):
                _set_aside(out, name, side)
            continue
        before, old = out.agreed[name], out.hub
        out.agreed[name] = side.shows
        _merge(case, out, name, before, edited=edited)
        edited |= out.hub != old
        if out.hub != old and old not in (None, side.showed):
            out.kept.add(old)  # its editor did not see it
    _spread(case, out, lambda _, value: value)
    return out


def _agreed_before(case: Case, out: Outcome, name: str, side: Side) -> bool:
    """Where a field is published anew, what shows the hub's value of before agreed on it."""
    new = side.showed is NEVER and side.agreed is NEVER
    if new and case.hub is not None and side.shows == case.hub != out.hub:
        out.agreed[name] = case.hub
        return True
    return False


def _set_aside(out: Outcome, name: str, side: Side) -> None:
    """What people wrote where we only publish is kept, and stays until the hub has a value."""
    if side.showed is not NEVER or side.shows != out.hub:
        out.kept |= {side.shows} - {None}
    if out.hub is None and out.agreed[name] is NEVER:
        out.agreed[name] = None


def _merge(case: Case, out: Outcome, name: str, before: object, *, edited: bool) -> None:
    """Take in what one side shows: an edit of what it agreed with, or a first meeting."""
    hub, theirs = out.hub, getattr(case, name).shows
    if theirs in (hub, None if before is NEVER else before):
        return
    if before is NEVER and _shown_by_all(case, out, name):
        out.hub = theirs
        return
    if hub == (None if before is NEVER else before):
        out.hub = theirs
        return
    wins = case.policy == name or (
        case.policy.startswith("newest") and (not edited or case.policy == f"newest: {name}")
    )
    if case.policy == "ask":
        out.held = True
        wins = before is not NEVER
    out.kept |= {hub if wins else theirs} - {None}
    out.hub = theirs if wins else hub


def _shown_by_all(case: Case, out: Outcome, name: str) -> bool:
    """No side agreed on anything, and no side shows another value: the hub's is an old one."""
    other = next(n for n in SIDES if n != name)
    return out.agreed[other] is NEVER and getattr(case, other).shows == getattr(case, name).shows


def _start(case: Case) -> Outcome:
    return Outcome(
        case.hub,
        {n: getattr(case, n).agreed for n in SIDES},
        {n: getattr(case, n).showed for n in SIDES},
    )


def _spread(case: Case, out: Outcome, project: Callable[[str, object], object]) -> None:
    """Agreement without a write; else a patch where the side lacks what the hub has."""
    for name in SIDES:
        if out.showed[name] is NEVER:
            continue
        if out.showed[name] == project(name, out.hub):
            out.agreed[name] = out.hub
        elif out.agreed[name] != out.hub and getattr(case, name).way != "to-hub" and not out.held:
            out.sent[name] = project(name, out.hub)


ELEMENTS = ("x", "y")
SETS = tuple(frozenset(c) for c in chain.from_iterable(combinations(ELEMENTS, n) for n in range(3)))


def set_cases(known: frozenset[str]) -> Iterator[Case]:
    """Every case in which each side showed what it can of what it agreed with.

    The right side knows some elements only.
    """
    for hub, left, right in product(SETS, _sides(frozenset(ELEMENTS)), _sides(known)):
        yield Case(hub, left, right)


def _sides(known: frozenset[str]) -> Iterator[Side]:
    shown = sorted({s & known for s in SETS}, key=sorted)
    for agreed, shows in product((NEVER, *SETS), shown):
        showed = agreed & known if isinstance(agreed, frozenset) else NEVER
        yield Side(showed, shows, agreed)


def settle_set(case: Case, known: frozenset[str]) -> Outcome:
    """What must follow for a set, of which the right side knows some elements only."""
    out = _start(case)
    sees = {"left": frozenset(ELEMENTS), "right": known}
    for name in SIDES:
        side: Side = getattr(case, name)
        if side.shows == side.showed:
            continue
        out.showed[name] = side.shows
        old, before = out.hub, out.agreed[name]
        hidden = (old if before is NEVER else before) - sees[name]
        theirs = out.agreed[name] = side.shows | hidden
        (other,) = set(SIDES) - {name}
        if before is NEVER and theirs and out.agreed[other] is NEVER:
            alike = getattr(case, other).shows | (old - sees[other]) == theirs
            out.hub = theirs if alike else old | theirs
        elif before is NEVER:
            out.hub = old | theirs
        else:
            out.hub = (old | (theirs - before)) - (before - theirs)
        saw = frozenset() if side.showed is NEVER else side.showed
        if old - out.hub - saw:
            out.kept.add(old)
    _spread(case, out, lambda name, value: value & sees[name])
    return out
