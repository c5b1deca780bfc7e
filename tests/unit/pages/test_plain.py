"""A page as title and raw text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.pages import DOKUWIKI, MEDIAWIKI, PlainPage

DIALECTS = pytest.mark.parametrize("dialect", [DOKUWIKI, MEDIAWIKI], ids=lambda d: d.name)
titles = st.sampled_from(["Accueil", "L'été", "a [[b]] {{c}}", "1 = 2"])
bodies = st.one_of(
    st.none(),
    st.text(min_size=1),
    st.sampled_from(["\n", "\n\nx", "====== z ======\n\ny", "= z =", "= z =\n\ny", "\n= z =", " "]),
)


@DIALECTS
@given(title=titles, body=bodies, name=titles)
def test_a_page_says_the_title_and_text_it_was_written_with(dialect, title, body, name):
    text = PlainPage.write({"title": title, "body": body}, name, dialect)
    assert PlainPage.read(text, name, dialect).fields == {"title": title, "body": body}


@DIALECTS
@given(
    source=st.text(),
    patch=st.fixed_dictionaries({}, optional={"title": titles, "body": bodies}),
    name=titles,
)
def test_a_patched_page_says_what_was_patched(dialect, source, patch, name):
    page = PlainPage.read(source, name, dialect)
    after = PlainPage.read(page.patched(patch, name, dialect), name, dialect)
    assert after.fields == {**page.fields, **patch}


def test_a_page_without_a_heading_goes_by_its_name_and_its_text_is_all_of_it():
    assert PlainPage.read("Bonjour\n", "accueil", DOKUWIKI).fields == {
        "title": "accueil",
        "body": "Bonjour\n",
    }


def test_a_new_text_leaves_the_heading_as_people_wrote_it():
    page = PlainPage.read("======= Accueil ==\nBonjour", "x", DOKUWIKI)
    assert page.patched({"body": "Salut"}, "x", DOKUWIKI) == "======= Accueil ==\nSalut"


def test_a_title_that_is_the_pages_name_needs_no_heading():
    assert (
        PlainPage.write({"title": "Accueil", "body": "Bonjour"}, "Accueil", MEDIAWIKI) == "Bonjour"
    )


@pytest.mark.parametrize("fields", [{}, {"title": "a\nb"}, {"title": "t", "body": 3}])
def test_what_no_page_can_hold_is_not_written(fields):
    with pytest.raises(ValueError, match=r".+"):
        PlainPage.write(fields, "x", DOKUWIKI)
