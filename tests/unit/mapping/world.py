"""A small world to try mappings in: a board, a calendar, a folder, none of them real."""

from __future__ import annotations

from collections.abc import Mapping

from sync.connector import Capabilities, Word
from sync.errors import JumelageError
from sync.kinds import Kind
from sync.mapping.compile import Compiled, compile_units
from sync.mapping.defaults import DefaultMap, System
from sync.mapping.loaded import Loaded, read_mapping
from sync.mapping.places import Place, Places, Spot
from sync.mapping.source import read
from sync.mapping.unit import Member, Unit
from sync.mapping.vocabulary import read_kinds
from sync.model import Collection, FieldSpec, Schema

KINDS: Mapping[str, Kind] = read_kinds()[0]

BOARD = Schema(
    {
        "name": FieldSpec("text", required=True, limit=100),
        "desc": FieldSpec("richtext", dialect="markdown"),
        "list": FieldSpec("choice", options=True, required=True),
        "pos": FieldSpec("rank"),
        "labels": FieldSpec("set", options=True),
        "members": FieldSpec("people"),
        "due": FieldSpec("moment"),
        "closed": FieldSpec("bool"),
        "url": FieldSpec("link", writable=False),
    },
    children=("comment",),
    makes={"link": FieldSpec("link", later=True)},
)
COMMENTS = Schema(
    {
        "text": FieldSpec("richtext", required=True),
        "author": FieldSpec("person", writable=False),
    }
)
CALENDAR = Schema(
    {
        "summary": FieldSpec("text"),
        "description": FieldSpec("richtext", dialect="plain"),
        "categories": FieldSpec("set"),
        "due": FieldSpec("moment"),
        "start": FieldSpec("moment"),
        "status": FieldSpec("choice", values=("NEEDS-ACTION", "COMPLETED")),
        "attendees": FieldSpec("people"),
        "percent": FieldSpec("number"),
    }
)
FOLDER = Schema({}, open=True, children=("comment",))
EXPORT = Schema(BOARD.fields, writable=False)

SYSTEMS = {
    "trello": System(
        "trello",
        "trello",
        {"board": Word(("card",), "a board")},
        {
            "board": {
                "card": DefaultMap(
                    fields={
                        "title": "name",
                        "description": "desc",
                        "list": "list",
                        "rank": "pos",
                        "labels": "labels",
                        "members": "members",
                        "due": "due",
                        "archived": "closed",
                    }
                )
            }
        },
    ),
    "cloud": System(
        "cloud",
        "nextcloud",
        {
            "calendar": Word(("event", "card"), "a calendar"),
            "tasks": Word(("task", "card"), "a list of tasks"),
        },
        {
            word: {
                "card": DefaultMap(
                    fields={
                        "title": "summary",
                        "description": "description",
                        "labels": "categories",
                        "due": "due",
                    }
                )
            }
            for word in ("calendar", "tasks")
        },
    ),
    "notes": System("notes", "folder", {"folder": Word(None, "a folder")}),
    "export": System("export", "trello-export", {"file": Word(("card",), "the export of a board")}),
}

_SCHEMAS = {
    "board": (BOARD, Capabilities(options=True, rank=True)),
    "calendar": (CALENDAR, Capabilities()),
    "tasks": (CALENDAR, Capabilities()),
    "folder": (FOLDER, Capabilities()),
    "file": (EXPORT, Capabilities()),
}


def mapping(text: str, name: str = "m") -> Loaded:
    loaded, problems = read_mapping(read(text.encode(), f"{name}.yaml"), name)
    assert loaded, "\n".join(map(str, problems))
    return loaded


def places(*mappings: Loaded, failing: Mapping[str, JumelageError] | None = None) -> Places:
    """Find every collection; those whose word says nothing are left out."""
    found: dict[Spot, Place | JumelageError] = {}
    for one in mappings:
        for _label, _side, spot in one.sides():
            if spot.word in _SCHEMAS:
                schema, capabilities = _SCHEMAS[spot.word]
                collection = Collection(spot.system, spot.word, spot.name.lower(), spot.name)
                children = dict.fromkeys(schema.children, COMMENTS)
                place = Place(collection, schema, capabilities, children)
                found[spot] = (failing or {}).get(spot.system) or place
    return found


def compiled(*texts: str, failing: Mapping[str, JumelageError] | None = None) -> Compiled:
    """Compile mappings called a, b, c."""
    mappings = [mapping(text, "abcdef"[position]) for position, text in enumerate(texts)]
    return compile_units(mappings, KINDS, SYSTEMS, places(*mappings, failing=failing))


def unit(text: str) -> Unit:
    (only,) = compiled(text).units
    return only


def member(text: str, label: str) -> Member:
    return next(m for m in unit(text).members.values() if m.label == label)
