"""The one door to XML: no document type, no entity, bounded depth and size."""

from __future__ import annotations

from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

__all__ = ["Node", "Unreadable", "escape", "parse"]

DEEPEST = 64
MOST = 2_000_000
"""Elements in one document: some 100,000 entries of a listing."""

Node: TypeAlias = Element


class Unreadable(ValueError):
    """This is no XML that anybody should read; the message says why, without its content."""


class _Bounded(TreeBuilder):
    """Builds the tree, and stops before it gets too deep or too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST:
            raise Unreadable("XML beyond all measure")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(body: bytes) -> Node:
    """Read a document. Raises `Unreadable` if it is broken, or holds a DTD or an entity."""
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True)
    try:
        parser.feed(body)
        root = parser.close()
    except ParseError as error:
        raise Unreadable(f"broken XML (line {error.position[0]})") from None
    except DefusedXmlException:
        raise Unreadable("XML with a document type or entities") from None
    if not isinstance(root, Element):
        raise Unreadable("no XML")
    return root
