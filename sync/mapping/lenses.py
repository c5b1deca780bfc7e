"""Which lens shows a hub field in a side's field, if any can."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sync.mapping.fields import Link
from sync.mapping.unit import Binding, Lens, Unprojectable, Words
from sync.model import Plain


@dataclass(frozen=True)
class Identity:
    """Both hold the same."""

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The value itself."""
        return value

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The view itself."""
        return view


@dataclass(frozen=True)
class Options:
    """Values are options, which the side knows by ids or names of its own."""

    def project(self, value: Plain, words: Words) -> Plain:
        """The side's own ids."""
        if isinstance(value, list):
            return [*sorted({_native(one, words) for one in value})] or None
        return None if value is None else _native(value, words)

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The hub's options."""
        if isinstance(view, list):
            return [*sorted({words.option(str(one)) for one in view})] or None
        return None if view is None else words.option(str(view))


def _native(option: Plain, words: Words) -> str:
    native = words.native(str(option))
    if native is None:
        raise Unprojectable(str(option))
    return native


def bind(link: Link, system: str, people: Mapping[str, Mapping[str, str]]) -> Binding:
    """The binding that a link makes."""
    return Binding(
        hub=link.hub.name,
        side=link.side,
        type=link.hub.type,
        lens=choose(link, people.get(system, {})),
        reads=link.reads,
        writes=link.writes,
        options=link.hub.options,
        digest=digest(link),
    )


def choose(link: Link, people: Mapping[str, str]) -> Lens:  # noqa: ARG001 - to come
    """The lens for a link."""
    return Options() if link.hub.options else Identity()


def digest(link: Link) -> str:
    """Tell two ways of mapping a field apart, where the difference makes old bases void.

    Directions are no part of it, nor what a server's limits are: neither changes what
    the values mean.
    """
    meaning = [link.hub.type.name, link.side, link.transform, link.values and dict(link.values)]
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
