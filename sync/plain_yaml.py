"""The one door to YAML: no object is ever made of it, and no alias followed.

Whoever reads YAML reads it through here, as events (settings and mappings) or as nodes
(front matter), and says how long it may be. An alias can make a page of text into
gigabytes, so that nothing here resolves one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml
from yaml.nodes import Node

DEEPEST = 40


class Unreadable(ValueError):
    """This is no YAML that anybody should read; the message says why and where."""


def events(text: str) -> Iterator[yaml.Event]:
    """What the parser meets, aliases included, unresolved. Raises `yaml.YAMLError`."""
    yield from yaml.parse(text, Loader=yaml.SafeLoader)


def compose(text: str, most: int) -> Node | None:
    """The document as nodes, their scalars as text; None if it is empty. `Unreadable`.

    Lines are counted from the one after the first, where front matter begins.
    """
    if len(text) > most:
        raise Unreadable(f"longer than {most} characters")
    loader = None
    try:
        loader = _Loader(text)
        node: Node | None = loader.get_single_node()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        raise Unreadable(f"{getattr(error, 'problem', None) or 'not YAML'}{where}") from None
    finally:
        if loader is not None:
            loader.dispose()
    return node


class _Loader(yaml.SafeLoader):
    """Resolves nothing by itself, and knows no aliases."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's
    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            raise Unreadable("aliases are not read")
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable("nested too deeply")
        node: Node | None = super().compose_node(parent, index)
        self.depth -= 1
        return node
