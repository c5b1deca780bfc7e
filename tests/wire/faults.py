"""The table: what a server may answer, and the names that this may end in.

`read` names what a read ends in, `write` what the very request ends in that would have
changed something. "same" is no error: the answer is what it is without the fault.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from tests.wire.line import Act, Close, Reset, Told, Wait, answer

LOGIN = b"<!DOCTYPE html><html><body><form><input type=password></form></body></html>"
HTML = (("Content-Type", "text/html; charset=utf-8"),)
DRIP = 0.03
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Fault:
    """One row."""

    name: str
    acts: Callable[[Told], Iterable[Act]]
    read: frozenset[str]
    write: frozenset[str]
    effect: bool = True
    """What was asked is done all the same."""
    slow: bool = False
    """It takes its time, so it is tried where it matters."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def row(name: str, read: str, write: str, acts: Callable[[Told], Iterable[Act]], **more) -> Fault:
    return Fault(name, acts, _names(read), _names(write), **more)


def status(code: int, *, body: bytes = b"no", **headers: str):
    told = answer(code, body, [(n.replace("_", "-"), v) for n, v in headers.items()])
    return lambda _: [told]


def body(change: Callable[[bytes], bytes], *more: tuple[str, str]):
    """The true status and headers, with another body."""
    return lambda told: [answer(told.status, change(told.body), [*_kept(told, more), *more])]


def says(content: bytes, *more: tuple[str, str]):
    return body(lambda _: content, *more)


def headers(*more: tuple[str, str], without: Iterable[str] = ()):
    """The true answer with other headers."""
    return lambda told: [answer(told.status, told.body, [*_kept(told, more, without), *more])]


def _kept(told: Told, more=(), without=()) -> list[tuple[str, str]]:
    gone = {name.lower() for name, _ in more} | {name.lower() for name in without}
    return [(name, value) for name, value in told.headers if name.lower() not in gone]


def _length(value: str):
    """The true answer under a Content-Length that lies."""

    def acts(told: Told) -> list[Act]:
        raw = told.raw()
        true = f"Content-Length: {len(told.body)}".encode()
        return [raw.replace(true, f"Content-Length: {value}".encode()), Close()]

    return acts


def _chunked(chunks: bytes):
    def acts(told: Told) -> list[Act]:
        head, _, _ = told.raw().partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
        lines.append(b"Transfer-Encoding: chunked")
        return [b"\r\n".join(lines) + b"\r\n\r\n" + chunks, Close()]

    return acts


def _drip(part: Callable[[Told], tuple[bytes, bytes]]):
    def acts(told: Told) -> Iterable[Act]:
        at_once, slowly = part(told)
        yield at_once
        for at in range(len(slowly)):
            yield slowly[at : at + 1]
            yield Wait(DRIP)

    return acts


def _body_apart(told: Told) -> tuple[bytes, bytes]:
    head, end, _ = told.raw().partition(b"\r\n\r\n")
    padded = told.body + b" " * 4000
    true = f"Content-Length: {len(told.body)}".encode()
    head = head.replace(true, f"Content-Length: {len(padded)}".encode())
    return head + end, padded


@cache
def _bomb() -> bytes:
    return gzip.compress(b" " * 30_000_000)


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY %c "%s">' % (99 + n, b"&%c;" % (98 + n) * 10) for n in range(9))
    + b"]><a>&k;</a>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "%s">]><a>&b;</a>'

LOST = ("Unreachable Malformed", "Ambiguous")
"""An answer that is none: unknown for a read, looked up for a write."""
DOWN = ("Unreachable", "Ambiguous")
UNCLEAR = ("same Unreachable Malformed", "same Ambiguous")
WRONG = ("same Unreachable Malformed ConfigError Missing", "same Ambiguous")
"""`ConfigError`, `Missing`: an empty list is a true answer where there is nothing."""

