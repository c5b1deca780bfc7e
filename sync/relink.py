"""Relink: finding everything again when the store was lost, or is older than the world.

Nothing that the store says of a side is believed any more: all its records meet the
hub anew, by ref where the store knows it, else by what they are matched by. No absence
means a deletion, and nothing is written before an admin has seen the matches.
"""

from __future__ import annotations

from sync.mapping.unit import Unit
from sync.state import CollectionState, Item, Side, Standing
from sync.store.base import Store


def forget(unit: Unit, store: Store) -> None:
    """Drop cursors, intents and everything that was seen or agreed, in one transaction."""
    states = store.collections()
    with store.transaction() as tx:
        for intent in store.intents():
            if intent.collection in unit.members:
                tx.drop_intent(intent.nonce)
        for item in store.items(unit.name):
            if not item.dead:
                tx.put_item(_unseen(item))
        for key in unit.members:
            fresh = CollectionState(key)
            if key in states:
                fresh.former, fresh.options = states[key].former, states[key].options
            tx.put_collection(fresh)


def _unseen(item: Item) -> Item:
    item.dying = False
    for key, side in item.sides.items():
        standing = side.standing
        kept = standing if standing in (Standing.LEFT, Standing.KEPT) else Standing.OUT
        item.sides[key] = Side(standing=kept, ref=side.ref, parent_ref=side.parent_ref)
    return item
