"""Each type merges every case of a small domain as a statement piece by piece says."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from sync.types import TYPES, of

ABSENT = object()
SCALARS = {
    "text": ("one", "two", "three"),
    "bool": (True,),
    "number": (1, 2.5, -3),
    "choice": ("one", "two", "three"),
    "moment": ("2026-03-01", "2026-03-02", "2026-03-01T14:00:00Z"),
    "duration": ("PT1H", "PT2H", "P1D"),
    "link": ("https://one.example/", "https://two.example/"),
    "person": ("zoe", "ali"),
}


def three_ways(base, mine, theirs):
    """Whose change it is; ABSENT where each made another one."""
    if theirs in (mine, base):
        return mine
    return theirs if mine == base else ABSENT


@pytest.mark.parametrize("name", SCALARS)
def test_a_single_value_takes_the_one_change_and_two_are_a_conflict(name):
    values = (None, *SCALARS[name])
    for base, mine, theirs in product(values, repeat=3):
        merged, due = TYPES[name].merge(base, mine, theirs), three_ways(base, mine, theirs)
        expected = (mine, True) if due is ABSENT else (due, False)
        assert (merged.value, merged.conflict) == expected, (base, mine, theirs)


@pytest.mark.parametrize("name", SCALARS)
def test_single_values_that_meet_agree_or_conflict(name):
    for mine, theirs in product((None, *SCALARS[name]), repeat=2):
        joined = TYPES[name].join(mine, theirs)
        clash = mine != theirs and None not in (mine, theirs)
        assert joined.conflict == clash
        assert joined.value == (theirs if mine is None else mine)


def subsets(*elements):
    every = (combinations(elements, n) for n in range(len(elements) + 1))
    return [list(c) or None for c in chain.from_iterable(every)]


@pytest.mark.parametrize("name", ["set", "people"])
def test_a_set_is_merged_as_if_each_element_were_a_yes_or_no(name):
    for base, mine, theirs in product(subsets("x", "y", "z"), repeat=3):
        held = [
            e
            for e in "xyz"
            if three_ways(e in (base or ()), e in (mine or ()), e in (theirs or ()))
        ]
        merged = TYPES[name].merge(base, mine, theirs)
        assert (merged.value, merged.conflict) == (held or None, False), (base, mine, theirs)


@pytest.mark.parametrize("name", ["set", "people"])
def test_sets_that_meet_hold_the_elements_of_both(name):
    for mine, theirs in product(subsets("x", "y", "z"), repeat=2):
        both = sorted({*(mine or ()), *(theirs or ())})
        assert TYPES[name].join(mine, theirs).value == (both or None)


# Checklists: two entries that nobody takes for each other, in either order.

LIST = of("checklist")
TEXTS = ("aaaa", "zzzz")


def checklists():
    """Every checklist of these entries, each open or ticked: as pairs of text and tick."""
    for texts in ((), TEXTS[:1], TEXTS[1:], TEXTS, TEXTS[::-1]):
        for ticks in product((False, True), repeat=len(texts)):
            yield list(zip(texts, ticks, strict=True))


def value(entries):
    return LIST.clean([{"text": text, "done": done} for text, done in entries])


def entry(base, mine, theirs):
    """What becomes of one entry: None where it is not, else whether it is ticked."""
    if mine is None or theirs is None:
        left = theirs if mine is None else mine
        return None if left == base else left  # an edit outlives a removal
    return three_ways(bool(base), mine, theirs)


def test_a_checklist_is_merged_entry_by_entry_and_an_edit_outlives_a_removal():
    for base, mine, theirs in product(checklists(), repeat=3):
        merged = LIST.merge(value(base), value(mine), value(theirs))
        due = {
            text: done
            for text in TEXTS
            if (done := entry(*(dict(c).get(text) for c in (base, mine, theirs)))) is not None
        }
        found = {e["text"]: e["done"] for e in merged.value or ()}
        assert (found, merged.conflict) == (due, False), (base, mine, theirs)
        assert len(merged.value or ()) == len(due)


def test_a_checklist_stands_in_the_order_of_who_moved_its_entries():
    whole = [c for c in checklists() if len(c) == len(TEXTS)]
    for base, mine, theirs in product(whole, repeat=3):
        order, ours, others = ([text for text, _ in c] for c in (base, mine, theirs))
        merged = LIST.merge(value(base), value(mine), value(theirs)).value
        assert [e["text"] for e in merged] == three_ways(order, ours, others)


# Texts: two paragraphs that people edit, and one between them that nobody touches.

TEXT = of("richtext")
FORMS = ("as it was", "edited", "edited otherwise", None)


def paragraph(name, mine, theirs):
    """What stands of one paragraph: where both edited it, both forms, the hub's first."""
    due = three_ways(FORMS[0], mine, theirs)
    forms = [due] if due is not ABSENT else [mine, theirs]
    return [f"{name} {form}" for form in forms if form is not None]


def test_a_text_is_merged_paragraph_by_paragraph_and_both_edits_of_one_stand():
    def text(first, last):
        parts = (first and f"first {first}", "between", last and f"last {last}")
        return "\n\n".join(part for part in parts if part)

    for first, last, other_first, other_last in product(FORMS, repeat=4):
        merged = TEXT.merge(
            text(FORMS[0], FORMS[0]), text(first, last), text(other_first, other_last)
        )
        due = [*paragraph("first", first, other_first), "between"]
        due += paragraph("last", last, other_last)
        assert (merged.value, merged.conflict) == ("\n\n".join(due), False)
