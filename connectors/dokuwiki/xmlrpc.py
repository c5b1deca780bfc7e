"""The XML-RPC of releases before 2024 (API 11 and older).

Between September 2021 and January 2024 (commits 7f8f24562 to 4385690f2) every fault
arrives as an empty struct with status 200: an answer is believed only in the form
that it must have. Only what the access rules forbid is seen: 403, or 401 as anonymous.
"""

from __future__ import annotations

import base64
import xmlrpc.client
from collections.abc import Callable
from typing import TypeAlias

from connectors import xml
from connectors.dokuwiki.api import Api, Listed, Revision, listed, rows, whole, words
from connectors.http import Response
from sync.errors import Ambiguous, Gone, Malformed, Refused, Unreachable
from sync.model import Plain

PATH = "lib/exe/xmlrpc.php"
NOT_FOUND = 121
Param: TypeAlias = "str | int | bool | list[Param] | dict[str, Param]"


class Fault(Exception):
    """A fault that was told as one."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(said)
        self.code = code
        self.said = said


class XmlRpc(Api):
    """DokuWiki's XML-RPC."""

    def login(self, user: str, password: str) -> bool:
        """Ask; the answer is a number or a truth, according to the release."""
        return self._call("dokuwiki.login", user, password) in (1, True)

    def pages(self, namespace: str, *, deep: bool) -> list[Listed]:
        """One request; `depth` counts from the wiki's root here."""
        depth = 0 if deep else namespace.count(":") + 2
        options: Param = {"depth": depth, "hash": True}
        return listed(self._call("dokuwiki.getPagelist", namespace, options), "mtime")

    def text(self, page: str, time: int | None = None) -> str:
        """Raises `Malformed` for a page whose text is no XML."""
        method, when = ("wiki.getPage", ()) if time is None else ("wiki.getPageVersion", (time,))
        response = self._send(method, (page, *when), safe=True)
        if not response.content.rstrip().endswith(b"</methodResponse>"):
            raise Unreachable(f"the answer to {method} broke off")
        try:
            text = _decoded(response)
        except ValueError as error:
            raise Malformed(f"{page} holds characters that XML cannot: {error}") from error
        except Fault as fault:
            raise Unreachable(f"{method}: {fault.said}") from fault
        if not isinstance(text, str):
            raise Unreachable(f"{method} failed without a reason for {page}")
        return text

    def info(self, page: str) -> Revision | None:
        """An empty struct is the fault "no such page"."""
        try:
            found = self._call("wiki.getPageInfo", page)
        except Gone:
            return None
        if found == {}:
            return None
        if not isinstance(found, dict) or not whole(found.get("version")):
            raise Unreachable(f"the wiki answered without anything on {page}")
        return Revision(whole(found["version"]), words(found.get("author")) or None)

    def history(self, page: str, skip: int) -> list[Revision]:
        """The wiki's own `recent` rows at a time."""
        found = self._call("wiki.getPageVersions", page, skip)
        if found == {}:
            return []
        return [
            Revision(
                whole(row.get("version")), words(row.get("user")) or None, words(row.get("sum"))
            )
            for row in rows(found, "a list of versions")
        ]

    def permission(self, page: str) -> int:
        """Ask for our own account."""
        return whole(self._call("wiki.aclCheck", page))

    def lock(self, page: str) -> str | None:
        """Answers with the id as it was cleaned."""
        locked = self._locks(lock=[page])
        return words(locked[0]) if locked else None

    def unlock(self, page: str) -> None:
        """Safe to repeat."""
        self._locks(unlock=[page])

    def save(self, page: str, text: str, summary: str) -> None:
        """An empty struct is a fault: locked, spam, or empty and new."""
        done = self._call("wiki.putPage", page, text, {"sum": summary, "minor": False}, safe=False)
        if done in (False, {}):
            raise Refused(f"the wiki did not save {page} (locked, spam filter, or a plugin)")
        if done is not True:
            raise Ambiguous(f"the wiki did not say whether it saved {page}")

    def _locks(
        self, lock: list[Param] | None = None, unlock: list[Param] | None = None
    ) -> list[Plain]:
        found = self._call("dokuwiki.setLocks", {"lock": lock or [], "unlock": unlock or []})
        if not isinstance(found, dict) or not isinstance(found.get("locked"), list):
            raise Unreachable("the wiki did not say what it locked")
        locked = found["locked"]
        return locked if isinstance(locked, list) else []

    def _call(self, method: str, *params: Param, safe: bool = True) -> Plain:
        response = self._send(method, params, safe=safe)
        try:
            return _decoded(response)
        except ValueError as error:
            raise response.lost(f"the answer to {method} is no XML-RPC") from error
        except Fault as fault:
            kind = Gone if fault.code == NOT_FOUND else Unreachable if safe else Refused
            raise kind(f"{method}: {fault.said}") from fault

    def _send(self, method: str, params: tuple[Param, ...], *, safe: bool) -> Response:
        # For requests only: answers are read by `connectors.xml`.
        body = xmlrpc.client.dumps(params, method, encoding="utf-8").encode()
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return self.post(PATH, data=body, headers=headers, safe=safe, expect_xml=True)


def _decoded(response: Response) -> Plain:
    """The value of an answer. Raises `ValueError` if there is none, `Fault` if it is one."""
    root = xml.parse(response.content)
    value = root.find("./params/param/value")
    if value is not None:
        return _value(value)
    fault = root.find("./fault/value")
    said = _value(fault) if fault is not None else None
    if not isinstance(said, dict):
        raise xml.Unreadable("neither a value nor a fault")
    raise Fault(whole(said.get("faultCode")), words(said.get("faultString")))


def _value(element: xml.Node) -> Plain:
    typed = next(iter(element), None)
    if typed is None:
        return element.text or ""
    if typed.tag == "array":
        return [_value(item) for item in typed.iterfind("./data/value")]
    if typed.tag == "struct":
        return {
            member.findtext("name", ""): _value(value)
            for member in typed.iterfind("member")
            if (value := member.find("value")) is not None
        }
    if typed.tag not in SCALARS:
        raise xml.Unreadable("a value of an unknown type")
    return SCALARS[typed.tag](typed.text or "")


def _truth(text: str) -> bool:
    return bool(("0", "1").index(text.strip()))


SCALARS: dict[str, Callable[[str], Plain]] = {
    "int": int,
    "i4": int,
    "double": float,
    "boolean": _truth,
    "string": str,
    "dateTime.iso8601": str,
    "base64": lambda text: base64.b64decode(text).decode("utf-8"),
    "nil": lambda _: None,
}
"""How scalars are read (http://xmlrpc.com/spec.md); a date stays the text that it is."""
