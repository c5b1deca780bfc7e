"""Observe: what stands on every side of a unit, in two passes.

First the changes of each collection; then, of what those leave unclear, direct reads.
A read that failed is unknown, never empty: it is written down as a failure, and nothing
is concluded from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from sync.connector import Connector
from sync.contents import Blobs, Contents
from sync.errors import CursorExpired, Foreign, Gone, JumelageError, Malformed, Unauthorized
from sync.mapping.unit import Member, Unit
from sync.model import Page, Record, Stub
from sync.plan.observation import Listing, Observation, Snapshot
from sync.plan.suspects import Suspects, suspects
from sync.state import Standing

log = structlog.get_logger()

Gather = Callable[[list[Callable[[], None]]], None]
"""Runs jobs that are independent of each other, and returns when all have ended."""


class Observer:
    """Reads the sides of one unit."""

    def __init__(
        self,
        unit: Unit,
        connectors: Mapping[str, Connector],
        blobs: Blobs,
        gather: Gather,
    ) -> None:
        self._unit = unit
        self._connectors = connectors
        self._contents = Contents(connectors, blobs)
        self._gather = gather
        self._refused: dict[str, str] = {}

    def observe(self, known: Snapshot, full: set[str]) -> Observation:
        """Read everything that a cycle needs; `full`: collections to list from the start."""
        seen = Observation()
        systems = {m.collection.system for m in self._unit.members.values()}
        for system in sorted(systems):
            self._connectors[system].begin()
        self._gather([self._job(self._list_system, s, known, full, seen) for s in sorted(systems)])
        self._read(suspects(self._unit, known, seen.listings), seen)
        moving = [m for m in self._unit.members.values() if _perhaps_moved(m, known, seen)]
        for member in moving:
            self._list_again(member, known, seen)
        self._read({m.key: _left_unclear(self._unit, m, known, seen) for m in moving}, seen)
        return seen

    def _read(self, wanted: Mapping[str, Suspects], seen: Observation) -> None:
        self._gather(
            [
                self._job(self._read_suspects, self._unit.members[key], what, seen)
                for key, what in wanted.items()
                if what.refs or what.parents
            ]
        )

    @staticmethod
    def _job(act: Callable[..., None], *args: object) -> Callable[[], None]:
        return lambda: act(*args)

    def _list_system(self, system: str, known: Snapshot, full: set[str], seen: Observation) -> None:
        for member in self._unit.members.values():
            if member.collection.system != system:
                continue
            refused = self._refused.get(system)  # asking again can lock every account out
            seen.listings[member.key] = (
                Listing(failure=refused) if refused else self._list(member, known, full)
            )

    def _list(self, member: Member, known: Snapshot, full: set[str]) -> Listing:
        state = known.collections.get(member.key)
        fresh = state is None or member.key in full or not (state.met or member.parent)
        since = None if fresh or state is None else state.cursor
        try:
            try:
                return self._pages(member, since)
            except CursorExpired:
                return self._pages(member, None)
        except Unauthorized as error:
            log.warning("account_refused", collection=member.key, error=str(error))
            self._refused[member.collection.system] = str(error)
            return Listing(failure=str(error))
        except JumelageError as error:
            log.warning("listing_failed", collection=member.key, error=str(error))
            return Listing(failure=str(error))
        except Exception as error:  # a fault of the connector must not stop the others
            log.exception("connector_failed", collection=member.key)
            return Listing(failure=f"{type(error).__name__}: {error}")

    def _list_again(self, member: Member, known: Snapshot, seen: Observation) -> None:
        """List all after the reads, which are dropped where something moved since.

        The first cursor stays: what changed meanwhile is told once more by the next cycle.
        """
        first = seen.listings[member.key]
        again = self._list(member, known, {member.key})
        if again.failure is not None:
            first.unclear = again.failure
            return
        for ref, record in again.records.items():
            read = seen.reads.get((member.key, ref))
            if read is None or read.version != record.version:
                seen.reads.pop((member.key, ref), None)
        again.cursor, again.unclear = first.cursor, first.unclear
        seen.listings[member.key] = again

    def _pages(self, member: Member, since: str | None) -> Listing:
        connector = self._connectors[member.collection.system]
        listing = Listing(cursor=since)
        for page in connector.changes(member.collection, since):
            self._take(member, page, listing)
        return listing

    def _take(self, member: Member, page: Page, listing: Listing) -> None:
        for record in page.records:
            self._take_record(member, record, listing)
        listing.gone |= set(page.gone)
        listing.malformed |= page.malformed
        listing.complete = listing.complete or page.complete
        listing.cursor = page.cursor or listing.cursor
        if page.options is not None:
            listing.options = {**(listing.options or {}), **page.options}

    def _take_record(self, member: Member, record: Record | Stub, listing: Listing) -> None:
        listing.gone.discard(record.ref)
        try:
            whole = record if isinstance(record, Stub) else self._contents.whole(member, record)
            listing.records[record.ref] = whole
        except (ValueError, Malformed) as error:
            listing.malformed[record.ref] = str(error)

    def _read_suspects(self, member: Member, what: Suspects, seen: Observation) -> None:
        connector = self._connectors[member.collection.system]
        try:
            for ref, result in connector.get_many(member.collection, what.refs):
                self._take_read(member, ref, result, seen)
            for parent in what.parents:
                self._read_children(member, parent, seen)
        except JumelageError as error:
            seen.listings[member.key].unclear = str(error) or type(error).__name__
            log.warning("reading_failed", collection=member.key, error=str(error))
        except Exception as error:  # a fault of the connector must not stop the others
            seen.listings[member.key].unclear = f"{type(error).__name__}: {error}"
            log.exception("connector_failed", collection=member.key)

    def _take_read(
        self, member: Member, ref: str, result: Record | Gone | Malformed, seen: Observation
    ) -> None:
        try:
            if isinstance(result, Record):
                seen.reads[member.key, ref] = self._contents.whole(member, result)
            elif isinstance(result, Gone):
                seen.reads[member.key, ref] = None
            else:
                seen.malformed[member.key, ref] = str(result)
                if isinstance(result, Foreign):
                    seen.foreign.add((member.key, ref))
        except (ValueError, Malformed) as error:
            seen.malformed[member.key, ref] = str(error)

    def _read_children(self, member: Member, parent: str, seen: Observation) -> None:
        connector = self._connectors[member.collection.system]
        found = [
            self._contents.whole(member, r) for r in connector.children(member.collection, parent)
        ]
        seen.children[member.key, parent] = tuple(found)
        for record in found:
            seen.reads[member.key, record.ref] = record


def _perhaps_moved(member: Member, known: Snapshot, seen: Observation) -> bool:
    """Whether a record that is not found may have got another ref since all was listed."""
    if not member.capabilities.moves or seen.blind(member.key):
        return False
    sides = (item.sides.get(member.key) for item in known.items.values())
    stood = (s.ref for s in sides if s and s.ref and s.standing is Standing.HERE)
    return any(seen.confirmed_gone(member.key, ref) for ref in stood)


def _left_unclear(unit: Unit, member: Member, known: Snapshot, seen: Observation) -> Suspects:
    """What the second listing leaves unclear."""
    listing = seen.listings[member.key]
    what = suspects(unit, known, {member.key: listing}).get(member.key, Suspects())
    return Suspects([ref for ref in what.refs if (member.key, ref) not in seen.reads])
