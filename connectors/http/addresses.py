"""Addresses: which are ours, and how they may be shown."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit, urlunsplit

from sync.errors import ConfigError

PORTS = {"http": 80, "https": 443}


def base(url: str, system: str) -> str:
    """The folder that a system's url names. Raises `ConfigError`."""
    try:
        parts, known = urlsplit(url), origin(url)
    except ValueError:
        known = None
    if known is None or not parts.hostname:
        raise ConfigError(f"{system}: the url must begin with http:// or https:// and a host")
    if "@" in parts.netloc:
        raise ConfigError(f"{system}: the url holds a user or password; give them apart")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))


def root(url: str) -> str:
    """Scheme, host and port, as they stand in an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port (RFC 6454 section 4); None if this is no address of the web."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not host:
        return None
    return parts.scheme, host, PORTS[parts.scheme] if port is None else port


def ours(mine: str, theirs: str) -> bool:
    """Whether credentials for one address may go to another.

    The same origin; from http to https on the same host, without ports, it is well too.
    """
    here, there = origin(mine), origin(theirs)
    if here is None or there is None:
        return False
    up = here == ("http", here[1], PORTS["http"]) and there == ("https", here[1], PORTS["https"])
    return here == there or up


def in_clear(mine: str, theirs: str) -> bool:
    """Whether what is under TLS here would go on without it there."""
    return urlsplit(mine).scheme == "https" and urlsplit(theirs).scheme != "https"


def joined(url: str, location: str) -> str | None:
    """Where a Location header leads; None if it is no address of the web."""
    try:
        # Headers are read as Latin-1, and addresses in them written as UTF-8.
        found = urljoin(url, location.encode("latin-1", "replace").decode("utf-8"))
    except ValueError:
        return None
    usable = origin(found) is not None and found.isprintable()
    return found if usable and " " not in urlsplit(found).netloc else None


def shown(url: str) -> str:
    """An address without query, user and password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is none"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
