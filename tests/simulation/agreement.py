"""What stands on one side and on another: the same, wherever both can show it.

Shares no code with the engine.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from connectors.memory.world import State
from tests.simulation.oracle import Ledger
from tests.simulation.stage import CUT, Actor, Stage

FIELDS = ("list", "labels", "done", "description", "due")


def apart(stage: Stage, ledger: Ledger) -> list[str]:
    """The same cards, with the same values, wherever they can be shown."""
    found = []
    for first, other in combinations([a for a in stage.live if a.plain], 2):
        if first.unit != other.unit:
            continue
        left, right = _by_title(first), _by_title(other)
        if stage.form.turned:  # what was deleted while a side was only read stays there
            for title in (t for t in set(left) ^ set(right) if ledger.may_go(t)):
                left.pop(title, None)
                right.pop(title, None)
        if set(left) != set(right):
            found.append(f"{first.name} and {other.name} differ: {sorted(set(left) ^ set(right))}")
            continue
        for title, state in left.items():
            found += [
                f"{title}: {field} differs on {other.name}: {one!r} {two!r}"
                for field, one, two in _differences(first, state, other, right[title])
            ]
            found += _said_apart(title, (first, state), (other, right[title]), stage, ledger)
        found += _order(first, other, set(left))
    return found


def _order(one: Actor, other: Actor, both: set[str]) -> list[str]:
    if not {"rank", "list"} <= other.maps & one.maps:
        return []
    left, right = _sequence(one, both), _sequence(other, both)
    return [f"order differs on {other.name}: {left} {right}"] if left != right else []


def _sequence(actor: Actor, both: set[str]) -> list[list[str]]:
    lists: dict[object, list[tuple[float, str, str]]] = {}
    for state in actor.world.all(actor.shelf):
        if not state.fields.get("archived") and _title(state) in both:
            rank = float(str(state.fields.get("rank") or 0))
            lists.setdefault(_name(actor, "list", state.fields.get("list")), []).append(
                (
                    rank,
                    state.ref,
                    _title(state),
                )  # people see cards of one number in the order of their refs
            )
    return sorted([title for *_, title in sorted(cards)] for cards in lists.values())


def _title(state: State) -> str:
    return str(state.fields.get("title")).strip()


def _by_title(actor: Actor) -> dict[str, State]:
    """Cards by title; archived ones may be what is left of a deletion, so they do not count."""
    return {_title(s): s for s in actor.world.all(actor.shelf) if not s.fields.get("archived")}


def _name(actor: Actor, field: str, value: object) -> object:
    if field == "done":
        return actor.done({"done": value})
    options = actor.world.shelf(actor.shelf).options.get(field, {})
    if isinstance(value, list):
        return sorted(str(_name(actor, field, v)) for v in value)
    return options[value].name if value in options else value


def _differences(
    one: Actor, left: State, two: Actor, right: State
) -> list[tuple[str, object, object]]:
    found = []
    for field in FIELDS:
        if field not in one.exchanged & two.exchanged:  # one that goes one way only may differ
            continue
        a, b = (
            _name(o, field, s.fields.get(field)) or None for o, s in ((one, left), (two, right))
        )
        if field == "description" and (one.cut or two.cut):
            a, b = (v[:CUT].rstrip() or None if isinstance(v, str) else v for v in (a, b))
        if a != b:
            found.append((field, a, b))
    return found


def _said_apart(
    title: str, one: tuple[Actor, State], two: tuple[Actor, State], stage: Stage, ledger: Ledger
) -> list[str]:
    """The same comments; what was deleted while a side was only read stays there, though."""
    if not (one[0].converses and two[0].converses):
        return []
    left, right = Counter(_under(*one)), Counter(_under(*two))
    apart = (left - right) + (right - left)
    if all(stage.form.turned and ledger.may_go(text) for text in apart):
        return []
    said = sorted(left.elements()), sorted(right.elements())
    return [f"{title}: comments differs on {two[0].name}: {said[0]} {said[1]}"]


def _under(actor: Actor, state: State) -> list[str]:
    return [str(c.fields["text"]) for c in actor.world.all(actor.talks) if c.parent == state.ref]


# Sides that take, or give, only some of it


def narrow_sides_apart(stage: Stage, ledger: Ledger) -> list[str]:
    """What should stand on sides with a filter, or one way only, judged by a plain one."""
    found = []
    plain = [a for a in stage.live if a.plain]
    for other in (a for a in stage.live if not a.plain):
        for one in plain[:1]:
            found += _narrow_apart(one, other, stage, ledger)
    return found


def _narrow_apart(one: Actor, other: Actor, stage: Stage, ledger: Ledger) -> list[str]:
    left, right = _by_name(one, ledger), _by_name(other, ledger)
    for n in _shared(one, ledger) | _shared(other, ledger):
        left.pop(n, None)
        right.pop(n, None)
    if not other.receives:  # what was put into the archive elsewhere still stands there
        left |= {n: right[n] for n in _by_name(one, ledger, archived=True) if n in right}
    lacks = [n for n in set(left) - set(right) if not _may_lack(other, n, left[n], ledger)]
    shelved = _by_name(one, ledger, archived=True)
    theirs = {
        n for n, s in right.items() if s.creator == "person" or (other.name, n) in ledger.stays
    }
    if other.published:  # what people do there stays there until it is published once more
        theirs_now = {n for n in shelved if (other.name, n) in ledger.brought_out}
        right = {n: state for n, state in right.items() if n not in theirs_now}
    aside = {n for n in theirs & shelved.keys() if not other.takes(shelved[n].fields)}
    extra = [
        n
        for n in set(right) - set(left) - aside  # nothing goes to what a filter does not take
        if not _may_have(other, n, right[n], ledger, turned=stage.form.turned > 0)
    ]
    stays = [
        n
        for n in set(left) & set(right)
        if (other.name, n) not in ledger.stays and _should_go(other, left[n], right[n])
    ]
    found = [f"{other.name} lacks {n}, which {one.name} has" for n in sorted(lacks)]
    found += [f"{other.name} has {n}, which {one.name} lacks" for n in sorted(extra)]
    found += [f"{n} does not pass the filter of {other.name} any more" for n in sorted(stays)]
    for n in sorted(set(left) & set(right)):
        if not _apart_by_right(left[n], other, right[n]):
            found += [
                f"{n}: {field} differs on {other.name}: {a!r} {b!r}"
                for field, a, b in _differences(one, left[n], other, right[n])
            ]
            found += _said_apart(n, (one, left[n]), (other, right[n]), stage, ledger)
    return found


def _by_name(actor: Actor, ledger: Ledger, *, archived: bool = False) -> dict[str, State]:
    """Cards by the first name they had, since where one is only sent to names may differ."""
    return {
        name: state
        for state in actor.world.all(actor.shelf)
        if archived or not state.fields.get("archived")
        for name in ledger.names(state.fields.get("title"))
    }


def _shared(actor: Actor, ledger: Ledger) -> set[str]:
    """First names that two cards have: one was renamed before its twins were met."""
    titles = [s.fields.get("title") for s in actor.world.all(actor.shelf)]
    names = Counter(name for shown in titles for name in ledger.names(shown))
    return {name for name, count in names.items() if count > 1}


def _may_lack(other: Actor, name: str, state: State, ledger: Ledger) -> bool:
    """What is only read takes nothing; what people took away from one side stays away."""
    left = other.absence == "leave" and (other.name, name) in ledger.left
    if other.published and name in _by_name(other, ledger, archived=True):
        return True  # people put it into the archive there, and what they do there stays there
    return left or not other.receives or not other.takes(state.fields)


def _may_have(other: Actor, name: str, state: State, ledger: Ledger, *, turned: bool) -> bool:
    """People's own on a published side; what the filter leaves alone; what cannot be deleted."""
    theirs = other.published and state.creator == "person"
    kept = (turned or not other.receives) and bool(ledger.names(name) & ledger.names(ledger.let_go))
    return theirs or kept or not other.takes(state.fields)


def _should_go(other: Actor, here: State, there: State) -> bool:
    """What we brought there goes when it leaves the filter; what people had there stays."""
    brought = there.creator != "person" and other.receives
    return brought and not other.takes(here.fields)


def _apart_by_right(here: State, other: Actor, there: State) -> bool:
    """Whether values may differ: nothing is sent to the side, or people's edits there stay.

    Nor does anything go to what a filter does not take but people had there.
    """
    log = [*other.world.shelf(other.shelf).log, *other.world.shelf(other.talks).log]
    theirs = {s.stable for e in log if e.author == "person" and (s := e.state or e.before)}
    said = {s.stable for s in other.world.all(other.talks) if s.parent == there.ref}
    aside = other.published and bool(({there.stable} | said) & theirs)
    return aside or not other.receives or not other.takes(here.fields)
