"""A board's JSON, as records.

The API's nested read of a board and the file that any member downloads from the
board's menu have one shape, so one reader serves both connectors. Only what is
mapped is validated: a card that lacks it is named as malformed, and all others are
read. Sources: https://developer.atlassian.com/cloud/trello/rest/ (objects), and real
board exports for what the reference leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from connectors.trello.dates import moment
from sync.errors import Malformed
from sync.model import FieldSpec, Option, Plain, Record, Schema

TEXT_LIMIT: Final = 16384
"""Characters in a name, a description or a checklist entry."""

SCHEMA: Final = Schema(
    fields={
        "name": FieldSpec("text", required=True, limit=TEXT_LIMIT),
        "desc": FieldSpec("richtext", limit=TEXT_LIMIT, dialect="markdown"),
        "list": FieldSpec("choice", options=True),  # a new card without one gets the first
        "rank": FieldSpec("rank"),
        "labels": FieldSpec("set", options=True),
        "members": FieldSpec("people"),
        "start": FieldSpec("moment"),
        "due": FieldSpec("moment"),
        "due_complete": FieldSpec("bool"),
        "closed": FieldSpec("bool", later=True),
        "checklists": FieldSpec("checklist", later=True),
        "url": FieldSpec("link", writable=False),
    }
)

CARD_FIELDS: Final = (
    "name,desc,idBoard,idList,pos,idLabels,idMembers,start,due,dueComplete,closed,shortUrl,"
    "dateLastActivity,cover,dueReminder,isTemplate,cardRole,address,locationName,coordinates,"
    "idMembersVoted,badges"
)
"""What a read asks of each card: the mapped fields, and what nothing may destroy unseen."""

_UNMAPPED: Final = (
    "dueReminder",
    "isTemplate",
    "cardRole",
    "address",
    "locationName",
    "coordinates",
    "idMembersVoted",
    "customFieldItems",
)


class _Object(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TrelloList(_Object):
    """A column."""

    id: str
    name: str
    pos: float = 0.0
    closed: bool = False


class TrelloLabel(_Object):
    """A label; most boards hold unnamed ones, known by their colour alone."""

    id: str
    name: str = ""
    color: str | None = None


class TrelloMember(_Object):
    """Somebody on the board."""

    id: str
    username: str


class CheckItem(_Object):
    """One entry of a checklist."""

    id: str
    name: str
    state: str = "incomplete"
    pos: float = 0.0
    due: str | None = None
    idMember: str | None = None  # noqa: N815 - Trello's own name


class Checklist(_Object):
    """One of a card's checklists."""

    id: str
    name: str
    idCard: str  # noqa: N815
    pos: float = 0.0
    checkItems: tuple[CheckItem, ...] = ()  # noqa: N815

    def entries(self) -> tuple[CheckItem, ...]:
        """The entries in the order that members see."""
        return tuple(sorted(self.checkItems, key=lambda item: (item.pos, item.id)))


class Card(_Object):
    """What is mapped of a card."""

    id: str
    name: str
    idList: str  # noqa: N815
    pos: float
    desc: str | None = None
    closed: bool = False
    idBoard: str | None = None  # noqa: N815
    idLabels: tuple[str, ...] = ()  # noqa: N815
    idMembers: tuple[str, ...] = ()  # noqa: N815
    start: str | None = None
    due: str | None = None
    dueComplete: bool = False  # noqa: N815
    shortUrl: str | None = None  # noqa: N815
    url: str | None = None
    dateLastActivity: datetime | None = None  # noqa: N815


class _Heading(_Object):
    """What must be there for the JSON to be a board at all."""

    id: str
    name: str
    shortLink: str | None = None  # noqa: N815
    dateLastActivity: str | None = None  # noqa: N815
    lists: tuple[TrelloList, ...]
    labels: tuple[TrelloLabel, ...] = ()
    members: tuple[TrelloMember, ...] = ()
    cards: tuple[object, ...]
    checklists: tuple[object, ...] = ()


