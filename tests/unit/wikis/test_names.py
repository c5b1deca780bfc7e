"""Names of pages, from titles that people write."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.dokuwiki import names
from connectors.mediawiki import titles
from connectors.mediawiki.titles import Place


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Réunion du 12 Mars !", "reunion_du_12_mars"),
        ("Œuvre Straße Äpfel", "oeuvre_strasse_aepfel"),
        ("../../etc/passwd", "etc_passwd"),
        ("a:b;c/d", "a_b_c_d"),
        ("!?", ""),
    ],
)
def test_a_dokuwiki_name_is_made_of_letters_and_digits(title, name):
    assert names.clean(title) == name


@given(st.text())
def test_a_dokuwiki_name_stays_as_it_is_when_it_is_cleaned_again(title):
    once = names.clean(title)
    assert names.clean(once) == once
    assert not set(once) & set(":/;. \\")


def test_names_of_front_pages_are_never_given():
    assert next(names.candidates("Start")) == "start_2"
    assert [*islice(names.candidates("!"), 2)] == ["page", "page_2"]


@given(st.text())
def test_every_candidate_could_be_its_titles(title):
    assert all(names.could_be(name, title) for name in islice(names.candidates(title), 3))
    assert not names.could_be(f"{names.clean(title)}x", title)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("réunion du 12 mars", "Réunion du 12 mars"),
        ("[[x]] {{y}} <z> | #", "X y z"),
        ("a_b", "A b"),
        ("~~~~", ""),
        ("../..", ""),
        ("100 %20", "100 20"),
    ],
)
def test_a_mediawiki_name_holds_nothing_that_titles_may_not(title, name):
    assert titles.clean(title) == name


@given(st.text())
def test_a_mediawiki_name_fits(title):
    name = titles.clean(title)
    assert len(name.encode()) <= titles.BYTES
    assert not set(name) & set("#<>[]|{}_:")


@pytest.mark.parametrize(
    ("namespace", "bare", "here"),
    [
        (0, "P/a", True),
        (0, "P/a/b", True),
        (0, "P/", False),
        (0, "P", False),
        (0, "Pa", False),
        (4, "P/a", False),
    ],
)
def test_a_place_is_a_namespace_and_a_prefix(namespace, bare, here):
    assert Place(0, "P/").holds(namespace, bare) is here
    assert Place.of(Place(0, "P/").id) == Place(0, "P/")
