import random
import unicodedata
from contextlib import suppress

import pytest

from connectors.folder.names import SLUG_BYTES, is_ref, path_to_ref, ref_to_path, slug
from sync.errors import Refused

PIECES = [
    *'/\\:*?"<>|%~._- \t\r\n\0\x01\x1b\x7f\x85',
    *"aÉéœß漢字עברם🎉\u0301\u200d\u202e\u2028\ufeff\ud800\ue000",
    *("..", "../", "CON", "aux", "LPT1", "com¹", ".md", "%2F", "%2E", "%", "x" * 90, "é" * 90),
]


def hostile(seed: int):
    chance = random.Random(seed)
    for _ in range(50_000):
        yield "".join(chance.choices(PIECES, k=chance.randrange(12)))


def assert_safe(name: str):
    assert name
    assert not set('/\\:*?"<>|\x7f') & set(name)
    assert not any(unicodedata.category(c) == "Cc" for c in name)
    assert name[0] not in ". "
    assert name[-1] not in ". "
    assert name.split(".", maxsplit=1)[0].strip(" ").lower() not in {
        "con",
        "prn",
        "aux",
        "nul",
        "com1",
        "lpt1",
        "com¹",
    }


def test_whatever_a_title_holds_its_slug_is_a_safe_name():
    for title in hostile(1):
        name = slug(title) + ".md"
        assert_safe(name)
        assert name == unicodedata.normalize("NFC", name)
        assert len(name.encode()) <= SLUG_BYTES + 10
        assert is_ref(name)


def test_whatever_a_path_holds_its_ref_is_safe_and_reads_back_or_it_is_refused():
    refused = 0
    for path in hostile(2):
        try:
            ref = path_to_ref(path)
        except Refused:
            refused += 1
            continue
        assert is_ref(ref)
        for name in ref.split("/"):
            assert_safe(name)
            assert len(name.encode()) <= 255
        assert ref_to_path(ref) == unicodedata.normalize("NFC", path)
    assert refused < 45_000, "most hostile paths have a name"


def test_a_path_that_was_read_reads_the_same_after_it_is_written():
    for ref in filter(is_ref, hostile(3)):
        path = ref_to_path(ref)
        with suppress(Refused):
            assert ref_to_path(path_to_ref(path)) == unicodedata.normalize("NFC", path)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Réunion du café", "Réunion du café"),
        ("Re\u0301union", "Réunion"),
        ("Budget 2026: prévu/réalisé", "Budget 2026-prévu-réalisé"),
        ("../../etc/passwd", "etc-passwd"),
        (".hidden", "hidden"),
        ("Fête 🎉", "Fête 🎉"),
        ("👩\u200d🌾 Jardin", "👩\u200d🌾 Jardin"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("CON", "note CON"),
        ("nul.tar", "note nul.tar"),
        ("", "note"),
        ("???", "note"),
        ("  a   b\t\nc ", "a b c"),
    ],
)
def test_titles_stay_readable(title: str, name: str):
    assert slug(title) == name


@pytest.mark.parametrize("path", ["", "/a", "a//b", "a/", "dir/CON.txt", "x" * 300])
def test_a_path_that_is_no_path_is_refused(path: str):
    with pytest.raises(Refused):
        path_to_ref(path)


@pytest.mark.parametrize(
    ("path", "ref"),
    [
        ("a/b.txt", "a/b.txt"),
        ("../x", "%2E%2E/x"),
        (".env", "%2Eenv"),
        ("a:b?.txt", "a%3Ab%3F.txt"),
        ("100%.txt", "100%.txt"),
        ("x%3A", "x%253A"),
        ("%41", "%41"),
    ],
)
def test_a_path_is_escaped_where_some_system_would_trip(path: str, ref: str):
    assert path_to_ref(path) == ref
    assert ref_to_path(ref) == path


@pytest.mark.parametrize("ref", ["", "/a", "../a", "a/../b", ".jumelage/id", "a/.b", "a//b", "a\0"])
def test_a_ref_never_leads_out_or_into_what_is_hidden(ref: str):
    assert not is_ref(ref)
