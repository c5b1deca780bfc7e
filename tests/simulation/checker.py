"""What must hold at the end of a history, told from the worlds and the salvage alone.

Shares no code with the engine.
"""

from __future__ import annotations

from collections import Counter

from tests.simulation.agreement import apart, narrow_sides_apart
from tests.simulation.oracle import Ledger, tokens
from tests.simulation.stage import Stage


def violations(stage: Stage, ledger: Ledger) -> list[str]:
    """Every promise that this history broke."""
    return [
        *_lost(stage, ledger),
        *_unresolved(stage),
        *_doubled(stage),
        *_invented(stage, ledger),
        *apart(stage, ledger),
        *narrow_sides_apart(stage, ledger),
    ]


def visible(stage: Stage) -> set[str]:
    """Every token that stands on some side, in sight or in a bin."""
    found: set[str] = set()
    for actor in stage.actors:
        for shelf in actor.world.shelves.values():
            for state in [*shelf.records.values(), *shelf.archive.values()]:
                found |= tokens(state.fields)
    return found


def _lost(stage: Stage, ledger: Ledger) -> list[str]:
    lost = ledger.alive - visible(stage) - _kept(stage, ledger)
    return [f"lost: {sorted(lost)}"] if lost else []


def _kept(stage: Stage, ledger: Ledger) -> set[str]:
    """What the salvage holds; of what was deleted, only if people deleted some of it.

    A comment may go with its card, from a side whose people do not see it.
    """
    found: set[str] = set()
    gone = ledger.names(ledger.deleted)
    for kept in stage.store.kept():
        held = tokens(kept.salvage.value)
        comment = all(token.startswith("c") for token in held)
        if kept.salvage.cause != "deleted" or comment or ledger.names(held) & gone:
            found |= held
    return found


def _unresolved(stage: Stage) -> list[str]:
    """No write is left whose outcome nobody knows."""
    return [f"never resolved: {i.verb} on {i.collection}" for i in stage.store.intents()]


def _doubled(stage: Stage) -> list[str]:
    found = []
    for actor in stage.actors:
        for shelf, field in ((actor.shelf, "title"), (actor.talks, "text")):
            seen = Counter(t for s in actor.world.all(shelf) for t in tokens(s.fields.get(field)))
            found += [f"doubled on {actor.name}: {t}" for t, n in seen.items() if n > 1]
    return found


def _invented(stage: Stage, ledger: Ledger) -> list[str]:
    strange = visible(stage) - ledger.typed
    return [f"invented: {sorted(strange)}"] if strange else []
