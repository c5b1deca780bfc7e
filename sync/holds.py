"""Holds: what is held back, why, and the command that releases it.

Everything here reads or changes the store only; what a release sets free is looked at
anew in the next cycle, never replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sync import parting
from sync.errors import Unknown
from sync.i18n import _, ngettext
from sync.mapping.unit import Member, Unit
from sync.noted import dismiss, note_command
from sync.plan.actions import Hold, OptionWrite
from sync.plan.actions import release as release_command
from sync.state import CollectionState, Item, Standing
from sync.store.base import Store


def standing(
    items: Iterable[Item],
    states: Mapping[str, CollectionState],
    told: Iterable[Hold] = (),
) -> list[Hold]:
    """Every hold of a unit as it stands now, but for what is told: fields, items, whole sides."""
    holds = [
        _hold(item.id, field, cause) for item in items for field, cause in sorted(item.held.items())
    ]
    named = {hold.subject for hold in told}  # with what its records are called
    for key, state in sorted(states.items()):
        holds += [_hold(key, "", state.held)] if state.held else []
        if state.ambiguous and key not in named:
            holds.append(_hold(key, "", _unclear(len(state.ambiguous))))
    known = {(hold.subject, hold.cause) for hold in told}
    return [hold for hold in holds if (hold.subject, hold.cause) not in known]


def _unclear(count: int) -> str:
    return ngettext(
        "{count} record there cannot be told apart by name: rename it first",
        "{count} records there cannot be told apart by name: rename them first",
        count,
    ).format(count=count)


def one_name(member: Member, write: OptionWrite) -> Hold:
    """An option is not made on a side where another one, known elsewhere too, is called so."""
    cause = _(
        "two values of “{field}” are called “{name}”, and here stands only one of them: nothing"
        " that has the other is written here until one of the two is renamed, on whatever side"
    )
    return Hold(member.key, cause.format(field=write.hub_field, name=write.name), "jumelage sync")


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
    return Hold(name, cause, release_command(name))


def hold(store: Store, subject: str, cause: str | None = None) -> None:
    """Hold an item, or one field of it (`ITEM@FIELD`). Raises `Unknown`."""
    item, field = find(store, subject)
    item.held[field] = cause or _("held by hand")
    with store.transaction() as tx:
        tx.put_item(item)
        note_command(store, tx)


def release(store: Store, units: Mapping[str, Unit], subject: str) -> bool:
    """Release a unit's first meeting or its deletions, a side, an item or one field of it.

    Tells whether anything of that name was held. Raises `Unknown` if nothing of that
    name is known.
    """
    states = store.collections()
    if mine := _of_unit(states, units, subject):
        return _release_unit(store, mine, subject)
    if parting.let_go(units.values(), store, subject):
        return True  # what it waited for is given up
    if subject in states:
        return _release_side(store, states[subject])
    return _release_item(store, subject)


def accept(store: Store, unit: Unit) -> None:
    """Let the first meeting of a unit go ahead as it was shown, and nothing else."""
    states = _of_unit(store.collections(), {unit.name: unit}, unit.name)
    with store.transaction() as tx:
        for state in states:
            state.accepted = True
            tx.put_collection(state)
        dismiss(store, tx, unit.name, unit.name)


def _of_unit(
    states: Mapping[str, CollectionState], units: Mapping[str, Unit], name: str
) -> list[CollectionState]:
    """What is known of a unit's collections; those that nobody has listed yet too."""
    if name in units:
        return [states.get(key) or CollectionState(key, name) for key in units[name].members]
    return [state for state in states.values() if state.unit == name]


def _release_unit(store: Store, states: Iterable[CollectionState], unit: str) -> bool:
    """A first meeting goes ahead; where all have met, the many deletions do."""
    known = list(states)
    meeting = any(not (state.met or "#" in state.key) for state in known)
    with store.transaction() as tx:
        for state in known:
            state.accepted |= meeting
            state.over_budget |= not meeting
            tx.put_collection(state)
        noted = dismiss(store, tx, unit, unit)
        note_command(store, tx)
    return meeting or noted


def _release_side(store: Store, state: CollectionState) -> bool:
    """What is missing there is meant; what could not be told apart or read is looked at again."""
    was_held = bool(state.held or state.ambiguous or state.malformed)
    state.released = state.released or (state.held is not None and not state.stranded)
    if was_held:  # all of it is listed anew
        state.cursor, state.full_listing_at = None, None
    for ref in state.ambiguous:  # and read, where listings tell no more than versions
        if isinstance(known := state.unmet.get(ref), dict):
            state.unmet[ref] = {**known, "version": None}
    state.held, state.ambiguous, state.malformed = None, [], {}
    with store.transaction() as tx:
        if state.stranded:
            parting.give_up(tx, [i for i in store.intents() if i.collection == state.key])
            state.stranded = False
        tx.put_collection(state)
        was_held |= dismiss(store, tx, state.unit, state.key)
        note_command(store, tx)
    return was_held


def _release_item(store: Store, subject: str) -> bool:
    item, field = find(store, subject)
    names = [field] if field else list(item.held)
    was_held = any(name in item.held for name in names)
    if item.dying and not was_held and not field:
        was_held = item.meant = True
    for name in names:
        item.held.pop(name, None)
        item.flips.pop(name, None)
        item.echoes.pop(name, None)
    for side in item.sides.values():
        was_held |= bool(side.refused or side.malformed)
        side.refused.clear()
        side.stale |= side.malformed is not None
    with store.transaction() as tx:
        tx.put_item(item)
        for kept in store.kept(item=item.id, open_only=True):
            if kept.salvage.field in names and kept.salvage.field:
                tx.settle(kept.id, "stands")
        was_held |= dismiss(store, tx, item.unit, subject)
        note_command(store, tx)
    return was_held


def find(store: Store, subject: str) -> tuple[Item, str]:
    """The item, and the field of it, that a subject names; both may hold an “@”.

    Raises `Unknown`.
    """
    if (item := store.item(subject)) is not None:
        return item, ""
    marks = [place for place, letter in enumerate(subject) if letter == "@"]
    found = [
        (known, subject[at + 1 :])
        for at in marks
        if (known := store.item(subject[:at])) is not None
    ]
    if not found:
        raise Unknown(
            _("nothing is called {subject}; `jumelage status` lists what is held").format(
                subject=subject
            )
        )
    return next((one for one in found if one[1] in one[0].held), found[-1])
