"""The stand-in's answers beside all recorded exchanges with the real service.

Each recorded request is sent to the stand-in with ids of its own, and the answers are
compared: status, content type, rate-limit headers, and of each field its presence, its
type, and whether it may be null. The real service answered in 2020 to 2023; what it was
seen to answer elsewhere (in exports as well) may be there too, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread

import pytest

from connectors.sandbox.trello import TrelloSandbox
from tests.sandbox.trello.corpus import RECORDINGS, known, noun, rows
from tests.sandbox.trello.differences import EXPLAINED
from tests.sandbox.trello.stage import Stage
from tests.sandbox.trello.verdicts import compared

pytestmark = pytest.mark.skipif(
    not RECORDINGS.exists(), reason="recorded exchanges are not kept in this repository"
)
HEADERS = [
    f"x-rate-limit-{name}-{word}"
    for name in ("api-token", "api-key")
    for word in ("interval-ms", "max", "remaining")
]


class Listener(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.send_response(200)
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_HEAD()

    def log_message(self, *_):
        pass


@pytest.fixture
def stage(tmp_path):
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
    numbers = count()
    sandbox = TrelloSandbox(tmp_path)
    sandbox.start()
    yield Stage(sandbox, lambda: f"http://127.0.0.1:{listener.server_address[1]}/{next(numbers)}")
    sandbox.stop()
    listener.shutdown()
    listener.server_close()


def verdicts_of(seen, row, answer):
    """Yield every comparison of one exchange: what is compared, and `agrees` or what is wrong."""
    said = answer.headers["Content-Type"]
    yield "status", "agrees" if answer.status_code == row["status"] else f"{answer.status_code}"
    yield "content type", "agrees" if [said] == row["headers"]["content-type"] else said
    for name in HEADERS:
        recorded = row["headers"].get(name, [None])[0]
        ours = answer.headers.get(name)
        same = (recorded is None or ours is not None) and (
            name.endswith("remaining") or recorded in (None, ours)
        )
        yield name, "agrees" if same else f"{ours}"
    if answer.status_code != row["status"]:
        return
    if "json" not in said:
        yield "text", "agrees" if answer.text == row["body"] else answer.text
        return
    yield from compared(seen, noun(row["uri"].partition("?")[0]), row["body"], answer.json())


def test_the_answers_have_the_recorded_shapes(stage):
    seen, fields, exchanges, wrong = known(), Counter(), Counter(), Counter()
    for row in rows():
        stage.refresh()
        answer = stage.send(row)
        route = re.sub(r"/[0-9a-f]{24}", "/ID", row["uri"].partition("?")[0])
        bad = []
        for what, verdict in verdicts_of(seen, row, answer):
            fields[verdict == "agrees"] += 1
            if verdict != "agrees":
                bad.append(f"{row['method']} {route} {what}: {verdict}")
        exchanges[not bad] += 1
        wrong.update(bad)
    unexplained = {what: n for what, n in wrong.items() if what not in EXPLAINED}
    told = "\n".join(f"{n} {what}" for what, n in sorted(wrong.items()))
    assert not unexplained, f"{fields} {exchanges}\n{told}"
    assert set(EXPLAINED) <= set(wrong), "an explained difference is gone: take it off the table"
    assert fields[True] / fields.total() >= 0.98, told
    assert exchanges[True] / exchanges.total() >= 0.98, told
    assert exchanges.total() == len(rows())


def test_the_comparison_sees_what_is_missing_unknown_or_of_another_type():
    seen = known()
    row = next(row for row in rows() if noun(row["uri"].partition("?")[0]) == "card")
    recorded = row["body"]
    for ours, path in (
        ({k: v for k, v in recorded.items() if k != "due"}, "card.due"),
        (recorded | {"pos": "top"}, "card.pos"),
        (recorded | {"name": None}, "card.name"),
        (recorded | {"colour": "red"}, "card.colour"),
    ):
        found = dict(compared(seen, "card", recorded, ours))
        assert {name for name, verdict in found.items() if verdict != "agrees"} == {path}
