"""A Markdown file with front matter, as bytes; a change leaves the bytes that it does not name.

Between fences of `---` at the very top stand the fields; below stands the text, the
field `body`. One blank line under the fence and the last line end belong to neither.
The key `jumelage` holds the nonce with which we made the file, and is no field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from connectors.folder import front
from sync.errors import Malformed
from sync.model import Fields, Plain

BODY = "body"
ORIGIN = "jumelage"
_TOP = re.compile(r"---[ \t\r]*\n(.*?)(?<=\n)---[ \t\r]*(?:\n|\Z)", re.DOTALL)
_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Document:
    """What a file holds: `front` as it is written (None: no fences), and all below it."""

    front: str | None
    below: str
    bom: bool = False
    crlf: bool = False

    @classmethod
    def read(cls, content: bytes) -> Document:
        """Take a file apart. Raises `Malformed`."""
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise Malformed(f"not UTF-8 at byte {error.start}") from None
        bom, text = text.startswith("\ufeff"), text.removeprefix("\ufeff")
        crlf = 0 < text.count("\r\n") == text.count("\n") == text.count("\r")
        text = _LINE_END.sub("\n", text) if crlf else text
        if match := _TOP.match(text):
            fenced = cls(match[1], text[match.end() :], bom, crlf)
            if fenced._table is not None:
                return fenced
        return cls(None, text, bom, crlf)

    @property
    def values(self) -> Mapping[str, Plain]:
        """Everything that is said in the front matter, the origin too."""
        return self._table or {}

    @cached_property
    def _table(self) -> Mapping[str, Plain] | None:
        return front.read(self.front) if self.front else {}

    @property
    def origin(self) -> str | None:
        """The nonce with which the file was made."""
        nonce = self.values.get(ORIGIN)
        return nonce if isinstance(nonce, str) else None

    @property
    def fields(self) -> dict[str, Plain]:
        """The fields, `body` among them."""
        said = {n: v for n, v in self.values.items() if n != ORIGIN}
        return said | {BODY: self.body}

    @property
    def body(self) -> str | None:
        """The text below, without the blank line before it and the line end after it."""
        text = _LINE_END.sub("\n", self.below).removeprefix("\n")
        return text.removesuffix("\n") or None

    def changed(self, patch: Fields) -> Document:
        """The document with these fields; what has its value already stays as it is written."""
        now = {**self.values, BODY: self.body}
        new = {n: _lines(v) for n, v in patch.items()}
        new = {n: v for n, v in new.items() if now.get(n) != v}
        below = self.below
        if BODY in new:
            body = new.pop(BODY)
            below = "" if body is None else f"\n{body}\n"
        looks_fenced = below.lstrip("\n").startswith("---")
        above = None
        if self.front is not None or new or looks_fenced:
            above = front.patch(self.front or "", new)
        if self.front and not above and not looks_fenced:
            above = None  # empty fences would be left of what may have had none
        return Document(above, below, self.bom, self.crlf)

    def value(self, name: str) -> Plain:
        """What is said under a key; None: nothing."""
        return self.body if name == BODY else self.values.get(name)

    @property
    def unmarked(self) -> Document:
        """The document without our key; fences that held nothing else go, too."""
        if self.front is None or ORIGIN not in self.values:
            return self
        above = front.patch(self.front, {ORIGIN: None})
        if above.strip():
            return Document(above, self.below, self.bom, self.crlf)
        bare = Document(None, self.below.removeprefix("\n"), self.bom, self.crlf)
        again = Document.read(bare.write())  # what stands below may look like fences itself
        return bare if again.front is None else Document("", self.below, self.bom, self.crlf)

    def write(self) -> bytes:
        """Put the file together."""
        fences = "" if self.front is None else f"---\n{self.front}---\n"
        text = fences + self.below
        text = text.replace("\n", "\r\n") if self.crlf else text
        return ("\ufeff" * self.bom + text).encode()


def _lines(value: Plain) -> Plain:
    return _LINE_END.sub("\n", value) or None if isinstance(value, str) else value
