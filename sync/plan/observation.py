"""What one cycle saw of a unit, and what the hub knew before: the planner's whole input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync.model import Option, Plain, Record, Stub
from sync.state import CollectionState, HubOption, Intent, Item, Nonce


@dataclass
class Listing:
    """What the first pass saw of one collection."""

    records: dict[str, Record | Stub] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    malformed: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None
    complete: bool = False
    options: Mapping[str, tuple[Option, ...]] | None = None
    failure: str | None = None
    """Why nothing of it may be believed; None if it was read to its end."""
    unclear: str | None = None
    """Why direct reads that it called for failed; None: none did.

    If one did, it is listed in full next, and no absence is judged now.
    """


@dataclass
class Observation:
    """Both passes: listings, and what was read directly."""

    listings: dict[str, Listing] = field(default_factory=dict)
    reads: dict[tuple[str, str], Record | None] = field(default_factory=dict)
    """(collection key, ref) -> the record; None: it is gone. Missing: unknown."""
    malformed: dict[tuple[str, str], str] = field(default_factory=dict)
    foreign: set[tuple[str, str]] = field(default_factory=set)
    """Those of the malformed that are no records at all, unless they were once."""
    children: dict[tuple[str, str], tuple[Record, ...]] = field(default_factory=dict)
    """(child collection key, parent ref) -> what stands under that parent."""
    at: datetime | None = None
    """When it was read (aware, UTC); None: no time passes."""

    def record(self, key: str, ref: str) -> Record | None:
        """The content seen of a record, the direct read first; None if it was not seen."""
        read = self.reads.get((key, ref))
        if read is not None:
            return read
        listing = self.listings.get(key)
        listed = listing.records.get(ref) if listing else None
        return listed if isinstance(listed, Record) else None

    def confirmed_gone(self, key: str, ref: str) -> bool:
        """Whether a direct read said that the record does not exist."""
        return (key, ref) in self.reads and self.reads[key, ref] is None

    def blind(self, key: str) -> bool:
        """Whether nothing can be said of the collection in this cycle."""
        listing = self.listings.get(key)
        return listing is None or listing.failure is not None

    def refs(self, key: str) -> list[str]:
        """Every ref whose content was seen in this cycle, in a stable order."""
        listing = self.listings.get(key)
        listed = set(listing.records) if listing else set()
        read = {ref for (k, ref), record in self.reads.items() if k == key and record}
        return sorted(listed | read)


@dataclass
class Spent:
    """What a run has taken of the budgets so far, in the cycles before this one."""

    absences: dict[str, int] = field(default_factory=dict)
    """Collection key -> records that were found to have left."""
    filtered: dict[str, set[str]] = field(default_factory=dict)
    """Collection key -> items that were taken away there since they left its filter."""
    deletions: int = 0


@dataclass
class Snapshot:
    """What the hub knew when the cycle began. The planner never changes it."""

    items: dict[str, Item] = field(default_factory=dict)
    collections: dict[str, CollectionState] = field(default_factory=dict)
    options: dict[str, list[HubOption]] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)
    nonces: dict[str, dict[str, Nonce]] = field(default_factory=dict)
    """Collection key -> nonce -> what was sent with it."""
    spent: Spent = field(default_factory=Spent)
    word: Plain = None
    """How many commands had changed the state when this was read."""
