"""What must hold at the end of a history, told from the worlds and the salvage alone.

Shares no code with the engine.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from connectors.memory.world import State
from tests.simulation.people import Ledger, tokens
from tests.simulation.stage import CUT, Actor, Stage


def violations(stage: Stage, ledger: Ledger) -> list[str]:
    """Every promise that this history broke."""
    return [
        *_lost(stage, ledger),
        *_unresolved(stage),
        *_doubled(stage),
        *_invented(stage, ledger),
        *_apart(stage),
    ]


def _cards(actor: Actor) -> list[State]:
    return list(actor.world.all("b"))


def _visible(stage: Stage) -> set[str]:
    found: set[str] = set()
    for actor in stage.actors:
        for shelf in actor.world.shelves.values():
            for state in [*shelf.records.values(), *shelf.archive.values()]:
                found |= tokens(state.fields)
    return found


def _lost(stage: Stage, ledger: Ledger) -> list[str]:
    lost = ledger.alive - _visible(stage) - _kept(stage, ledger)
    return [f"lost: {sorted(lost)}"] if lost else []


def _kept(stage: Stage, ledger: Ledger) -> set[str]:
    """What the salvage holds; of what was deleted, only if people deleted some of it.

    A comment may go with its card, from a side whose people do not see it.
    """
    found: set[str] = set()
    for kept in stage.store.kept():
        held = tokens(kept.salvage.value)
        comment = all(token.startswith("c") for token in held)
        if kept.salvage.cause != "deleted" or comment or held & ledger.deleted:
            found |= held
    return found


def _unresolved(stage: Stage) -> list[str]:
    """No write is left whose outcome nobody knows."""
    return [f"never resolved: {i.verb} on {i.collection}" for i in stage.store.intents()]


def _doubled(stage: Stage) -> list[str]:
    found = []
    for actor in stage.actors:
        for shelf, field in (("b", "title"), ("b#comment", "text")):
            seen = Counter(t for s in actor.world.all(shelf) for t in tokens(s.fields.get(field)))
            found += [f"doubled on {actor.name}: {t}" for t, n in seen.items() if n > 1]
    return found


def _invented(stage: Stage, ledger: Ledger) -> list[str]:
    strange = _visible(stage) - ledger.typed
    return [f"invented: {sorted(strange)}"] if strange else []


def _apart(stage: Stage) -> list[str]:
    """The same cards, with the same values, wherever they can be shown."""
    found = []
    for first, other in combinations(stage.live, 2):
        left, right = _by_title(first), _by_title(other)
        if set(left) != set(right):
            found.append(f"{first.name} and {other.name} differ: {sorted(set(left) ^ set(right))}")
            continue
        for title, state in left.items():
            found += [
                f"{title}: {field} differs on {other.name}: {one!r} {two!r}"
                for field, one, two in _differences(first, state, other, right[title])
            ]
        found += _order(first, other)
    return found


def _order(one: Actor, other: Actor) -> list[str]:
    if not {"rank", "list"} <= other.maps & one.maps:
        return []
    left, right = _sequence(one), _sequence(other)
    return [f"order differs on {other.name}: {left} {right}"] if left != right else []


def _sequence(actor: Actor) -> list[list[str]]:
    lists: dict[object, list[tuple[float, str, str]]] = {}
    for state in _cards(actor):
        if not state.fields.get("archived"):
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
    return {_title(s): s for s in _cards(actor) if not s.fields.get("archived")}


def _name(actor: Actor, field: str, value: object) -> object:
    options = actor.world.shelf("b").options.get(field, {})
    if isinstance(value, list):
        return sorted(str(_name(actor, field, v)) for v in value)
    return options[value].name if value in options else value


def _differences(
    one: Actor, left: State, two: Actor, right: State
) -> list[tuple[str, object, object]]:
    found = []
    for field in ("list", "labels", "done", "description"):
        if not (_both_ways(one, field) and _both_ways(two, field)):
            continue
        a, b = (
            _name(o, field, s.fields.get(field)) or None for o, s in ((one, left), (two, right))
        )
        if field == "description" and (one.cut or two.cut):
            a, b = (v[:CUT].rstrip() or None if isinstance(v, str) else v for v in (a, b))
        if a != b:
            found.append((field, a, b))
    if one.comments and two.comments:
        a, b = (_under(o, s) for o, s in ((one, left), (two, right)))
        if a != b:
            found.append(("comments", a, b))
    return found


def _both_ways(actor: Actor, field: str) -> bool:
    """A field that is only taken in from a side, or only sent to it, may differ there."""
    binding = actor.member.binding(field)
    return binding is not None and binding.reads and binding.writes


def _under(actor: Actor, state: State) -> list[str]:
    return sorted(
        str(c.fields["text"]) for c in actor.world.all("b#comment") if c.parent == state.ref
    )
