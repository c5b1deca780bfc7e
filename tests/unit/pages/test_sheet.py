"""A record as a page: what is written is read back, and people's text stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.pages import DOKUWIKI, MEDIAWIKI, Broken, Sheet
from connectors.pages.values import same

DIALECTS = pytest.mark.parametrize("dialect", [DOKUWIKI, MEDIAWIKI], ids=lambda d: d.name)

HOSTILE = [
    "</code>", "<\\/code>", "</CODE>", "<code>", "</pre>", "<pre>", "&lt;/pre&gt;", "&amp;lt;", "{{x}}", "[[y]]",
    "a | b", "^ a ^", "-->", "<!-- jumelage -->", "<!-- /jumelage -->", "[[#jumelage|↻]]", "[[#jumelage-end|↻]]",
    "</nowiki>", "<nowiki>", "<nowiki>x</nowiki>", "~~~~", "{{subst:x}}", "''gras''", "**", "%%", "= x =",
    "====== y ======", "\n", "\n\n", "a\nb", "\na\n", "  * **due**: x", "* '''due''': x", "[x]", "[ ] x", "12", "1.0",
    "true", "null", '"', '"a"', "{}", "[]", "#REDIRECT [[X]]", " a ", "\t", "\r\n", "é", "e\u0301", "👩‍🌾", "\u2028", "\x00",
    "2026-03-01T14:00:00+01:00[Europe/Paris]", "https://example.org/a?b=c&d=e",
]  # fmt: skip
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(),
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=5)), min_size=1, max_size=4).map(
        "".join
    ),
).filter(bool)
scalars = st.one_of(
    texts, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
entries = st.fixed_dictionaries(
    {"text": texts, "done": st.booleans()},
    optional={"id": texts, "list": texts, "due": st.just("2026-03-01"), "who": texts},
)
plain = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(texts, inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
values = st.one_of(
    st.none(), scalars, st.lists(texts, min_size=1), st.lists(entries, min_size=1), plain
)
names = st.sampled_from(
    ["due", "labels", "description", "note", "budget-line", "étape", "list", "checklist", "a b"]
)
records = st.builds(
    lambda title, rest: {"title": title, **rest}, texts, st.dictionaries(names, values)
)


@DIALECTS
@given(fields=records)
def test_a_page_says_exactly_the_fields_it_was_written_with(dialect, fields):
    page = Sheet.read(Sheet.write(fields, dialect), dialect)
    assert same(page.fields, fields)


@DIALECTS
@given(
    before=records,
    patch=st.builds(
        lambda rest, title: {**rest, **title},
        st.dictionaries(names, values),
        st.one_of(st.just({}), st.builds(lambda t: {"title": t}, texts)),
    ),
)
def test_a_patch_changes_its_fields_and_no_other(dialect, before, patch):
    page = Sheet.read(Sheet.write(before, dialect), dialect)
    after = Sheet.read(page.patched(patch), dialect)
    assert same(after.fields, {**before, **patch})


@DIALECTS
@given(fields=records, patch=st.dictionaries(names, values))
def test_what_people_wrote_around_and_inside_the_block_stays_byte_for_byte(dialect, fields, patch):
    lines = Sheet.write(fields, dialect).split("\n")
    first = next(n for n, line in enumerate(lines) if dialect.begins.fullmatch(line))
    lines[first + 1 : first + 1] = ["Entre deux : ** mot **  ", ""]
    source = "\n".join(["Avant  ", "", *lines, "Après", "", "  fin \t"])
    text = Sheet.read(source, dialect).patched(patch)
    assert same(Sheet.read(text, dialect).fields, {**fields, **patch})
    assert text.startswith("Avant  \n\n")
    assert text.endswith(dialect.end + "\n\nAprès\n\n  fin \t")
    assert "\nEntre deux : ** mot **  \n\n" in text


@DIALECTS
@given(fields=records)
def test_a_patch_with_what_stands_there_already_changes_no_byte(dialect, fields):
    source = Sheet.write(fields, dialect).replace(": ", ":   ")
    page = Sheet.read(source, dialect)
    assert page.patched(page.fields) == source


CARD = {
    "title": "L'été arrive : acheter 3 tables & 12 chaises",
    "list": "À faire",
    "due": "2026-03-01T14:00:00+01:00[Europe/Paris]",
    "done": False,
    "labels": ["Bar", "Cuisine, salle"],
    "cost": 120.5,
    "checklist": [
        {"text": "Demander un devis", "done": True},
        {"text": "Payer", "done": False, "list": "Argent"},
    ],
    "description": "Voir {{le plan}}\n</code>",
    "url": None,
}


def test_a_card_reads_well_in_dokuwiki():
    assert Sheet.write(CARD, DOKUWIKI) == (
        "====== L'été arrive : acheter 3 tables & 12 chaises ======\n\n[[#jumelage|↻]]\n"
        "  * **list**: À faire\n"
        "  * **due**: 2026-03-01T14:00:00+01:00[Europe/Paris]\n"
        "  * **done**: [ ]\n"
        "  * **labels**:\n    * Bar\n    * Cuisine, salle\n"
        "  * **cost**: 120.5\n"
        "  * **checklist**:\n    * [x] Demander un devis\n"
        '    * [ ] Payer <nowiki>{"list": "Argent"}</nowiki>\n'
        "  * **url**:\n"
        "  * **description**:\n<code>\nVoir {{le plan}}\n<\\/code>\n</code>\n"
        "[[#jumelage-end|↻]]\n"
    )


def test_a_card_reads_well_in_mediawiki():
    page = Sheet.write(CARD, MEDIAWIKI)
    assert page.startswith(
        "= <nowiki>L'été arrive : acheter 3 tables &amp; 12 chaises</nowiki> =\n\n<!-- jumelage -->\n"
    )
    assert "\n* '''labels''':\n** Bar\n** Cuisine, salle\n* '''cost''': 120.5\n" in page
    assert page.endswith("<pre>\nVoir {{le plan}}\n&lt;/code&gt;\n</pre>\n<!-- /jumelage -->\n")


def test_people_edit_values_as_they_would_write_them():
    page = Sheet.write(CARD, DOKUWIKI)
    edited = page.replace("  * **url**:", "\t* **url:** https://example.org").replace(
        "[ ] Payer <", "[X] Payer <"
    )
    edited = edited.replace("    * Bar\n", "    - Bar\n    * Jardin\n").replace(
        "**done**: [ ]", "** done ** :[x]"
    )
    fields = Sheet.read(edited.replace("** done **", "**done**"), DOKUWIKI).fields
    assert fields["url"] == "https://example.org"
    assert fields["labels"] == ["Bar", "Jardin", "Cuisine, salle"]
    assert fields["done"] is True
    assert fields["checklist"][1] == {"text": "Payer", "done": True, "list": "Argent"}


def test_a_line_that_people_emptied_is_an_empty_value_and_a_line_they_took_away_was_not_observed():
    page = Sheet.write(CARD, MEDIAWIKI)
    assert Sheet.read(page.replace("À faire", ""), MEDIAWIKI).fields["list"] is None
    assert "list" not in Sheet.read(page.replace("* '''list''': À faire\n", ""), MEDIAWIKI).fields


def test_a_heading_that_people_changed_is_the_title_even_where_it_was_kept_exactly_before():
    page = Sheet.write({"title": "a\nb ="}, DOKUWIKI)
    assert Sheet.read(page, DOKUWIKI).fields == {"title": "a\nb ="}
    renamed = page.replace("====== a b ======", "====== c ======")
    assert Sheet.read(renamed, DOKUWIKI).fields == {"title": "c"}


def test_a_text_that_people_shortened_to_one_line_stays_a_text():
    page = Sheet.read(Sheet.write({"title": "t", "minutes": "a\nb"}, DOKUWIKI), DOKUWIKI)
    assert "<code>\nc\n</code>" in page.patched({"minutes": "c"})


@DIALECTS
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda p, d: p.replace(d.begin, ""), "no block"),
        (lambda p, d: p.replace(d.end, ""), "no end"),
        (lambda p, d: p.replace(f"\n</{d.tag}>", ""), "no end"),
        (lambda p, _: p + p, "two blocks"),
        (lambda p, _: p[p.index("\n") :], "no heading"),
        (lambda p, d: p.replace(d.end, d.item.format("list") + " x\n" + d.end), "twice"),
    ],
)
def test_a_damaged_block_is_broken_with_its_reason(dialect, damage, reason):
    with pytest.raises(Broken, match=reason):
        Sheet.read(
            damage(Sheet.write({"title": "t", "list": "a", "description": "b"}, dialect), dialect),
            dialect,
        )


@DIALECTS
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"title": None},
        {"title": ""},
        {"title": "t", "a*b": 1},
        {"title": "t", "n": float("nan")},
    ],
)
def test_what_no_page_can_hold_is_not_written(dialect, fields):
    with pytest.raises(ValueError, match=r".+"):
        Sheet.write(fields, dialect)
