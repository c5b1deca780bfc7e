"""Reading 207 Multi-Status answers (RFC 4918 section 13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors import xml
from connectors.dav.paths import path_of
from connectors.http import Response

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
SERVER = "http://calendarserver.org/ns/"
OWNCLOUD = "http://owncloud.org/ns"

OK, GONE, FULL = 200, 404, 507


@dataclass(frozen=True)
class Entry:
    """One resource of an answer: its decoded path, its own status, the properties it has."""

    path: str
    status: int
    props: dict[str, xml.Node] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """The text of a property; None if it is absent or empty."""
        node = self.props.get(name)
        return None if node is None else (node.text or "").strip() or None

    def raw(self, name: str) -> str | None:
        """The text of a property with every blank and line end in its place."""
        node = self.props.get(name)
        return None if node is None else "".join(node.itertext()) or None

    def has(self, name: str, child: str) -> bool:
        """Whether a property holds this element (a resource type, a privilege's name)."""
        node = self.props.get(name)
        return node is not None and node.find(f".//{child}") is not None

    def href(self, name: str) -> str | None:
        """The decoded path that a property points to."""
        node = self.props.get(name)
        found = None if node is None else node.findtext(f"{{{DAV}}}href")
        return path_of(found.strip()) if found and found.strip() else None


@dataclass(frozen=True)
class Multistatus:
    """An answer about several resources."""

    entries: tuple[Entry, ...]
    token: str | None = None
    """The sync token, if it carries one (RFC 6578)."""


def read(response: Response) -> Multistatus:
    """Read an answer; one that is no multistatus is lost, never empty."""
    try:
        root = xml.parse(response.content)
    except xml.Unreadable as error:
        raise response.lost(str(error)) from None
    if root.tag != f"{{{DAV}}}multistatus":
        raise response.lost("answered with other XML than a multistatus")
    token = root.findtext(f"{{{DAV}}}sync-token")
    return Multistatus(tuple(_entries(root)), token.strip() if token else None)


def _entries(root: xml.Node) -> Iterator[Entry]:
    for node in root.iterfind(f"{{{DAV}}}response"):
        props: dict[str, xml.Node] = {}
        status = _status(node.findtext(f"{{{DAV}}}status"))
        for stat in node.iterfind(f"{{{DAV}}}propstat"):
            if _status(stat.findtext(f"{{{DAV}}}status")) == OK:
                props |= {prop.tag: prop for prop in stat.iterfind(f"{{{DAV}}}prop/*")}
        for href in node.iterfind(f"{{{DAV}}}href"):
            if href.text and href.text.strip():
                yield Entry(path_of(href.text.strip()), status, props)


def _status(line: str | None) -> int:
    found = re.search(r"\b(\d{3})\b", line or "")
    return int(found.group(1)) if found else OK


def has_error(response: Response, name: str) -> bool:
    """Whether the body of a failure names this condition (RFC 4918 section 16)."""
    try:
        return xml.parse(response.content).find(f".//{{{DAV}}}{name}") is not None
    except xml.Unreadable:
        return False
