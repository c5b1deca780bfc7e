"""Holds: what is held back, why, and the command that releases it.

Everything here reads or changes the store only; what a release sets free is looked at
anew in the next cycle, never replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sync import parting
from sync.errors import ConfigError
from sync.i18n import _
from sync.mapping.unit import Unit
from sync.plan.actions import Hold
from sync.state import CollectionState, Item, Standing
from sync.store.base import Store


def standing(items: Iterable[Item], states: Mapping[str, CollectionState]) -> list[Hold]:
    """Every hold of a unit as it stands now: fields, items and whole sides."""
    holds = [
        _hold(item.id, field, cause) for item in items for field, cause in sorted(item.held.items())
    ]
    for key, state in sorted(states.items()):
        if state.held:
            holds.append(_hold(key, "", state.held))
        if state.ambiguous:
            count = len(state.ambiguous)
            holds.append(
                _hold(
                    key,
                    "",
                    _("{count} records there cannot be told apart by name").format(count=count),
                )
            )
    return holds


def unreadable(items: Iterable[Item], states: Mapping[str, CollectionState]) -> dict[str, str]:
    """`KEY REF` of every record of a unit that stands there and cannot be read -> why."""
    found = {
        f"{key} {ref}": why
        for key, state in sorted(states.items())
        for ref, why in state.malformed.items()
    }
    for item in items:
        for key, side in item.sides.items():
            if side.malformed and side.standing is Standing.HERE:
                found[f"{key} {side.ref}"] = side.malformed
    return found


def _hold(subject: str, field: str, cause: str) -> Hold:
    name = f"{subject}@{field}" if field else subject
    return Hold(name, cause, f"jumelage release '{name}'")


def hold(store: Store, subject: str, cause: str | None = None) -> None:
    """Hold an item, or one field of it (`ITEM@FIELD`). Raises `ConfigError`."""
    item, field = _item(store, subject)
    item.held[field] = cause or _("held by hand")
    with store.transaction() as tx:
        tx.put_item(item)


def release(store: Store, units: dict[str, Unit], subject: str) -> None:
    """Release a unit's first meeting, a side's absences, an item or one field of it.

    Raises `ConfigError` if nothing of that name is known.
    """
    states = store.collections()
    if subject in units:
        _put(store, [s for k, s in states.items() if k in units[subject].members], _accept)
    elif parting.let_go(units.values(), store, subject):
        pass  # what it waited for is given up
    elif subject in states:
        _put(store, [states[subject]], _let_go)
    else:
        item, field = _item(store, subject)
        for name in [field] if field else list(item.held):
            item.held.pop(name, None)
            item.flips.pop(name, None)
        for side in item.sides.values():
            side.refused.clear()
        with store.transaction() as tx:
            tx.put_item(item)


def _item(store: Store, subject: str) -> tuple[Item, str]:
    item = store.item(subject)
    if item is not None:
        return item, ""
    name, _at, field = subject.rpartition("@")
    item = store.item(name)
    if item is None:
        raise ConfigError(
            _("nothing is called {subject}; `jumelage status` lists what is held").format(
                subject=subject
            )
        )
    return item, field


def _put(
    store: Store, states: list[CollectionState], change: Callable[[CollectionState], None]
) -> None:
    with store.transaction() as tx:
        for state in states:
            change(state)
            tx.put_collection(state)


def _accept(state: CollectionState) -> None:
    state.accepted = True
    state.over_budget = True


def _let_go(state: CollectionState) -> None:
    state.released, state.held, state.cursor = True, None, None
    state.ambiguous = []
