"""Languages: who is spoken to in which, and that no sentence is left in English."""

from __future__ import annotations

import string
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from sync import i18n
from sync.i18n import _, of_locale

ROOT = Path(__file__).resolve().parents[3]
FRENCH = ROOT / "sync/locale/fr/LC_MESSAGES/jumelage.po"


def _messages():
    return {
        (message, f"{folder}/{file}:{line}")
        for folder in ("sync", "connectors")
        for file, line, message, *_rest in extract_from_dir(
            str(ROOT / folder),
            method_map=[("**.py", "python")],
            keywords={"_": None, "ngettext": (1, 2)},
        )
    }


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "fr_BE.UTF-8"}, "fr"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "br:fr:en"}, "fr"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LANG": ""}, None),
        ({}, None),
    ],
)
def test_the_locale_tells_the_language_of_the_person(environ, language):
    assert of_locale(environ) == language


def test_a_sentence_is_said_in_the_language_that_is_spoken():
    with i18n.spoken("en"):
        assert _("nothing to do") == "nothing to do"
    with i18n.spoken("fr"):
        assert _("nothing to do") == "rien à faire"


def test_french_counts_zero_as_singular():
    with i18n.spoken("fr"):
        said = [i18n.ngettext("{count} write", "{count} writes", n) for n in (0, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_a_sentence_without_translation_is_said_in_english():
    with i18n.spoken("fr"):
        assert _("spelt nowhere") == "spelt nowhere"


def test_a_language_spoken_in_one_thread_is_not_heard_in_another():
    before = i18n.language()
    other = "fr" if before == "en" else "en"
    with i18n.spoken(other), ThreadPoolExecutor(1) as pool:
        assert pool.submit(i18n.language).result() == before


def test_an_unknown_language_is_refused_and_the_known_ones_are_named():
    with pytest.raises(ValueError, match="en, fr"):
        i18n.use("de")


def test_every_sentence_has_a_french_translation():
    catalogue = read_po(FRENCH.open("rb"))
    translated = {m.id: m for m in catalogue if m.id and m.string and all(_plural(m.string))}
    missing = sorted(
        f"{where}: {message!r}" for message, where in _messages() if message not in translated
    )
    assert not missing, "translate in sync/locale/fr (`make translations` adds the entries):\n" + (
        "\n".join(missing)
    )


def test_no_translation_outlives_its_sentence():
    said = {message for message, _where in _messages()}
    idle = [m.id for m in read_po(FRENCH.open("rb")) if m.id and m.id not in said]
    assert not idle, "said nowhere any more (`make translations` drops them)"


def test_a_translation_has_the_placeholders_of_its_sentence():
    catalogue = read_po(FRENCH.open("rb"))
    for message in catalogue:
        wanted = set(_placeholders(_plural(message.id)[-1]))
        for said in _plural(message.string):
            assert set(_placeholders(said)) == wanted, message.id


def _plural(text):
    return (text,) if isinstance(text, str) else tuple(text)


def _placeholders(text):
    return [name for _t, name, _s, _c in string.Formatter().parse(text) if name is not None]
