"""Trello's REST API: sign-in, the rate budget, and what its 404 means.

Key and token go in the Authorization header, never in an address; writes carry their
parameters as JSON, since addresses end at 8 kB. Sources:
https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/ and
.../rate-limits/; that every answer tells what is left of the limits is observed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from pydantic import SecretStr

from connectors.http import Budget, Http, Response
from sync.connector import SystemSettings
from sync.errors import Gone, Retry, Unreachable
from sync.model import Plain

CLIENT: Final = "jumelage"
"""What we call ourselves to Trello; it comes back on webhooks of our own writes."""
_NOT_FOUND: Final = 404
_CEILING: Final = 1000
"""Requests in 10 s above which none is sent whatever the answers say."""
_WINDOW: Final = 10.0
"""Seconds in which Trello counts requests."""
_LONGEST: Final = 900.0
"""Seconds: the longest window that Trello has; nobody is held up for longer."""
_MARGIN: Final = 8
"""Requests that may be under way at once: they must still fit when we begin to wait."""
_LIMITS: Final = ("api-token", "api-key", "member")


class TrelloSettings(SystemSettings):
    """An account on Trello."""

    url: str = "https://api.trello.com/1"
    key: SecretStr
    """The API key of a Power-Up (32 hexadecimal digits)."""
    token: SecretStr
    """What a member granted to that key, with the scopes read and write."""


class Api:
    """One member's access to Trello."""

    def __init__(self, settings: TrelloSettings, system: str) -> None:
        key, token = settings.key.get_secret_value(), settings.token.get_secret_value()
        account = hashlib.sha256(f"{settings.url} {token}".encode()).hexdigest()
        self._me: str | None = None
        self._budget = Budget.shared(("trello", account), _CEILING, _WINDOW)
        self._http = Http(
            settings.url,
            system=system,
            headers={
                "Authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"',
                "X-Trello-Client-Identifier": CLIENT,
            },
            secrets=(settings.key, settings.token),
            budget=self._budget,
        )

    def get(self, path: str, **params: str | int) -> Plain:
        """Read. Raises `Gone` only if Trello itself says that this is not there."""
        with self._rationed():
            response = self._http.request(
                "GET", path, params=params, expect_json=True, accept={_NOT_FOUND}
            )
        self._heed(response)
        if response.status == _NOT_FOUND:
            raise _missing(path, response)
        return response.json()

    def seen(self, path: str, **params: str | int) -> Plain:
        """Read what must be there: a 404 means that it is out of our sight, not gone."""
        try:
            return self.get(path, **params)
        except Gone as error:
            raise Unreachable(str(error)) from error

    def post(self, path: str, body: Mapping[str, Plain]) -> Plain:
        """Make something. Never sent twice."""
        return self._write("POST", path, body)

    def put(self, path: str, body: Mapping[str, Plain]) -> Plain:
        """Change something."""
        return self._write("PUT", path, body)

    def delete(self, path: str) -> None:
        """Delete something. Raises `Gone` if it was not there."""
        self._write("DELETE", path, None)

    def me(self) -> str:
        """The id of the member who granted the token; asked once, since such reads are rationed."""
        if self._me is None:
            raw = self.seen("members/me", fields="id")
            if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
                raise Unreachable("Trello did not say who we are")
            self._me = str(raw["id"])
        return self._me

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def _write(self, method: str, path: str, body: Mapping[str, Plain] | None) -> Plain:
        sent = None if body is None else dict(body)
        with self._rationed():
            response = self._http.request(method, path, json=sent, expect_json=True)
        self._heed(response)
        return response.json()

    @contextmanager
    def _rationed(self) -> Iterator[None]:
        """A 429 says nothing of how long: the window is 10 s, for everybody with this token."""
        try:
            yield
        except Retry as error:
            after = _WINDOW if error.after is None else error.after
            self._budget.pause(min(after, _LONGEST))
            raise Retry(str(error), after) from error

    def _heed(self, response: Response) -> None:
        """Wait for the next window when an answer says that this one is nearly used up."""
        for limit in _LIMITS:
            prefix = f"x-rate-limit-{limit}-"
            left = _number(response.headers.get(prefix + "remaining"))
            interval = _number(response.headers.get(prefix + "interval-ms"))
            if left is not None and interval is not None and left < _MARGIN:
                self._budget.pause(min(interval / 1000, _LONGEST))


def _number(header: str | None) -> int | None:
    return int(header) if header and re.fullmatch(r"[0-9]{1,15}", header) else None


def _missing(path: str, response: Response) -> Gone | Unreachable:
    """Tell Trello's own 404 from that of whatever else may answer at an address."""
    said = response.content[:300].decode("utf-8", "replace").lower()
    if "not found" in said and "<" not in said:
        return Gone(f"Trello: nothing at {path}")
    return Unreachable(f"{path}: a 404 that is not Trello's own; is the url right?")
