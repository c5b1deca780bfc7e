"""A board's server, and the connector as an admin has set it up; modules may have their own."""

from __future__ import annotations

import pytest

from connectors.sandbox.trello import TrelloSandbox
from connectors.trello import Trello, TrelloSettings
from sync.connector import Tools


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def trello(sandbox):
    connector = Trello(TrelloSettings(**sandbox.settings()), Tools(name="trello"))
    yield connector
    connector.close()