@dataclass(frozen=True)
class Board:
    """A board's heading: what its cards refer to."""

    id: str
    name: str
    short_link: str | None
    active: str | None
    """Trello's own word for when something last happened (`dateLastActivity`)."""
    lists: tuple[TrelloList, ...]
    labels: tuple[TrelloLabel, ...]
    usernames: Mapping[str, str]
    """Member id -> user name."""
    zone: str
    """IANA zone in which whole days are told (see `dates`)."""
    cards: tuple[object, ...] = field(repr=False)
    checklists: Mapping[str, tuple[Checklist, ...]] = field(repr=False)
    broken: Mapping[str, str] = field(default_factory=dict)
    """Card id -> why one of its checklists cannot be read."""

    @classmethod
    def read(cls, raw: object, zone: str) -> Board:
        """Read a board. Raises `Malformed` if this is no board."""
        try:
            heading = _Heading.model_validate(raw)
        except ValidationError as error:
            raise Malformed(f"this is no Trello board: {brief(error)}") from None
        found, broken = _checklists(heading.checklists)
        return cls(
            id=heading.id,
            name=heading.name,
            short_link=heading.shortLink,
            active=heading.dateLastActivity,
            lists=heading.lists,
            labels=heading.labels,
            usernames={member.id: member.username for member in heading.members},
            zone=zone,
            cards=heading.cards,
            checklists=found,
            broken=broken,
        )

    def first_list(self) -> str | None:
        """The leftmost list that is not archived; None if there is none."""
        standing = (known for known in self.lists if not known.closed)
        return min(((known.pos, known.id) for known in standing), default=(0.0, None))[1]

    def records(self) -> Iterator[tuple[str, Record | Malformed]]:
        """Yield every card, archived ones included, with its ref."""
        for position, raw in enumerate(self.cards):
            try:
                record = self.record(raw)
                yield record.ref, record
            except Malformed as error:
                yield _ref(raw) or f"card number {position + 1}", error

    def record(self, raw: object) -> Record:
        """Read one card of this board. Raises `Malformed`."""
        try:
            card = Card.model_validate(raw)
            checklists = self._checklists_of(card.id, raw)
            fields, rest = self._fields(card, checklists), _rest(raw)
        except ValidationError as error:
            raise Malformed(f"a card cannot be read: {brief(error)}") from None
        except ValueError as error:
            raise Malformed(f"a card cannot be read: {error}") from None
        return Record(
            ref=card.id,
            version=None,
            fields=fields,
            changed=card.dateLastActivity,
            url=card.shortUrl or card.url,
            rest=rest,
        )

    def options(self) -> dict[str, tuple[Option, ...]]:
        """What lists and labels there are. Unnamed labels go by their colour."""
        lists = sorted(self.lists, key=lambda entry: (entry.pos, entry.id))
        return {
            "list": tuple(
                Option(entry.id, entry.name, rank=entry.pos, closed=entry.closed) for entry in lists
            ),
            "labels": tuple(label_option(label) for label in self.labels),
        }

    def _checklists_of(self, ref: str, raw: object) -> tuple[Checklist, ...]:
        if ref in self.broken:
            raise ValueError(self.broken[ref])
        nested = raw.get("checklists") if isinstance(raw, dict) else None
        if nested is None:
            return self.checklists.get(ref, ())
        return _in_order(TypeAdapter(tuple[Checklist, ...]).validate_python(nested))

    def _fields(self, card: Card, checklists: tuple[Checklist, ...]) -> dict[str, Plain]:
        usernames = {self.usernames.get(member, member) for member in card.idMembers}
        return {
            "name": card.name or None,
            "desc": card.desc or None,
            "list": card.idList,
            "rank": _number(card.pos),
            "labels": _set(card.idLabels),
            "members": _set(usernames),
            "start": moment(card.start, self.zone),
            "due": moment(card.due, self.zone),
            "due_complete": card.dueComplete or None,
            "closed": card.closed or None,
            "checklists": self.entries(checklists) or None,
            "url": card.shortUrl or card.url,
        }

    def entries(self, checklists: tuple[Checklist, ...]) -> list[Plain]:
        """All checklists of a card as one list, each entry with the name of its own."""
        return [
            self._entry(checklist, item) for checklist in checklists for item in checklist.entries()
        ]

    def _entry(self, checklist: Checklist, item: CheckItem) -> dict[str, Plain]:
        entry: dict[str, Plain] = {
            "id": item.id,
            "text": item.name,
            "done": item.state == "complete",
            "list": checklist.name,
        }
        if item.due:
            entry["due"] = moment(item.due, self.zone)
        if item.idMember:
            entry["who"] = self.usernames.get(item.idMember, item.idMember)
        return entry


def label_option(label: TrelloLabel) -> Option:
    """Show a label as an option; an unnamed one goes by its colour, as members call it."""
    return Option(label.id, label.name or label.color or "blank", color=label.color)


def brief(error: ValidationError) -> str:
    """Say what is wrong, without the values: they are people's."""
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else first["msg"]


def _checklists(
    raw: tuple[object, ...],
) -> tuple[dict[str, tuple[Checklist, ...]], dict[str, str]]:
    found: dict[str, list[Checklist]] = {}
    broken: dict[str, str] = {}
    for one in raw:
        try:
            checklist = Checklist.model_validate(one)
            found.setdefault(checklist.idCard, []).append(checklist)
        except ValidationError as error:
            card = one.get("idCard") if isinstance(one, dict) else None
            broken[str(card)] = f"a checklist: {brief(error)}"
    return {card: _in_order(many) for card, many in found.items()}, broken


def _in_order(checklists: list[Checklist] | tuple[Checklist, ...]) -> tuple[Checklist, ...]:
    return tuple(sorted(checklists, key=lambda checklist: (checklist.pos, checklist.id)))


def _ref(raw: object) -> str | None:
    ref = raw.get("id") if isinstance(raw, dict) else None
    return ref if isinstance(ref, str) and re.fullmatch(r"[0-9a-f]{24}", ref) else None


def _set(members: Iterable[str]) -> list[Plain] | None:
    return [*sorted(set(members))] or None


def _number(value: float) -> int | float:
    """Whole positions stay whole, so that they read as Trello shows them."""
    return int(value) if value.is_integer() else value


def _rest(raw: object) -> Plain:
    """Whatever people put on the card that no field holds."""
    if not isinstance(raw, dict):
        return None
    rest = {key: raw[key] for key in _UNMAPPED if raw.get(key) not in (None, "", [], False, -1)}
    cover = raw.get("cover") or {}
    badges = raw.get("badges") or {}
    attachments = raw.get("attachments") or []
    if not isinstance(cover, dict) or not isinstance(badges, dict) or not _are_objects(attachments):
        raise ValueError("its cover, badges or attachments are none")
    shown = {key: cover[key] for key in ("idAttachment", "color") if cover.get(key)}
    if shown:
        rest["cover"] = shown
    if attachments:
        rest["attachments"] = [
            {key: one.get(key) for key in ("id", "name", "bytes")} for one in attachments
        ]
    if badges.get("comments"):
        rest["comments"] = badges["comments"]
    return rest or None


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
