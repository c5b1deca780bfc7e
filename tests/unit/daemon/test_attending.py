"""Visits to systems: soon after they are known, hourly, sooner where one did not answer."""

from __future__ import annotations

import threading

import pytest

from sync.account import Grant
from sync.attending import AGAIN, EVERY, Attendant
from sync.door import Door
from sync.errors import Unreachable
from sync.model import Collection
from sync.settings.door import DoorDocument
from sync.store.memory import MemoryStore

BOARD, OTHER = Collection("trello", "board", "1", "A"), Collection("trello", "board", "2", "B")
ADDRESS = "https://hooks.example.org/trello"


class System:
    def __init__(self) -> None:
        self.watched = []
        self.asked = 0
        self.trouble = None

    def watch(self, collections, address):
        self.watched.append(([one.name for one in collections], address))
        if self.trouble:
            raise self.trouble
        return len(self.watched[-1][0])

    def heard(self, _notice, _address):
        return None

    def grant(self, _collections):
        self.asked += 1
        if self.trouble:
            raise self.trouble
        return Grant()


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def system():
    return System()


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def store():
    return MemoryStore()


def attendant(system, store, clock, *, door=True):
    said = DoorDocument(address="https://hooks.example.org", listen="127.0.0.1:1")
    hung = Door(said, {"trello": system}, lambda *_told: None) if door else None
    return Attendant({"trello": system, "plain": object()}, store, hung, clock)


def visit(at):
    """Let what is due be done to its end."""
    at.tick()
    for thread in at_work():
        thread.join(30)


def at_work():
    return [one for one in threading.enumerate() if one.name.startswith("visit-")]


def test_a_system_is_visited_at_once_and_every_hour(system, store, clock):
    at = attendant(system, store, clock)
    visit(at)
    assert system.asked == 0  # nothing is kept in step yet
    at.take_in([BOARD])
    visit(at)
    visit(at)
    assert system.watched == [(["A"], ADDRESS)]
    clock.now += EVERY
    visit(at)
    assert (len(system.watched), system.asked) == (2, 2)


def test_what_is_taken_in_later_is_seen_to_soon_and_what_is_known_is_not(system, store, clock):
    at = attendant(system, store, clock)
    at.take_in([BOARD, BOARD.of_children("comment")])
    visit(at)
    at.take_in([BOARD])
    visit(at)
    at.take_in([BOARD, OTHER])
    visit(at)
    assert [names for names, _address in system.watched] == [["A"], ["A", "B"]]


@pytest.mark.parametrize("trouble", [Unreachable("no"), RuntimeError("a fault of the connector")])
def test_a_system_that_does_not_answer_is_visited_again_sooner(system, store, clock, trouble):
    at = attendant(system, store, clock)
    at.take_in([BOARD])
    system.trouble = trouble
    visit(at)
    system.trouble = None
    clock.now += AGAIN
    visit(at)
    clock.now += AGAIN
    visit(at)
    assert len(system.watched) == 2


def test_without_a_door_nobody_is_watched_but_what_was_is_no_longer(system, store, clock):
    closed = attendant(system, store, clock, door=False)
    closed.take_in([BOARD])
    visit(closed)
    assert system.watched == []
    opened = attendant(system, store, clock)
    opened.take_in([BOARD])
    visit(opened)
    again = attendant(system, store, clock, door=False)
    again.take_in([BOARD])
    visit(again)
    clock.now += EVERY
    visit(again)
    assert system.watched == [(["A"], ADDRESS), ([], "")]


def test_a_system_that_offers_nothing_is_left_alone(system, store, clock):
    at = attendant(system, store, clock)
    at.take_in([Collection("plain", "folder", ".", "x")])
    visit(at)
    clock.now += AGAIN
    visit(at)
    assert store.meta("access/plain") is None
