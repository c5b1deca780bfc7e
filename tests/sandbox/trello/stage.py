"""A board of the stand-in with one of each thing, so that recorded requests can be sent."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

import requests

from connectors.sandbox.trello import KEY, TOKENS
from connectors.sandbox.trello.routes import Call, Upload, dispatch
from tests.sandbox.trello.corpus import noun

SIGNED = {"Authorization": f'OAuth oauth_consumer_key="{KEY}", oauth_token="{TOKENS["sync"]}"'}
NOBODY = "0123456789abcdef01234567"
_ID = re.compile(r"[0-9a-f]{24}(,[0-9a-f]{24})*\Z")
_WORDS = {
    "idList": "lists",
    "idBoard": "boards",
    "idCard": "cards",
    "idCardSource": "cards",
    "idMembers": "members",
    "idMember": "members",
    "membersVoted": "members",
    "idLabels": "labels",
    "idModel": "boards",
    "idChecklistSource": "checklists",
    "idBoardSource": "boards",
    "idListSource": "lists",
    "idOrganization": "organizations",
    "customField": "customFields",
    "customfields": "customFields",
}


class Stage:
    """The stage, and its ids by the words that addresses use."""

    def __init__(self, sandbox, callback) -> None:
        self.sandbox, self.callback = sandbox, callback
        self.state = sandbox.state
        self.url = sandbox.url.removesuffix("/1")
        self.ids = {"members": self.state.me}
        self.refresh()

    def do(self, method, path, **params):
        me = self.state.members[self.state.me]
        return dispatch(Call(self.state, method, path, params, me, "0" * 24, TOKENS["sync"]))

    def refresh(self):
        """Make anew what the last request may have used up."""
        state = self.state
        for place in (state.boards, state.cards, state.lists, state.labels, state.checklists):
            place.clear()
        for place in (state.organizations, state.webhooks, state.actions, state.memberships):
            place.clear()
        post = self._made
        post("organizations", displayName="Équipe", desc="du texte")
        post("boards", name="IT", desc="du texte", idOrganization=self.ids["organizations"])
        board = self.ids["boards"]
        post("lists", name="L1", idBoard=board)
        post("labels", name="", color="green", idBoard=board)
        post("customFields", idModel=board, modelType="board", type="list", name="Choix")
        self.ids["options"] = self.do(
            "POST", f"/customFields/{self.ids['customFields']}/options", value={"text": "a"}
        )["id"]
        self._card()
        self.other = self.do("POST", "/boards", name="IT 2")
        self.aside = self.do("POST", "/lists", name="L2", idBoard=board)["id"]
        self._hook()

    def _made(self, place, **params):
        self.ids[place] = self.do("POST", f"/{place}", **params)["id"]

    def _card(self):
        ids, text = self.ids, "du texte"
        more = {"idMembers": ids["members"], "idLabels": ids["labels"]}
        self._made("cards", name="C1", desc=text, idList=ids["lists"], **more)
        card = ids["cards"]
        self._made("checklists", name="L", idCard=card)
        entries = f"/checklists/{ids['checklists']}/checkItems"
        ids["checkItem"] = self.do("POST", entries, name="a", checked="true")["id"]
        ids["actions"] = self.do("POST", f"/cards/{card}/actions/comments", text=text)["id"]
        for kind, value in (("date", "2026-01-01T00:00:00.000Z"), ("number", 1), ("text", "ici")):
            defined = {"idModel": ids["boards"], "modelType": "board", "type": kind, "name": kind}
            self.field = self.do("POST", "/customFields", **defined)["id"]
            self.do("PUT", f"/cards/{card}/customField/{self.field}/item", value={kind: value})
        picture = Upload("a.png", "image/png", b"\x89PNG")
        made = self.do("POST", f"/cards/{card}/attachments", file=picture)
        ids["attachments"] = made["id"]
        self.state.cards[card]["pluginData"] = [
            {"id": self.state.mint(), "idPlugin": NOBODY, "scope": "card", "idModel": card}
            | {"value": "{}", "access": "shared"}
        ]
        ids["notifications"] = self.state.notify(self.state.me, self.state.action(ids["actions"]))

    def _hook(self):
        self.do("POST", "/webhooks", callbackURL=self.callback(), idModel=self.ids["boards"])
        self.ids["webhooks"] = list(self.state.webhooks)[-1]

    def send(self, row):
        """Send a recorded request with ids of the stage in it."""
        parts = urlsplit(row["uri"])
        words = parts.path.strip("/").split("/")
        self._told_of(row["body"])
        path = [self._placed(part, words[n - 1]) for n, part in enumerate(words)]
        if row["status"] == 404:
            path = [NOBODY if _ID.match(part) else part for part in path]
        if "customField" in path:
            path[path.index("customField") + 1] = self.field
        self._prepare(row, words)
        query = {k: v for k, v in parse_qsl(parts.query) if k not in ("key", "token")}
        return requests.request(
            row["method"],
            f"{self.url}/{'/'.join(path)}",
            params=query,
            headers=SIGNED | self._kind(row),
            data=self._body(row, words),
            timeout=5,
        )

    def _kind(self, row):
        return {"Content-Type": row["req_ctype"]} if row["req_ctype"] else {}

    def _body(self, row, words):
        sent = row["req_body"] or ""
        if "multipart" in (row["req_ctype"] or ""):
            return sent.encode()
        pairs = parse_qsl(sent, keep_blank_values=True)
        body = {k: self._placed(v, words[-1] if k == "value" else k) for k, v in pairs}
        if words[-1] == "moveAllCards":
            body["idList"] = self.aside
        if words[-1] == "idBoard":
            lists = self.state.on_board(self.state.lists, self.other["id"])
            body = {"value": self.other["id"]} | (
                {"idList": lists[0]["id"]} if "idList" in body else {}
            )
        if words[-1] == "idList":
            body["value"] = self.aside
        if words[-1] == "webhooks":
            body["callbackURL"] = self.callback()
        return body

    def _prepare(self, row, words):
        """Bring about what had happened before the request was recorded."""
        card = f"/cards/{self.ids['cards']}"
        method, well = row["method"], row["status"] == 200
        if "membersVoted" in words and (method == "POST") != well:
            self.do("POST", f"{card}/membersVoted", value=self.state.me)
        if method == "POST" and words[-1] in ("idMembers", "idLabels"):
            self.do("PUT", card, **{words[-1]: ""})
        if method == "DELETE" and "members" in words:
            self.do("PUT", f"/boards/{self.ids['boards']}/members/camille", type="normal")
        told = row["body"] if isinstance(row["body"], list) else [row["body"]]
        if noun(row["uri"].partition("?")[0]) == "card" and told and isinstance(told[0], dict):
            self._resemble(card, told[0])

    def _resemble(self, card, recorded):
        """Give the card what was on the recorded one."""
        if recorded.get("idMembersVoted"):
            self.do("POST", f"{card}/membersVoted", value=self.state.me)
        if "scaled" in (recorded.get("cover") or {}):
            self.do("PUT", card, cover={"url": "https://images.example.org/a.jpg"})

    def _told_of(self, body):
        """Ask for an action of the type that was recorded."""
        wanted = body.get("type") if isinstance(body, dict) else None
        for actions in self.state.actions.values():
            for action in actions:
                if action["type"] == wanted:
                    self.ids["actions"] = action["id"]

    def _placed(self, text, word):
        """An id of the stage where the recording has one of its own."""
        named = {"hoppertest": "jumelage", "member22": "camille", "MEMBER_TOKEN": TOKENS["sync"]}
        if text in named:
            return named[text]
        here = self.ids.get(_WORDS.get(word, word))
        return here if here and _ID.match(text) else text
