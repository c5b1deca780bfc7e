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
from dataclasses import dataclass, field, replace
from typing import Final, TypeGuard

from pydantic import TypeAdapter, ValidationError

from connectors.trello import custom
from connectors.trello.dates import moment
from connectors.trello.fields import by_name
from connectors.trello.locations import location
from connectors.trello.names import distinct
from connectors.trello.objects import (
    Card,
    CheckItem,
    Checklist,
    CustomField,
    Heading,
    TrelloLabel,
    TrelloList,
    brief,
    label_option,
    told_apart,
)
from sync.errors import Malformed
from sync.model import FieldSpec, Option, Plain, Record

_IMAGE: Final = ("idAttachment", "idUploadedBackground", "sharedSourceUrl")
_UNMAPPED: Final = (
    "cardRole",
    "idMembersVoted",
)


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
    custom: Mapping[str, CustomField]
    """Custom fields by the names that they go by."""
    awaited: Mapping[str, FieldSpec] = field(default_factory=dict, kw_only=True)
    """Those that are to be made with their first value."""
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
            heading = Heading.model_validate(raw)
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
            custom=by_name(heading.customFields),
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
            fields, rest = self._fields(card, checklists), self._rest(card, raw)
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
        """What lists and labels there are. Unnamed labels go by their colour.

        Of several of one name the oldest bears it, and of lists rather one that is in use.
        """
        lists = sorted(self.lists, key=lambda entry: (entry.pos, entry.id))
        in_use = sorted(self.lists, key=lambda entry: (entry.closed, entry.id))
        called = distinct((entry.id, entry.name) for entry in in_use)
        labels = [label_option(label) for label in self.labels]
        shown = distinct(sorted((label.id, label.name) for label in labels))
        return {
            "list": tuple(
                Option(entry.id, called[entry.id], rank=entry.pos, closed=entry.closed)
                for entry in lists
            ),
            "labels": tuple(replace(label, name=shown[label.id]) for label in labels),
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
            "due_reminder": _reminder(card.dueReminder),
            "closed": card.closed or None,
            "cover": card.cover.color if card.cover else None,
            "template": card.isTemplate or None,
            "location": location(card),
            "checklists": self.entries(checklists) or None,
            "empty_checklists": _set(one.name for one in told_apart(checklists) if one.is_empty),
            "url": card.shortUrl or card.url,
            "board": card.idBoard or self.id,
            **dict.fromkeys(self.awaited),
            **custom.values(self.custom, card.customFieldItems, self.zone),
        }

    def _rest(self, card: Card, raw: object) -> Plain:
        """Whatever people put on the card that no field holds."""
        known = {one.id for one in self.custom.values()}
        strange = [item for item in card.customFieldItems if item.idCustomField not in known]
        rest = _unmapped(raw) if isinstance(raw, dict) else {}
        if strange:
            rest["customFieldItems"] = [item.model_dump() for item in strange]
        if card.locationName and card.address:
            rest["address"] = card.address
        return rest or None

    def entries(self, checklists: tuple[Checklist, ...]) -> list[Plain]:
        """All checklists of a card as one list, each entry with the name of its own."""
        return [
            self._entry(checklist, item)
            for checklist in told_apart(checklists)
            for item in checklist.entries()
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


def _reminder(minutes: int | None) -> int | None:
    """Minutes before it is due; Trello says -1 for no reminder."""
    return minutes if minutes is not None and minutes >= 0 else None


def _unmapped(raw: dict[str, Plain]) -> dict[str, Plain]:
    rest = {key: raw[key] for key in _UNMAPPED if raw.get(key) not in (None, "", [], False, -1)}
    cover = raw.get("cover") or {}
    badges = raw.get("badges") or {}
    attachments = raw.get("attachments") or []
    if not isinstance(cover, dict) or not isinstance(badges, dict) or not _are_objects(attachments):
        raise ValueError("its cover, badges or attachments are none")
    shown = {key: cover[key] for key in _IMAGE if cover.get(key)}
    if shown:
        rest["cover"] = shown
    if attachments:
        rest["attachments"] = [
            {key: one.get(key) for key in ("id", "name", "bytes")} for one in attachments
        ]
    if badges.get("comments"):
        rest["comments"] = badges["comments"]
    return rest


def _are_objects(value: object) -> TypeGuard[list[dict[str, Plain]]]:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
