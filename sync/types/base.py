"""What every field type promises.

A type knows the canonical plain form of its values, when two are equal, how two
changes to one base are merged, which pieces a person would miss, and how a value is
shown. Types hold no state and are shared. `None` is the empty value of every type.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Hashable
from dataclasses import dataclass
from typing import ClassVar

from sync.model import Plain


@dataclass(frozen=True)
class Merged:
    """The outcome of a three-way merge.

    `value` holds as much of both changes as the type can hold at once. `conflict` is
    true if a change of one of them had to give way (`value` is then `mine`, and the
    policy of the mapping decides); both are kept, so the caller loses nothing.
    """

    value: Plain
    conflict: bool = False


def is_empty(value: Plain) -> bool:
    """Tell whether a value from outside says "nothing there"."""
    return value is None or value in ("", [], {})


class FieldType(ABC):
    """One way of comparing, merging and showing the values of a field."""

    name: ClassVar[str]

    def clean(self, value: Plain) -> Plain:
        """Return the canonical form; empty values become None. Raises ValueError."""
        return None if is_empty(value) else value

    def equal(self, one: Plain, other: Plain) -> bool:
        """Tell whether two canonical values mean the same to a person."""
        return one == other

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Tell whether an echo is what was sent, but for what systems do to it unasked.

        Case, blanks, line ends, Unicode form, fractions of a second. Used for echoes
        of our own writes only: later changes are compared exactly.
        """
        return self.equal(sent, echoed)

    def merge(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:
        """Merge two changes of `base`. Symmetric in what it keeps, except in a conflict."""
        if self.equal(mine, theirs) or self.equal(theirs, base):
            return Merged(mine)
        if self.equal(mine, base):
            return Merged(theirs)
        return self.reconcile(base, mine, theirs)

    def reconcile(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:  # noqa: ARG002 - subclasses use them
        """Merge two different changes; the default is that they cannot be."""
        return Merged(mine, conflict=True)

    def join(self, mine: Plain, theirs: Plain) -> Merged:
        """Join two values that never had a common base (a first meeting)."""
        if self.equal(mine, theirs) or theirs is None:
            return Merged(mine)
        if mine is None:
            return Merged(theirs)
        return Merged(mine, conflict=True)

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """What a person would miss one by one: set elements, paragraphs, entries."""
        return frozenset() if value is None else frozenset({_hashable(value)})

    def show(self, value: Plain) -> str:
        """Show the value to a person, on one line where it is one line; "" if empty."""
        return "" if value is None else str(value)


def _hashable(value: Plain) -> Hashable:
    return value if isinstance(value, Hashable) else repr(value)
