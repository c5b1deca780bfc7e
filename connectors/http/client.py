"""Sending requests: one session, its retries, its redirects, and what is read of an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO, cast

import requests
from pydantic import SecretStr
from requests.auth import AuthBase, HTTPBasicAuth
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential_jitter

from connectors.http import addresses, faults, timed
from connectors.http.answer import CHUNK, Response, is_page
from connectors.http.budget import Budget
from connectors.http.quota import Quota
from sync.errors import Ambiguous, JumelageError, Unreachable
from sync.model import Plain
from sync.spellings import spellings

MIB = 1024 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"})
"""Methods that change nothing (RFC 9110 section 9.2.1, RFC 4918, RFC 3253, RFC 5323)."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SAME_METHOD = frozenset({307, 308})
ATTEMPTS = 4
PATIENCE = 60.0
"""Seconds that one request may spend waiting between attempts, all together."""
HOPS = 5
WORKERS = 8
REASON_CAP = 64 * 1024
AGENT = "jumelage"

Params = Mapping[str, str | int | float | None]
Body = bytes | str | Mapping[str, str] | BinaryIO | Iterable[bytes]
Parts = Mapping[str, tuple[str | None, bytes | str | BinaryIO, str]]
"""Multipart: field -> file name, content, media type."""


@dataclass(frozen=True)
class _Ask:
    """One request as it was asked for."""

    call: faults.Call
    url: str
    params: Params | None
    json: Plain
    data: Body | None
    files: Parts | None
    headers: Mapping[str, str]
    accept: Container[int]
    stream: bool
    elsewhere: bool
    max_body: int
    timeout: tuple[float, float]
    start: int | None
    """Where the body began, if it is a file that can be rewound."""

    def rewind(self) -> bool:
        """Bring the body back to its start; False: it cannot be sent a second time."""
        if self.start is not None:
            self.data.seek(self.start)  # type: ignore[union-attr]
            return True
        parts = [content for _, content, _ in (self.files or {}).values()]
        return all(b is None or isinstance(b, bytes | str | Mapping) for b in (self.data, *parts))


