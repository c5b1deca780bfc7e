from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.types.alignment import aligned, alike

LINES = st.lists(
    st.sampled_from(["pain", "pain bio", "pain noir", "vin", "vins", "sel"]), max_size=6
)


@given(LINES, LINES)
def test_pairs_never_cross_and_an_element_is_in_one_pair_only(base, changed):
    pairs = sorted(aligned(base, changed).items())
    olds = [old for _new, old in pairs]
    assert olds == sorted(set(olds))


@given(LINES, LINES)
def test_only_what_is_equal_or_like_it_is_paired(base, changed):
    assert all(alike(base[old], changed[new]) for new, old in aligned(base, changed).items())


@given(st.permutations(["pain", "pain bio", "vin", "sel"]), st.integers(0, 4))
def test_what_stands_around_an_addition_is_paired_with_itself(base, place):
    changed = [*base[:place], "quelque chose d'autre", *base[place:]]
    assert aligned(base, changed) == {n + (n >= place): n for n in range(len(base))}


def test_an_element_added_beside_its_like_is_no_second_form_of_it():
    assert aligned(["pain"], ["pain bio", "pain noir"]) == {0: 0}
    assert aligned(["pain", "vin"], ["pain bio", "vins"]) == {0: 0, 1: 1}


def test_where_very_much_changed_at_once_nothing_is_taken_for_an_edit():
    assert aligned(["pain"] * 30, ["pain bio"] * 30) == {}
    assert len(aligned(["pain"] * 10, ["pain bio"] * 10)) == 10
