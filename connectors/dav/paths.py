"""Hrefs and ETags, in the one form in which they can be compared."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from sync.errors import Refused

_APART = re.compile(r'(?<="),')
NAME_SAFE = "-._~!$&'()*+,;=:@"
"""What RFC 3986 section 3.3 lets stand in a path segment, beside letters and digits."""


def path_of(href: str) -> str:
    """The decoded path of an href, absolute or full (RFC 4918 section 8.3).

    Servers encode in their own ways (Nextcloud in lower case), so only decoded paths
    compare. A byte that is no UTF-8 stays encoded, so that it can be asked for again.
    """
    raw = urlsplit(href).path if "://" in href else href
    pieces = []
    for segment in raw.split("/"):
        try:
            text = unquote(segment, errors="strict")
        except UnicodeDecodeError:
            text = segment
        pieces.append(segment if "/" in text else text)
    return "/".join(pieces)


def is_local(href: str, source: str) -> bool:
    """Whether an href is of the host that told it: behind a proxy, scheme and port may differ."""
    try:
        found = urlsplit(href)
        host = found.hostname
    except ValueError:
        return False
    return not found.netloc or host == urlsplit(source).hostname


def encode(path: str) -> str:
    """Percent-encode a decoded path, keeping its slashes. `Refused` if it could climb out."""
    segments = path.split("/")
    if any(segment in (".", "..") for segment in segments):
        raise Refused(f"a path may not hold . or ..: {path!r}")
    return "/".join(_encoded(segment) for segment in segments)


def _encoded(segment: str) -> str:
    if "%2f" not in segment.lower():
        try:
            unquote(segment, errors="strict")
        except UnicodeDecodeError:
            return segment  # not UTF-8: `path_of` left it as the server wrote it
    try:
        return quote(segment, safe=NAME_SAFE)
    except UnicodeEncodeError:
        raise Refused(f"a path must be valid Unicode: {segment!r:.100}") from None


def below(root: str, path: str) -> str | None:
    """What follows `root` (which ends in a slash) in a decoded path; None: it is not below."""
    return path[len(root) :] if path.startswith(root) and path != root else None


def etag(value: str | None) -> str | None:
    """The opaque part of an ETag: without quotes, without the W/ that a gzipping proxy adds.

    Some servers leave the quotes out of the property (WsgiDAV), none out of the header.
    None for several that differ: nobody can say which one is meant.
    """
    said = {one.strip().removeprefix("W/").strip('"') for one in _APART.split(value or "")}
    bare = said.pop() if len(said) == 1 else ""
    return bare if bare and '"' not in bare else None


def precondition(tag: str) -> dict[str, str]:
    """The header that lets a write pass only over this version (RFC 9110 section 13.1.1)."""
    return {"If-Match": f'"{tag}"'}