class Http:
    """One account on one server, over kept connections; safe to share between threads.

    `base_url` is a folder: relative paths are joined below it, a path with a leading
    slash counts from the server's root. Paths are given percent-encoded. `auth` is
    (user, password), `headers` go with every request; both are credentials and never
    leave the server's own origin. `secrets` are further strings that no message may
    hold. No environment variable (proxies, netrc, CA bundles) has a say.
    """

    def __init__(
        self,
        base_url: str,
        *,
        system: str,
        auth: tuple[str, str | SecretStr] | AuthBase | None = None,
        headers: Mapping[str, str] | None = None,
        secrets: Iterable[str | SecretStr] = (),
        budget: Budget | Quota | None = None,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] = (10, 60),
        max_body: int = 64 * MIB,
    ) -> None:
        self.system = system
        self.base = addresses.base(base_url, system)
        self._sleep, self._timeout, self._max_body = sleep, timeout, max_body
        self._budget = budget
        self._session = timed.session(WORKERS, AGENT)
        self._bare = timed.session(1, AGENT)
        self._session.headers.update(headers or {})
        known = [_plain(secret) for secret in secrets] + _credentials(headers or {})
        if isinstance(auth, tuple):
            user, password = auth[0], _plain(auth[1])
            known.append(password)
            # Bytes, since requests would send text as Latin-1 (RFC 7617 section 2.1).
            auth = HTTPBasicAuth(user.encode(), password.encode())
        self._session.auth = auth
        forms = {form for secret in known if secret for form in spellings(secret)}
        self._secrets = tuple(sorted(forms, key=len, reverse=True))

    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        params: Params | None = None,
        json: Plain = None,
        data: Body | None = None,
        files: Parts | None = None,
        headers: Mapping[str, str] | None = None,
        safe: bool | None = None,
        stream: bool = False,
        expect_json: bool = False,
        expect_xml: bool = False,
        accept: Container[int] = (),
        elsewhere: bool = False,
        max_body: int | None = None,
        timeout: tuple[float, float] | None = None,
    ) -> Response:
        """Send a request and return its answer; each failure is raised by its name.

        `safe` says that repeating it does no harm (by default: what its method says).
        `accept` names statuses that the caller reads for itself beside 2xx and 304.
        `expect_json` and `expect_xml` refuse a web page in place of data. `elsewhere`
        lets a safe request follow a redirect to, or start at, another host, where no
        credential goes, and nothing goes on in clear after TLS. `stream` leaves the body
        to `Response.chunks`, without cap.

        Raises `Unreachable`, `Unauthorized` (401), `Refused`, `Gone` (404, 410), `Stale`
        (409, 412), `Retry` (423, 429, 507), and `Ambiguous` for a write without a clear
        answer: no answer, an unusable one, a redirect, or any 5xx.
        """
        url = self.url(path_or_url)
        repeatable = method in SAFE if safe is None else safe
        ask = _Ask(
            call=faults.Call(self.system, method, addresses.shown(url), repeatable, self._secrets),
            url=url,
            params=params,
            json=json,
            data=data,
            files=files,
            headers=headers or {},
            accept=accept,
            stream=stream,
            elsewhere=elsewhere and repeatable,
            max_body=max_body or self._max_body,
            timeout=timeout or self._timeout,
            start=_position(data),
        )
        response = self._retried(ask)
        if response.status < requests.codes.multiple_choices:
            _check(ask.call, response, json=expect_json, xml=expect_xml)
        return response

    def url(self, path_or_url: str) -> str:
        """The full address of a path below the base, from the root, or of an address."""
        if path_or_url.startswith(("http://", "https://")):
            return path_or_url
        if path_or_url.startswith("/"):
            return addresses.root(self.base) + path_or_url
        return self.base + path_or_url

    def forget_cookies(self) -> None:
        """Be a stranger to the server again: whatever session it gave is over for us."""
        self._session.cookies.clear()

    def close(self) -> None:
        """Close every connection. Safe to call twice."""
        self._session.close()
        self._bare.close()

    def _retried(self, ask: _Ask) -> Response:
        backoff = wait_exponential_jitter(multiplier=0.5, max=10, jitter=0.5)

        def wait(state: RetryCallState) -> float:
            after = _again(state).after
            return backoff(state) if after is None else after

        def stop(state: RetryCallState) -> bool:
            return (
                state.attempt_number >= ATTEMPTS
                or state.idle_for + state.upcoming_sleep > PATIENCE
                or not ask.rewind()
            )

        retrying = Retrying(
            sleep=self._sleep,
            wait=wait,
            stop=stop,
            retry=retry_if_exception_type(faults.Again),
            reraise=True,
        )
        try:
            return retrying(self._attempt, ask)
        except faults.Again as again:
            raise again.final from again.__cause__

    def _attempt(self, ask: _Ask) -> Response:
        try:
            answer = self._follow(ask)
        except requests.RequestException as error:
            # The exception of the library holds the query, so it is not chained.
            raise faults.of_exception(ask.call, error) from None
        return self._settled(ask, answer)

    def _follow(self, ask: _Ask) -> requests.Response:
        url, params = ask.url, ask.params
        for _hop in range(HOPS):
            answer = self._send(ask, url, params)
            if answer.status_code not in REDIRECTS or answer.status_code in ask.accept:
                return answer
            answer.close()
            url, params = self._next(ask, url, answer), None
        raise ask.call.lost("redirected in circles")

    def _next(self, ask: _Ask, url: str, answer: requests.Response) -> str:
        """Where a redirect leads, if the request may be sent on."""
        location = answer.headers.get("Location")
        if location is None:
            raise ask.call.lost(f"HTTP {answer.status_code} without a Location")
        where = addresses.joined(url, location)
        if where is None:
            raise ask.call.lost("redirected to what is no address")
        if not ask.call.safe and answer.status_code not in SAME_METHOD:
            raise Ambiguous(ask.call.says(f"redirected to {addresses.shown(where)}"))
        if not ask.rewind():
            raise ask.call.lost("redirected a body that can be sent only once")
        return where

    def _send(self, ask: _Ask, url: str, params: Params | None) -> requests.Response:
        session = self._session
        if not addresses.ours(self.base, url):
            if not ask.elsewhere or addresses.in_clear(self.base, url):
                raise Unreachable(
                    ask.call.says(f"redirected to another host, {addresses.shown(url)}")
                )
            session = self._bare
        if self._budget is not None:
            self._budget.take()
        encoding = "identity" if ask.stream else "gzip, deflate"
        request = requests.Request(
            ask.call.method,
            url,
            params=dict(params) if params else None,
            json=ask.json,
            data=ask.data,
            files=dict(ask.files) if ask.files else None,
            headers={"Accept-Encoding": encoding, **ask.headers},
        )
        prepared = session.prepare_request(request)
        return session.send(prepared, stream=True, allow_redirects=False, timeout=ask.timeout)

    def _settled(self, ask: _Ask, answer: requests.Response) -> Response:
        status = answer.status_code
        if status < requests.codes.ok:
            # The real answer may follow: this connection must not be used again.
            answer.close()
            raise ask.call.lost(f"HTTP {status}, which is no last word")
        good = status < requests.codes.multiple_choices or status in ask.accept
        if good and ask.stream:
            _unpacked(ask.call, answer)
            source = _chunks(ask.call, answer)
            return _response(ask.call, answer, source=source)
        with closing(answer):
            if good or status == requests.codes.not_modified:
                return _response(ask.call, answer, content=_body(ask, answer))
            after = faults.retry_after(answer.headers.get("Retry-After"))
            failure = faults.of_status(ask.call, status, _words(answer), after)
        if isinstance(failure, faults.Again) and status == faults.TOO_MANY and self._budget:
            self._budget.refused(after)
        raise failure or ask.call.lost(f"HTTP {status}")


