"""Activity: what members did on a board, one record for each action; only read.

https://developer.atlassian.com/cloud/trello/guides/rest-api/action-types/: what Trello lists
(edits of comments, of entries of checklists and of labels are not). What our own
application did is left out, and that a card changed its place in its list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final
from zoneinfo import ZoneInfo

from connectors.trello.cards import Board
from connectors.trello.dates import instant, moment
from connectors.trello.feed import Action, Cursor, listed, oldest, part
from connectors.trello.parts import Listed, Part
from connectors.trello.reading import PAGE, News, Whole
from sync.connector import Origin
from sync.errors import Gone, Malformed, Refused, Unreachable
from sync.model import Collection, Fields, FieldSpec, Page, Plain, Record, Schema, Stub

_TOLD: Final = ("title", "what", "card", "old", "new")
_SCHEMA: Final = Schema(
    fields={name: FieldSpec("text", writable=False) for name in _TOLD}
    | {
        "who": FieldSpec("person", writable=False),
        "at": FieldSpec("moment", writable=False),
        "url": FieldSpec("link", writable=False),
    },
    writable=False,
)
_ASKED: Final[dict[str, str | int]] = {
    "fields": "type,data,date,idMemberCreator,appCreator",
    "memberCreator": "false",
    "limit": PAGE,
}
_WORDS: Final = {
    "createCard": "created",
    "copyCard": "created",
    "deleteCard": "deleted",
    "commentCard": "commented",
    "addMemberToCard": "joined",
    "removeMemberFromCard": "left",
    "addAttachmentToCard": "attached",
    "updateCheckItemStateOnCard": "ticked",
}
_EDITS: Final = {
    "idList": "moved",
    "name": "renamed",
    "desc": "described",
    "due": "dated",
    "start": "dated",
    "dueComplete": "done",
    "closed": "archived",
    "idLabels": "labelled",
}
"""What was changed -> what that is called; the first that applies."""
_FRENCH: Final = {
    "created": "créée",
    "deleted": "supprimée",
    "commented": "commentée",
    "joined": "rejointe",
    "left": "quittée",
    "attached": "pièce jointe",
    "ticked": "cochée",
    "moved": "déplacée",
    "renamed": "renommée",
    "described": "décrite",
    "dated": "datée",
    "done": "faite",
    "archived": "archivée",
    "restored": "rétablie",
    "labelled": "étiquetée",
}


class Activity(Part):
    """What members did on a board."""

    def schema(self, board: Callable[[], Board]) -> Schema:
        return _SCHEMA

    def changes(self, collection: Collection, since: str | None) -> Iterator[Page]:
        if since is None:
            whole = self.looks.whole(collection)
            actions = list(whole.actions)
            if len(actions) >= PAGE:
                actions += self._older(collection, oldest(actions))
            yield self._page(whole.board, actions, cursor=str(whole.cursor), complete=True)
        else:
            news = self.looks.news(collection, Cursor.read(since))
            cursor = since if news.quiet else str(news.cursor)
            yield self._page(news.board, news.actions, cursor=cursor, complete=False)

    def _older(self, collection: Collection, before: str) -> Iterator[Action]:
        page: list[Action] | None = None
        while page is None or len(page) >= PAGE:
            told = self.api.get(f"boards/{collection.id}/actions", before=before, **_ASKED)
            page = listed(told)
            yield from page
            before = oldest(page) if page else before

    def _page(
        self, board: Board, actions: Iterable[Action], *, cursor: str, complete: bool
    ) -> Page:
        records: list[Record] = []
        malformed: dict[str, str] = {}
        for action in actions:
            try:
                if self._told(action):
                    records.append(self._record(board, action))
            except Malformed as error:
                malformed[str(action.get("id"))] = str(error)
        return Page(tuple(records), malformed=malformed, cursor=cursor, complete=complete)

    def _told(self, action: Action) -> bool:
        """Whether it is something that a member did and others want to know."""
        if not part(action, "card") or (_old(action).keys() == {"pos"}):
            return False
        return not (action.get("appCreator") and action.get("idMemberCreator") == self.api.me())

    def listed(self, whole: Whole, collection: Collection, *, full: bool) -> Listed:
        raise NotImplementedError

    def told(self, news: News, record: Record | Stub | Malformed, ref: str) -> bool:
        raise NotImplementedError

    def get(self, collection: Collection, ref: str) -> Record:
        told = self.api.get(f"actions/{ref}", memberCreator="false")
        if not isinstance(told, dict) or told.get("id") != ref:
            raise Unreachable(f"Trello answered with something other than the action {ref}")
        if part(told, "board").get("id") != collection.id or not self._told(told):
            raise Gone(f"{ref} is nothing that a member did on the board {collection.name!r}")
        return self._record(self.looks.heading(collection.id), told)

    def _record(self, board: Board, action: Action) -> Record:
        ref, who, at = action.get("id"), action.get("idMemberCreator"), action.get("date")
        when = instant(at)
        if not (isinstance(ref, str) and isinstance(who, str) and when):
            raise Malformed("an action cannot be read")
        name, card = board.usernames.get(who, who), part(action, "card")
        what, (old, new) = _what(action), _values(action)
        word = _FRENCH.get(what, what) if self.desk.tools.language == "fr" else what
        local = when.astimezone(ZoneInfo(board.zone))
        link = card.get("shortLink")
        called = str(card.get("name") or f"#{card.get('idShort')}")
        return Record(
            ref=ref,
            version=None,
            fields={
                "title": f"{local:%Y-%m-%d %H.%M} {name}, {called}, {word}",
                "what": what,
                "who": name,
                "at": moment(str(at), board.zone),
                "card": called,
                "old": old,
                "new": new,
                "url": f"https://trello.com/c/{link}" if link else None,
            },
            author=name,
            changed=when,
        )

    def find(self, collection: Collection, origin: Origin) -> Iterator[Record]:
        self.looks.heading(collection.id)  # raises where we are blind
        return iter(())

    def create(self, collection: Collection, fields: Fields, parent: str | None) -> Record | None:
        raise _only_read(collection)

    def update(self, collection: Collection, ref: str, patch: Fields) -> Record | None:
        raise _only_read(collection)

    def delete(self, collection: Collection, ref: str) -> None:
        raise _only_read(collection)


def _only_read(collection: Collection) -> Refused:
    return Refused(f"what was done on the board {collection.name!r} is only read")


def _old(action: Action) -> dict[str, Plain]:
    return part(action, "old")


def _edited(action: Action) -> str | None:
    """The field that an edit changed."""
    return next((field for field in _EDITS if field in _old(action)), None)


def _what(action: Action) -> str:
    kind, field = str(action.get("type")), _edited(action)
    if field == "closed":
        return "archived" if part(action, "card").get("closed") else "restored"
    return _EDITS[field] if field else _WORDS.get(kind, kind)


def _values(action: Action) -> tuple[str | None, str | None]:
    """What stood before and what came instead, as far as the action tells."""
    field = _edited(action)
    if field == "idList":
        names = part(action, "listBefore").get("name"), part(action, "listAfter").get("name")
        return _text(names[0]), _text(names[1])
    if field in ("idLabels", "closed", None):
        return None, _text(_data(action, "text")) or _text(part(action, "attachment").get("name"))
    return _text(_old(action).get(field)), _text(part(action, "card").get(field))


def _data(action: Action, name: str) -> Plain:
    data = action.get("data")
    return data.get(name) if isinstance(data, dict) else None


def _text(value: Plain) -> str | None:
    if isinstance(value, bool):
        return None
    return str(value) if value not in (None, "") else None
