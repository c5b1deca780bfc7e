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

from connectors.http import Http, Quota, Response, Window
from connectors.trello.form import Form
from sync.connector import SystemSettings
from sync.errors import Gone, Malformed, Refused, Retry, Unreachable
from sync.model import Plain

CLIENT: Final = "jumelage"
"""What we call ourselves to Trello; it comes back on webhooks of our own writes."""
_NOT_FOUND: Final = 404
_WINDOW: Final = 10.0
"""Seconds in which Trello counts requests."""
_PER_TOKEN, _PER_KEY, _PER_MEMBER = 100, 300, 200
"""Requests in a window, until an answer says otherwise."""
_RARE: Final = re.compile(r"(members/[^/]+|membersSearch|search)(/?\?.*)?\Z")
"""What is rationed more strictly; what is nested in a member is not."""
_RARE_CALLS, _RARE_WINDOW = 100, 900.0
_LONGEST: Final = 900.0
"""Seconds: the longest window that Trello has; nobody is held up for longer."""
_PATIENCE: Final = 30.0
"""Seconds that a call waits for its turn; who would wait longer is told to come back."""


class TrelloSettings(SystemSettings):
    """An account on Trello."""

    url: str = "https://api.trello.com/1"
    key: SecretStr
    """The API key of a Power-Up (32 hexadecimal digits)."""
    token: SecretStr
    """What a member granted to that key, with the scopes read and write."""
    secret: SecretStr | None = None
    """The secret of the Power-Up, with which Trello signs webhooks; without it there are none."""


class Api:
    """One member's access to Trello."""

    def __init__(self, settings: TrelloSettings, system: str) -> None:
        key, token = settings.key.get_secret_value(), settings.token.get_secret_value()
        self._me: str | None = None
        self._token = settings.token
        self._quota = _quota(settings.url, key, token)
        self._rare = Quota(
            {"rare": _window(settings.url, token, "rare", _RARE_CALLS, _RARE_WINDOW)}
        )
        self._http = Http(
            settings.url,
            system=system,
            headers={
                "Authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"',
                "X-Trello-Client-Identifier": CLIENT,
            },
            secrets=[
                one for one in (settings.key, settings.token, settings.secret) if one is not None
            ],
            budget=self._quota,
        )

    def get(self, path: str, **params: str | int) -> Plain:
        """Read. Raises `Gone` only if Trello itself says that this is not there."""
        self._spare(path)
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

    def of_token(self, path: str, **params: str | int) -> Plain:
        """Read what is known of the token itself: there alone it must stand in an address."""
        return self.seen(f"tokens/{self._token.get_secret_value()}{path}", **params)

    def post(self, path: str, body: Mapping[str, Plain]) -> Plain:
        """Make something. Never sent twice."""
        return self._write("POST", path, body)

    def put(self, path: str, body: Mapping[str, Plain]) -> Plain:
        """Change something."""
        return self._write("PUT", path, body)

    def upload(self, path: str, form: Form) -> Plain:
        """Send a file. Never sent twice."""
        with self._rationed():
            response = self._http.request(
                "POST",
                path,
                data=form,
                headers={"Content-Type": form.content_type},
                expect_json=True,
            )
        self._heed(response)
        return response.json()

    def download(self, path: str) -> Response:
        """Fetch a file from where Trello sends us for it; our credentials stay with Trello.

        Raises `Malformed` where the card tells of a file and nobody has it.
        """
        try:
            with self._rationed():
                return self._http.request("GET", path, stream=True, elsewhere=True)
        except (Gone, Refused) as error:
            raise Malformed(f"the file cannot be fetched: {error}") from error

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
            self._quota.pause(min(after, _LONGEST))
            raise Retry(str(error), after) from error

    def _spare(self, path: str) -> None:
        """Raises `Retry` where too many of the requests that are rationed strictly were sent."""
        wait = self._rare.takes_within(_PATIENCE) if _RARE.match(path) else None
        if wait is not None:
            raise Retry(f"Trello: no more requests to {path} for now", wait)

    def _heed(self, response: Response) -> None:
        """Take in what every answer says is left of each allowance."""
        for limit in _LIMITS:
            most = _number(response.headers.get(f"x-rate-limit-{limit}-max"))
            left = _number(response.headers.get(f"x-rate-limit-{limit}-remaining"))
            if most is not None and left is not None:
                self._quota.learn(limit, most, left)


_LIMITS: Final = {"api-token": _PER_TOKEN, "api-key": _PER_KEY, "member": _PER_MEMBER}
"""What Trello counts by, the account's own first, with the requests in a window."""


def _quota(url: str, key: str, token: str) -> Quota:
    """What requests with this key and token count against, whoever in this process sends them."""
    return Quota(
        {
            limit: _window(url, key if limit == "api-key" else token, limit, most, _WINDOW)
            for limit, most in _LIMITS.items()
        }
    )


def _window(url: str, secret: str, limit: str, calls: int, seconds: float) -> Window:
    account = hashlib.sha256(f"{url} {secret}".encode()).hexdigest()
    return Window.shared(("trello", limit, account), calls, seconds)


def _number(header: str | None) -> int | None:
    return int(header) if header and re.fullmatch(r"[0-9]{1,15}", header) else None


def _missing(path: str, response: Response) -> Gone | Unreachable:
    """Tell Trello's own 404 from that of whatever else may answer at an address."""
    said = response.content[:300].decode("utf-8", "replace").lower()
    if "not found" in said and "<" not in said:
        return Gone(f"Trello: nothing at {path}")
    return Unreachable(f"{path}: a 404 that is not Trello's own; is the url right?")
