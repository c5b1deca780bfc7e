"""A board of Trello beside an empty one: mirrored, and told field by field as people see it."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import yaml

from connectors.sandbox.trello import TrelloSandbox
from connectors.sandbox.trello.routes import Call, Upload, dispatch
from connectors.trello import TrelloSettings
from sync import app, holds
from sync.settings import load
from sync.settings.systems import holds_secret
from tests.system.world import invite, sync

KINDS = {"checkbox": "bool", "date": "moment", "list": "choice", "number": "number", "text": "text"}
"""Type of a custom field -> its type in the hub."""
CARD = Path(__file__).parents[2] / "mappings" / "kinds" / "card.yaml"


class Trip:
    """From one board to another of the same service, by the mapping language alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = TrelloSandbox(folder / "trello")
        self.state = self.sandbox.state
        self.sandbox.start()

    def load(self, export: Path) -> None:
        """Take an export for the board to mirror."""
        self.origin = self.sandbox.load(export)

    def make(self) -> None:
        """Make an empty board to mirror."""
        self.sandbox.make("board")
        [self.origin] = self.state.boards

    def do(self, method: str, path: str, *, who: str = "camille", **params):
        """Do something on Trello as a member."""
        members = {one["username"]: one for one in self.state.members.values()}
        return dispatch(Call(self.state, method, f"/{path}", params, members[who], "0" * 24))

    def attach(self, card: str, name: str, content: bytes, kind: str = "image/png", **params):
        """Attach a file to a card."""
        upload = Upload(name, kind, content)
        return self.do("POST", f"cards/{card}/attachments", file=upload, **params)

    def aim(self) -> None:
        """Make the other board, whose one list is archived, with the same members."""
        before = set(self.state.boards)
        self.sandbox.make("board")
        [self.target] = set(self.state.boards) - before
        for column in self.state.on_board(self.state.lists, self.target):
            column["closed"] = True
        there = {one["idMember"] for one in self.state.memberships[self.target]}
        self.state.memberships[self.target] += [
            {"id": self.state.mint(), "idMember": one["idMember"], "memberType": "normal"}
            for one in self.state.memberships[self.origin]
            if one["idMember"] not in there
        ]
        invite(self.sandbox, self.origin)
        self._write()

    def _write(self) -> None:
        said = self.sandbox.settings()
        names = {key: f"TRIP_{key}".upper() for key in said if holds_secret(TrelloSettings, key)}
        os.environ |= {names[key]: str(said[key]) for key in names}
        system = said | {key: {"env": variable} for key, variable in names.items()}
        settings = {"systems": {"trello": system}, "store": "sqlite:///state.db"}
        (self.folder / "mappings" / "kinds").mkdir(parents=True)
        self.file = self.folder / "jumelage.yaml"
        self.file.write_text(yaml.safe_dump(settings), "utf-8")
        self._map()

    def _map(self) -> None:
        defined = self.state.on_board(self.state.custom_fields, self.origin)
        kind = yaml.safe_load(CARD.read_text("utf-8"))
        kind["fields"] |= {one["name"]: {"type": KINDS[one["type"]]} for one in defined}
        names = [one["name"] for one in defined]
        sides = {
            "here": {
                "use": "trello",
                "board": self.origin,
                "fields": {n: {"to": n, "make": True} for n in names},
            },
            "there": {
                "use": "trello",
                "board": self.target,
                "fields": {n: {"to": n, "make": True} for n in names},
            },
        }
        document = {"kind": "card", "with": ["comment", "file"], "sides": sides}
        document["deletions"] = {"final": "delete"}
        for name, told in (("kinds/card", kind), ("m", document)):
            file = self.folder / "mappings" / f"{name}.yaml"
            file.write_text(json.dumps(told, ensure_ascii=False), "utf-8")

    def sync(self, *, full: bool = False):
        """One run in a process of its own, as far as memory goes; `full`: comparing everything."""
        self.sandbox.service.seen.clear()
        with app.assembled(app.configure(load(self.file))) as running:
            for state in running.store.collections().values() if full else ():
                state.full_listing_at = None
                with running.store.transaction() as tx:
                    tx.put_collection(state)
            return sync(running)

    def release(self, report) -> None:
        """What `jumelage release` does with everything that a run held."""
        with app.assembled(app.configure(load(self.file))) as running:
            units = {unit.name: unit for unit in running.compiled().units}
            for hold in report.holds:
                assert holds.release(running.store, units, hold.subject), hold

    def close(self) -> None:
        self.sandbox.stop()

    def shown(self, board: str) -> list[dict[str, object]]:
        """Every card as people see it, in the order of names and lists."""
        state = self.state
        cards = [one for one in state.cards.values() if one["idBoard"] == board]
        found = [View(state, card).fields() for card in cards]
        return sorted(found, key=lambda f: (f["name"], f["list"], f["place"], f["closed"]))


