"""What systemd is told."""

from __future__ import annotations

import os
import socket

import pytest

from sync.notify import ALIVE, READY, notify, status, watchdog


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_on_its_socket(tmp_path, abstract):
    path = f"@jumelage-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind("\0" + path[1:] if abstract else path)
        assert notify(READY, status("two\nlines"), environ={"NOTIFY_SOCKET": path})
        assert ear.recv(1024) == b"READY=1\nSTATUS=two lines"


@pytest.mark.parametrize(
    "environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/absent/socket"}]
)
def test_where_nobody_listens_nothing_happens(environ):
    assert not notify(ALIVE, environ=environ)


def test_the_watchdog_is_meant_for_the_process_that_it_names():
    ours = str(os.getpid())
    assert watchdog({}) is None
    assert watchdog({"WATCHDOG_USEC": "60000000"}) == 60.0
    assert watchdog({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": ours}) == 0.5
    assert watchdog({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"}) is None
    assert watchdog({"WATCHDOG_USEC": "often"}) is None
