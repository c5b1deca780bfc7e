"""Allowances are kept before they bite, and used up when there is a backlog."""

from __future__ import annotations

import pytest

from connectors.http.quota import SLACK, UNDER_WAY, Quota, Window


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def quota(clock: Clock, *windows: Window) -> Quota:
    named = {str(number): window for number, window in enumerate(windows)}
    return Quota(named, clock=clock, sleep=clock.sleep)


def turns(quota: Quota, clock: Clock, number: int) -> list[float]:
    found = []
    for _ in range(number):
        quota.take()
        found.append(clock.now)
    return found


def test_no_stretch_of_a_window_ever_holds_more_than_its_allowance(clock: Clock):
    made = turns(quota(clock, Window(5, 10.0)), clock, 23)
    for turn in made:
        assert sum(turn <= other < turn + 10.0 for other in made) <= 5


def test_a_backlog_goes_at_full_allowed_speed(clock: Clock):
    turns(quota(clock, Window(100, 10.0)), clock, 1001)
    assert clock.now - 1000.0 == pytest.approx(10 * (10.0 + SLACK))


def test_the_narrowest_window_counts(clock: Clock):
    made = turns(quota(clock, Window(3, 10.0), Window(4, 60.0)), clock, 5)
    assert made[3] - made[0] >= 10.0
    assert made[4] - made[0] >= 60.0


def test_two_accounts_share_the_window_of_their_key_and_no_other(clock: Clock):
    key = Window(3, 10.0)
    one, other = quota(clock, Window(2, 10.0), key), quota(clock, Window(2, 10.0), key)
    assert turns(one, clock, 2) == [1000.0, 1000.0]
    assert turns(other, clock, 2) == [1000.0, 1010.0 + SLACK]


def test_what_others_used_is_learnt_from_an_answer(clock: Clock):
    mine = quota(clock, Window(10, 10.0))
    mine.take()
    mine.learn("0", 10, 1)
    assert turns(mine, clock, 2) == [1000.0, 1010.0 + SLACK]


def test_an_allowance_of_another_size_is_learnt_from_an_answer(clock: Clock):
    mine = quota(clock, Window(100, 10.0))
    mine.take()
    mine.learn("0", 2, 1)
    assert turns(mine, clock, 2) == [1000.0, 1010.0 + SLACK]


def test_a_window_that_began_anew_at_the_server_is_used_at_once(clock: Clock):
    mine = quota(clock, Window(20, 10.0))
    turns(mine, clock, 20)
    clock.now += 5
    mine._mine.turn = clock.now
    mine.learn("0", 20, 19)
    made = turns(mine, clock, 20 - UNDER_WAY)
    assert made[-2] == 1005.0
    assert made[-1] > 1005.0


def test_calls_under_way_are_not_taken_for_a_new_window(clock: Clock):
    mine = quota(clock, Window(UNDER_WAY, 10.0))
    turns(mine, clock, UNDER_WAY)
    mine.learn("0", UNDER_WAY, UNDER_WAY - 1)
    assert turns(mine, clock, 1) == [1010.0 + SLACK]


def test_a_refusal_without_a_time_holds_everybody_for_a_window(clock: Clock):
    mine = quota(clock, Window(5, 10.0))
    mine.refused(None)
    assert turns(mine, clock, 1) == [1010.0]
    mine.refused(3.0)
    assert turns(mine, clock, 1) == [1013.0]


def test_a_turn_that_comes_too_late_is_not_taken(clock: Clock):
    mine = quota(clock, Window(1, 900.0))
    assert mine.takes_within(30.0) is None
    assert mine.takes_within(30.0) == pytest.approx(900.0 + SLACK)
    clock.now += 880
    assert mine.takes_within(30.0) is None
    assert clock.now == pytest.approx(1900.0 + SLACK)


def test_one_key_means_one_window_in_a_process():
    assert Window.shared(("t", "a"), 5, 1.0) is Window.shared(("t", "a"), 5, 1.0)
    assert Window.shared(("t", "a"), 5, 1.0) is not Window.shared(("t", "b"), 5, 1.0)
