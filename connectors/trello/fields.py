"""What a card is made of: the fields of every card, and those that a board adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from connectors.trello.objects import CustomField
from sync.model import FieldSpec, Schema

TEXT_LIMIT: Final = 16384
"""Characters in a name, a description, a comment or a checklist entry."""
COVER_COLORS: Final = (
    "pink",
    "yellow",
    "lime",
    "blue",
    "black",
    "orange",
    "red",
    "purple",
    "sky",
    "green",
)

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
        "due_reminder": FieldSpec("number", later=True),  # minutes before it is due
        "closed": FieldSpec("bool", later=True),
        "cover": FieldSpec("choice", values=COVER_COLORS, later=True),
        "template": FieldSpec("bool", later=True),
        "location": FieldSpec("location"),
        "checklists": FieldSpec("checklist", later=True),
        "empty_checklists": FieldSpec("set", later=True),  # those without an entry, by name
        "url": FieldSpec("link", writable=False),
        "board": FieldSpec("text", writable=False),  # its id, whatever it is called
    },
    children=("comment", "file"),
)

CARD_FIELDS: Final = (
    "name,desc,idBoard,idList,pos,idLabels,idMembers,start,due,dueComplete,closed,shortUrl,"
    "dateLastActivity,cover,dueReminder,isTemplate,cardRole,address,locationName,coordinates,"
    "idMembersVoted,badges,idShort"
)
"""What a read asks of each card: the mapped fields, and what nothing may destroy unseen."""

_CUSTOM: Final = {
    "text": FieldSpec("text", later=True),
    "number": FieldSpec("number", later=True),
    "checkbox": FieldSpec("bool", later=True),
    "date": FieldSpec("moment", later=True),
    # A choice goes by its text: Trello has no way to rename one.
    "list": FieldSpec("choice", later=True),
}


def by_name(definitions: Iterable[CustomField]) -> dict[str, CustomField]:
    """Custom fields by the names that they go by here.

    One whose name a card's own field bears, or another custom field, has a part of its id
    behind it; one of a type that nobody knows is left out.
    """
    known = [one for one in definitions if one.type in _CUSTOM]
    named: dict[str, CustomField] = {}
    for one in sorted(known, key=lambda one: one.id):
        taken = one.name in SCHEMA.fields or one.name in named or not one.name
        named[f"{one.name} ({one.id[-6:]})".strip() if taken else one.name] = one
    return dict(sorted(named.items(), key=lambda pair: (pair[1].pos, pair[1].id)))


MADE: Final = {
    "text": "text",
    "number": "number",
    "bool": "checkbox",
    "moment": "date",
    "choice": "list",
}
"""The type of the custom field that is made for a field, by the latter's type in the hub."""


def schema(
    custom: Mapping[str, CustomField], awaited: Mapping[str, FieldSpec] | None = None
) -> Schema:
    """The fields of a board's cards, those included that are yet to be made."""
    added = {name: _CUSTOM[one.type] for name, one in custom.items()}
    fields = {**(awaited or {}), **SCHEMA.fields, **added}
    makes = {hub: _CUSTOM[kind] for hub, kind in MADE.items()}
    return Schema(fields=fields, children=SCHEMA.children, makes=makes)
