"""`status` beside a service: alive, late, never come to a cycle, dead, stopped, breaking off."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from sync import pulse
from sync.app import WAITING
from sync.store.sql import SQLStore

UNIT, EVERY = "programme", 300.0
FRESH, LATE, OLD = timedelta(seconds=10), timedelta(minutes=14), timedelta(hours=3)
FRENCH = "fr_FR.UTF-8"
DEAD = ("the service is dead or stuck — systemctl status jumelage", "systemctl status jumelage")
ENDED = ("programme is not kept in step any more, since ", "plus tenu au même pas, depuis le ")


@contextmanager
def ago(collective, age):
    """The store, as the daemon wrote to it so long ago."""
    store = SQLStore(f"sqlite:///{collective.base / 'state.db'}")
    then = datetime.now(UTC) - age
    with mock.patch("sync.pulse.now", return_value=then):
        yield store
    store.close()


@pytest.fixture
def served(collective):
    """A collective in step, with a daemon that has begun."""
    assert collective.run("sync").status == 0
    with ago(collective, OLD) as store:
        pulse.started(store)
    return collective


def both(collective, *said):
    """The status in English and in French; what is said stands in each of them."""
    english, french = collective.run("status"), collective.run("status", language=FRENCH)
    assert english.status == french.status
    for words in said:
        assert words[0] in english.out, english.out
        assert words[1] in french.out, french.out
    return english


@pytest.mark.parametrize("age", [FRESH, LATE])
def test_a_heart_that_beat_within_three_intervals_lives(served, age):
    with ago(served, age) as store:
        pulse.beat(store, UNIT, EVERY)
    assert both(served, ("all in step", "tout est au même pas")).status == 0


def test_a_heart_that_has_not_beaten_for_three_intervals_is_dead_and_said_first(served):
    with ago(served, OLD) as store:
        pulse.beat(store, UNIT, EVERY)
    done = both(served, ENDED, DEAD)
    assert done.status == 1
    assert done.out.startswith(ENDED[0])
    (dead,) = served.run("status", "--json").data["dead"]
    assert (dead["unit"], dead["cause"]) == (UNIT, DEAD[0])


def test_an_interval_of_a_day_is_waited_for(served):
    with ago(served, OLD) as store:
        pulse.beat(store, UNIT, 86400.0)
    assert served.run("status").status == 0


def test_a_service_that_never_came_to_a_cycle_is_dead(served):
    assert both(served, ENDED, DEAD).status == 1


def test_a_service_that_has_just_begun_is_given_its_time(collective):
    collective.run("sync")
    with ago(collective, FRESH) as store:
        pulse.started(store)
    assert both(collective, ("all in step", "tout est au même pas")).status == 0


def test_a_service_that_waits_for_a_system_is_not_said_to_be_dead(served):
    with ago(served, OLD) as store, store.transaction() as tx:
        tx.put_meta(WAITING, {UNIT: "two: no route to host"})
    done = served.run("status")
    assert done.status == 1
    assert "programme waits: two: no route to host\n    jumelage check" in done.out
    assert "dead" not in done.out
    with ago(served, OLD) as store:
        pulse.beat(store, UNIT, EVERY)
    assert both(served, ENDED, DEAD).status == 1, "it waits, and nobody looks any more"


def test_a_service_that_was_stopped_says_so_until_somebody_synchronises_by_hand(served):
    with ago(served, OLD) as store:
        pulse.beat(store, UNIT, EVERY)
        pulse.stopped(store)
    said = "the service was stopped — systemctl start jumelage"
    assert both(served, ENDED, (said, "systemctl start jumelage")).status == 1
    assert served.run("sync").status == 0
    assert served.run("status").status == 0


def test_cycles_that_break_off_are_told_with_their_fault(served):
    with ago(served, OLD) as store:
        pulse.beat(store, UNIT, EVERY)
    with ago(served, FRESH) as store:
        pulse.failed(store, UNIT, EVERY, "StoreFailed: no room left")
    said = "its cycles break off: StoreFailed: no room left — journalctl -u jumelage"
    assert both(served, ENDED, (said, "StoreFailed: no room left")).status == 1


def test_without_a_service_nobody_waits_for_one(collective):
    collective.run("sync")
    with ago(collective, OLD) as store:
        pulse.beat(store, UNIT, EVERY)
    assert collective.run("status").status == 0


def test_what_is_held_is_told_beside_a_heart_that_beats(served):
    with ago(served, FRESH) as store:
        pulse.beat(store, UNIT, EVERY)
    served.run("hold", "Été")
    done = both(served, ("held: Été: held by hand", "retenu : Été : "))
    assert done.status == 1
    assert "jumelage release 'one/folder:cards/Été.md'" in done.out
    assert "any more" not in done.out
