"""The stand-in with one board, somebody to speak to it, and somebody who listens."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

import pytest
import requests

from connectors.sandbox.trello import KEY, TOKENS, TrelloSandbox


class Person:
    """A session with one token."""

    def __init__(self, sandbox, token) -> None:
        self.sandbox, self.token = sandbox, token
        self.signed = {"Authorization": f'OAuth oauth_consumer_key="{KEY}", oauth_token="{token}"'}

    def ask(self, method, path, **more):
        headers = self.signed | more.pop("headers", {})
        url = path if path.startswith("http") else f"{self.sandbox.url}/{path}"
        return requests.request(method, url, headers=headers, timeout=5, **more)

    def do(self, method, path, **body):
        answer = self.ask(method, path, json=body)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()

    def get(self, path, **params):
        answer = self.ask("GET", path, params=params)
        assert answer.status_code == 200, (answer.status_code, answer.text)
        return answer.json()


class Listener:
    """Whoever webhooks call; it answers with what it is told to."""

    def __init__(self) -> None:
        self.heard, self.answers = Queue(), []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                outer.reply(self, 200)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.put((body, dict(self.headers)))
                outer.reply(self, outer.answers.pop(0) if outer.answers else 200)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def reply(self, handler, status):
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()


@pytest.fixture
def sandbox(tmp_path):
    running = TrelloSandbox(tmp_path, hurry=10_000)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def me(sandbox):
    return Person(sandbox, TOKENS["sync"])


@pytest.fixture
def camille(sandbox):
    return Person(sandbox, TOKENS["person"])


@pytest.fixture
def board(me):
    return me.do("POST", "boards", name="Programme")


@pytest.fixture
def column(me, board):
    return me.get(f"boards/{board['id']}/lists")[0]


@pytest.fixture
def card(me, column):
    return me.do("POST", "cards", name="Jardin", idList=column["id"])


@pytest.fixture
def listener():
    one = Listener()
    yield one
    one.server.shutdown()
    one.server.server_close()
