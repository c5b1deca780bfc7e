"""One account on one WebDAV server."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping

from pydantic import SecretStr

from connectors.dav.multistatus import Multistatus, read
from connectors.dav.paths import encode, path_of
from connectors.http import Http, Response
from connectors.http.client import Body
from connectors.xml import escape
from sync.connector import SystemSettings
from sync.errors import Gone

NAMESPACES = {
    "DAV:": "d",
    "urn:ietf:params:xml:ns:caldav": "c",
    "http://calendarserver.org/ns/": "cs",
    "http://owncloud.org/ns": "oc",
}
XMLNS = " ".join(f'xmlns:{prefix}="{uri}"' for uri, prefix in NAMESPACES.items())
XML_TYPE = {"Content-Type": "application/xml; charset=utf-8"}
UPLOAD_TIMEOUT = (10.0, 300.0)


class DavSettings(SystemSettings):
    """Where the account is, and how to sign in."""

    url: str
    user: str | None = None
    password: SecretStr | None = None


class DavServer:
    """Requests by decoded path; every answer checked for being what was asked for."""

    def __init__(
        self, settings: DavSettings, system: str, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        auth = None
        if settings.user is not None:
            auth = (settings.user, settings.password or SecretStr(""))
        self.http = Http(settings.url, system=system, auth=auth, sleep=sleep)
        self.root = path_of(self.http.base)
        """The decoded path of the url, with a slash at its end."""

    def propfind(self, path: str, props: Iterable[str], depth: str = "0") -> Multistatus:
        """Read properties (`prefix:name`) of a resource, and of what is under it."""
        names = "".join(f"<{name}/>" for name in props)
        body = f"<d:propfind {XMLNS}><d:prop>{names}</d:prop></d:propfind>"
        return read(self.ask("PROPFIND", path, body, depth=depth))

    def report(self, path: str, body: str, accept: Container[int] = ()) -> Response:
        """Send a REPORT; `body` is its root element, whose name ends at the first blank or >."""
        name, rest = _split_root(body)
        return self.ask("REPORT", path, f"<{name} {XMLNS}{rest}", depth="1", accept=accept)

    def ask(
        self, method: str, path: str, body: str, *, depth: str, accept: Container[int] = ()
    ) -> Response:
        """Send a question in XML and return the answer."""
        return self.http.request(
            method,
            encode(path),
            data=f'<?xml version="1.0" encoding="utf-8"?>\n{body}'.encode(),
            headers={**XML_TYPE, "Depth": depth},
            expect_xml=True,
            accept=accept,
        )

    def get(self, path: str) -> Response:
        """Read a resource that is no page. `Gone` on its own 404 or 410."""
        return self.http.request("GET", encode(path), expect_xml=True)

    def put(
        self,
        path: str,
        body: Body,
        headers: Mapping[str, str],
        accept: Container[int] = (),
    ) -> Response:
        """Write a resource's content under the preconditions in `headers`."""
        return self.http.request(
            "PUT", encode(path), data=body, headers=headers, accept=accept, timeout=UPLOAD_TIMEOUT
        )

    def delete(self, path: str, headers: Mapping[str, str]) -> None:
        """Delete a resource. `Gone` if it was not there, `Stale` if it moved."""
        self.http.request("DELETE", encode(path), headers=headers)

    def exists(self, path: str) -> bool:
        """Whether something stands there, asked directly."""
        try:
            self.propfind(path, ["d:resourcetype"])
        except Gone:
            return False
        return True

    def full(self, path: str) -> str:
        """The full address of a path, as a Destination header wants it."""
        return self.http.url(encode(path))


def element(name: str, text: str) -> str:
    """An element with this text."""
    return f"<{name}>{escape(text)}</{name}>"


def _split_root(body: str) -> tuple[str, str]:
    end = min(at for at in (body.find(" "), body.find(">"), body.find("/>")) if at > 0)
    return body[1:end], body[end:]
