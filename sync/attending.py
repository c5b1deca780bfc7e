"""What the daemon sees to at each system now and then, beside records.

That the system tells the door of changes, and what our account there may do, and until
when: a token that ends, or a board that may not be written any more, is told of before
it fails. Nothing here holds up a cycle: each system is asked in a thread of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from threading import Lock, Thread

import structlog

from sync import access
from sync.account import Grants, Tells
from sync.connector import Connector
from sync.door import Door
from sync.errors import JumelageError
from sync.model import Collection
from sync.store.base import Store

log = structlog.get_logger()

EVERY = 3600.0
"""Seconds between two visits."""
AGAIN = 300.0
"""Seconds after which a system that did not answer is visited again."""


class Attendant:
    """Visits systems."""

    def __init__(
        self,
        connectors: Mapping[str, Connector],
        store: Store,
        door: Door | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connectors = connectors
        self._store = store
        self._door = door
        self._clock = clock
        self._lock = Lock()
        self._places: dict[str, dict[str, Collection]] = {}
        self._due: dict[str, float] = {}

    def take_in(self, collections: Iterable[Collection]) -> None:
        """These are kept in step from now on: their systems are visited soon."""
        with self._lock:
            for one in collections:
                if one.child is None and one.key not in self._places.setdefault(one.system, {}):
                    self._places[one.system][one.key] = one
                    self._due[one.system] = self._clock()

    def tick(self) -> None:
        """Begin the visits that are due."""
        with self._lock:
            due = [system for system, moment in self._due.items() if self._clock() >= moment]
            for system in due:
                self._due[system] = self._clock() + EVERY
        for system in due:
            Thread(target=self._visit, args=(system,), name=f"visit-{system}", daemon=True).start()

    def _visit(self, system: str) -> None:
        with self._lock:
            places = list(self._places[system].values())
        try:
            well = self._watch(system, places)
            well &= self._ask(system, places)
        except Exception:  # a fault of a connector's must not end the visits
            log.exception("connector_failed", system=system)
            well = False
        if not well:
            with self._lock:
                self._due[system] = min(self._due[system], self._clock() + AGAIN)

    def _watch(self, system: str, places: list[Collection]) -> bool:
        connector = self._connectors[system]
        if not isinstance(connector, Tells):
            return True
        watched = self._store.meta(_name_of(system))
        if self._door is None and watched is None:
            return True
        address = self._door.address(system) if self._door else None
        try:
            made = connector.watch(places if address else [], address or "")
        except JumelageError as error:
            log.warning("webhooks_missed", system=system, reason=str(error))
            return False
        if watched != address:  # so that they are removed, should the door be closed
            with self._store.transaction() as tx:
                tx.put_meta(_name_of(system), address)
        if made:
            log.info("webhooks_registered", system=system, count=made)
        return True

    def _ask(self, system: str, places: list[Collection]) -> bool:
        connector = self._connectors[system]
        if not isinstance(connector, Grants):
            return True
        try:
            found = access.ask(connector, places)
            access.note(self._store, system, found)
        except JumelageError as error:
            log.warning("access_missed", system=system, reason=str(error))
            return False
        wrong = [concern.cause for concern in access.concerns(system, access.data(found))]
        tell = log.warning if wrong else log.info
        tell("access_checked", system=system, wrong=wrong)
        return True


def _name_of(system: str) -> str:
    """Under which name the store has the address that a system tells of changes."""
    return f"webhooks/{system}"
