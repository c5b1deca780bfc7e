"""The Action API of one wiki: signing in, tokens, and what its errors mean.

Errors arrive with status 200 (API:Errors and warnings). `assert=user` goes with every
request: without it, a session that was lost would read and write as anonymous.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from threading import RLock

from connectors.http import Http, Response
from connectors.http.faults import retry_after
from sync.errors import Gone, JumelageError, Refused, Retry, Stale, Unauthorized, Unreachable
from sync.model import Plain

Answer = Mapping[str, Plain]

WAIT = frozenset({"maxlag", "readonly", "ratelimited", "actionthrottledtext"})
"""The wiki did nothing, and will later."""
STALE = frozenset({"editconflict", "articleexists"})
MISSING = frozenset({"missingtitle", "nosuchpageid", "pagedeleted", "nosuchrevid", "cantdelete"})
SIGNED_OUT = frozenset({"assertuserfailed", "assertbotfailed", "assertnameduserfailed"})
LATER = 5.0
"""Seconds to wait where the wiki does not say."""


class Expired(Exception):
    """The token is no longer good."""


class Api:
    """One account's session."""

    def __init__(self, http: Http, url: str, user: str, password: str, maxlag: int) -> None:
        self.http, self.url = http, url
        self.user, self._password = user, password
        self.maxlag = maxlag
        self._token: str | None = None
        self._entering = RLock()
        """Held while signing in and while asking for a token: one session for all threads."""
        self._entered = 0
        self._signed_in = False
        self.many = 50
        """Pages in one request; 500 with the right `apihighlimits`."""

    @property
    def account(self) -> str:
        """The account's name, as revisions show it."""
        name = self.user.split("@", maxsplit=1)[0].replace("_", " ")
        return name[:1].upper() + name[1:]

    def read(self, **params: str | int) -> Answer:
        """Ask for something; repeating does no harm."""
        return self._signed({"action": "query", **params}, safe=True)

    def pages(self, **params: str | int) -> Iterator[Answer]:
        """Ask, and go on for as long as the wiki says that there is more."""
        more: dict[str, str | int] = {}
        while True:
            answer = self.read(**params, **more)
            yield answer
            following = answer.get("continue")
            if not isinstance(following, dict):
                return
            more = {k: v for k, v in following.items() if isinstance(v, str | int)}

    def write(self, action: str, **params: str | int) -> Answer:
        """Change something; an expired token is renewed once, since then nothing was done."""
        for _attempt in range(2):
            asked = self._with_token(action, params)
            try:
                return self._signed(asked, safe=False)
            except Expired:
                self._forget_token(str(asked["token"]))
        raise Retry(f"the wiki takes no token for {action}")

    def sign_in(self) -> None:
        """Log in, unless we are. Raises `Unauthorized`."""
        with self._entering:
            if not self._signed_in:
                self._enter()

    def _enter(self) -> None:
        self.http.forget_cookies()  # within a session of a bot password no login is let in
        token = _at(self._send({"action": "query", "meta": "tokens", "type": "login"}), "tokens")
        answer = self._send(
            {
                "action": "login",
                "lgname": self.user,
                "lgpassword": self._password,
                "lgtoken": str(token.get("logintoken")),
            }
        )
        login = answer.get("login")
        result = login.get("result") if isinstance(login, dict) else None
        if not isinstance(result, str):
            raise Unreachable(f"the wiki did not say whether it lets {self.user} in")
        if result == "Throttled":
            raise Retry(f"the wiki lets {self.user} in later", 300)
        if result != "Success":
            raise Unauthorized(f"the wiki refuses the bot password of {self.user} ({result})")
        self._signed_in = True
        self._entered += 1

    def _with_token(self, action: str, params: Mapping[str, str | int]) -> dict[str, str | int]:
        with self._entering:  # asked for twice at once, the first token would not be good
            if self._token is None:
                answer = self.read(meta="tokens|userinfo", type="csrf", uiprop="rights")
                token = _at(answer, "tokens").get("csrftoken")
                if not isinstance(token, str):
                    raise Unreachable("the wiki answered without a token")
                self._token = token
            return {"action": action, **params, "token": self._token}

    def _forget_token(self, token: str) -> None:
        """Ask for another one, unless somebody has by now."""
        with self._entering:
            if self._token == token:
                self._token = None

    def _signed(self, params: Mapping[str, str | int], *, safe: bool) -> Answer:
        self.sign_in()
        entered = self._entered
        asked = {**params, "assert": "user", "maxlag": self.maxlag}
        try:
            return self._send(asked, safe=safe)
        except Unauthorized:
            # The session ended; nothing was done. A refused password raises of itself.
            with self._entering:
                if self._entered == entered:
                    self._signed_in, self._token = False, None
                self.sign_in()
        if "token" in asked:
            asked = {**asked, **self._with_token(str(params["action"]), {})}
        return self._send(asked, safe=safe)

    def _send(self, params: Mapping[str, str | int], *, safe: bool = True) -> Answer:
        data = {k: str(v) for k, v in params.items()}
        data |= {
            "format": "json",
            "formatversion": "2",
            "curtimestamp": "1",
            "errorformat": "plaintext",
        }
        try:
            response = self.http.request("POST", self.url, data=data, safe=safe, expect_json=True)
        except (Gone, Refused) as error:
            # Said by a web server: the API itself answers with 200 and says it of a page.
            raise Unreachable(str(error)) from error
        answer = response.json()
        if not isinstance(answer, dict):
            raise response.lost("the wiki answered without an object")
        errors = answer.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            raise _named(errors[0], response)
        # It was asked for, so whatever answers without it is not the API.
        if errors is not None or not isinstance(answer.get("curtimestamp"), str):
            raise response.lost("answered with other JSON than the API's")
        return answer


