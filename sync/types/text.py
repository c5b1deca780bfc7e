"""Text on one line or several: title, address, path; and the strings that other types hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from typing import ClassVar
from urllib.parse import urlsplit, urlunsplit

from sync.model import Plain
from sync.types.base import FieldType, is_empty

_LINE_END = re.compile(r"\r\n?")
_TRAILING_BLANKS = re.compile(r"[^\S\n]+(?=\n|\Z)")
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def string(value: Plain) -> str | None:
    """Read one string; None if it is empty. Line ends become LF.

    Whole numbers are read as their digits, since hand-written front matter says
    `title: 2026`. Raises ValueError for anything else, and for text that cannot be
    encoded (half of a surrogate pair, which JSON can smuggle in).
    """
    if is_empty(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError(f"{_kind(value)} is not text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text that is not valid Unicode") from error
    return _LINE_END.sub("\n", value) or None


def composed(text: str) -> str:
    """Bring to the one Unicode form (NFC) in which texts are compared."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Bring to the form in which names are recognised: no case, no outer blanks, NFC."""
    return composed(composed(text.strip()).casefold())


def unadorned(text: str) -> str:
    """Take away what servers change unasked: trailing blanks and newlines, Unicode form."""
    return composed(_TRAILING_BLANKS.sub("", _LINE_END.sub("\n", text)).rstrip("\n"))


def _kind(value: Plain) -> str:
    return {bool: "yes or no", float: "a fraction", list: "a list", dict: "a table"}.get(
        type(value), type(value).__name__
    )


class Text(FieldType):
    """A title, an address, a path. Two different changes are a conflict."""

    name: ClassVar[str] = "text"

    def clean(self, value: Plain) -> Plain:
        """Line ends become LF; nothing else of what people typed is touched."""
        return string(value)

    def equal(self, one: Plain, other: Plain) -> bool:
        """Compare in one Unicode form: two spellings of the same "é" look the same."""
        if isinstance(one, str) and isinstance(other, str):
            return one == other or composed(one) == composed(other)
        return one is other

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore line ends, trailing blanks and newlines, and the Unicode form; never case."""
        one, other = sent or "", echoed or ""
        if not isinstance(one, str) or not isinstance(other, str):
            return False
        return one == other or unadorned(one) == unadorned(other)

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The whole text, in one Unicode form."""
        return frozenset({composed(value)}) if isinstance(value, str) else frozenset()


class Word(FieldType):
    """A single string that is compared exactly: an option, a person."""

    def clean(self, value: Plain) -> Plain:
        """Any string that is not empty."""
        return string(value)

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore case, outer blanks and the Unicode form."""
        if isinstance(sent, str) and isinstance(echoed, str):
            return folded(sent) == folded(echoed)
        return sent is echoed


class Choice(Word):
    """One of some options: a list, a status."""

    name: ClassVar[str] = "choice"


class Person(Word):
    """One person: a hub alias, or `system:id` for somebody unknown."""

    name: ClassVar[str] = "person"


class Link(Word):
    """An address on the web. Not checked for being reachable or well-formed."""

    name: ClassVar[str] = "link"

    def clean(self, value: Plain) -> Plain:
        """Outer blanks go; a blank or control character within is no address."""
        text = string(value)
        text = text.strip() if text else None
        if text and _CONTROL.search(text):
            raise ValueError("an address with a blank or a line end within it")
        return text or None

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore the case of scheme and host, and the slash of an empty path."""
        if isinstance(sent, str) and isinstance(echoed, str):
            return _address(sent) == _address(echoed)
        return sent is echoed


def _address(link: str) -> str:
    try:
        parts = urlsplit(link)
    except ValueError:  # "[" without its "]": not an address that could be respelled
        return link
    return urlunsplit(parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/"))
