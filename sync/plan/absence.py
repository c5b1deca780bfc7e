"""Which known records were reported absent, before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Iterable

from sync.plan.observation import Listing, Observation
from sync.state import Item, Side, Standing


def reported(side: Side, listing: Listing) -> bool:
    """Whether a record that stood there is missing from what was listed."""
    if side.standing is not Standing.HERE or side.ref is None:
        return False
    if side.ref in listing.records or side.ref in listing.malformed:
        return False
    return side.missing or side.ref in listing.gone or listing.complete


def candidates(items: Iterable[Item], key: str, listing: Listing) -> list[Item]:
    """The items whose record in the collection was reported absent."""
    if listing.failure is not None:
        return []
    return [i for i in items if (side := i.sides.get(key)) and reported(side, listing)]


def sighted(items: Iterable[Item], key: str, seen: Observation) -> bool:
    """Whether a direct read in this cycle found something known: the side answers truly."""
    refs = (side.ref for i in items if (side := i.sides.get(key)) is not None)
    return any(ref is not None and seen.reads.get((key, ref)) is not None for ref in refs)
