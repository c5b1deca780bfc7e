"""The door in the settings: no listener unless it is there, and none beyond loopback unless said."""

from __future__ import annotations

import pytest

from sync.mapping.problem import Faulty
from sync.settings import load

SMALLEST = "systems: {}\n"


def test_there_is_no_door_unless_it_is_said(write):
    assert load(write(SMALLEST)).door is None


def test_it_listens_on_this_machine_alone_unless_it_is_said_otherwise(write):
    door = load(write(SMALLEST + "door: {address: 'https://x.example.org/n/'}\n")).door
    assert (door.address, door.listen) == ("https://x.example.org/n", "127.0.0.1:8407")
    said = SMALLEST + "door: {address: 'https://x.example.org', listen: '[::]:80'}\n"
    assert load(write(said)).door.listen == "[::]:80"


def test_the_environment_can_open_it(write, monkeypatch):
    monkeypatch.setenv("JUMELAGE_DOOR__ADDRESS", "https://y.example.org")
    door = load(write(SMALLEST + "door: {address: 'https://x.example.org', listen: 'h:1'}\n")).door
    assert (door.address, door.listen) == ("https://y.example.org", "h:1")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{}", "address"),
        ("{address: 'ftp://x'}", "no address that a system could call"),
        ("{address: 'x.example.org'}", "no address that a system could call"),
        ("{address: 'https://me:pw@x.example.org'}", "no address that a system could call"),
        ("{address: 'https://x.example.org/?a=1'}", "more than a host and a path"),
        ("{address: 'https://x.example.org', listen: '8407'}", "with a port"),
        ("{address: 'https://x.example.org', listen: 'h:99999'}", "with a port"),
        ("{address: 'https://x.example.org', port: 1}", "port"),
    ],
)
def test_each_fault_is_told_with_its_line(write, said, told):
    with pytest.raises(Faulty) as caught:
        load(write(f"{SMALLEST}door: {said}\n"))
    assert told in str(caught.value)
    assert "jumelage.yaml:2" in str(caught.value)
