"""Finding the calendars of an account (RFC 4791 section 6.2, RFC 5397, RFC 6764)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from connectors.dav import DavServer, Entry, Multistatus, below
from connectors.dav.multistatus import CALDAV, DAV, OWNCLOUD
from sync.errors import ConfigError, Gone, Refused

PROPS = (
    "d:displayname",
    "d:resourcetype",
    "d:current-user-principal",
    "d:current-user-privilege-set",
    "d:supported-report-set",
    "c:supported-calendar-component-set",
    "c:calendar-home-set",
    "oc:read-only",
)
WELL_KNOWN = "/.well-known/caldav"
WRITES = ("write", "write-content", "all")


@dataclass(frozen=True)
class Calendar:
    """One calendar collection of the account."""

    path: str
    """Decoded, with a slash at its end."""
    title: str
    components: frozenset[str]
    """Which it takes; empty: the server does not say, so any."""
    writable: bool
    syncs: bool
    """Whether it answers sync-collection (RFC 6578)."""

    @property
    def segment(self) -> str:
        """The last part of its path: a name that no display name can take from it."""
        return self.path.rstrip("/").rpartition("/")[2]

    def takes(self, component: str) -> bool:
        """Whether it can hold this component."""
        return not self.components or component in self.components


Filter = Callable[[Entry], bool]


def calendars(server: DavServer, keep: Filter = lambda _entry: True) -> list[Calendar]:
    """Every calendar that the url leads to: itself, under it, or in the account's home.

    Raises `ConfigError` if the address is no CalDAV address at all.
    """
    seen: set[str] = set()
    asked = _ask(server, server.root) or _ask(server, WELL_KNOWN)
    if asked is None:
        raise ConfigError(f"{server.http.system}: {server.http.base} is no CalDAV address")
    waiting = [asked]
    while waiting:
        answer = waiting.pop(0)
        if found := [_calendar(e) for e in answer.entries if _is_calendar(e) and keep(e)]:
            return found
        for path in _leads(answer, server):
            if path not in seen:
                seen.add(path)
                if (answered := _ask(server, path)) is not None:
                    waiting.append(answered)
    return []


def _ask(server: DavServer, path: str) -> Multistatus | None:
    try:
        return server.propfind(path, PROPS, depth="1")
    except (Gone, Refused):
        return None


def _leads(answer: Multistatus, server: DavServer) -> Iterator[str]:
    """Where the calendars may be instead: the home first, then the principal."""
    for name in (f"{{{CALDAV}}}calendar-home-set", f"{{{DAV}}}current-user-principal"):
        for entry in answer.entries:
            if path := entry.href(name):
                yield path
    yield server.root


def _is_calendar(entry: Entry) -> bool:
    return entry.has(f"{{{DAV}}}resourcetype", f"{{{CALDAV}}}calendar")


def _calendar(entry: Entry) -> Calendar:
    components = entry.props.get(f"{{{CALDAV}}}supported-calendar-component-set")
    names = components.iterfind(f"{{{CALDAV}}}comp") if components is not None else ()
    path = entry.path.rstrip("/") + "/"
    return Calendar(
        path=path,
        title=entry.text(f"{{{DAV}}}displayname") or path.rstrip("/").rpartition("/")[2],
        components=frozenset(name for node in names if (name := node.get("name", "").upper())),
        writable=_writable(entry),
        syncs=entry.has(f"{{{DAV}}}supported-report-set", f"{{{DAV}}}sync-collection"),
    )


def _writable(entry: Entry) -> bool:
    """Whether we may write there; a server that does not say is tried."""
    if entry.text(f"{{{OWNCLOUD}}}read-only") in ("1", "true"):
        return False
    privileges = f"{{{DAV}}}current-user-privilege-set"
    if privileges not in entry.props:
        return True
    return any(entry.has(privileges, f"{{{DAV}}}{name}") for name in WRITES)


def choose(found: Iterable[Calendar], name: str, component: str, what: str) -> Calendar:
    """The calendar that people call so, or whose path ends so.

    Raises `ConfigError` if there is none, or more than one; it names those there are.
    """
    able = [calendar for calendar in found if calendar.takes(component)]
    wanted = _plain(name)
    exact = [
        c for c in able if c.segment == name.strip("/") or c.path.strip("/") == name.strip("/")
    ]
    titled = [c for c in able if unicodedata.normalize("NFC", c.title) == name]
    alike = [c for c in able if _plain(c.title) == wanted]
    for group in (exact, titled, alike):
        if len(group) == 1:
            return group[0]
        if group:
            said = ", ".join(sorted(c.segment for c in group))
            raise ConfigError(f"{what} {name!r} stands there more than once; say which: {said}")
    said = ", ".join(sorted(_called(c) for c in able)) or "none"
    raise ConfigError(f"there is no {what} {name!r}; there are: {said}")


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _called(calendar: Calendar) -> str:
    if _plain(calendar.title) == _plain(calendar.segment):
        return repr(calendar.title)
    return f"{calendar.title!r} ({calendar.segment})"


def name_in(calendar: Calendar, path: str) -> str | None:
    """The ref of a resource of this calendar; None for what is not directly in it."""
    name = below(calendar.path, path)
    return name if name and "/" not in name else None
