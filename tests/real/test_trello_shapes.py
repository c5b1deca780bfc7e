"""The stand-in's answers beside recorded answers of the real service, field by field.

For each recorded request that the stand-in serves, the same request is sent to it, with
ids of its own, and the shapes are compared: every recorded field is there, and of the
recorded type. The real service answered in 2020; fields that it gained since may be
there too.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from connectors.sandbox.trello import KEY, TOKENS, TrelloSandbox

RECORDINGS = (
    Path(__file__).resolve().parents[2].parent
    / "shared/data/trello/recordings/http-exchanges.jsonl"
)
SIGNED = {"Authorization": f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKENS["sync"]}"'}
pytestmark = pytest.mark.skipif(
    not RECORDINGS.exists(), reason="recorded exchanges are not kept in this repository"
)


class Stage:
    """A board with one of each thing, by the words that addresses use."""

    def __init__(self, sandbox) -> None:
        self.url = sandbox.url.removesuffix("/1")
        name = sandbox.make("board")
        [board] = [one for one in sandbox.state.boards.values() if one["name"] == name]
        self.ids = {"boards": board["id"], "members": sandbox.state.me}
        [column] = sandbox.state.on_board(sandbox.state.lists, board["id"])
        self.ids["lists"] = column["id"]
        label = self.post("labels", name="", color="green", idBoard=board["id"])
        self.ids["labels"] = label["id"]
        self.column = column["id"]
        self.refresh()

    def refresh(self):
        """Make anew what the last request may have used up."""
        text = "du texte"
        card = self.post(
            "cards", name="C1", desc=text, idList=self.column, idMembers=self.ids["members"]
        )
        checklist = self.post("checklists", name="L", idCard=card["id"])
        item = self.post(f"checklists/{checklist['id']}/checkItems", name="a")
        comment = self.post(f"cards/{card['id']}/actions/comments", text=text)
        self.ids |= {
            "cards": card["id"],
            "checklists": checklist["id"],
            "checkItem": item["id"],
            "actions": comment["id"],
        }

    def post(self, path, **body):
        answer = requests.post(f"{self.url}/1/{path}", json=body, headers=SIGNED, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def placed(self, text, word):
        """An id of the stage where the recording has one of its own."""
        named = {"idList": "lists", "idBoard": "boards", "idCard": "cards", "idMembers": "members"}
        named |= {"idLabels": "labels", "idModel": "boards", "idChecklistSource": "checklists"}
        here = self.ids.get(named.get(word, word))
        return here if here and re.fullmatch(r"[0-9a-f]{24}(,[0-9a-f]{24})*", text) else text

    def send(self, row):
        parts = urlsplit(row["uri"])
        words = parts.path.strip("/").split("/")
        path = [self.placed(part, words[n - 1]) for n, part in enumerate(words)]
        path = ["me" if part == "hoppertest" else part for part in path]
        query = {k: v for k, v in parse_qsl(parts.query) if k not in ("key", "token")}
        sent = dict(parse_qsl(row["req_body"] or "", keep_blank_values=True))
        value = {"idList": "lists", "idLabels": "labels", "idMembers": "members"}.get(words[-1], "")
        body = {k: self.placed(v, value if k == "value" else k) for k, v in sent.items()}
        body.pop("idCardSource", None)
        if path[-2:-1] == ["idLabels"] or words[-2:-1] == ["idMembers"]:
            self.put_on(path[-2])
        return requests.request(
            row["method"],
            f"{self.url}/{'/'.join(path)}",
            params=query,
            data=body,
            headers=SIGNED,
            timeout=5,
        )

    def put_on(self, what):
        value = self.ids["labels" if what == "idLabels" else "members"]
        requests.post(
            f"{self.url}/1/cards/{self.ids['cards']}/{what}",
            json={"value": value},
            headers=SIGNED,
            timeout=5,
        )


def kind(value):
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "null" if value is None else type(value).__name__


def compared(recorded, ours, path=""):
    """Every field of the recorded answer, and whether ours has it in the same type."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        table = path.endswith(("prefs", "labelNames", "limits", "nonPublic"))
        for name, value in ({} if table else recorded).items():
            if name in ours:
                yield from compared(value, ours[name], f"{path}.{name}")
            else:
                yield f"{path}.{name}", "missing"
        yield path, "agrees"
    elif isinstance(recorded, list) and isinstance(ours, list):
        if recorded and ours:
            yield from compared(recorded[0], ours[0], f"{path}[]")
        yield path, "agrees"
    elif kind(recorded) == kind(ours) or "null" in (kind(recorded), kind(ours)):
        yield path, "agrees"
    else:
        yield path, f"{kind(recorded)} became {kind(ours)}"


@pytest.fixture
def stage(tmp_path):
    sandbox = TrelloSandbox(tmp_path)
    sandbox.start()
    yield Stage(sandbox)
    sandbox.stop()


def test_the_answers_have_the_recorded_shapes(stage):
    verdicts, wrong, unserved = Counter(), Counter(), Counter()
    for row in map(json.loads, RECORDINGS.read_text("utf-8").splitlines()):
        stage.refresh()
        answer = stage.send(row)
        route = re.sub(r"/[0-9a-f]{24}", "/{id}", urlsplit(row["uri"]).path)
        route = f"{row['method']} {route}"
        if answer.status_code == 404 and answer.text.startswith("Cannot "):
            unserved[route] += 1
            continue
        if row["status"] != 200 or answer.status_code != 200:
            continue  # recorded in a state of its own, which the stage is not in
        for path, verdict in compared(row["body"], answer.json()):
            verdicts[verdict == "agrees"] += 1
            if verdict != "agrees":
                wrong[f"{route}{path}: {verdict}"] += 1
    share = verdicts[True] / verdicts.total()
    told = "\n".join(f"{count} {what}" for what, count in wrong.most_common())
    assert share >= 0.98, f"{share:.1%} of {verdicts.total()} fields agree\n{told}"
    assert unserved.total() <= 65, unserved
