"""WebDAV (RFC 4918): the files of a folder, on any server.

`walk` lists a tree, `content` streams what is in a file, `connector` is the rest.
"""

from connectors.webdav.connector import WebDav, WebDavSettings

__all__ = ["WebDav", "WebDavSettings"]
