"""What the connector asks of a wiki, whichever of its two APIs answers."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import TypedDict, Unpack

from connectors.http import Http, Response
from connectors.http.faults import moment_of
from sync.errors import Gone, Unreachable
from sync.model import Plain

READ, EDIT, CREATE = 1, 2, 4
"""Levels of permission (`inc/auth.php`)."""


@dataclass(frozen=True)
class Listed:
    """A page in a listing: its id, the MD5 of its trimmed text, seconds of its last change."""

    id: str
    hash: str
    time: int


@dataclass(frozen=True)
class Revision:
    """One revision of a page, by the second in which it was made (Unix time)."""

    time: int
    author: str | None
    summary: str = ""


class Request(TypedDict, total=False):
    """How a request is sent; see `Http.request`."""

    data: bytes
    json: Plain
    headers: Mapping[str, str]
    safe: bool
    accept: Container[int]
    expect_json: bool
    expect_xml: bool


class Api(ABC):
    """The remote API of one wiki."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self.time = 0.0
        """The server's clock at its last answer (Unix time, whole seconds)."""

    @abstractmethod
    def login(self, user: str, password: str) -> bool:
        """Tell whether the wiki knows this account with this password.

        It must be asked: a wrong password over HTTP Basic is served as anonymous.
        """

    @abstractmethod
    def pages(self, namespace: str, *, deep: bool) -> list[Listed]:
        """The pages that we may read in a namespace, and below it if `deep`."""

    @abstractmethod
    def text(self, page: str, time: int | None = None) -> str:
        """A page's text, now or then. One that is not there has "" or a template's."""

    @abstractmethod
    def info(self, page: str) -> Revision | None:
        """The last revision of a page; None if there is no such page."""

    @abstractmethod
    def history(self, page: str, skip: int) -> list[Revision]:
        """Revisions of a page, newest first, without the first `skip`; [] at the end."""

    @abstractmethod
    def permission(self, page: str) -> int:
        """Our level of permission for a page that may not be there."""

    @abstractmethod
    def lock(self, page: str) -> str | None:
        """Keep everybody else from editing it; its id as the wiki writes it, None if refused.

        Locks belong to accounts: two sessions of one do not exclude each other.
        """

    @abstractmethod
    def unlock(self, page: str) -> None:
        """Let others edit it again."""

    @abstractmethod
    def save(self, page: str, text: str, summary: str) -> None:
        """Write a page, or delete it (""). Raises `Refused`. No condition is checked."""

    def post(self, path: str, **request: Unpack[Request]) -> Response:
        """Send a request, and take note of the server's clock.

        A 404 is the address's, never a page's: `Unreachable`, never `Gone`.
        """
        try:
            response = self.http.request("POST", path, **request)
        except Gone as error:
            raise Unreachable(str(error)) from error
        date = moment_of(response.headers.get("Date", ""))
        if date is not None:
            self.time = date.timestamp()
        return response


def rows(value: Plain, what: str) -> list[Mapping[str, Plain]]:
    """A listing; raises `Unreachable` for anything else, which is a fault, not an empty one."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreachable(f"the wiki answered without {what}")
    return [row for row in value if isinstance(row, dict)]


def listed(value: Plain, time: str) -> list[Listed]:
    """The rows of a listing of pages; `time` names when one was changed. `Unreachable`."""
    found = []
    for row in rows(value, "a list of pages"):
        page, digest = words(row.get("id")), words(row.get("hash"))
        if not page or not digest:
            raise Unreachable("the wiki listed a page without its name or its hash")
        found.append(Listed(page, digest, whole(row.get(time))))
    return found


def whole(value: Plain) -> int:
    """A number that may have come as text; 0 for anything else."""
    said = str(value) if isinstance(value, int | str) else ""
    return int(said) if re.fullmatch(r"[0-9]{1,15}", said) else 0


def words(value: Plain) -> str:
    """A text; "" for anything else."""
    return value if isinstance(value, str) else ""
