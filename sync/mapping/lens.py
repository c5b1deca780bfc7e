"""Lenses: how a hub value is shown in a side's field, and how an edit there is put back.

The laws (`sync.mapping.unit.Lens`) hold for every view that a lens itself shows. Each
`put` is given the base: the full hub value that the side last agreed with, from which
it takes what the side cannot show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync.mapping.unit import Lens, Unprojectable, Words
from sync.model import Plain
from sync.types.alignment import alike
from sync.types.base import FieldType
from sync.types.scalar import Bool
from sync.types.sets import canonical, elements


@dataclass(frozen=True)
class Identity:
    """The side holds the hub's value as it is."""

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The value."""
        return value

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The view."""
        return view


@dataclass(frozen=True)
class Options:
    """A choice or a set whose values are options: the hub's here, native ids there."""

    named: frozenset[str] = frozenset()
    """The names by which the mapping calls options: one that has another name since goes by
    the one that it had."""

    def project(self, value: Plain, words: Words) -> Plain:
        """The native ids. Raises `Unprojectable` for an option that is not there yet."""
        if isinstance(value, str):
            return self._native(value, words)
        return canonical({self._native(option, words) for option in sorted(elements(value))})

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The hub's options; a native option nobody knows yet becomes one."""
        if isinstance(view, str):
            return words.option(view)
        return canonical({words.option(native) for native in sorted(elements(view))})

    def _native(self, option: str, words: Words) -> str:
        native = words.native(option)
        if native is None:
            raise Unprojectable(option)
        if not self.named or native in self.named:
            return native
        return next((name for name in words.former(option) if name in self.named), native)


@dataclass(frozen=True)
class ValueMap:
    """Values that are called otherwise on the side; several may share one name there.

    An edit to a shared name means the first hub value that bears it, in the order of
    the mapping. A value that the mapping does not name is called the same on both.
    On a side that knows yes and no, `False` is what an empty field shows.
    """

    type: FieldType
    """The hub field's."""
    names: Mapping[str, Plain]
    """Hub value -> its name on the side; `true`, `false` and numbers as they are written."""

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The name, or the names of a set's elements."""
        if isinstance(value, list):
            return canonical({str(self._name(element)) for element in elements(value)})
        return self._name(value)

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:
        """The base while the side still shows it; else the first value of that name."""
        view = _empty_if_false(view)
        if isinstance(view, list) or isinstance(base, list):
            return self._put_set(elements(view), elements(base))
        return base if self.project(base, words) == view else self._first(view)

    def _put_set(self, view: set[str], base: set[str]) -> Plain:
        kept = {element for element in base if self._name(element) in view}
        named = {self._name(element) for element in kept}
        return canonical(kept | {self._element(name) for name in view - named})

    def _element(self, name: str) -> str:
        return next((word for word, shown in self.names.items() if shown == name), name)

    def _name(self, value: Plain) -> Plain:
        word = self._word(value)
        return _empty_if_false(value if word is None else self.names.get(word, value))

    def _word(self, value: Plain) -> str | None:
        """How the mapping writes a hub value; None for an empty one."""
        if isinstance(self.type, Bool):
            return "true" if value else "false"
        return None if value is None else str(value)

    def _first(self, name: Plain) -> Plain:
        """The first hub value of that name."""
        word = next((w for w, n in self.names.items() if _empty_if_false(n) == name), None)
        return self.type.clean(name if word is None else word)


def _empty_if_false(value: Plain) -> Plain:
    return None if value is False else value


@dataclass(frozen=True)
class Truncate:
    """A text of which the side holds no more than so many characters.

    An edit of the visible part keeps the hidden rest; a text that was written anew
    does not. Where an edit shortened the visible part, more of the rest fits: then the
    side may show more than was typed, never less (`project(put(w, v))` begins with w).
    """

    limit: int
    """In characters, at least 1."""

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The beginning, without blanks at the cut, which servers would drop."""
        if not isinstance(value, str) or len(value) <= self.limit:
            return value
        return value[: self.limit].rstrip() or None

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:
        """The view, and what of the base is hidden behind it."""
        shown = self.project(base, words)
        if view == shown:
            return base
        if not (isinstance(view, str) and isinstance(shown, str) and isinstance(base, str)):
            return view
        rest = base[len(shown) :]
        return view + rest if rest and alike(shown, view) else view


@dataclass(frozen=True)
class Chain:
    """Lenses one after another, the hub's first."""

    lenses: tuple[Lens, ...]

    def project(self, value: Plain, words: Words) -> Plain:
        """Through every lens in turn. Raises `Unprojectable` if one does."""
        for lens in self.lenses:
            value = lens.project(value, words)
        return value

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:
        """Back through every lens, each given its own view of the base."""
        for lens, before in reversed(self._bases(base, words)):
            view = lens.put(view, before, words)
        return view

    def _bases(self, base: Plain, words: Words) -> list[tuple[Lens, Plain]]:
        """Pair each lens with the base as the lenses before it show it; None if they cannot."""
        bases: list[tuple[Lens, Plain]] = []
        for lens in self.lenses:
            bases.append((lens, base))
            try:
                base = lens.project(base, words)
            except Unprojectable:
                base = None
        return bases


def renamed(kind: FieldType, names: Mapping[str, Plain]) -> Lens:
    """The lens of a field of options some of which are called otherwise on the side."""
    return Chain((Options(frozenset(names)), ValueMap(kind, names)))
