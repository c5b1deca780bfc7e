"""Settling: a person decides which of two values stands, or has a kept value back.

The decision is an edit of the hub's item: it is journalled, spreads in the next cycle
and can be undone like any run. Nothing else of the item waits for it, before or after.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sync.errors import ConfigError, Unknown
from sync.i18n import _
from sync.model import Plain
from sync.noted import note_command
from sync.plan.actions import Hold, Plan, release
from sync.state import Item, JournalEntry, Salvage, Standing
from sync.store.base import Kept, Store, Transaction

STANDS, LOST = "stands", "lost"
"""Keep what stands now; keep the value that was lost instead."""
AGREED = "agreed"
"""People settled it themselves."""
VERB = "settle"
"""The journal's word for it."""
UNMADE = ("late twin",)
"""Causes of records that never were an item of their own: they are shown, not restored."""


def settle(store: Store, number: int, keep: str, *, who: str, run: str, now: datetime) -> None:
    """Settle what was kept under a number, and everything else that waits for that field.

    `keep`: `stands`, `lost`, or a side whose value is to stand. Raises `ConfigError`.
    """
    kept, choice = chosen(store, number, keep)
    item = store.item(kept.salvage.item)
    if item is None:
        raise ConfigError(_("the item of {number} is not known any more").format(number=number))
    before, lost = _present(item, kept.salvage.field), None
    if choice == LOST:
        lost = _restore(item, kept.salvage, who=who, now=now)
    item.held.pop(kept.salvage.field, None)
    field = kept.salvage.field
    same = [o for o in store.kept(item=item.id, open_only=True) if o.salvage.field == field]
    others = {other.id: other.salvage.value for other in same if other.id != number}
    entry = JournalEntry(
        run,
        VERB,
        item.id,
        kept.salvage.collection,
        " ".join(map(str, [number, *others])),
        before,
        _present(item, kept.salvage.field),
        f"{choice}: {number}",
        who,
    )
    with store.transaction() as tx:
        tx.put_item(item)
        if lost is not None:
            tx.keep(run, lost)
        tx.append(entry)
        for other, value in others.items():
            same_value = value == item.hub.get(field) if field else choice == LOST
            tx.settle(other, LOST if same_value else STANDS)
        tx.settle(number, choice)
        note_command(store, tx)


def chosen(store: Store, number: int, keep: str) -> tuple[Kept, str]:
    """What is to be settled, and whether it or what stands is to be kept. Raises `ConfigError`."""
    kept = _kept(store, number)
    if kept.settled is None:
        return kept, _choice(store, kept.salvage, keep)
    lines = [line.entry for line in store.journal(item=kept.salvage.item)]
    runs = [e.run for e in lines if e.verb == VERB and str(number) in (e.ref or "").split()]
    said = _("{number} is settled already: {how}").format(number=number, how=how(kept.settled))
    back = _("jumelage undo {run} takes that back").format(run=runs[0]) if runs else ""
    raise ConfigError(f"{said} — {back or _('the other value can be written on any side')}")


def how(settled: str) -> str:
    """How something was settled, as people say it."""
    words = {
        LOST: _("the lost value came back"),
        STANDS: _("what stood stays"),
        AGREED: _("people gave it one value themselves"),
    }
    return words.get(settled, settled)


def _kept(store: Store, number: int) -> Kept:
    found = next((one for one in store.kept() if one.id == number), None)
    if found is None:
        raise Unknown(
            _("nothing was kept under {number} — jumelage kept lists what was").format(
                number=number
            )
        )
    return found


def _choice(store: Store, salvage: Salvage, keep: str) -> str:
    """`stands` or `lost`; a side means the value that came from it."""
    if keep in (STANDS, LOST):
        return keep
    against = salvage.against if isinstance(salvage.against, dict) else {}
    states = store.collections()
    sides = {LOST: salvage.collection, STANDS: str(against.get("collection") or "")}
    names = {
        choice: {key, key.split("/")[0], states[key].label if key in states else key}
        for choice, key in sides.items()
        if key
    }
    found = [choice for choice, known in names.items() if keep in known]
    if len(found) != 1:
        raise Unknown(
            _("“{keep}” names neither value: write stands, lost, or one of {sides}").format(
                keep=keep, sides=", ".join(key for key in sides.values() if key) or "-"
            )
        )
    return found[0]