def _named(error: Mapping[str, Plain], response: Response) -> JumelageError | Expired:
    """What an error of the API means to the engine (API:Errors and warnings)."""
    code, text = str(error.get("code")), str(error.get("text"))
    said = f"{text} ({code})"
    if code == "badtoken":
        return Expired(said)
    if code in WAIT:
        after = retry_after(response.headers.get("Retry-After"))
        return Retry(said, LATER if after is None else after)
    kinds: dict[frozenset[str], type[JumelageError]] = {
        STALE: Stale,
        MISSING: Gone,
        SIGNED_OUT: Unauthorized,
    }
    for codes, kind in kinds.items():
        if code in codes:
            return kind(said)
    if code.startswith("internal_api_error"):
        return response.lost(said)
    return Refused(said)


def _at(answer: Answer, name: str) -> Answer:
    query = answer.get("query")
    found = query.get(name) if isinstance(query, dict) else None
    if not isinstance(found, dict):
        raise Unreachable(f"the wiki answered without {name}")
    return found


def listed(answer: Answer, name: str) -> list[Answer]:
    """One list of an answer; [] if it is not there, which is how the API says nothing.

    Raises `Unreachable` if it is anything else: a row that cannot be read is not absent.
    """
    query = answer.get("query", {})
    found = query.get(name, []) if isinstance(query, dict) else None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Unreachable(f"the wiki answered with something other than a list of {name}")
    return [row for row in found if isinstance(row, dict)]


def page_of(row: Answer) -> int:
    """The id of the page that a row tells of. Raises `Unreachable` if it names none."""
    found = number(row, "pageid")
    if found < 1:
        raise Unreachable("the wiki answered with a page without its id")
    return found


def number(row: Answer, name: str) -> int:
    """A number of a row; 0 if it is not there."""
    value = row.get(name)
    return value if isinstance(value, int) else 0


def moment(text: Plain) -> datetime:
    """A timestamp of the API (ISO 8601, UTC). Raises `Unreachable` for what is none."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreachable(f"the wiki answered with {text!r:.40} for a moment") from None


def stamp(at: datetime) -> str:
    """A timestamp for the API."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
