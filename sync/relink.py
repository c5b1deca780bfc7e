"""Relink: finding everything again when the store was lost, or is older than the world.

Nothing that the store says of a side is believed any more: all its records meet the
hub anew, by ref where the store knows it, by the mark of our own writes, else by what
they are matched by. No absence means a deletion, and nothing is written before an admin
has seen the matches. What writes that the store knows nothing of replaced is looked up.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sync.mapping.unit import Unit
from sync.state import CollectionState, Intent, Item, Side, Standing
from sync.store.base import Store

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
SKEW = timedelta(hours=1)
"""How far a server's clock may be behind ours, for what its history says."""


def forget(unit: Unit, store: Store) -> None:
    """Drop cursors, intents and everything that was seen or agreed, in one transaction."""
    states = store.collections()
    ours = [i for i in store.intents() if i.collection in unit.members]
    since = settled_until(store, ours)
    with store.transaction() as tx:
        for intent in ours:
            tx.drop_intent(intent.nonce)
        for item in store.items(unit.name):
            if not item.dead:
                tx.put_item(_unseen(item))
        for key, member in unit.members.items():
            can = member.capabilities
            fresh = CollectionState(key, relinked=member.parent is None)
            fresh.unaudited = since if can.history and not can.conditional else None
            if key in states:
                fresh.former, fresh.options = states[key].former, states[key].options
                fresh.past = states[key].past
                fresh.unaudited = fresh.unaudited and min(since, states[key].unaudited or since)
            tx.put_collection(fresh)


def settled_until(store: Store, unresolved: list[Intent]) -> datetime:
    """Since when a write of ours may have replaced what nobody has kept."""
    runs = store.runs()
    if not runs:
        return _EVER
    cut_off = [run.started for run in runs[1:] if run.ended is None]
    sent = [intent.since for intent in unresolved if intent.since is not None]
    return min([runs[0].started, *cut_off, *sent]) - SKEW


def _unseen(item: Item) -> Item:
    item.dying = False
    for key, side in item.sides.items():
        standing = side.standing
        kept = standing if standing in (Standing.LEFT, Standing.KEPT) else Standing.OUT
        item.sides[key] = Side(
            standing=kept, ref=side.ref, parent_ref=side.parent_ref, stable=side.stable
        )
    return item
