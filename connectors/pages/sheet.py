"""A page that holds a record: heading, and a marked block with one property a line.

    ====== Buy bread ======
    [[#jumelage|↻]]
      * **due**: 2026-03-01
      * **labels**:
        * Kitchen
      * **description**:
    <code>
    verbatim
    </code>
    [[#jumelage-end|↻]]

An empty line of a property is an empty value; a line that is not there was not
observed. The title is the first first-level heading before the block. A title that no
heading can show stands exactly in a property `title` too, which holds for as long as
the heading shows the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.pages.dialects import NAME, Dialect
from connectors.pages.values import dump, read, read_element, same, write, write_element
from sync.model import Fields, Plain

TITLE = "title"
TEXTS = frozenset({"description", "body", "note", "text"})
"""Properties that stand as verbatim text even when they fit on a line."""


class Broken(ValueError):
    """The page stands there, and its block cannot be read; the message says why."""


class Bare(Broken):
    """The page has no block at all: it may never have had one."""


@dataclass(frozen=True)
class Property:
    """One property, and where it stands in the page's text."""

    value: Plain
    start: int
    end: int
    text: bool = False
    """It stands as verbatim text."""


@dataclass(frozen=True)
class Sheet:
    """A page as it was read. Raises `Broken` on reading one whose block is damaged."""

    source: str
    dialect: Dialect
    shown: str
    """The heading's text."""
    heading: tuple[int, int]
    properties: Mapping[str, Property] = field(default_factory=dict)
    tail: int = 0
    """Where a new property goes."""

    @classmethod
    def read(cls, source: str, dialect: Dialect) -> Sheet:
        """Read a page's text, whose lines end in a line feed."""
        lines = list(_lines(source))
        begin = next(
            (n for n, (_, line) in enumerate(lines) if dialect.begins.fullmatch(line)), None
        )
        if begin is None:
            raise Bare(f"the page has no block of properties (it begins with {dialect.begin})")
        shown, heading = _heading(lines[:begin], dialect)
        reader = _Reader(source, dialect, lines[begin][0] + len(lines[begin][1]) + 1)
        reader.run()
        return cls(source, dialect, shown, heading, reader.found, reader.tail)

    @classmethod
    def write(cls, fields: Fields, dialect: Dialect) -> str:
        """The text of a new page. Raises ValueError for what no page can hold."""
        heading, exact = _titled(fields.get(TITLE), dialect)
        rest = {k: v for k, v in fields.items() if k != TITLE}
        inline = {k: v for k, v in rest.items() if not _is_text(k, v)}
        text = {k: v for k, v in rest.items() if k not in inline}
        body = "".join(_property(k, v, dialect) for k, v in {**exact, **inline, **text}.items())
        return f"{heading}\n\n{dialect.begin}\n{body}{dialect.end}\n"

    @property
    def fields(self) -> dict[str, Plain]:
        """What the page says."""
        fields = {name: p.value for name, p in self.properties.items() if name != TITLE}
        exact = self.properties.get(TITLE)
        title = self.shown
        if exact and isinstance(exact.value, str) and _title(exact.value, self.dialect) == title:
            title = exact.value
        return {TITLE: title, **fields}

    def patched(self, patch: Fields) -> str:
        """The page's text with some fields changed, and every other byte as it is."""
        present = self.fields
        cuts: list[tuple[int, int, str]] = []
        for name, value in patch.items():
            if name in present and same(present[name], value):
                continue
            cuts += self._retitled(value) if name == TITLE else self._changed(name, value)
        text = self.source
        for start, end, new in sorted(cuts, key=lambda cut: cut[:2], reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _changed(self, name: str, value: Plain) -> list[tuple[int, int, str]]:
        old = self.properties.get(name)
        if old is None:
            return [(self.tail, self.tail, _property(name, value, self.dialect))]
        return [(old.start, old.end, _property(name, value, self.dialect, text=old.text))]

    def _retitled(self, value: Plain) -> list[tuple[int, int, str]]:
        heading, exact = _titled(value, self.dialect)
        old = self.properties.get(TITLE)
        line = "".join(_property(k, v, self.dialect) for k, v in exact.items())
        start, end = (old.start, old.end) if old else (self.tail, self.tail)
        return [(*self.heading, heading), (start, end, line)]


class _Reader:
    """Walks through a block, from after its first mark to its last."""

    def __init__(self, source: str, dialect: Dialect, start: int) -> None:
        self.source, self.dialect = source, dialect
        self.at = self.tail = start
        self.found: dict[str, Property] = {}

    def run(self) -> None:
        """Read every property; what is none is people's own text, and is passed over."""
        while self.at < len(self.source):
            line = self._line()
            if self.dialect.ends.fullmatch(line):
                return self._only_one(self.at + len(line))
            item = self.dialect.items.fullmatch(line)
            if item is None:
                self.at += len(line) + 1
            else:
                self._item(item[1].strip(), item[2].strip(), len(line) + 1)
        raise Broken(f"the block of properties has no end ({self.dialect.end})")

    def _line(self) -> str:
        return self.source[self.at :].split("\n", 1)[0]

    def _only_one(self, after: int) -> None:
        if any(self.dialect.begins.fullmatch(line) for _, line in _lines(self.source[after:])):
            raise Broken("the page has two blocks of properties: leave one of them")

    def _item(self, name: str, cell: str, length: int) -> None:
        if name in self.found:
            raise Broken(f"the property {name} stands twice: leave one of them")
        start = self.at
        self.at += length
        text = False
        if cell:
            value = read(cell, self.dialect)
        elif self._opens():
            value, text = self._text(name) or None, True
        else:
            value = [*self._elements()] or None
        self.found[name] = Property(value, start, min(self.at, len(self.source)), text)
        if not text:
            self.tail = self.at

    def _elements(self) -> Iterator[Plain]:
        while (found := self.dialect.subs.fullmatch(self._line())) is not None:
            self.at += len(found[0]) + 1
            if found[1].strip():
                yield read_element(found[1], self.dialect)

    def _opens(self) -> bool:
        return re.match(rf"<{self.dialect.tag}\b[^>\n]*>", self.source[self.at :]) is not None

    def _text(self, name: str) -> str:
        start = self.source.index(">", self.at) + 1
        close = re.compile(rf"</{self.dialect.tag}>[^\n]*(?:\n|\Z)", re.IGNORECASE)
        end = close.search(self.source, start)
        if end is None:
            raise Broken(f"the text of {name} has no end (</{self.dialect.tag}>)")
        self.at = end.end()
        text = self.source[start : end.start()].removeprefix("\n").removesuffix("\n")
        return self.dialect.unquote(text)


def _lines(source: str) -> Iterator[tuple[int, str]]:
    at = 0
    for line in source.split("\n"):
        yield at, line
        at += len(line) + 1


def _heading(lines: list[tuple[int, str]], dialect: Dialect) -> tuple[str, tuple[int, int]]:
    for pattern in (dialect.top, dialect.any_heading):
        for at, line in lines:
            found = pattern.fullmatch(line)
            if found:
                return dialect.bare(found[1]), (at, at + len(line))
    raise Broken("the page has no heading before its block of properties")


def _titled(title: Plain, dialect: Dialect) -> tuple[str, dict[str, Plain]]:
    """The heading's line, and the property that says the title exactly where it cannot."""
    if not isinstance(title, str) or not title:
        raise ValueError("a page needs a title")
    shown = _title(title, dialect)
    markup = dialect.quiet(shown) if dialect.heading_markup else shown
    return dialect.heading.format(markup), {} if shown == title else {TITLE: title}


def _title(title: str, dialect: Dialect) -> str:
    """What the heading can show of a title."""
    shown = " ".join("".join(c if c.isprintable() else " " for c in title).split()).strip("= ")
    line = dialect.heading.format(dialect.quiet(shown) if dialect.heading_markup else shown)
    found = dialect.top.fullmatch(line)
    return shown if found and dialect.bare(found[1]) == shown else "—"


def _is_text(name: str, value: Plain) -> bool:
    return isinstance(value, str) and (name in TEXTS or "\n" in value)


def _property(name: str, value: Plain, dialect: Dialect, *, text: bool = False) -> str:
    if not re.fullmatch(NAME, name):
        raise ValueError(f"{name!r} cannot be the name of a property on a page")
    head = dialect.item.format(name)
    if value is None:
        return f"{head}\n"
    if isinstance(value, str) and value and (text or _is_text(name, value)):
        return f"{head}\n{dialect.block(value)}"
    if isinstance(value, list) and value:
        cells = [write_element(element, dialect) for element in value]
        if same([read_element(cell, dialect) for cell in cells], value):
            return f"{head}\n" + "".join(f"{dialect.sub}{cell}\n" for cell in cells)
        return f"{head} {dialect.quiet(dump(value))}\n"
    return f"{head} {write(value, dialect)}\n"
