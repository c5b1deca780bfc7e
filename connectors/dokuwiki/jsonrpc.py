"""The JSON-RPC of releases since 2024 (API 12 and later)."""

from __future__ import annotations

from connectors.dokuwiki.api import Api, Listed, Revision, listed, rows, whole, words
from connectors.http import Http
from sync.errors import Ambiguous, Gone, JumelageError, Refused, Unauthorized, Unreachable
from sync.model import Plain

PATH = "lib/exe/jsonrpc.php"
FAULT = 400
NOT_FOUND = 121


class JsonRpc(Api):
    """DokuWiki's JSON-RPC: named parameters, faults as status 400."""

    @staticmethod
    def speaks(http: Http) -> bool:
        """Tell whether a wiki has this API; it says its version to anybody."""
        # A release without it answers with 404, or with whatever page the web server finds.
        accept = range(400, 500)
        body: Plain = _request("core.getAPIVersion", {})
        response = http.request("POST", PATH, json=body, safe=True, accept=accept)
        try:
            found = response.json()
        except JumelageError:
            return False
        return isinstance(found, dict) and isinstance(found.get("result"), int)

    def login(self, user: str, password: str) -> bool:
        """Ask."""
        return self._call("core.login", {"user": user, "pass": password}) in (True, 1)

    def pages(self, namespace: str, *, deep: bool) -> list[Listed]:
        """One request."""
        named: dict[str, Plain] = {"namespace": namespace, "depth": 0 if deep else 1, "hash": True}
        return listed(self._call("core.listPages", named), "revision")

    def text(self, page: str, time: int | None = None) -> str:
        """The text is valid UTF-8 whatever the file holds."""
        found = self._call("core.getPage", {"page": page, "rev": time or 0})
        if not isinstance(found, str):
            raise Unreachable(f"the wiki answered without the text of {page}")
        return found

    def info(self, page: str) -> Revision | None:
        """The author comes only when asked for."""
        try:
            found = self._call("core.getPageInfo", {"page": page, "author": True})
        except Gone:
            return None
        if not isinstance(found, dict) or not whole(found.get("revision")):
            raise Unreachable(f"the wiki answered without anything on {page}")
        return Revision(whole(found.get("revision")), words(found.get("author")) or None)

    def history(self, page: str, skip: int) -> list[Revision]:
        """The wiki's own `recent` rows at a time."""
        found = self._call("core.getPageHistory", {"page": page, "first": skip})
        return [
            Revision(
                whole(row.get("revision")),
                words(row.get("author")) or None,
                words(row.get("summary")),
            )
            for row in rows(found, "a list of versions")
        ]

    def permission(self, page: str) -> int:
        """Ask for our own account."""
        return whole(self._call("core.aclCheck", {"page": page}))

    def lock(self, page: str) -> str | None:
        """Answers with the id as it was cleaned."""
        found = self._call("core.lockPages", {"pages": [page]})
        return words(found[0]) if isinstance(found, list) and found else None

    def unlock(self, page: str) -> None:
        """Safe to repeat."""
        self._call("core.unlockPages", {"pages": [page]})

    def save(self, page: str, text: str, summary: str) -> None:
        """The wiki itself keeps two writes of a page a second apart."""
        named: dict[str, Plain] = {"page": page, "text": text, "summary": summary}
        done = self._call("core.savePage", named, safe=False)
        if done is False:
            raise Refused(f"the wiki did not save {page}")
        if done is not True:
            raise Ambiguous(f"the wiki did not say whether it saved {page}")

    def _call(self, method: str, named: dict[str, Plain], *, safe: bool = True) -> Plain:
        asked = _request(method, named)
        response = self.post(PATH, json=asked, safe=safe, accept={FAULT}, expect_json=True)
        answer = response.json()
        if isinstance(answer, dict) and "result" in answer:
            return answer["result"]
        error = answer.get("error") if isinstance(answer, dict) else None
        if not isinstance(error, dict):
            raise response.lost(f"{method} answered with neither result nor error")
        if error.get("code") == NOT_FOUND:
            raise Gone(f"{method}: {words(error.get('message'))}")
        if error.get("code") == -32603:  # noqa: PLR2004 - "not authorized", as anonymous
            raise Unauthorized(f"{method}: {words(error.get('message'))}")
        raise Refused(f"{method}: {words(error.get('message'))}")


def _request(method: str, named: dict[str, Plain]) -> Plain:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": named}
