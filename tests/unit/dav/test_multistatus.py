"""Answers of WebDAV servers, and what is never read out of them."""

from __future__ import annotations

import pytest

from connectors import xml
from connectors.dav import below, encode, etag, path_of, read
from connectors.http import Response
from sync.errors import Refused, Unreachable

HEAD = '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'


def _answer(inner: str) -> Response:
    return Response(207, {}, "http://x/", f"{HEAD}{inner}</d:multistatus>".encode(), Unreachable)


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ('"abc"', "abc"),
        ('W/"abc"', "abc"),
        ("abc", "abc"),
        (' "a b" ', "a b"),
        ("", None),
        (None, None),
        ('""', None),
    ],
)
def test_an_etag_is_compared_without_its_wrapping(said: str | None, tag: str | None):
    assert etag(said) == tag


@pytest.mark.parametrize(
    "href",
    [
        "/dav/%c3%a9t%c3%a9%20(1)%21.txt",
        "/dav/%C3%A9t%C3%A9%20%281%29!.txt",
        "https://cloud.example.org/dav/%C3%A9t%C3%A9%20(1)!.txt",
    ],
)
def test_hrefs_are_one_path_however_they_are_encoded(href: str):
    assert path_of(href) == "/dav/été (1)!.txt"


@pytest.mark.parametrize("path", ["a b", "a%2Fb", "100%", "#1?", "été:;@", "..."])
def test_a_path_survives_its_encoding(path: str):
    assert path_of(encode(f"/x/{path}")) == f"/x/{path}"


@pytest.mark.parametrize("path", ["../a", "a/../b", "a/./b", "a/.."])
def test_a_path_that_climbs_is_refused(path: str):
    with pytest.raises(Refused):
        encode(path)


@pytest.mark.parametrize("path", ["..%2F..%2Fa", "..%2f%ff"])
def test_what_looks_encoded_is_a_name_and_does_not_climb(path: str):
    assert "%252f" in encode(path).lower()


def test_a_name_that_is_no_utf8_can_still_be_asked_for():
    assert encode(path_of("/dav/caf%E9.txt")) == "/dav/caf%E9.txt"


def test_nothing_outside_a_folder_is_in_it():
    assert below("/a/", "/a/b/c") == "b/c"
    assert below("/a/", "/a/") is None
    assert below("/a/", "/ab/c") is None


def test_a_property_that_is_missing_is_not_taken_from_its_404():
    said = (
        "<d:response><d:href>/a</d:href>"
        "<d:propstat><d:prop><d:getetag>&quot;1&quot;</d:getetag></d:prop>"
        "<d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>"
    )
    (entry,) = read(_answer(said)).entries
    assert entry.text("{DAV:}getetag") is None


def test_a_resource_has_its_own_status():
    said = "<d:response><d:href>/a</d:href><d:status>HTTP/1.1 404 Not Found</d:status></d:response>"
    (entry,) = read(_answer(said)).entries
    assert entry.status == 404


def test_content_keeps_its_line_ends_and_blanks():
    said = (
        "<d:response><d:href>/a</d:href><d:propstat><d:prop>"
        "<c:calendar-data>a&#13;\n b \n</c:calendar-data></d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )
    (entry,) = read(_answer(said)).entries
    assert entry.raw("{urn:ietf:params:xml:ns:caldav}calendar-data") == "a\r\n b \n"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Log in</body></html>",
        f"{HEAD}<d:response>".encode(),
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e "x">]><d>&e;</d>',
        b'<!DOCTYPE d SYSTEM "http://x/d.dtd"><d/>',
        b"<a>" * 100 + b"</a>" * 100,
        b'<d:error xmlns:d="DAV:"/>',
    ],
)
def test_what_is_no_multistatus_is_lost_and_never_empty(body: bytes):
    with pytest.raises(Unreachable):
        read(Response(207, {}, "http://x/", body, Unreachable))


def test_what_broke_is_told_without_its_content():
    with pytest.raises(xml.Unreadable) as caught:
        xml.parse(b"<a>secret<b></a>")
    assert "secret" not in str(caught.value)