def _present(item: Item, field: str) -> dict[str, Plain]:
    if field in ("", "*"):
        return {"": not (item.dead or item.dying)}
    return {field: item.hub.get(field)}


def _restore(item: Item, salvage: Salvage, *, who: str, now: datetime) -> Salvage | None:
    """Give the item the lost value; returns what is kept of the value that it replaces."""
    if salvage.field == "*":
        _bring_back(item, salvage)
        return None
    if salvage.field == "":
        item.dying, item.meant = not item.dead, True
        return None
    if item.dead or item.dying:
        raise ConfigError(
            _("{item} was deleted — bring it back first, as jumelage kept shows").format(
                item=item.id
            )
        )
    if salvage.cause == "overwritten" and not isinstance(salvage.value, str):
        raise ConfigError(_("this value is in its side's own words: write it there again"))
    return _replace(item, salvage, who, now)


def _replace(item: Item, salvage: Salvage, who: str, now: datetime) -> Salvage | None:
    field, present = salvage.field, item.hub.get(salvage.field)
    if present == salvage.value:
        return None
    last = item.previous.get(field)
    by = last if isinstance(last, dict) else {}
    replaced = Salvage(
        item.id,
        field,
        present,
        str(by.get("by") or ""),
        "settled",
        _text(by.get("author")),
        salvage.value,
        item.stamps.get(field),
        {"collection": None, "author": who, "since": now.isoformat()},
    )
    item.hub[field] = salvage.value
    item.previous[field] = {"value": present, "by": "", "author": who, "at": now.isoformat()}
    item.stamps[field] = now.isoformat()
    item.flips.pop(field, None)
    item.echoes.pop(field, None)
    return replaced if present is not None else None


def _text(value: Plain) -> str | None:
    return value if isinstance(value, str) else None


def _bring_back(item: Item, salvage: Salvage) -> None:
    if salvage.cause in UNMADE or not (item.dead or item.dying):
        raise ConfigError(_("{item} stands: there is nothing to bring back").format(item=item.id))
    item.wanted = True


def take_back(store: Store, run: str) -> list[Hold]:
    """Take back the decisions of a run: what they settled is open again.

    What somebody has changed since is held instead.
    """
    holds: list[Hold] = []
    for entry in (line.entry for line in store.journal(run=run) if line.entry.verb == VERB):
        item = store.item(entry.item)
        if item is None:
            continue
        if not _taken_back(item, entry):
            item.held[""] = _("edited since the run that was to be undone")
            holds.append(Hold(item.id, item.held[""], release(item.id)))
        with store.transaction() as tx:
            tx.put_item(item)
            for number in (entry.ref or "").split():
                tx.settle(int(number), None)
            note_command(store, tx)
    return holds


def _taken_back(item: Item, entry: JournalEntry) -> bool:
    """Give the item back what a decision replaced; False if somebody changed it since."""
    for field, after in entry.after.items():
        if _present(item, field)[field] != after:
            return False
        if field:
            item.hub[field] = entry.before.get(field)
        elif entry.before[field] != after:
            item.wanted, item.dying = bool(entry.before[field]), not entry.before[field]
    return True


def settle_what_agrees(store: Store, tx: Transaction, made: Plan) -> None:
    """Mark as settled what people settled themselves.

    They gave a field the value that had lost; or it was held, and all sides now show one.
    """
    if not (made.entries or any(item.held for item in made.items.values())):
        return
    changed = {(entry.item, field) for entry in made.entries for field in entry.after}
    for kept in store.kept(open_only=True):
        item = made.items.get(kept.salvage.item)
        if item is None:
            continue
        field, value = kept.salvage.field, kept.salvage.value
        restored = (item.id, field) in changed and item.hub.get(field) == value
        if restored or (field in item.held and _agreed(item, field)):
            tx.settle(kept.id, AGREED)
            if _agreed(item, field):
                item.held.pop(field, None)


def _agreed(item: Item, field: str) -> bool:
    bases = _bases(item, field)
    return bool(bases) and all(base == item.hub.get(field) for base in bases)


def _bases(item: Item, field: str) -> Iterable[Plain]:
    sides = [side for side in item.sides.values() if side.standing is Standing.HERE]
    return [side.base[field] for side in sides if field in side.base]
