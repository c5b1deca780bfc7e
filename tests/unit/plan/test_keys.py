"""Keys of an order, to the character: what is stored must sort the same for ever."""

from __future__ import annotations

import pytest

from sync.plan.keys import STRIDE, WIDTH, between


def test_the_first_key_leaves_room_on_both_sides():
    assert between(None, None) == "10010000i"


@pytest.mark.parametrize(
    ("low", "key"),
    [
        ("10010000i", "10020000i"),
        ("10010000", "10020000i"),
        ("1", "10010000i"),
        ("1001zzzzxyz", "1002zzzzi"),
        ("100z0000i", "10100000i"),
    ],
)
def test_a_key_after_the_last_is_a_stride_further(low, key):
    assert between(low, None) == key > low


def test_behind_the_last_number_keys_become_longer():
    last = "z" * WIDTH
    for _time in range(3):
        made = between(last, None)
        assert made == last + "i"
        last = made


@pytest.mark.parametrize(
    ("low", "high", "key"),
    [
        ("a", "c", "b"),
        ("a", "b", "ai"),
        ("a", "ab", "a5"),
        ("a", "a1", "a0i"),
        ("az", "b", "azi"),
        ("a9", "az", "am"),
        (None, "i", "9"),
        (None, "1", "0i"),
        ("abc", "abe", "abd"),
    ],
)
def test_a_key_between_two_is_the_shortest_in_their_middle(low, high, key):
    assert between(low, high) == key


def test_many_cards_can_follow_one_another_before_keys_become_longer():
    key = between(None, None)
    for _time in range(1000):
        after = between(key, None)
        assert after > key
        assert len(after) == WIDTH + 1
        assert int(after[:WIDTH], 36) - int(key[:WIDTH], 36) == STRIDE
        key = after
