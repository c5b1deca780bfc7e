"""What a run's writes came to, record by record: the net of several is what is reversed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.model import Plain
from sync.plan.twin import LATE_TWIN
from sync.state import Verb
from sync.store.base import Logged

WRITES = frozenset(Verb)


@dataclass
class Effect:
    """What all writes of one run made of one record."""

    item: str
    collection: str
    seq: int
    """The first line of the journal."""
    stood: bool
    """Whether the record stood there before."""
    stands: bool = True
    """Whether it stood there after; one that is archived by a field does."""
    before: dict[str, Plain] = field(default_factory=dict)
    """Side field -> what was seen there before, of what was written or went."""
    after: dict[str, Plain] = field(default_factory=dict)
    """Side field -> what was written last."""
    last: int = 0
    """The last line of the journal."""
    lines: dict[str, int] = field(default_factory=dict)
    """Side field -> the line of the journal that wrote it last."""

    def take(self, logged: Logged) -> None:
        """Add a write that came after all so far."""
        entry, self.last = logged.entry, logged.seq
        told = entry.before if entry.verb == Verb.DELETE else entry.after
        for name in told:
            self.before.setdefault(name, entry.before.get(name))
        for name, view in entry.after.items():
            self.after[name], self.lines[name] = view, logged.seq
        self.stands = entry.verb != Verb.DELETE or bool(entry.after)


def effects(journal: Iterable[Logged]) -> list[Effect]:
    """The effects told by the lines of one run, newest line first, in the order they began.

    A late twin that was removed is not among them, nor what was erased from the journal.
    """
    found: dict[tuple[str, str], Effect] = {}
    for logged in sorted(journal, key=lambda line: line.seq):
        entry = logged.entry
        if entry.verb not in WRITES or logged.erased or entry.reason.startswith(LATE_TWIN):
            continue
        where = entry.item, entry.collection
        stood = entry.verb in (Verb.UPDATE, Verb.DELETE)
        found.setdefault(where, Effect(*where, logged.seq, stood)).take(logged)
    return list(found.values())
