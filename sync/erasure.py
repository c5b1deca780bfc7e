"""Erasing what the store remembers of people and of old times; what stands on sides stays.

The journal's lines remain, without what they said, and a line of its own says which were
erased: the chain still verifies. Nothing here is inferred from, so nothing is written to
any side because of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sync.model import Plain
from sync.remnants import Named, Remnants, clean_item, is_open, remnants, texts, told
from sync.settings.loading import Limits
from sync.state import Item, Nonce, Standing
from sync.store.base import ERASE, Kept, Logged, Run, Store

SPARED = 20
"""Runs that are always remembered."""


@dataclass
class Erasure:
    """What would be erased."""

    lines: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    """Items that were deleted everywhere, and are forgotten."""
    cleaned: dict[str, Item] = field(default_factory=dict)
    """Items without the values that they had before."""
    nonces: list[Nonce] = field(default_factory=list)
    """Without what was sent."""
    rest: Remnants = field(default_factory=Remnants)
    """What else has lost a name."""
    living: list[str] = field(default_factory=list)
    """Items that still stand somewhere: what stands there is not touched."""
    unresolved: int = 0
    """Writes whose outcome is not known, which keep what they sent until it is."""
    waiting: set[str] = field(default_factory=set)
    """The items that they were sent for."""

    def __bool__(self) -> bool:
        return bool(
            self.lines
            or self.kept
            or self.runs
            or self.items
            or self.cleaned
            or self.nonces
            or self.rest
        )

    def carry_out(self, store: Store, reason: str) -> None:
        """Erase it, in one transaction."""
        with store.transaction() as tx:
            tx.erase(self.lines, reason)
            tx.remove_kept(self.kept)
            tx.remove_runs(self.runs)
            for item in self.cleaned.values():
                tx.put_item(item)
            for nonce in self.nonces:
                tx.put_nonce(nonce)
            self.rest.carry_out(tx)
            for name in self.items:
                tx.remove_item(name)
            for state in store.collections().values():
                gone = [ref for ref, item in state.former.items() if item in self.items]
                for ref in gone:
                    state.forget(ref)
                if gone:
                    tx.put_collection(state)


def of_person(store: Store, named: Named, accounts: Collection[tuple[str, str]]) -> Erasure:
    """What somebody wrote, by their accounts (system, id there), and what names them."""

    def theirs(author: str | None, collection: str) -> bool:
        system = collection.partition("/")[0]
        return author is not None and ((system, author) in accounts or named(author))

    def said(line: Logged) -> bool:
        entry = line.entry
        return theirs(entry.author, entry.collection) or named(told(entry))

    def held(kept: Kept) -> bool:
        salvage = kept.salvage
        other = salvage.against if isinstance(salvage.against, dict) else {}
        against = theirs(str(other.get("author")), str(other.get("collection")))
        about = against or theirs(salvage.author, salvage.collection)
        return about or named(told(salvage))

    found = Erasure(
        lines=[line.seq for line in _lines(store) if said(line)],
        kept=[kept.id for kept in store.kept() if held(kept)],
    )
    _forget_items(
        store, found, lambda item: named(told(item)), lambda item: clean_item(item, named)
    )
    unresolved = is_open(store, named)
    found.unresolved += len(unresolved - found.waiting)
    found.waiting |= unresolved
    done = {nonce.nonce for nonce in found.nonces}
    found.rest = remnants(store, named, found.waiting | {*found.items}, done)
    return found


def of_item(store: Store, item: str) -> Erasure:
    """What is remembered of an item and its children."""
    family = {item} | {i.id for i in _items(store) if i.parent == item}
    found = Erasure(
        lines=[line.seq for line in _lines(store) if line.entry.item in family],
        kept=[kept.id for kept in store.kept() if kept.salvage.item in family],
    )
    _forget_items(store, found, lambda one: one.id in family)
    return found


def before(store: Store, moment: datetime) -> Erasure:
    """Everything from before a moment; conflicts that nobody settled stay."""
    return _old(store, moment, moment, moment)


def old(store: Store, limits: Limits, now: datetime) -> Erasure:
    """What has been kept for longer than it should."""
    ends = [now - limit if limit else None for limit in (limits.journal, limits.kept, limits.runs)]
    return _old(store, *ends)


def _old(
    store: Store, journal: datetime | None, kept: datetime | None, runs: datetime | None
) -> Erasure:
    ended = [run for run in store.runs(None)[SPARED:] if run.ended is not None]
    return Erasure(
        lines=[line.seq for line in _lines(store) if journal and line.at < journal],
        kept=[one.id for one in store.kept() if kept and one.at < kept and not _open(one)],
        runs=[run.id for run in ended if runs and run.started < runs],
    )


def idle(runs: list[Run]) -> list[str]:
    """Of the last runs, newest first, those that did nothing and are not worth remembering."""
    return [run.id for run in runs[SPARED:] if run.ended is not None and not _did(run)]


def contents(store: Store) -> set[str]:
    """The hash of every file whose content may still be needed."""
    return {digest for value in _values(store) for digest in _hashes(value)}


def _did(run: Run) -> bool:
    return any(run.summary.get(name) for name in ("written", "folded", "conflicts"))


def _open(kept: Kept) -> bool:
    return kept.salvage.cause == "conflict" and kept.settled is None


def _lines(store: Store) -> Iterator[Logged]:
    return (line for line in store.journal() if not line.erased and line.entry.verb != ERASE)


def _items(store: Store) -> Iterator[Item]:
    for unit in store.units():
        yield from store.items(unit)


def _forget_items(
    store: Store,
    found: Erasure,
    about: Callable[[Item], bool],
    cleaned: Callable[[Item], Item] = lambda item: item,
) -> None:
    """Forget dead items; of the living, what they were before and what was sent to make them."""
    unresolved = {intent.item for intent in store.intents()}
    meant = {}
    for item in _items(store):
        if not about(item):
            continue
        meant[item.id] = item
        stands = any(s.standing in (Standing.HERE, Standing.KEPT) for s in item.sides.values())
        if item.id in unresolved:
            found.unresolved += 1
            found.waiting.add(item.id)
        elif item.dead and not stands:
            found.items.append(item.id)
        else:
            found.living.append(item.id)
            before = item.copy()
            item.previous = {}
            clean = cleaned(item)
            if clean != before:
                found.cleaned[item.id] = clean
    for key in store.collections():
        for nonce in store.nonces(key).values():
            adopted = nonce.adopted is not None and nonce.item in meant
            if adopted and nonce.item not in {*found.items, *unresolved} and nonce.views:
                nonce.views, nonce.values = {}, {}
                found.nonces.append(nonce)


def _hashes(value: Plain) -> Iterator[str]:
    return (text for text in texts(value) if re.fullmatch(r"sha256:[0-9a-f]{64}", text))


def _values(store: Store) -> Iterator[Plain]:
    for item in _items(store):
        yield from ({**item.hub}, {**item.previous})
        for side in item.sides.values():
            yield from ({**side.seen}, {**side.base}, {**side.refused})
    for intent in store.intents():
        yield from ({**intent.views}, {**intent.values}, {**intent.before})
    for key in store.collections():
        for nonce in store.nonces(key).values():
            yield from ({**nonce.views}, {**nonce.values})
    for line in store.journal():
        yield from ({**line.entry.before}, {**line.entry.after})
    for kept in store.kept():
        yield from (kept.salvage.value, kept.salvage.kept)
