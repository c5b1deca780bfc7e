"""Reading 207 Multi-Status answers (RFC 4918 section 13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors import xml
from connectors.dav.paths import is_local, path_of
from connectors.http import Response
from sync.errors import ConfigError

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
    source: str = ""
    """The address that the answer came from."""

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
        """The decoded path that a property points to. `ConfigError` if it is another host's."""
        node = self.props.get(name)
        found = ((node.findtext(f"{{{DAV}}}href") if node is not None else "") or "").strip()
        if found and not is_local(found, self.source):
            said = f"{self.source} leads to another host, which is not asked: {found:.200}"
            raise ConfigError(f"{said}; if that is right, write it as the url")
        return path_of(found) if found else None


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
    return Multistatus(tuple(_entries(root, response)), token.strip() if token else None)


def _entries(root: xml.Node, response: Response) -> Iterator[Entry]:
    for node in root.iterfind(f"{{{DAV}}}response"):
        props: dict[str, xml.Node] = {}
        status = _status(node.findtext(f"{{{DAV}}}status"))
        for stat in node.iterfind(f"{{{DAV}}}propstat"):
            if _status(stat.findtext(f"{{{DAV}}}status")) == OK:
                props |= {prop.tag: prop for prop in stat.iterfind(f"{{{DAV}}}prop/*")}
        hrefs = [(href.text or "").strip() for href in node.iterfind(f"{{{DAV}}}href")]
        if not hrefs or not all(hrefs):
            raise response.lost("answered with a multistatus that does not say of what")
        for href in hrefs:
            if not is_local(href, response.url):
                raise response.lost(f"answered with what is another host's: {href:.200}")
            yield Entry(path_of(href), status, props, response.url)


def _status(line: str | None) -> int:
    found = re.search(r"\b(\d{3})\b", line or "")
    return int(found.group(1)) if found else OK


def has_error(response: Response, name: str) -> bool:
    """Whether the body of a failure names this condition (RFC 4918 section 16)."""
    try:
        return xml.parse(response.content).find(f".//{{{DAV}}}{name}") is not None
    except xml.Unreadable:
        return False