class View:
    """One card, without what differs between any two boards: ids, and who wrote it down."""

    def __init__(self, state, card) -> None:
        self.state, self.card = state, card

    def fields(self) -> dict[str, object]:
        state, card = self.state, self.card
        column = state.lists[card["idList"]]
        names = {one["id"]: one["name"] for one in card.get("attachments") or []}
        cover = card.get("cover") or {}
        reminder = card.get("dueReminder")
        return {
            "name": card["name"],
            "description": card["desc"],
            "list": column["name"],
            "place": self._place(column),
            "labels": sorted(self._label(ref) for ref in card["idLabels"]),
            "members": sorted(state.members[ref]["username"] for ref in card["idMembers"]),
            "start": card.get("start"),
            "due": card["due"],
            "reminder": None if reminder in (None, -1) else reminder,
            "done": bool(card["dueComplete"]),
            "closed": card["closed"],
            "cover": (cover.get("color"), names.get(cover.get("idAttachment"))),
            "template": bool(card.get("isTemplate")),
            "checklists": self._checklists(),
            "custom": self._custom(),
            "location": (card.get("locationName") or card.get("address"), card.get("coordinates")),
            "comments": self._comments(),
            "attachments": self._attached(),
        }

    def _place(self, column) -> int:
        others = [one for one in self.state.cards.values() if one["idList"] == column["id"]]
        ranked = sorted(others, key=lambda one: (one["pos"], one["id"]))
        return next(n for n, one in enumerate(ranked) if one is self.card)

    def _label(self, ref: str) -> tuple[str, str]:
        label = self.state.labels[ref]
        return label["name"], str(label["color"])

    def _checklists(self) -> list[object]:
        mine = [c for c in self.state.checklists.values() if c["idCard"] == self.card["id"]]
        return [
            (
                one["name"],
                [
                    (i["name"], i["state"], i.get("due"), i.get("idMember"))
                    for i in sorted(one["checkItems"], key=lambda i: i["pos"])
                ],
            )
            for one in sorted(mine, key=lambda one: one["pos"])
        ]

    def _custom(self) -> dict[str, object]:
        found = {}
        for item in self.card.get("customFieldItems") or []:
            field = self.state.custom_fields[item["idCustomField"]]
            options = {o["id"]: o["value"]["text"] for o in field.get("options") or []}
            found[field["name"]] = item.get("value") or options[item["idValue"]]
        return found

    def _comments(self) -> list[tuple[str, str]]:
        """Who said what, the oldest first; a mirrored comment says it in its first line."""
        told = self.state.actions.get(self.card["idBoard"], [])
        mine = [
            one
            for one in told
            if one["type"] in {"commentCard", "copyCommentCard"}
            and one["data"]["card"]["id"] == self.card["id"]
        ]
        return [self._said(one) for one in sorted(mine, key=lambda one: one["id"])]

    def _said(self, action) -> tuple[str, str]:
        text = action["data"]["text"]
        line, _, rest = text.partition(":\n\n")
        if line.startswith("**") and "\u2060" in line:
            return line[2:].partition("**")[0], rest
        return self.state.members[action["idMemberCreator"]]["username"], text

    def _attached(self) -> list[tuple[object, ...]]:
        found = defaultdict(list)
        for one in self.card.get("attachments") or []:
            size = one["bytes"] if one["isUpload"] else one["url"]
            found[one["isUpload"]].append((one["name"], size))
        return [(kind, sorted(many, key=str)) for kind, many in sorted(found.items())]
