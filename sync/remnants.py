"""Remnants: where else a name may stand in the store than in journal, salvage and what is dead.

What stands on a side stays as it is. Everything that only tells of it, or of what stood
there once, loses the name: a text that people are shown has a gap in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace

from sync import noted, pulse
from sync.model import Plain
from sync.state import (
    CollectionState,
    HubOption,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Side,
    Standing,
)
from sync.store.base import Run, Store, Transaction

_PLACES = ("unit", "collection", "run")
GAP = "…"
"""What stands where a name stood."""


class Named:
    """Tells whether a value, or any part of it, holds one of some names as a word."""

    def __init__(self, names: Iterable[str]) -> None:
        words = "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))
        self._pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def __call__(self, value: Plain) -> bool:
        """Keys are words of ours: names of fields, and of collections."""
        return any(self._pattern.search(text) for text in texts(value))

    def mask(self, value: Plain) -> Plain:
        """The same without the names."""
        if isinstance(value, str):
            return self._pattern.sub(GAP, value)
        if isinstance(value, dict):
            return {name: self.mask(part) for name, part in value.items()}
        return [self.mask(part) for part in value] if isinstance(value, list) else value

    def masked(self, text: str | None) -> str | None:
        """The same for a text that may be missing."""
        return None if text is None else self._pattern.sub(GAP, text)

    def without(self, fields: dict[str, Plain]) -> dict[str, Plain]:
        """The fields whose values do not hold a name."""
        return {name: value for name, value in fields.items() if not self(value)}


def texts(value: Plain) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def told(record: Item | JournalEntry | Salvage) -> dict[str, Plain]:
    """All that it says of things and people, whatever fields it has, but not where they are."""
    return {name: value for name, value in asdict(record).items() if name not in _PLACES}


def clean_item(item: Item, named: Named) -> Item:
    """A living item without what it was before, or was to become in vain."""
    sides = {key: _clean_side(side, named) for key, side in item.sides.items()}
    held = {name: str(named.masked(cause)) for name, cause in item.held.items()}
    return replace(item, previous={}, held=held, sides=sides, echoes=named.without(item.echoes))


def _clean_side(side: Side, named: Named) -> Side:
    clean = replace(
        side,
        refused=named.without(side.refused),
        undone=named.without(side.undone),
        malformed=named.masked(side.malformed),
    )
    if side.standing is not Standing.HERE:  # what stood there once
        clean.seen, clean.base = named.without(side.seen), named.without(side.base)
    return clean


@dataclass
class Remnants:
    """What has lost a name, to be put into the store."""

    collections: list[CollectionState] = field(default_factory=list)
    options: dict[tuple[str, str], list[HubOption]] = field(default_factory=dict)
    nonces: list[Nonce] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    meta: dict[str, Plain] = field(default_factory=dict)

    def __len__(self) -> int:
        parts = (self.collections, self.options, self.nonces, self.runs, self.meta)
        return sum(map(len, parts))

    def carry_out(self, tx: Transaction) -> None:
        """Put it there."""
        for state in self.collections:
            tx.put_collection(state)
        for (unit, name), options in self.options.items():
            tx.put_options(unit, name, options)
        for nonce in self.nonces:
            tx.put_nonce(nonce)
        for run in self.runs:
            tx.put_run(run)
        for name, value in self.meta.items():
            tx.put_meta(name, value)


def remnants(store: Store, named: Named, spared: set[str], done: set[str]) -> Remnants:
    """What bears a name still, beside items, journal and salvage. Reads only.

    `spared`: items of which nothing is touched; `done`: nonces that are seen to.
    """
    found = Remnants()
    for key, state in store.collections().items():
        clean = _clean_collection(state, named)
        if clean != state:
            found.collections.append(clean)
        for nonce in store.nonces(key).values():
            sent: Plain = [nonce.views, nonce.values]
            if nonce.item not in spared and nonce.nonce not in done and named(sent):
                found.nonces.append(_clean_nonce(nonce, named))
    for unit in store.units():
        for name, options in store.options(unit).items():
            left = _clean_options(options, named, store, unit)
            if left != options:
                found.options[unit, name] = left
        for name in (noted.name_of(unit), pulse.name_of(unit)):
            value = store.meta(name)
            if named(value):
                found.meta[name] = named.mask(value)
    found.runs = [
        replace(run, summary=dict(_fields(named.mask({**run.summary}))))
        for run in store.runs(None)
        if named({**run.summary})
    ]
    return found


def _fields(value: Plain) -> dict[str, Plain]:
    return value if isinstance(value, dict) else {}


def _clean_collection(state: CollectionState, named: Named) -> CollectionState:
    """Without the names of what is gone; a record that stands there is still known."""
    clean = state.copy()
    clean.held, clean.failure = named.masked(state.held), named.masked(state.failure)
    clean.malformed = {ref: str(named.masked(why)) for ref, why in state.malformed.items()}
    clean.unmet = {
        ref: known
        for ref, known in state.unmet.items()
        if not (isinstance(known, dict) and known.get("gone") and named([ref, known]))
    }
    return clean


def _clean_nonce(nonce: Nonce, named: Named) -> Nonce:
    """Without what was sent.

    What became of a create may be open: then each value that is erased is one that no
    record shows, so that none is taken for it.
    """
    if nonce.adopted is not None or nonce.ref is not None:
        return replace(nonce, views={}, values={})
    views = {name: None if named(view) else view for name, view in nonce.views.items()}
    return replace(nonce, views=views, values=named.without(nonce.values))


def _clean_options(
    options: list[HubOption], named: Named, store: Store, unit: str
) -> list[HubOption]:
    """Without former names, and without what stands on no side and in no item any more."""
    if not any(named([o.id, o.name, [*o.former]]) for o in options):
        return options
    used = {text for item in store.items(unit) if not item.dead for text in texts({**item.hub})}
    return [
        replace(o, former=[name for name in o.former if not named(name)])
        for o in options
        if o.natives or o.id in used or not named([o.id, o.name])
    ]


def is_open(store: Store, named: Named) -> set[str]:
    """The items of writes whose outcome is not known, and that name somebody."""
    return {
        intent.item
        for intent in store.intents()
        if named([intent.views, intent.values, intent.before, intent.reason])
    }