TABLE = [
    # -- refusals ------------------------------------------------------------------------
    row("401", "Unauthorized", "Unauthorized", status(401), effect=False),
    row("403", "Refused Unreachable Malformed ConfigError", "Refused Unreachable", status(403), effect=False),
    row("501", "Refused Unreachable Malformed ConfigError", "Refused Unreachable", status(501), effect=False),
    *(
        row(f"429 {name}", "Retry", "Retry", status(429, Retry_After=value), effect=False)
        for name, value in {
            "for 7 seconds": "7",
            "until a date": "Wed, 21 Oct 2015 07:28:00 GMT",
            "until a date that is none": "Wed, 99 Foo 2015 07:28:00 GMT",
            "until the year 9999": "Fri, 31 Dec 9999 23:59:59 GMT",
            "for less than nothing": "-5",
            "for a year": str(YEAR),
            "for 10^30 seconds": str(10**30),
            "for a text": "soon",
            "for a digit that is none": "²",
        }.items()
    ),
    row("429 without a word", "Retry", "Retry", status(429), effect=False),
    # -- failures ------------------------------------------------------------------------
    *(row(str(code), *DOWN, status(code)) for code in (500, 502, 503, 504, 408, 599)),
    row("500 without effect", *DOWN, status(500), effect=False),
    row("503 for a year", *DOWN, status(503, Retry_After=str(YEAR))),
    row("a status that is none", *DOWN, lambda _: [b"HTTP/1.1 abc\r\n\r\n", Close()]),
    row("no HTTP", *DOWN, lambda _: [b"SSH-2.0-OpenSSH_9.2\r\n" * 40, Close()]),
    row("only a provisional answer", *DOWN, lambda _: [b"HTTP/1.1 103 Early Hints\r\n\r\n", Close()]),
    row("an endless provisional answer", *DOWN, lambda _: [b"HTTP/1.1 100 Continue\r\n\r\n" * 500, Close()]),
    row("a provisional answer first", "same Unreachable", "same Ambiguous", lambda told: [b"HTTP/1.1 102 Processing\r\n\r\n", told.raw()]),
    # -- the connection ------------------------------------------------------------------
    row("reset before the effect", *DOWN, lambda _: [Reset()], effect=False),
    row("reset after the effect", *DOWN, lambda _: [Reset()]),
    row("closed after the effect", *DOWN, lambda _: [Close()]),
    row("closed within the headers", *DOWN, lambda told: [told.raw()[:20], Close()]),
    row("closed within the body", *LOST, _length("999999")),
    row("silence", *DOWN, lambda _: [Wait(0.4), Close()], slow=True),
    row("headers that drip", *DOWN, _drip(lambda _: (b"", b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 9999)), slow=True),
    row("a body that drips", *LOST, _drip(_body_apart), slow=True),
    # -- bodies --------------------------------------------------------------------------
    row("half of the body", *UNCLEAR, body(_half)),
    row("an empty 200", *UNCLEAR, lambda _: [answer(200)]),
    row("a login page", *UNCLEAR, lambda _: [answer(200, LOGIN, HTML)]),
    row("a login page as data", *UNCLEAR, says(b"\xef\xbb\xbf\n<HTML><title>Log in", ("Content-Type", "application/json"))),
    *(
        row(f"{name} instead", *WRONG, says(content))
        for name, content in {
            "null": b"null",
            "a list": b"[]",
            "a list of lists": b"[[1], null, 3]",
            "an object": b"{}",
            "an object of others": b'{"error": {"code": []}, "result": {}, "query": 5, "errors": [7]}',
            "a text": b'"text"',
            "a number": b"7",
            "NaN": b'{"a": NaN}',
            "other XML": b"<other/>",
            "XML of wrong parts": b'<multistatus xmlns="DAV:"><response/><response><href> </href></response></multistatus>',
            "a response without its value": b"<methodResponse><params/></methodResponse>",
            "a fault of a wrong type": b"<methodResponse><fault><value><int>7</int></value></fault></methodResponse>",
            "a number of 5,000 digits": b"<methodResponse><params><param><value><int>" + b"9" * 5000 + b"</int></value></param></params></methodResponse>",
            "an entity bomb": ENTITIES,
        }.items()
    ),
    row("JSON of 100,000 levels", *LOST, says(b"[" * 100_000 + b"]" * 100_000)),
    row("XML of 100,000 levels", *LOST, says(b"<a>" * 100_000 + b"</a>" * 100_000)),
    row("a gzip bomb", *LOST, lambda told: [answer(told.status, _bomb(), [*_kept(told), ("Content-Encoding", "gzip")])]),
    row("gzip that is none", *LOST, headers(("Content-Encoding", "gzip"))),
    row("more than the cap", *LOST, body(lambda content: content + b" " * 3_000_000)),
    row("bytes that are no UTF-8", *UNCLEAR, body(lambda content: b"\xff\xfe\xe9" + content)),
    row("a wrong charset", *UNCLEAR, headers(("Content-Type", "text/plain; charset=utf-7"))),
    row("a BOM", *UNCLEAR, body(lambda content: b"\xef\xbb\xbf" + content)),
    # -- headers -------------------------------------------------------------------------
    row("a clock years ahead", "same", "same Ambiguous", headers(("Date", "Fri, 31 Dec 2199 23:59:59 GMT"), ("Last-Modified", "Fri, 31 Dec 2199 23:59:59 GMT"))),
    row("a clock years behind", "same", "same Ambiguous", headers(("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"))),
    row("a clock that is none", "same", "same Ambiguous", headers(("Date", "yesterday"), ("Last-Modified", "31.12."))),
    row("limits that are none", "same", "same", headers(*((f"X-Rate-Limit-Api-Token-{n}", v) for n, v in {"Remaining": "²", "Interval-Ms": "9" * 5000}.items()))),
    row("limits beyond measure", "same", "same", headers(*((f"X-Rate-Limit-Api-Token-{n}", v) for n, v in {"Remaining": "0", "Interval-Ms": "9" * 300}.items()))),
    row("a 204 with a body", *UNCLEAR, lambda told: [answer(204, told.body, _kept(told)), Close()]),
    row("a header beyond measure", *DOWN, headers(("X-Long", "a" * 70_000))),
    row("headers without number", *DOWN, headers(*((f"X-{n}", "a") for n in range(300)))),
    row("two ETags", *UNCLEAR, headers(("ETag", '"one"'), ("ETag", '"two"'))),
    row("no ETag", *UNCLEAR, headers(without=["ETag"])),
    row("an empty ETag", *UNCLEAR, headers(("ETag", '""'))),
    row("a Content-Length too short", *UNCLEAR, _length("7")),
    row("a Content-Length below nothing", *UNCLEAR, _length("-7")),
    row("a Content-Length that is a text", *UNCLEAR, _length("many")),
    row("two Content-Lengths", *UNCLEAR, _length("7\r\nContent-Length: 9")),
    row("a chunk that is none", *LOST, _chunked(b"zz\r\n{}\r\n0\r\n\r\n")),
    row("a chunk that is cut", *LOST, _chunked(b"ff\r\n{}")),
    # -- redirects -----------------------------------------------------------------------
    *(
        row(f"{code} in circles", *DOWN, lambda _, code=code: [answer(code, b"", [("Location", "/x/y")])], effect=False)
        for code in (302, 307)
    ),
    *(
        row(f"302 to {place}", *DOWN, status(302, Location=place), effect=False)
        for place in ("http://[", "http://127.0.0.1:99999/", "//", "javascript:alert(1)", "file:///etc/passwd", "http://a b/", "http:///", "\x01")
    ),
    row("302 to nowhere", *DOWN, status(302), effect=False),
]  # fmt: skip
