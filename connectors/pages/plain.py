"""A page that is nothing but its title and its text, in the wiki's own markup.

If the very first line is a first-level heading, it is the title and the rest is the
body; else the page's own name is the title and all of it is the body. A blank line
after the heading belongs to the heading.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.pages.dialects import Dialect
from sync.model import Fields, Plain


@dataclass(frozen=True)
class PlainPage:
    """A page as it was read; `name` is what the wiki itself calls it."""

    title: str
    body: str
    head: str = ""
    """The heading's lines, as they stand before the body."""

    @classmethod
    def read(cls, source: str, name: str, dialect: Dialect) -> PlainPage:
        """Split a page's text, whose lines end in a line feed."""
        first, _newline, rest = source.partition("\n")
        found = dialect.top.fullmatch(first)
        if not found:
            return cls(name, source)
        body = rest.removeprefix("\n")
        return cls(dialect.bare(found[1]), body, source[: len(source) - len(body)])

    @classmethod
    def write(cls, fields: Fields, name: str, dialect: Dialect) -> str:
        """The text of a new page. Raises ValueError if it has no title."""
        title, body = fields.get("title"), _body(fields.get("body"))
        if not isinstance(title, str) or not title:
            raise ValueError("a page needs a title")
        bare = cls.read(body, name, dialect)
        if body.strip() and bare.title == title and bare.body == body:
            return body
        return f"{_heading(title, dialect)}\n\n{body}"

    @property
    def fields(self) -> dict[str, Plain]:
        """What the page says."""
        return {"title": self.title, "body": self.body or None}

    def patched(self, patch: Fields, name: str, dialect: Dialect) -> str:
        """The page's text with its title or its body changed, and the rest as it is."""
        title = patch.get("title", self.title)
        body = _body(patch["body"]) if "body" in patch else self.body
        if not self.head:
            return self.write({"title": title, "body": body}, name, dialect)
        if not isinstance(title, str) or not title:
            raise ValueError("a page needs a title")
        line, newline, gap = self.head.partition("\n")
        if title != self.title:
            line = _heading(title, dialect)
        if body.startswith("\n") or not newline:
            gap = "\n"
        return f"{line}\n{gap}{body}"


def _body(value: Plain) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError("the body of a page is text")
    return value or ""


def _heading(title: str, dialect: Dialect) -> str:
    shown = dialect.quiet(title) if dialect.heading_markup else title
    line = dialect.heading.format(shown)
    found = dialect.top.fullmatch(line)
    if "\n" in title or not found or dialect.bare(found[1]) != title:
        raise ValueError(f"{title!r} cannot be the heading of a page")
    return line
