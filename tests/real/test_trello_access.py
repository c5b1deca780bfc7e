"""`check`, `status` and the daemon tell of a token that ends and of boards that are lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sandbox.trello import TOKENS
from tests.real.trello_world import World

TOKEN = TOKENS["sync"]


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.configure(door=False)
    yield made
    made.close()


def ends(world, **left):
    moment = datetime.now(UTC) + timedelta(**left)
    world.sandbox.state.expires[TOKEN] = f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def test_check_tells_in_how_many_days_a_token_ends(world):
    ends(world, days=6, hours=12)
    done = world.run("check")
    assert done.returncode == 0, done.stdout + done.stderr  # it works today
    assert "trello: the token ends in 6 days, on " in done.stderr


def test_check_tells_which_board_may_only_be_read(world):
    place = {"id": "f" * 24, "idMember": world.sandbox.state.me, "memberType": "observer"}
    world.sandbox.state.memberships[world.board].append(place)
    done = world.run("check", "--json")
    assert done.returncode == 1
    (told,) = json.loads(done.stdout)["access"]
    assert told == {
        "system": "trello",
        "cause": "the account may only read “Programme 2026”",
        "urgent": True,
    }


def test_the_daemon_asks_and_status_tells_before_anything_fails(world):
    ends(world, days=3, hours=1)
    daemon = world.serve()
    seen = {}
    while {"access_checked", "cycle_ended"} - set(seen):
        event = daemon.until("access_checked", "cycle_ended")
        seen[event["event"]] = event
    assert seen["access_checked"]["level"] == "warning"
    status = world.run("status")
    assert status.returncode == 1
    assert "trello: the token ends in 3 days, on " in status.stdout
    assert json.loads(world.run("status", "--json").stdout)["access"][0]["urgent"] is False
    assert daemon.stop() == 0


def test_a_run_by_hand_asks_too(world):
    ends(world, days=3, hours=1)
    assert world.run("sync").returncode == 0
    assert "trello: the token ends in 3 days, on " in world.run("status").stdout
