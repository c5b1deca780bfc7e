"""The door: what comes in is verified by the system it names, and bounded in size and time."""

from __future__ import annotations

import http.client
import socket
from io import BytesIO

import pytest
from structlog.testing import capture_logs

from sync.door import LARGEST, Door
from sync.errors import ConfigError
from sync.settings.door import DoorDocument

ADDRESS = "https://hooks.example.org/notices"


class Board:
    """A system whose every notice names the board in its body, unless it is forged."""

    def __init__(self) -> None:
        self.notices = []

    def watch(self, _collections, _address):
        return 0

    def heard(self, notice, address):
        self.notices.append((notice, address))
        signed = notice.headers.get("x-signature") == "good"
        return frozenset({notice.body.decode()}) if signed else None


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def board():
    return Board()


@pytest.fixture
def heard():
    return []


@pytest.fixture
def door(board, heard, clock):
    said = DoorDocument(address=ADDRESS, listen="127.0.0.1:0")
    return Door(said, {"trello": board}, lambda *told: heard.append(told), clock)


def ask(door, method, path, body=b"", **headers):
    """The status that a request is answered with, past any socket."""
    named = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    statuses = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": BytesIO(body), **named}
    assert list(door.answer(environ, lambda status, _headers: statuses.append(status))) == []
    return statuses[0]


@pytest.mark.parametrize("path", ["/notices/trello", "/trello", "/notices/trello/"])
def test_a_system_that_asks_whether_anybody_is_there_is_told_so(door, heard, path):
    assert ask(door, "HEAD", path) == "200 OK"
    assert heard == []


@pytest.mark.parametrize("path", ["/notices/trello", "/trello"])
def test_a_signed_notice_says_where_to_look(door, board, heard, path):
    assert ask(door, "POST", path, b"b1", x_signature="good") == "200 OK"
    assert heard == [("trello", frozenset({"b1"}))]
    assert board.notices[0][1] == f"{ADDRESS}/trello"


def test_a_forged_notice_is_refused_and_wakes_nobody(door, heard):
    assert ask(door, "POST", "/trello", b"b1", x_signature="bad") == "403 Forbidden"
    assert ask(door, "POST", "/trello", b"b1") == "403 Forbidden"
    assert heard == []


def test_forged_notices_do_not_fill_the_log(door, clock):
    with capture_logs() as lines:
        for _turn in range(50):
            ask(door, "POST", "/trello", b"b1")
        clock.now = 100.0
        ask(door, "POST", "/trello", b"b1")
    told = [(line["event"], line["count"]) for line in lines]
    assert told == [("notice_refused", 1), ("notice_refused", 50)]


@pytest.mark.parametrize("path", ["/", "", "/notices", "/notices/wiki", "/trello/x"])
def test_nothing_but_the_systems_has_an_address(door, heard, path):
    assert ask(door, "HEAD", path) == "404 Not Found"
    assert ask(door, "POST", path, b"b1", x_signature="good") == "404 Not Found"
    assert heard == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_read_or_done_there(door, heard, method):
    assert ask(door, method, "/trello", b"b1", x_signature="good") == "405 Method Not Allowed"
    assert heard == []


def test_a_system_may_be_called_what_people_call_it(board, heard, clock):
    said = DoorDocument(address=ADDRESS)
    door = Door(said, {"tableau-été": board}, lambda *told: heard.append(told), clock)
    assert door.address("tableau-été") == f"{ADDRESS}/tableau-%C3%A9t%C3%A9"
    path = "/notices/tableau-été".encode().decode("latin-1")
    assert ask(door, "POST", path, b"b1", x_signature="good") == "200 OK"
    assert heard == [("tableau-été", frozenset({"b1"}))]


@pytest.fixture
def listening(board, heard):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = DoorDocument(address=ADDRESS, listen=f"127.0.0.1:{port}")
    door = Door(said, {"trello": board}, lambda *told: heard.append(told))
    door.open()
    yield door, port
    door.close()


def status(port, method, body=b"", headers=()):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, "/trello", body, dict(headers))
        answer = connection.getresponse()
        assert answer.read() == b""[: 0 if method == "HEAD" else None] or answer.status > 400
        return answer.status
    finally:
        connection.close()


def test_it_listens_on_its_port_and_no_more_once_closed(listening, heard):
    door, port = listening
    assert status(port, "HEAD") == 200
    assert status(port, "POST", b"b1", [("X-Signature", "good")]) == 200
    assert heard == [("trello", frozenset({"b1"}))]
    door.close()
    door.close()
    door._thread.join(30)
    with pytest.raises(ConnectionError):
        status(port, "HEAD")


def test_a_notice_that_is_too_large_is_refused_unread(listening, board, heard):
    _door, port = listening
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(f"POST /trello HTTP/1.1\r\nContent-Length: {LARGEST + 1}\r\n\r\n".encode())
        assert b" 413 " in line.recv(1000)
    assert (board.notices, heard) == ([], [])


def test_headers_without_end_are_refused(listening, board):
    _door, port = listening
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(b"POST /trello HTTP/1.1\r\n" + b"X-A: " + b"a" * 20_000)
        assert b" 431 " in line.recv(1000)
    assert board.notices == []


def test_a_connection_that_drips_is_ended_though_it_is_never_silent(listening):
    door, port = listening
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(b"POST /trello HTTP/1.1\r\nX-A: ")
        server = door._server
        while not server.active_channels:
            pass
        channel = next(iter(server.active_channels.values()))
        server.maintenance(channel.creation_time + 59)
        assert not channel.will_close or channel.last_activity < channel.creation_time + 39
        channel.will_close = False
        channel.last_activity = channel.creation_time + 60  # it has just said something
        server.maintenance(channel.creation_time + 61)
        assert channel.will_close


def test_a_port_that_is_taken_is_told_of(listening):
    _door, port = listening
    said = DoorDocument(address=ADDRESS, listen=f"127.0.0.1:{port}")
    with pytest.raises(ConfigError, match=str(port)):
        Door(said, {}, lambda *_told: None).open()
