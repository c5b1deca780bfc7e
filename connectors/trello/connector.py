"""The connector to Trello.

Trello has neither conditional writes nor idempotency keys: the engine reads before it
writes and audits by the card's own history; a POST is never sent twice. Archived cards
are records with `closed` set; `delete` deletes for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import BinaryIO, ClassVar

from connectors.trello import access, guide, history, options
from connectors.trello.activity_part import Activity
from connectors.trello.api import Api, TrelloSettings
from connectors.trello.card_part import Cards
from connectors.trello.comment_part import Comments
from connectors.trello.file_part import BoardFiles, Files
from connectors.trello.looks import Looks
from connectors.trello.parts import Desk, Part
from connectors.trello.webhooks import Webhooks
from sync.account import Grant, Notice, Offer, Question, Sort, Trace
from sync.connector import Capabilities, Connector, Message, Origin, SystemSettings, Tools, Word
from sync.errors import (
    Ambiguous,
    ConfigError,
    CursorExpired,
    Gone,
    Malformed,
    Missing,
    Refused,
    Unreachable,
)
from sync.model import Collection, Fields, FieldSpec, Option, Page, Plain, Record, Schema


class Trello(Connector):
    """One member's boards."""

    settings_type: ClassVar[type[SystemSettings]] = TrelloSettings
    words: ClassVar[Mapping[str, Word]] = {
        "board": Word(("card",), "a Trello board", place="board", makes=True),
        "activity": Word(("activity",), "what members did on a Trello board"),
        "attachments": Word(("file",), "the files on the cards of a Trello board"),
    }
    capabilities = Capabilities(
        conditional=False,
        cursor=True,
        tombstones=True,
        history=True,
        options=True,
        rank=True,
        notices=True,
    )

    def __init__(self, settings: TrelloSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self._api = Api(settings, tools.name)
        self._looks = Looks(self._api, tools.timezone)
        desk = Desk(self._api, self._looks, tools)
        self._comments = Comments(desk)
        self._parts: dict[tuple[str, str | None], Part] = {
            ("board", None): Cards(desk),
            ("board", "comment"): self._comments,
            ("board", "file"): Files(desk),
            ("attachments", None): BoardFiles(desk),
            ("activity", None): Activity(desk),
        }
        self._schemas: dict[str, Schema] = {}
        self._webhooks = Webhooks(self._api, tools.name, settings.secret)

    def begin(self) -> None:
        self._looks.forget()

    def close(self) -> None:
        self._api.close()

    def locate(self, word: str, name: str) -> Collection:
        boards = self._boards()
        exact = [board for board in boards if name in (board["id"], board["shortLink"])]
        named = [board for board in boards if board["name"] == name]
        current = [board for board in named if not board["closed"]]
        found = exact or current or named
        if len(found) == 1:
            return Collection(self.tools.name, word, str(found[0]["id"]), str(found[0]["name"]))
        if found:
            links = ", ".join(str(board["shortLink"]) for board in found)
            raise ConfigError(f"several boards are called {name!r}; write one of {links}")
        names = ", ".join(repr(board["name"]) for board in boards) or "none at all"
        raise Missing(f"the account of {self.tools.name} sees no board {name!r}, but {names}")

    def make(self, word: str, name: str, within: str | None) -> Collection:
        if word != "board":
            return super().make(word, name, within)
        body: dict[str, Plain] = {"name": name, "defaultLists": False, "defaultLabels": False}
        if within is not None:
            body |= {"idOrganization": self._workspace(within), "prefs_permissionLevel": "org"}
        made = self._api.post("boards", body)
        if not isinstance(made, dict) or not isinstance(made.get("id"), str):
            raise Ambiguous("Trello made a board and did not say which")
        return Collection(self.tools.name, word, str(made["id"]), name)

    def _workspace(self, name: str) -> str:
        found = self._api.seen("members/me/organizations", fields="name,displayName")
        known = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        same = [one for one in known if name in (one.get("name"), one.get("displayName"))]
        if len(same) != 1:
            names = ", ".join(repr(one.get("displayName")) for one in known) or "none at all"
            raise ConfigError(f"{self.tools.name}: which workspace is {name!r}? There are {names}")
        return str(same[0]["id"])

    def schema(self, collection: Collection) -> Schema:
        if collection.key not in self._schemas:
            found = self._part(collection).schema(lambda: self._looks.heading(collection.id))
            self._schemas[collection.key] = found
        return self._schemas[collection.key]

    def expect(self, collection: Collection, fields: Mapping[str, FieldSpec]) -> None:
        self._looks.expect(collection.id, fields)

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        if self._webhooks.stirred(collection) and since is not None:
            raise CursorExpired("a webhook told of what the feed leaves out")
        yield from self._part(collection).changes(collection, since)

    def get(self, collection: Collection, ref: str) -> Record:
        return self._part(collection).get(collection, ref)

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        yield from self._part(collection).get_many(collection, refs)

    def children(self, collection: Collection, parent: str) -> Iterator[Record]:
        yield from self._part(collection).children(collection, parent)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        yield from self._part(collection).find(collection, origin)

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        with self._writing(collection):
            return self._part(collection).create(collection, fields, parent)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        with self._writing(collection):
            return self._part(collection).update(collection, ref, patch)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        with self._writing(collection):
            self._part(collection).delete(collection, ref)

    def write_option(self, collection: Collection, name: str, option: Option) -> Option:
        self._looks.forget(collection.id)
        written = options.write(self._api, self._looks.heading(collection.id), name, option)
        self._looks.forget(collection.id)
        return written

    def options(self, collection: Collection) -> Mapping[str, tuple[Option, ...]]:
        if self._part(collection) is not self._parts["board", None]:
            return {}
        return self._looks.heading(collection.id).options()

    def shape_option(self, collection: Collection, name: str, option: Option) -> None:
        options.shape(self._api, self._looks.heading(collection.id), name, option)
        self._looks.forget(collection.id)

    def arrange_options(self, collection: Collection, name: str, ids: Sequence[str]) -> None:
        options.arrange(self._api, self._looks.heading(collection.id), name, ids)
        self._looks.forget(collection.id)

    def tell(self, collection: Collection, ref: str, notice: Message) -> str:
        self._noticed(collection)
        with self._writing(collection):
            return self._comments.tell(ref, notice)

    def told(self, collection: Collection, ref: str, origin: Origin) -> Iterator[str]:
        self._noticed(collection)
        yield from self._comments.notices(ref, origin)

    def retell(self, collection: Collection, name: str, notice: Message) -> None:
        self._noticed(collection)
        with self._writing(collection):
            self._comments.retell(name, notice)

    def _noticed(self, collection: Collection) -> None:
        if collection.child is not None or not self.capable(collection).notices:
            raise Refused(f"nobody can be told anything at {collection.key}")

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        if not self.capable(collection).history:
            yield from super().overwritten(collection, ref, since)
        elif collection.child is None:
            yield from history.replaced(self._api, ref, since, self.tools.timezone)
        # Nobody but its author edits a comment, and attached files never change.

    def open(self, collection: Collection, ref: str) -> AbstractContextManager[BinaryIO]:
        return self._part(collection).open(collection, ref)

    def capable(self, collection: Collection) -> Capabilities:
        if collection.word == "board":
            return self.capabilities
        told = collection.word != "activity"
        return Capabilities(conditional=False, cursor=True, tombstones=told, echo=False)

    # Beside records

    def watch(self, collections: Iterable[Collection], address: str) -> int:
        return self._webhooks.watch(collections, address)

    def heard(self, notice: Notice, address: str) -> frozenset[str] | None:
        return self._webhooks.heard(notice, address)

    def grant(self, collections: Iterable[Collection]) -> Grant:
        return access.grant(self._api, collections)

    def traces(self, collections: Iterable[Collection]) -> Iterator[Trace]:
        places = [one for one in collections if one.child is None]
        yield from self._webhooks.traces(places)
        for one in places:
            if self.capable(one).notices:
                for name in self._comments.all_notices(one):
                    yield Trace(Sort.NOTICE, name, one)
            yield Trace(Sort.HISTORY, one.name, one, stays=True)

    def efface(self, trace: Trace) -> None:
        if trace.sort is Sort.NOTICE:
            self._comments.unsay(trace.where)
        else:
            self._webhooks.remove(trace.where)

    @classmethod
    def question(cls, known: Mapping[str, str], url: str | None) -> Question | None:
        return guide.question(known, url)

    def offers(self) -> list[Offer]:
        return guide.offers(self._boards())

    def _part(self, collection: Collection) -> Part:
        part = self._parts.get((collection.word, collection.child))
        if part is None:
            raise Refused(f"{collection.key} is nothing that a Trello board has")
        return part

    @contextmanager
    def _writing(self, collection: Collection) -> Iterator[None]:
        """Whatever comes of a write, what was read before is out of date."""
        try:
            yield
        finally:
            self._looks.wrote(collection.id)

    def _boards(self) -> list[dict[str, Plain]]:
        raw = self._api.seen("members/me/boards", filter="all", fields="name,shortLink,closed")
        names = {"id", "name", "shortLink", "closed"}
        if not isinstance(raw, list) or not all(
            isinstance(board, dict) and names <= board.keys() for board in raw
        ):
            raise Unreachable("Trello answered with something other than a list of boards")
        return [board for board in raw if isinstance(board, dict)]
