"""What the last cycle of each unit left, noted for whoever looks at the store alone.

Holds that follow from the plan (a first meeting, too many deletions), deletions that
wait, and what failed since when. Other holds stand in the state itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import TypeVar

from sync.model import Plain
from sync.plan.actions import Dying, Hold, Plan
from sync.store.base import Store, Transaction

WORD = "commands"
"""The store's own value that counts the commands which changed the state."""

_Part = TypeVar("_Part", Hold, Dying)


@dataclass(frozen=True)
class Failure:
    """What goes wrong with a collection, and since when (ISO 8601, UTC)."""

    cause: str
    since: str


@dataclass(frozen=True)
class Noted:
    """What is noted of one unit."""

    holds: tuple[Hold, ...] = ()
    dying: tuple[Dying, ...] = ()
    failures: Mapping[str, Failure] = field(default_factory=dict)
    """Collection key -> what goes wrong there."""


def note(store: Store, made: Plan, failures: Mapping[str, str], now: datetime) -> None:
    """Note how a cycle left a unit; a failure keeps the moment since which it lasts."""
    before = noted(store, made.unit)
    lasting = {
        key: Failure(cause, old.since if (old := before.failures.get(key)) else now.isoformat())
        for key, cause in failures.items()
    }
    new = Noted(made.holds, made.dying, lasting)
    if new != before:
        with store.transaction() as tx:
            tx.put_meta(name_of(made.unit), _plain(new))


def noted(store: Store, unit: str) -> Noted:
    """What is noted of a unit; nothing, if no cycle has ended."""
    data = store.meta(name_of(unit))
    if not isinstance(data, dict):
        return Noted()
    failures = data.get("failures")
    return Noted(
        tuple(_parts(Hold, data.get("holds"))),
        tuple(_parts(Dying, data.get("dying"))),
        {
            key: Failure(str(one.get("cause")), str(one.get("since")))
            for key, one in (failures.items() if isinstance(failures, dict) else ())
            if isinstance(one, dict)
        },
    )


def dismiss(store: Store, tx: Transaction, unit: str, subject: str) -> bool:
    """Note that a hold was released; whether there was one."""
    before = noted(store, unit)
    left = tuple(hold for hold in before.holds if hold.subject != subject)
    if left == before.holds:
        return False
    tx.put_meta(name_of(unit), _plain(Noted(left, before.dying, before.failures)))
    return True


def note_command(store: Store, tx: Transaction) -> None:
    """A cycle that began before this change, and has not remembered yet, looks again."""
    before = store.meta(WORD)
    tx.put_meta(WORD, 1 + (before if isinstance(before, int) else 0))


def name_of(unit: str) -> str:
    """Under which name the store has it."""
    return f"noted/{unit}"


def _plain(noted: Noted) -> Plain:
    return {
        "holds": [asdict(hold) for hold in noted.holds],
        "dying": [asdict(one) for one in noted.dying],
        "failures": {key: asdict(one) for key, one in noted.failures.items()},
    }


def _parts(kind: type[_Part], data: Plain) -> list[_Part]:
    names = {one.name for one in fields(kind)}
    return [
        kind(**{name: str(value) for name, value in one.items() if name in names})
        for one in (data if isinstance(data, list) else ())
        if isinstance(one, dict)
    ]