def _plain(secret: str | SecretStr) -> str:
    return secret.get_secret_value() if isinstance(secret, SecretStr) else secret


def _credentials(headers: Mapping[str, str]) -> list[str]:
    """Strings of headers that authenticate: the whole value, and its parts."""
    found: list[str] = []
    for name, value in headers.items():
        if any(word in name.lower() for word in ("auth", "token", "key", "cookie", "secret")):
            pieces = value.replace('"', " ").replace("=", " ").replace(",", " ").split()
            found += [value, *(piece for piece in pieces if len(piece) >= WORKERS)]
    return found


def _again(state: RetryCallState) -> faults.Again:
    return cast("faults.Again", state.outcome.exception() if state.outcome else None)


def _position(data: Body | None) -> int | None:
    seekable = getattr(data, "seekable", None)
    return data.tell() if seekable and seekable() else None  # type: ignore[union-attr]


def _unpacked(call: faults.Call, answer: requests.Response) -> None:
    """A stream was asked for as it is: packed, it could unpack to any size."""
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        answer.close()
        raise call.lost(f"answered packed ({packed:.20}), which was not asked for")


def _chunks(call: faults.Call, answer: requests.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_content(CHUNK)
    except requests.RequestException:
        raise Unreachable(call.says("the answer broke off")) from None
    finally:
        answer.close()


def _body(ask: _Ask, answer: requests.Response) -> bytes:
    deadline = time.monotonic() + timed.DEADLINE
    body = bytearray()
    try:
        for chunk in answer.iter_content(CHUNK):
            body += chunk
            if len(body) > ask.max_body:
                raise ask.call.lost(f"answered with more than {ask.max_body} bytes")
            if time.monotonic() > deadline:
                raise ask.call.lost("the answer dripped in too slowly")
    except requests.RequestException as error:
        failure: JumelageError | faults.Again = ask.call.lost("the answer broke off")
        if ask.call.safe and not isinstance(error, requests.exceptions.ContentDecodingError):
            failure = faults.Again(failure)  # type: ignore[arg-type]
        raise failure from None
    return bytes(body)


def _words(answer: requests.Response) -> bytes:
    """The start of the body of a failure; losing it must not hide the failure."""
    try:
        return next(answer.iter_content(REASON_CAP), b"")
    except requests.RequestException:
        return b""


def _response(
    call: faults.Call,
    answer: requests.Response,
    *,
    content: bytes = b"",
    source: Iterator[bytes] | None = None,
) -> Response:
    return Response(
        status=answer.status_code,
        headers=answer.headers,
        url=addresses.shown(answer.url),
        content=content,
        lost=call.lost,
        source=source or iter(()),
        release=answer.close,
    )


def _check(call: faults.Call, response: Response, *, json: bool, xml: bool) -> None:
    if (json or xml) and is_page(response.content):
        raise call.lost("answered with a web page where data was expected (a login page?)")
    if json:
        response.json()
