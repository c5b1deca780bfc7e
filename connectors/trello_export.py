"""`trello-export`: a board without an API key, from the file in the board's menu.

Any member can download a board (Menu, Print export and share, Export as JSON). Put
the file, or a folder of such files, where the settings say; each new download is the
next state of the board. Read-only. The file holds at most the newest 1,000 actions,
but all cards, archived ones included.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Final, NoReturn

from connectors.trello.cards import Board
from connectors.trello.fields import schema
from sync.connector import Capabilities, Connector, Origin, SystemSettings, Tools, Word
from sync.errors import ConfigError, Gone, Malformed, Refused, Unreachable
from sync.model import Collection, Fields, Page, Record, Schema

_LARGEST: Final = 512 * 1024 * 1024
"""Bytes of an export; boards of 20,000 cards, the most that Trello exports, stay below."""


class TrelloExportSettings(SystemSettings):
    """Where the exports lie."""

    path: Path
    """An export, or a folder of exports; of one board's, the most recent counts."""


class TrelloExport(Connector):
    """Boards as members download them."""

    settings_type: ClassVar[type[SystemSettings]] = TrelloExportSettings
    words: ClassVar[Mapping[str, Word]] = {"board": Word(("card",), "an exported Trello board")}
    capabilities = Capabilities(conditional=False, echo=False, options=True, rank=True)

    def __init__(self, settings: TrelloExportSettings, tools: Tools) -> None:
        super().__init__(settings, tools)
        self._path = tools.base / settings.path

    def locate(self, word: str, name: str) -> Collection:
        """Find a board by name, short link or id; names may be shared, the others not."""
        boards = self._boards()
        by_id = [board for board in boards.values() if name in (board.id, board.short_link)]
        found = by_id or [board for board in boards.values() if board.name == name]
        if len(found) == 1:
            return Collection(self.tools.name, word, found[0].id, found[0].name)
        if found:
            ids = ", ".join(board.short_link or board.id for board in found)
            raise ConfigError(f"several exported boards are called {name!r}; write one of {ids}")
        names = ", ".join(repr(board.name) for board in boards.values())
        raise ConfigError(f"{self._path} holds no board {name!r}; it holds {names}")

    def schema(self, collection: Collection) -> Schema:
        """The fields of a card; nothing can be written."""
        named = schema(self._board(collection).custom).fields
        fields = {name: replace(spec, writable=False) for name, spec in named.items()}
        return Schema(fields=fields, writable=False)

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        """List the whole board each time: reading a file costs nothing."""
        board = self._board(collection)
        records: list[Record] = []
        malformed: dict[str, str] = {}
        for ref, outcome in board.records():
            if isinstance(outcome, Malformed):
                malformed[ref] = str(outcome)
            else:
                records.append(_versioned(outcome))
        yield Page(tuple(records), malformed=malformed, complete=True, options=board.options())

    def get(self, collection: Collection, ref: str) -> Record:
        """Read one card from the file as it lies there now."""
        for found, outcome in self._board(collection).records():
            if found != ref:
                continue
            if isinstance(outcome, Malformed):
                raise outcome
            return _versioned(outcome)
        raise Gone(f"the export of {collection.name!r} holds no card {ref}")

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        """Nothing is ever created here, which can be said only of an export that can be read."""
        self._board(collection)
        return iter(())

    def create(
        self, collection: Collection, fields: Fields, *, origin: Origin, parent: str | None = None
    ) -> NoReturn:
        """Refuse: an export is a copy."""
        raise _read_only(collection)

    def update(
        self, collection: Collection, ref: str, patch: Fields, *, expect: str | None
    ) -> NoReturn:
        """Refuse: an export is a copy."""
        raise _read_only(collection)

    def delete(self, collection: Collection, ref: str, *, expect: str | None) -> NoReturn:
        """Refuse: an export is a copy."""
        raise _read_only(collection)

    def _board(self, collection: Collection) -> Board:
        boards = self._boards()
        if collection.id not in boards:
            raise Unreachable(
                f"no readable export of the board {collection.name!r} in {self._path}"
            )
        return boards[collection.id]

    def _boards(self) -> dict[str, Board]:
        """Read every export, by board id; of several exports of one board, the most recent.

        A file that cannot be read is passed over as long as there is another: it may
        be a download under way. Raises `Unreachable` if nothing can be read.
        """
        latest: dict[str, tuple[str, int, Board]] = {}
        failure: Unreachable | None = None
        for path in self._files():
            try:
                board = read_export(path, self.tools.timezone)
            except Unreachable as error:
                failure = error
                continue
            age = (board.active or "", path.stat().st_mtime_ns, board)
            if board.id not in latest or age[:2] > latest[board.id][:2]:
                latest[board.id] = age
        if not latest:
            raise failure or Unreachable(f"{self._path} holds no export yet")
        return {ref: board for ref, (_, _, board) in latest.items()}

    def _files(self) -> list[Path]:
        if self._path.is_dir():
            return sorted(self._path.glob("*.json"))
        if not self._path.exists():
            raise Unreachable(f"there is no file or folder {self._path}")
        return [self._path]


def read_export(path: Path, zone: str) -> Board:
    """Read one export. Raises `Unreachable`: what cannot be read is unknown, never empty."""
    try:
        if path.stat().st_size > _LARGEST:
            raise Unreachable(f"{path} is larger than an export can be")
        return Board.read(json.loads(path.read_bytes()), zone)
    except (OSError, ValueError, RecursionError, Malformed) as error:
        raise Unreachable(f"{path} cannot be read as a Trello export: {error}") from error


def _versioned(record: Record) -> Record:
    content = json.dumps([record.fields, record.rest], sort_keys=True, ensure_ascii=False)
    return replace(record, version=hashlib.sha256(content.encode()).hexdigest()[:32])


def _read_only(collection: Collection) -> Refused:
    return Refused(f"{collection.name!r} is an export and can only be read")
