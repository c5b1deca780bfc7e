"""The connector to Trello.

Trello has neither conditional writes nor idempotency keys: the engine reads before it
writes and audits by the card's own history; a POST is never sent twice. Archived cards
are records with `closed` set; `delete` deletes for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Final, TypeGuard

from connectors.landed import landed
from connectors.trello import checklists, history, options, origins, reading
from connectors.trello.api import Api, TrelloSettings
from connectors.trello.cards import SCHEMA, Board
from connectors.trello.dates import instant
from connectors.trello.feed import Cursor
from connectors.trello.looks import Looks
from connectors.trello.writing import APART, checked, parameters
from sync.connector import Capabilities, Connector, Origin, SystemSettings, Tools, Word
from sync.errors import Ambiguous, ConfigError, Gone, Malformed, Unreachable
from sync.model import Collection, Fields, Option, Page, Plain, Record, Schema

_FEW: Final = 3 * reading.BATCH
"""Up to so many cards are read ten at once; for more, the whole board is one request."""
_AFTER: Final = ("closed", *APART)
"""What a new card cannot be given in the request that makes it."""


class Trello(Connector):
    """One member's boards."""

    settings_type: ClassVar[type[SystemSettings]] = TrelloSettings
    words: ClassVar[Mapping[str, Word]] = {"board": Word(("card",), "a Trello board")}
    capabilities = Capabilities(
        conditional=False,
        cursor=True,
        tombstones=True,
        history=True,
        options=True,
        rank=True,
    )

    def __init__(self, settings: TrelloSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self._api = Api(settings, tools.name)
        self._looks = Looks(self._api, tools.timezone)

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
        raise ConfigError(f"the account of {self.tools.name} sees no board {name!r}, but {names}")

    def schema(self, collection: Collection) -> Schema:
        return SCHEMA

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        if since is None:
            whole = self._looks.whole(collection)
            page = _page(whole.board, lambda _ref, _record: True)
            options = whole.board.options()
            yield replace(page, cursor=str(whole.cursor), complete=True, options=options)
            return
        before = Cursor.read(since)
        news = self._looks.news(collection, before)
        if news.quiet:
            yield Page(cursor=since, options=news.board.options())
            return
        board = self._looks.whole(collection).board
        standing = {ref for ref, _ in board.records()}
        page = _page(board, lambda ref, record: ref in news.cards or _later(record, before.active))
        gone = tuple(sorted(news.cards - standing))
        # The feed was read first: what happened in between is told again the next time.
        yield replace(page, gone=gone, cursor=str(news.cursor), options=board.options())

    def get(self, collection: Collection, ref: str) -> Record:
        return reading.card(self._api, self._looks.heading(collection.id), ref)

    def get_many(
        self, collection: Collection, refs: Iterable[str]
    ) -> Iterator[tuple[str, Record | Gone | Malformed]]:
        wanted = list(dict.fromkeys(refs))
        if len(wanted) > _FEW:
            found = dict(self._looks.anew(collection).board.records())
        else:
            found = dict(self._together(collection, wanted))
        yield from ((ref, found[ref]) for ref in wanted if ref in found)
        wanted = [ref for ref in wanted if ref not in found]
        yield from super().get_many(collection, wanted)

    def _together(
        self, collection: Collection, refs: list[str]
    ) -> Iterator[tuple[str, Record | Malformed]]:
        for start in range(0, len(refs), reading.BATCH):
            some = refs[start : start + reading.BATCH]
            if len(some) > 1:
                yield from reading.cards(self._api, self._looks.heading(collection.id), some)

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        name = origin.key.get("name")
        refs = origins.made_by_us(self._api, collection.id, origin.since, name)
        yield from (found for _, found in self.get_many(collection, refs) if _is_record(found))

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> Record | None:
        missing = {name: None for name, s in SCHEMA.fields.items() if s.required} | dict(fields)
        board = self._for_writing(collection, fields)
        # Who makes a card where there are no lists says nothing of it: it comes in at the left.
        column = fields.get("list") or board.first_list()
        checked({**missing, "list": column})
        at_once = {name: value for name, value in fields.items() if name not in _AFTER}
        at_once["list"] = column
        made = self._api.post("cards", parameters(at_once, board))
        ref = made.get("id") if isinstance(made, dict) else None
        if not isinstance(ref, str):
            raise Ambiguous("Trello made a card and did not say which")
        later = {name: fields[name] for name in _AFTER if fields.get(name)}
        if not later:
            return self._echoed(board, made)
        with landed(f"a part of the card {ref}"):
            return self._change(collection, board, ref, later)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> Record | None:
        board = self._for_writing(collection, checked(patch))
        return self._change(collection, board, ref, patch)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> None:
        self._api.delete(f"cards/{ref}")

    def write_option(self, collection: Collection, name: str, option: Option) -> Option:
        self._looks.forget(collection.id)
        written = options.write(self._api, self._looks.heading(collection.id), name, option)
        self._looks.forget(collection.id)
        return written

    def overwritten(self, collection: Collection, ref: str, since: datetime) -> Iterator[Record]:
        yield from history.replaced(self._api, ref, since, self.tools.timezone)

    def _change(
        self, collection: Collection, board: Board, ref: str, patch: Fields
    ) -> Record | None:
        plain = {name: value for name, value in patch.items() if name not in APART}
        steps: list[checklists.Step] = []
        if "checklists" in patch:
            now = checklists.current(self._api, ref)
            steps = checklists.steps(board, ref, now, patch["checklists"])
        answer: Plain = None
        if plain or not patch:
            answer = self._api.put(f"cards/{ref}", parameters(plain, board))
        if "checklists" not in patch:
            return self._echoed(board, answer)
        done = iter(checklists.write(self._api, steps))
        if not plain:
            next(done, None)  # the first request says for itself whether it did anything
        with landed(f"a part of the card {ref}"):
            for _ in done:
                pass
            return self.get(collection, ref)

    def _echoed(self, board: Board, raw: Plain) -> Record | None:
        """What an answer to a write shows; checklists are in it only if there are none."""
        if not isinstance(raw, dict):
            return None
        try:
            record = board.record(raw)
        except Malformed:
            return None
        if raw.get("idChecklists") == []:
            return replace(record, rest=None)
        return replace(
            record, rest=None, fields={k: v for k, v in record.fields.items() if k not in APART}
        )

    def _for_writing(self, collection: Collection, fields: Fields) -> Board:
        """The heading that names are looked up in: read anew if somebody is not known to it."""
        members = fields.get("members")
        board = self._looks.heading(collection.id)
        known = {*board.usernames, *board.usernames.values()}
        if isinstance(members, list) and not known.issuperset(map(str, members)):
            self._looks.forget(collection.id)
            board = self._looks.heading(collection.id)
        return board

    def _boards(self) -> list[dict[str, Plain]]:
        raw = self._api.seen("members/me/boards", filter="all", fields="name,shortLink,closed")
        names = {"id", "name", "shortLink", "closed"}
        if not isinstance(raw, list) or not all(
            isinstance(board, dict) and names <= board.keys() for board in raw
        ):
            raise Unreachable("Trello answered with something other than a list of boards")
        return [board for board in raw if isinstance(board, dict)]


def _page(board: Board, takes: Callable[[str, Record | Malformed], bool]) -> Page:
    records: list[Record] = []
    malformed: dict[str, str] = {}
    for ref, outcome in board.records():
        if not takes(ref, outcome):
            continue
        if isinstance(outcome, Malformed):
            malformed[ref] = str(outcome)
        else:
            records.append(outcome)
    return Page(tuple(records), malformed=malformed)


def _later(outcome: Record | Malformed, active: str) -> bool:
    """Whether something happened to a card after the board was last read."""
    since = instant(active)
    if isinstance(outcome, Malformed) or outcome.changed is None or since is None:
        return True
    return outcome.changed > since


def _is_record(found: Record | Gone | Malformed) -> TypeGuard[Record]:
    return isinstance(found, Record)
