"""Values on one line of a page: readable where they can be, JSON where they cannot.

Text stands as it is, numbers as numbers, truth as `[x]` and `[ ]`, a checklist entry
as `[x] Buy bread`. What would be read back as something else, or does not fit on a
line, stands as JSON. `read(write(value))` is the value, and so is
`read_element(write_element(value))`.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import cast

from connectors.pages.dialects import Dialect
from sync.model import Plain

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,300})(?:\.[0-9]{1,300})?(?:[eE][+-]?[0-9]{1,3})?")
ENTRY = re.compile(r"\[([ xX])\] (.+?)(?: <nowiki>(\{.*\})</nowiki>)?")
TRUTH = {"[x]": True, "[X]": True, "[ ]": False}
UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories that would break a line, or that no server keeps."""
ENTRY_OWN = frozenset({"text", "done"})


def same(one: Plain, other: Plain) -> bool:
    """Tell whether two values are the same JSON: 1 is neither 1.0 nor true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def write(value: Plain, dialect: Dialect) -> str:
    """The cell for a value. Raises ValueError for what JSON cannot hold (NaN)."""
    return _first_that_reads_back(value, [_short(value)], dialect)


def read(cell: str, dialect: Dialect) -> Plain:
    """The value of a cell; whatever is nothing else is text."""
    return _meant(dialect.bare(cell.strip()))


def write_element(value: Plain, dialect: Dialect) -> str:
    """The cell for one element of a list."""
    entry = _entry(value, dialect)
    if entry is not None and same(read_element(entry, dialect), value):
        return entry
    cell = write(value, dialect)
    if same(read_element(cell, dialect), value):
        return cell
    return dialect.quiet(dump(value))


def read_element(cell: str, dialect: Dialect) -> Plain:
    """One element of a list: a checklist entry if it is marked as one, else as `read`."""
    found = ENTRY.fullmatch(cell.strip())
    if found is None:
        return read(cell, dialect)
    extras = _json(found[3]) if found[3] else {}
    text = _text(dialect.bare(found[2].strip()))
    done = TRUTH[f"[{found[1]}]"]
    return {**(extras if isinstance(extras, dict) else {}), "text": text, "done": done}


def dump(value: Plain) -> str:
    """A value as JSON on one line, without any character that a page could trip over."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    return "".join(_escaped(c) if c == "<" or not _seen(c) else c for c in text)


def _first_that_reads_back(value: Plain, shorts: list[str | None], dialect: Dialect) -> str:
    for short in shorts:
        if short is None or not all(map(_seen, short)):
            continue
        cell = dialect.quiet(short)
        if same(read(cell, dialect), value):
            return cell
    cell = dialect.quiet(dump(value))
    if not same(read(cell, dialect), value):
        raise ValueError(f"{value!r} cannot be written on a page")
    return cell


def _short(value: Plain) -> str | None:
    if isinstance(value, bool):
        return "[x]" if value else "[ ]"
    return value if isinstance(value, str) else None


def _meant(text: str) -> Plain:
    if text in TRUTH:
        return TRUTH[text]
    if NUMBER.fullmatch(text):
        number = json.loads(text)
        return cast("Plain", number) if math.isfinite(number) else text
    if text[:1] in {'"', "{", "["}:
        value = _json(text)
        return text if value is None else value
    return text


def _entry(value: Plain, dialect: Dialect) -> str | None:
    if not isinstance(value, dict) or not value.keys() >= ENTRY_OWN:
        return None
    text, done = value["text"], value["done"]
    if not isinstance(text, str) or not isinstance(done, bool):
        return None
    words = text if _text(text) == text and all(map(_seen, text)) else dump(text)
    cell = dialect.quiet(words)
    if _text(dialect.bare(cell)) != text:
        cell = dialect.quiet(dump(text))
    extras: dict[str, Plain] = {k: v for k, v in value.items() if k not in ENTRY_OWN}
    tail = f" {dialect.nowiki(dump(extras))}" if extras else ""
    return f"{'[x]' if done else '[ ]'} {cell}{tail}"


def _text(words: str) -> str:
    value = _json(words) if words.startswith('"') else None
    return value if isinstance(value, str) else words


def _json(text: str) -> Plain:
    try:
        value = json.loads(text)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return cast("Plain", value)


def _seen(character: str) -> bool:
    return unicodedata.category(character) not in UNSEEN and character not in "\ufffe\uffff"


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}"
