"""Checklists: what people tick, merged entry by entry."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, Merged
from sync.types.entries import Entry, canonical, combine, entries, read
from sync.types.moment import MomentType
from sync.types.text import folded, unadorned

_WHEN = MomentType()


class Checklist(FieldType):
    """Entries in their order, each with a text, ticked or not, perhaps due, perhaps somebody's.

    Native ids help to recognise an entry that was reworded; they mean nothing to
    people, so two checklists that differ in ids alone are equal. There is never a
    conflict: where two changes of one entry exclude each other, both forms stand.
    """

    name: ClassVar[str] = "checklist"

    def clean(self, value: Plain) -> Plain:
        """Every entry in its canonical form; those without a text are dropped."""
        return canonical(read(value))

    def equal(self, one: Plain, other: Plain) -> bool:
        """Compare entry by entry in order, but for their ids."""
        return [e.meaning for e in entries(one)] == [e.meaning for e in entries(other)]

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore ids, blanks, Unicode forms, fractions of a second; the case of names."""
        one, other = entries(sent), entries(echoed)
        return len(one) == len(other) and all(map(_equivalent, one, other))

    def merge(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:
        """Merge by entry, even where only one changed: the ids that are known are kept."""
        if self.equal(mine, theirs) or self.equal(theirs, base):
            return Merged(mine)
        return self.reconcile(base, mine, theirs)

    def reconcile(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:
        """Merge by entry: an edit outlives a removal, and the order of who moved entries holds."""
        return Merged(canonical(combine(entries(base), entries(mine), entries(theirs))))

    def join(self, mine: Plain, theirs: Plain) -> Merged:
        """The entries of both, those of one text as one; ids of two systems say nothing."""
        return Merged(canonical(combine([], entries(mine), entries(theirs), ids=False)))

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The texts of the entries."""
        return frozenset(entry.text for entry in entries(value))

    def show(self, value: Plain) -> str:
        """One line an entry, with its box."""
        return "\n".join(_line(entry) for entry in entries(value))


def _equivalent(sent: Entry, echoed: Entry) -> bool:
    return (
        unadorned(sent.text) == unadorned(echoed.text)
        and sent.done == echoed.done
        and folded(sent.list or "") == folded(echoed.list or "")
        and folded(sent.who or "") == folded(echoed.who or "")
        and _WHEN.equivalent(sent.due, echoed.due)
    )


def _line(entry: Entry) -> str:
    details = ", ".join(word for word in (entry.who, _WHEN.show(entry.due)) if word)
    return f"[{'x' if entry.done else ' '}] {entry.text}{f' ({details})' if details else ''}"
