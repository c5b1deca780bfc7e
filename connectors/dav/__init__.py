"""What WebDAV servers have in common: multistatus answers, ETags, hrefs.

Sources: RFC 4918 (WebDAV), RFC 6578 (sync-collection), RFC 9110 section 8.8.3 (ETags).
"""

from connectors.dav.multistatus import Entry, Multistatus, has_error, read
from connectors.dav.paths import below, encode, etag, path_of, precondition
from connectors.dav.server import DavServer, DavSettings

__all__ = [
    "DavServer",
    "DavSettings",
    "Entry",
    "Multistatus",
    "below",
    "encode",
    "etag",
    "has_error",
    "path_of",
    "precondition",
    "read",
]
