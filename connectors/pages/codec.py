"""Between a connector and the pages: which sort of page, and the seam's own errors."""

from __future__ import annotations

from connectors.pages.dialects import Dialect
from connectors.pages.plain import PlainPage
from connectors.pages.sheet import Bare, Broken, Sheet
from sync.errors import Foreign, Malformed, Refused
from sync.model import Fields, FieldSpec, Plain, Schema

PLAIN = frozenset({"title", "body"})
NOT_KEPT = frozenset({*map(chr, range(0x20)), "\ufffe", "\uffff"} - {"\t", "\n", "\r"})
"""What XML cannot hold, and MediaWiki replaces: no wiki gives it back."""


def schema(sheet: bool, dialect: Dialect) -> Schema:
    """What records are made of; a sheet holds any field, a plain page two."""
    title = FieldSpec("text", required=True)
    if sheet:
        return Schema({"title": title}, open=True)
    return Schema({"title": title, "body": FieldSpec("richtext", dialect=dialect.name)})


def decode(text: str, name: str, dialect: Dialect, *, sheet: bool) -> dict[str, Plain]:
    """The fields of a page. Raises `Malformed` for a broken sheet, `Foreign` for none."""
    text = _lines(text)
    if not sheet:
        return PlainPage.read(text, name, dialect).fields
    try:
        return Sheet.read(text, dialect).fields
    except Bare as bare:
        raise Foreign(str(bare)) from bare
    except Broken as broken:
        raise Malformed(str(broken)) from broken


def encode(fields: Fields, name: str, dialect: Dialect, *, sheet: bool) -> str:
    """The text of a new page. Raises `Refused` for what no page can hold."""
    fields = _storable(fields, sheet=sheet)
    try:
        if sheet:
            return kept(Sheet.write(fields, dialect))
        return kept(PlainPage.write(fields, name, dialect))
    except ValueError as error:
        raise Refused(str(error)) from error


def patched(source: str, patch: Fields, name: str, dialect: Dialect, *, sheet: bool) -> str:
    """A page's text with some fields changed. Raises `Malformed` or `Refused`."""
    source, patch = _lines(source), _storable(patch, sheet=sheet)
    try:
        if sheet:
            return kept(Sheet.read(source, dialect).patched(patch))
        return kept(PlainPage.read(source, name, dialect).patched(patch, name, dialect))
    except Broken as broken:
        raise Malformed(str(broken)) from broken
    except ValueError as error:
        raise Refused(str(error)) from error


def kept(text: str) -> str:
    """The text, if a wiki keeps every character of it. Raises `Refused`."""
    lost = next((c for c in text if c in NOT_KEPT or "\ud800" <= c <= "\udfff"), None)
    if lost is not None:
        raise Refused(f"a wiki cannot hold the character U+{ord(lost):04X}")
    return text


def _storable(fields: Fields, *, sheet: bool) -> dict[str, Plain]:
    unknown = set() if sheet else set(fields) - PLAIN
    if unknown:
        raise Refused(f"a page has no field {min(unknown)}")
    return {k: _lines(v) if isinstance(v, str) else v for k, v in fields.items()}


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
