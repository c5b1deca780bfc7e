"""What a failed request means, named by what the engine does next."""

from __future__ import annotations

import email.utils
import json
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime

import requests
import urllib3.exceptions as low

from sync.errors import (
    Ambiguous,
    ConfigError,
    Gone,
    JumelageError,
    Refused,
    Retry,
    Stale,
    Unauthorized,
    Unreachable,
)

NOT_SENT = (low.NewConnectionError, low.ConnectTimeoutError, low.NameResolutionError)
TOO_MANY, LOCKED, FULL, NOT_IMPLEMENTED, SERVER = 429, 423, 507, 501, 500
REASON_KEYS = ("message", "error", "detail", "errors")
REASON_LENGTH = 200
LONGEST = 24 * 3600.0
"""Seconds: nobody is obeyed who asks to wait for longer."""


class Again(Exception):
    """Repeating does no harm: after `after` seconds, or by the usual backoff if None."""

    def __init__(self, final: JumelageError, after: float | None = None) -> None:
        super().__init__(str(final))
        self.final = final
        self.after = after


@dataclass(frozen=True)
class Call:
    """One request as it may be spoken of: no query, no body, no header."""

    system: str
    method: str
    where: str
    """Scheme, host and path."""
    safe: bool
    secrets: tuple[str, ...] = ()

    def says(self, what: str) -> str:
        """A message about this request, with every known secret struck out."""
        said = f"{self.system}: {self.method} {self.where}: {what}"
        for secret in self.secrets:
            said = said.replace(secret, "***")
        return said

    def lost(self, what: str) -> JumelageError:
        """The error for an answer that cannot be used: a write may have happened."""
        return (Unreachable if self.safe else Ambiguous)(self.says(what))


def of_exception(call: Call, error: requests.RequestException) -> JumelageError | Again:
    """Name what a failed exchange means."""
    chain = _chain(error)
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        return Unreachable(call.says("the server's certificate is not valid"))
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return ConfigError(call.says("this is no address that can be asked"))
    if any(isinstance(link, NOT_SENT) for link in chain):
        return Again(Unreachable(call.says("no connection (nothing was sent)")))
    what = "no answer in time" if isinstance(error, requests.Timeout) else "the exchange broke off"
    final = call.lost(what)
    return Again(final) if call.safe else final


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    queue: list[object] = [error]
    while queue:
        link = queue.pop()
        if isinstance(link, BaseException) and link not in found:
            found.append(link)
            queue += [link.__cause__, link.__context__, getattr(link, "reason", None), *link.args]
    return found


def of_status(
    call: Call, status: int, body: bytes, after: float | None
) -> JumelageError | Again | None:
    """Name what a status means; None: it is no failure."""
    if status < requests.codes.multiple_choices or status == requests.codes.not_modified:
        return None
    said = call.says(f"HTTP {status}{_reason(body)}")
    if status in NAMED:
        return NAMED[status](said)
    if status in (TOO_MANY, LOCKED, 425):  # refused before it had any effect
        return Again(Retry(said, after), after)
    if status == FULL:  # RFC 4918 section 11.5: nothing was stored, and it may pass
        return Retry(said, after)
    if status >= SERVER or status == requests.codes.request_timeout:
        return Again(Unreachable(said), after) if call.safe else Ambiguous(said)
    return Refused(said)


NAMED: dict[int, type[JumelageError]] = {
    401: Unauthorized,
    404: Gone,
    407: Unreachable,
    409: Stale,
    410: Gone,
    412: Stale,
    NOT_IMPLEMENTED: Refused,
}


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 section 10.2.3); None: none.

    A moment in the past is 0, one beyond `LONGEST` is that; what cannot be read is None.
    """
    if value is None:
        return None
    if re.fullmatch(r"[0-9]+", value.strip()):
        return min(LONGEST, float(value.strip()[:400]))
    moment = moment_of(value)
    if moment is None:
        return None
    return min(LONGEST, max(0.0, (moment - (now or datetime.now(UTC))).total_seconds()))


def moment_of(value: str) -> datetime | None:
    """The moment that a header says (RFC 9110 section 5.6.7); None if it cannot be read."""
    try:
        moment = email.utils.parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _reason(body: bytes) -> str:
    """The server's own short words for what went wrong, on one line, or nothing."""
    text = body[:4096].decode("utf-8", "replace").strip()
    if text.startswith("{"):
        text = _json_reason(text)
    elif text.startswith("<"):
        found = re.search(r"<(?:\w+:)?message>([^<]{1,400})</", text)
        text = found.group(1) if found else ""
    text = re.sub(r"[\s\x00-\x1f\x7f]+", " ", text)[:REASON_LENGTH].strip()
    return f" ({text})" if text else ""


def _json_reason(text: str) -> str:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    found = next((data[key] for key in REASON_KEYS if isinstance(data.get(key), str)), "")
    return str(found)
