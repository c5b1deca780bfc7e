"""The daemon as a process, and webhooks of the stand-in for Trello: an edit comes over at once.

Each mapping is due every hour: what comes over within a test was told of at the door.
"""

from __future__ import annotations

import json
import socket

import pytest
import requests

from connectors.sandbox.trello import KEY, TOKENS
from connectors.sandbox.trello.courier import SIGNING, signature
from tests.real.trello_world import World


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    made.configure()
    yield made
    made.close()


def until_written(daemon, shown):
    """Take in what the log tells until the folder shows it."""
    while not shown():
        daemon.until("cycle_ended")


def test_an_edit_on_the_board_comes_over_long_before_the_interval_is_over(world):
    daemon = world.watched()
    card = world.card()
    world.person.do("PUT", f"cards/{card['id']}", name="Un tout autre nom")
    assert daemon.until("notice_received")["unit"] == "programme"
    until_written(daemon, lambda: world.note("Un tout autre nom"))
    assert daemon.stop() == 0


def test_what_only_webhooks_tell_comes_over_too(world):
    daemon = world.watched()
    card = world.card()
    listed = world.person.do("POST", f"cards/{card['id']}/checklists", name="Liste")
    until_written(daemon, lambda: daemon.seen[-1]["event"] == "cycle_ended")
    world.person.do("POST", f"checklists/{listed['id']}/checkItems", name="Une entrée neuve")
    until_written(daemon, lambda: world.note("Une entrée neuve"))
    assert daemon.stop() == 0


def post(world, body, **headers):
    return requests.post(world.callback, body, headers=headers, timeout=30).status_code


def told(world, **more):
    board = {"id": world.board, "name": "Forgé"}
    return json.dumps({"action": {"type": "updateCard", "data": {"board": board}}, **more}).encode()


def test_forged_late_and_doubled_notices_bring_nothing_of_what_they_say(world):
    daemon = world.watched()
    before = {p: p.read_text() for p in (world.folder / "notes").rglob("*.md")}
    forged, late = told(world), told(world, model={"id": world.board, "name": "Autre"})
    assert post(world, forged) == 403
    assert post(world, forged, **{"X-Trello-Webhook": signature(late, world.callback)}) == 403
    signed = {"X-Trello-Webhook": signature(late, world.callback)}
    assert [post(world, late, **signed) for _turn in range(5)] == [200] * 5
    daemon.until("notice_received")
    assert daemon.until("cycle_ended")["standing"] == "in step"
    assert {p: p.read_text() for p in (world.folder / "notes").rglob("*.md")} == before
    assert daemon.stop() == 0
    assert [e["event"] for e in daemon.seen].count("notice_refused") == 1


def test_a_restart_keeps_the_webhook_and_makes_a_lost_one_anew(world):
    assert world.watched().stop() == 0
    (hook,) = world.sandbox.state.webhooks
    again = world.serve()
    again.until("access_checked")
    assert list(world.sandbox.state.webhooks) == [hook]
    assert again.stop() == 0
    world.sandbox.state.webhooks.clear()
    assert world.watched().stop() == 0
    assert len(world.sandbox.state.webhooks) == 1


def test_without_a_door_nothing_listens_and_looking_by_the_clock_goes_on(world):
    world.configure(door=False)
    daemon = world.serve()
    assert daemon.until("cycle_ended")["standing"] == "in step"
    assert world.sandbox.state.webhooks == {}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", world.port), timeout=5)
    assert daemon.stop() == 0


def test_a_door_that_was_taken_out_of_the_settings_leaves_no_webhook(world):
    assert world.watched().stop() == 0
    world.configure(door=False, secret=None)
    daemon = world.serve()
    daemon.until("access_checked")
    assert world.sandbox.state.webhooks == {}
    assert daemon.stop() == 0


def test_a_door_that_cannot_be_opened_keeps_nothing_from_being_in_step(world):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", world.port))
        daemon = world.serve()
        daemon.until("door_failed")
        assert daemon.until("cycle_ended")["standing"] == "in step"
        assert daemon.stop() == 0
    assert world.sandbox.state.webhooks == {}


def test_no_secret_is_in_what_the_daemon_logs(world):
    daemon = world.watched()
    world.sandbox.state.webhooks.clear()
    assert daemon.stop() == 0
    logged = json.dumps(daemon.seen)
    assert not [s for s in (KEY, TOKENS["sync"], SIGNING) if s in logged]
