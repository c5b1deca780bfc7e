"""What a shelf holds unless somebody says otherwise: cards with comments and files."""

from __future__ import annotations

from dataclasses import replace

from sync.model import FieldSpec, Schema

SCHEMA = Schema(
    fields={
        "title": FieldSpec("text", required=True),
        "description": FieldSpec("richtext", dialect="markdown"),
        "list": FieldSpec("choice"),
        "labels": FieldSpec("set"),
        "members": FieldSpec("people"),
        "start": FieldSpec("moment"),
        "due": FieldSpec("moment"),
        "done": FieldSpec("bool"),
        "archived": FieldSpec("bool"),
        "effort": FieldSpec("duration"),
        "priority": FieldSpec("number"),
        "owner": FieldSpec("person"),
        "link": FieldSpec("link"),
        "place": FieldSpec("location"),
        "recurrence": FieldSpec("recurrence"),
        "checklist": FieldSpec("checklist"),
    },
    children=("comment", "file"),
)

CHILDREN = {
    "comment": Schema(
        fields={
            "text": FieldSpec("richtext", required=True, dialect="markdown"),
            "author": FieldSpec("person", writable=False),
            "at": FieldSpec("moment", writable=False),
        }
    ),
    "file": Schema(
        fields={
            "path": FieldSpec("text", required=True),
            "content": FieldSpec("blob", required=True),
        }
    ),
}


def board(*, options: bool = True, rank: bool = True, children: bool = True) -> Schema:
    """The default schema, with or without options that have ids, an order, and children."""
    fields = dict(SCHEMA.fields)
    for name in ("list", "labels"):
        fields[name] = replace(fields[name], options=options)
    if rank:
        fields["rank"] = FieldSpec("rank")
    return Schema(fields=fields, children=SCHEMA.children if children else ())
