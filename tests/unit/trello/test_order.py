from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from connectors.trello.order import positions


def test_what_stands_in_order_is_not_touched():
    assert positions(["a", "b", "c"], {"a": 1, "b": 2, "c": 7}) == {}


def test_one_that_moved_is_the_only_one_written():
    assert list(positions(["c", "a", "b"], {"a": 10, "b": 20, "c": 30})) == ["c"]


def test_several_new_ones_share_the_gap():
    assert positions(["a", "x", "y", "b"], {"a": 10, "b": 40}) == {"x": 20, "y": 30}


@given(
    st.permutations("abcdefg"),
    st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from([0.5, 1, 2, 2, 4, 65535, 2**47])),
)
def test_everything_ends_up_in_order_above_zero(order, current):
    final = current | positions(order, current)
    placed = [final[name] for name in order]
    assert all(low < high for low, high in itertools.pairwise(placed))
    assert placed[0] > 0
