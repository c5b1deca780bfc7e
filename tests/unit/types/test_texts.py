from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.types import of
from sync.types.richtext import paragraphs

RICH = of("richtext")
TEXT = of("text")

BASE = "Ordre du jour\n\nQui apporte le pain ?\n\nFin à 20 h"


def merged(base, mine, theirs):
    return RICH.merge(base, mine, theirs).value


def test_edits_of_neighbouring_paragraphs_both_land_and_bring_no_old_paragraph_back():
    mine = BASE.replace("Ordre du jour", "Ordre du jour de mars")
    theirs = BASE.replace("le pain", "le pain et le vin")
    assert merged(BASE, mine, theirs) == (
        "Ordre du jour de mars\n\nQui apporte le pain et le vin ?\n\nFin à 20 h"
    )


def test_two_edits_of_one_paragraph_both_stand_the_hubs_first():
    mine = BASE.replace("20 h", "21 h")
    theirs = BASE.replace("20 h", "19 h 30")
    assert merged(BASE, mine, theirs) == (
        "Ordre du jour\n\nQui apporte le pain ?\n\nFin à 21 h\n\nFin à 19 h 30"
    )


def test_a_paragraph_that_one_removed_and_the_other_edited_stands_as_edited():
    mine = "Ordre du jour\n\nFin à 20 h"
    theirs = BASE.replace("le pain", "le vin")
    assert merged(BASE, mine, theirs) == BASE.replace("le pain", "le vin")
    assert merged(BASE, theirs, mine) == BASE.replace("le pain", "le vin")


def test_a_paragraph_that_one_removed_and_nobody_edited_is_gone():
    mine = "Ordre du jour\n\nFin à 20 h"
    theirs = BASE + "\n\nVenez nombreux"
    assert merged(BASE, mine, theirs) == "Ordre du jour\n\nFin à 20 h\n\nVenez nombreux"


def test_paragraphs_added_at_one_place_by_both_both_stand_but_the_same_one_once():
    mine, theirs = BASE + "\n\nSalle A\n\nMerci", BASE + "\n\nApportez un stylo\n\nMerci"
    assert merged(BASE, mine, theirs) == BASE + "\n\nSalle A\n\nMerci\n\nApportez un stylo"


def test_paragraphs_rewritten_from_scratch_by_both_both_stand_where_the_old_one_stood():
    mine = BASE.replace("Qui apporte le pain ?", "Zoé cuisine.")
    theirs = BASE.replace("Qui apporte le pain ?", "RDV devant la gare")
    assert merged(BASE, mine, theirs) == (
        "Ordre du jour\n\nZoé cuisine.\n\nRDV devant la gare\n\nFin à 20 h"
    )


def test_blank_lines_within_code_survive_a_merge():
    base = "```\nun\n\n\ndeux\n```\n\nFin"
    assert merged(base, "Début\n\n" + base, base + " à 20 h") == "Début\n\n" + base + " à 20 h"


def test_the_newline_at_the_end_is_the_hubs():
    mine, theirs = BASE + " 30\n", BASE.replace("Ordre", "L'ordre")
    assert merged(BASE, mine, theirs) == theirs + " 30\n"
    assert merged(BASE, theirs, mine) == theirs + " 30"


def test_texts_that_both_wrote_at_a_first_meeting_are_a_conflict():
    joined = RICH.join("un", "deux")
    assert (joined.value, joined.conflict) == ("un", True)


@given(st.text(alphabet="ab \n\t", max_size=20))
def test_paragraphs_hold_every_word_of_a_text_in_order(text):
    assert " ".join(p.text for p in paragraphs(text)).split() == text.split()


def test_a_long_text_is_merged_in_little_time():
    base = [f"Paragraphe {n} de notre long compte rendu." for n in range(600)]
    mine = [line.upper() if n % 7 == 0 else line for n, line in enumerate(base)]
    theirs = [line for n, line in enumerate(base) if n % 5]
    value = merged("\n\n".join(base), "\n\n".join(mine), "\n\n".join(theirs))
    kept = RICH.pieces(value)
    assert {line for n, line in enumerate(mine) if n % 7 == 0} <= kept
    assert base[5] not in kept


def test_a_text_is_one_piece_and_two_changes_of_it_a_conflict():
    merge = TEXT.merge("Pain", "Pain bio", "Pain complet")
    assert (merge.value, merge.conflict) == ("Pain bio", True)
    assert TEXT.pieces("un\n\ndeux") == {"un\n\ndeux"}


def test_line_ends_become_one_kind_and_nothing_else_is_touched():
    assert TEXT.clean(" a \r\nb\rc ") == " a \nb\nc "
    assert TEXT.clean(2026) == "2026"


@pytest.mark.parametrize("echo", ["Été  \n- b\n", "Été\r\n- b", "E\u0301te\u0301\n- b\n\n\n"])
def test_what_servers_do_to_text_unasked_is_no_edit(echo):
    assert RICH.equivalent("Été\n- b", echo)


@pytest.mark.parametrize("echo", ["été\n- b", "Été - b", " Été\n- b", "Été\n\n- b", None])
def test_what_people_do_to_text_is_an_edit(echo):
    assert not RICH.equivalent("Été\n- b", echo)


def test_two_spellings_of_one_letter_are_one_text():
    assert TEXT.equal("Été", "E\u0301te\u0301")
    assert TEXT.pieces("Été") == TEXT.pieces("E\u0301te\u0301")
    assert not TEXT.equal("Été", "été")


def test_text_that_cannot_be_encoded_is_no_text():
    with pytest.raises(ValueError, match="Unicode"):
        TEXT.clean("\ud83d")


def test_an_address_with_a_line_end_is_none():
    with pytest.raises(ValueError, match="blank"):
        of("link").clean("https://example.org/\njavascript:")
    assert of("link").clean(" https://example.org ") == "https://example.org"


def test_the_host_of_an_address_may_change_its_case_and_its_path_may_not():
    link = of("link")
    assert link.equivalent("https://Example.org", "https://example.org/")
    assert not link.equivalent("https://example.org/A", "https://example.org/a")
    assert link.equivalent("http://[", "http://[")


def test_a_page_of_one_line_repeated_without_end_is_merged_in_little_time():
    base = "\n\n".join(["---"] * 20_000)
    value = merged(base, base + "\n\nmien", "le leur\n\n" + base)
    assert {"mien", "le leur"} <= RICH.pieces(value)
