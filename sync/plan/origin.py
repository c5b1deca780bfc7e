"""Whose a value is: which side it came from, who typed it there, and when."""

from __future__ import annotations

from sync.model import Plain, Record
from sync.plan.draft import Draft
from sync.state import Item


def of_hub(item: Item, field: str) -> dict[str, Plain]:
    """Whose the hub's present value of a field is, as far as it is known."""
    last = item.previous.get(field)
    known = last if isinstance(last, dict) else {}
    return {
        "collection": known.get("by"),
        "author": known.get("author"),
        "since": item.stamps.get(field),
    }


def of_record(key: str, record: Record) -> dict[str, Plain]:
    """Whose the values are that a record shows."""
    since = record.changed.isoformat() if record.changed else None
    return {"collection": key, "author": record.author, "since": since}


def keep(  # noqa: PLR0917 - what is lost, what stands instead, and whose they are
    draft: Draft,
    item: Item,
    field: str,
    cause: str,
    lost: tuple[Plain, dict[str, Plain]],
    stands: tuple[Plain, dict[str, Plain]],
) -> None:
    """Keep a lost value with its origin, and that of the value that stands instead."""
    value, origin = lost
    draft.keep(
        item,
        field,
        value,
        str(origin["collection"] or ""),
        cause,
        author=_text(origin["author"]),
        kept=stands[0],
        since=_text(origin["since"]),
        against=stands[1],
    )


def deletion_lost(draft: Draft, item: Item, key: str) -> None:
    """Somebody deleted it there, somebody edited it elsewhere: the edit stands, and is told.

    The field "" of an item is whether it stands at all.
    """
    edited = max(item.previous, key=lambda field: _taken_in(item.previous[field]), default="")
    nobody: dict[str, Plain] = {"collection": key, "author": None, "since": None}
    keep(draft, item, "", "conflict", (False, nobody), (True, of_hub(item, edited)))


def _taken_in(change: Plain) -> str:
    """When a change was taken in; what was not told when is older than what was."""
    return str(change.get("at") or "") if isinstance(change, dict) else ""


def _text(value: Plain) -> str | None:
    return value if isinstance(value, str) else None
