"""The content of files, had again from a side where it stands when the hub's own copy is not.

Blobs can be lost or damaged apart from the store: a backup without them was restored, a
disk flipped a bit. Nothing but what its hash says is ever sent on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sync.connector import Connector
from sync.contents import Blobs
from sync.errors import JumelageError
from sync.i18n import _
from sync.mapping.unit import Unit
from sync.model import Plain
from sync.plan.actions import Action
from sync.state import Standing
from sync.store.base import Store


class Supply:
    """Sees to it that what is sent is at hand."""

    def __init__(
        self, unit: Unit, connectors: Mapping[str, Connector], store: Store, blobs: Blobs
    ) -> None:
        self._unit = unit
        self._connectors = connectors
        self._store = store
        self._blobs = blobs

    def at_hand(self, action: Action) -> bool:
        """Whether every content that this write sends is here, whole; else the item is held.

        What is missing is read again from a side that was seen with it.
        """
        digests = [digest for digest in map(_hash, action.views.values()) if digest]
        missing = [digest for digest in digests if not self._blobs.sound(digest)]
        if all(self._fetched(action.item, digest) for digest in missing):
            return True
        item = self._store.item(action.item)
        if item is not None:
            item.held[action.collection] = _(
                "its content is damaged or lost here, and no side that answers has it: put it back,"
                " or write another"
            )
            with self._store.transaction() as tx:
                tx.put_item(item)
        return False

    def _fetched(self, item: str, digest: str) -> bool:
        return any(self._had(key, ref, digest) for key, ref in self._places(item, digest))

    def _places(self, item: str, digest: str) -> Iterator[tuple[str, str]]:
        """Collection keys and refs of the item's records that were seen with this content."""
        known = self._store.item(item)
        for key, side in known.sides.items() if known else ():
            shown = side.standing is Standing.HERE and digest in map(_hash, side.seen.values())
            if shown and side.ref is not None and key in self._unit.members:
                yield key, side.ref

    def _had(self, key: str, ref: str, digest: str) -> bool:
        collection = self._unit.members[key].collection
        try:
            with self._connectors[collection.system].open(collection, ref) as stream:
                return self._blobs.put(stream)[0] == digest
        except JumelageError:
            return False


def _hash(view: Plain) -> str | None:
    digest = view.get("hash") if isinstance(view, dict) and "size" in view else None
    return digest if isinstance(digest, str) and digest.startswith("sha256:") else None
