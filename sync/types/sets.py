"""Things without an order: labels, addresses, people."""

from __future__ import annotations

from collections.abc import Hashable
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, Merged, is_empty
from sync.types.text import folded, string


def elements(value: Plain) -> set[str]:
    """Return what a canonical set holds."""
    return {str(element) for element in value} if isinstance(value, list) else set()


def canonical(found: set[str]) -> Plain:
    """Return the canonical form: sorted, or None for the empty set."""
    return list[Plain](sorted(found)) or None


class Set(FieldType):
    """Options or plain strings, merged element by element: there is never a conflict."""

    name: ClassVar[str] = "set"

    def clean(self, value: Plain) -> Plain:
        """A sorted list of strings, each once; empty ones are dropped."""
        if is_empty(value):
            return None
        if not isinstance(value, list):
            raise ValueError(f"a list is wanted, not {value!r:.80}")
        return canonical({text for element in value if (text := string(element))})

    def equal(self, one: Plain, other: Plain) -> bool:
        """Compare the elements exactly; their order means nothing."""
        return elements(one) == elements(other)

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore case, outer blanks and the Unicode form of each element."""
        return {folded(e) for e in elements(sent)} == {folded(e) for e in elements(echoed)}

    def reconcile(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:
        """Add what they added, take away what they took away."""
        before, ours, others = elements(base), elements(mine), elements(theirs)
        return Merged(canonical((ours | (others - before)) - (before - others)))

    def join(self, mine: Plain, theirs: Plain) -> Merged:
        """Everything of both."""
        return Merged(canonical(elements(mine) | elements(theirs)))

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The elements."""
        return frozenset(elements(value))

    def show(self, value: Plain) -> str:
        """Elements after another."""
        return ", ".join(sorted(elements(value), key=folded))


class People(Set):
    """Several people: hub aliases, or `system:id` for those unknown."""

    name: ClassVar[str] = "people"
