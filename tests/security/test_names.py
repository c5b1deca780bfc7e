"""Whatever a name from outside holds, it leads nowhere but to its own place.

100,000 names are drawn, for the functions that make a path, a page or an address of
one. They are put together of what has broken other programs; Hypothesis shrinks nothing
here that a plain draw would not find, and draws a hundred times slower.
"""

from __future__ import annotations

import os
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.dav.paths import encode, path_of
from connectors.dokuwiki import names as doku
from connectors.folder.names import is_ref, path_to_ref, slug
from connectors.http import Http
from connectors.mediawiki import titles
from connectors.webdav.connector import _checked
from sync.errors import Refused
from sync.store.blobs import BlobStore

NAMES = 100_000
PIECES = [
    *(
        "../",
        "..",
        "./",
        "/",
        "//",
        "\\",
        "..\\",
        "~",
        "~root/",
        "file://",
        "http://other.example/",
    ),
    *("%2e%2e%2f", "%2F", "%5c", "%00", "%", "?", "#", "&", ";", ":", "|", "*", "<", ">", '"', "'"),
    *("\0", "\n", "\r\n", "\t", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffd", "\uffff"),
    *("\u202e", "\u2066", "\u200f", "\u200b", "\u200d", "\ud800", "\udfff", "\ue000", "\U0010ffff"),
    *(
        "CON",
        "nul",
        "LPT1",
        "com¹",
        "aux.txt",
        "conin$",
        "é",
        "e\u0301",
        "İ",
        "ß",
        "ﬁ",
        "Å",
        "\u212b",
    ),
    *(".", "..", "...", " ", "-", "--help", "-rf", "_", ".git/", ".jumelage/", ".htaccess", "$IFS"),
    *(
        "`id`",
        "$(id)",
        "{{x}}",
        "[[x]]",
        "{}",
        "%s",
        "x" * 90,
        "漢" * 60,
        "👩\u200d🌾",
        "a",
        "B",
        "c",
    ),
    *("Special:", "User:", "start", "sidebar", "\uff0e\uff0e\uff0f", "\u2025/", "\u2215", "\u2044"),
]


def hostile(seed: int) -> Iterator[str]:
    chance = random.Random(seed)
    while True:
        yield "".join(chance.choices(PIECES, k=chance.randrange(1, 8)))


def folder_slug(name: str) -> None:
    made = f"{slug(name)}.md"
    assert is_ref(made)
    _stays_below(made)
    assert "/" not in made
    assert len(os.fsencode(made)) <= 143
    assert not [
        c for c in made if unicodedata.category(c) in {"Cc", "Cf"} - {"\u200d"} and c != "\u200d"
    ]


def folder_path(name: str) -> None:
    ref = path_to_ref(name)
    assert is_ref(ref)
    _stays_below(ref)
    for part in ref.split("/"):
        assert len(os.fsencode(part)) <= 255
        assert part[0] not in ". "
        assert part[-1] not in ". "
        assert not re.search(r'[\x00-\x1f\x7f\\:*?"<>|]', part)


def dav_path(name: str) -> None:
    root = "/remote.php/dav/files/sync/"
    address = encode(root + _checked(name))
    assert address.isascii()
    assert not re.search(r"[\x00-\x20\x7f\\?#]", address)
    path = path_of(address)
    assert path.startswith(root)
    _stays_below(path.removeprefix(root))
    assert path == root + unicodedata.normalize("NFC", name)


def dav_address(name: str, http: Http) -> None:
    """What a server says as href is asked for on the server itself, or not at all."""
    there = urlsplit(http.url(encode(path_of(f"/dav/{name}"))))
    assert (there.scheme, there.netloc) == ("https", "cloud.example")
    assert not there.query
    assert not there.fragment
    assert ".." not in there.path.split("/")


def doku_page(name: str) -> None:
    page = next(doku.candidates(name))
    assert re.fullmatch(r"[^\W_][\w]*", page), page
    assert page not in doku.RESERVED
    assert len(page) <= doku.LONGEST + 4
    namespace = doku.clean_namespace(name)
    assert not set("/\\.;") & set(namespace)
    assert "" not in namespace.split(":") or not namespace


def wiki_title(name: str) -> None:
    title = next(titles.candidates(name))
    assert title
    assert not re.search(r"[\x00-\x1f\x7f#<>\[\]|{}_:]", title)
    assert not {".", ".."} & set(title.split("/"))
    assert not title.startswith("/")
    assert len(title.encode()) <= 255


def blob(name: str, store: BlobStore) -> None:
    """A blob is named by its digest and by nothing else."""
    with pytest.raises(ValueError, match="not the name of a blob"):
        store.open(name)
    with pytest.raises(ValueError, match="not the name of a blob"):
        assert f"sha256:{name}" in store


def _stays_below(path: str) -> None:
    assert not path.startswith("/")
    assert not {"", ".", ".."} & set(path.split("/"))
    assert os.path.normpath(path) == path
    assert "\0" not in path


@pytest.fixture
def doors(tmp_path) -> dict[str, Callable[[str], None]]:
    http = Http("https://cloud.example/dav/", system="cloud")
    store = BlobStore(tmp_path / "blobs")
    return {
        "folder, titles": folder_slug,
        "folder, paths": folder_path,
        "dav, paths": dav_path,
        "dav, hrefs": partial(dav_address, http=http),
        "dokuwiki": doku_page,
        "mediawiki": wiki_title,
        "blobs": partial(blob, store=store),
    }


KINDS = (
    "folder, titles",
    "folder, paths",
    "dav, paths",
    "dav, hrefs",
    "dokuwiki",
    "mediawiki",
    "blobs",
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_name_leads_nowhere_but_to_its_own_place(doors, kind: str):
    door, refused = doors[kind], 0
    for name in islice(hostile(KINDS.index(kind)), NAMES // len(KINDS) + 1):
        try:
            door(name)
        except Refused:
            refused += 1
        except AssertionError as error:
            raise AssertionError(f"{name!r}: {error}") from error
    assert refused < NAMES // len(KINDS), "some names pass"


@settings(max_examples=300, deadline=None)
@given(name=st.text(max_size=300), other=st.text(max_size=300))
@example(name="../../etc/passwd", other="..")
@example(name="é", other="e\u0301")
def test_names_are_one_where_a_file_system_could_take_them_for_one(name: str, other: str):
    """Two paths whose files some disk cannot tell apart differ in more than their spelling."""
    try:
        one, two = path_to_ref(name), path_to_ref(other)
    except Refused:
        return
    if one == two:
        assert unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", other)
    assert unicodedata.is_normalized("NFC", unquote(one)) or "%" in one
