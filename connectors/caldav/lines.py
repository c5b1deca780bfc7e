"""iCalendar as lines (RFC 5545 section 3.1): what is not changed stays byte for byte.

A parser that builds objects and writes them out again loses what it does not know.
Here a text is a list of content lines, each with the bytes it was read from; only the
lines of a changed property are written anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.errors import Malformed, Refused

WIDTH = 75
"""Octets in a line before it is folded (RFC 5545 section 3.1)."""
LINE = re.compile(rb"[^\n]*\n(?:[ \t][^\n]*(?:\n|\Z))*|[^\n]+\Z")
FOLD = re.compile(rb"\r?\n[ \t]")
NAME = re.compile(r"[A-Za-z0-9-]+")
PARAM = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass
class Line:
    """One content line: the bytes that it stands for, and what they say."""

    raw: bytes
    text: str
    """Unfolded, without its line end."""

    @property
    def name(self) -> str:
        """The property's name in capitals; "" if this is no content line."""
        found = NAME.match(self.text)
        return found.group().upper() if found and self.text[found.end() :][:1] in ":;" else ""

    @property
    def params(self) -> dict[str, str]:
        """Its parameters, names in capitals, values without their quotes."""
        return {name.upper(): value.strip('"') for name, value in self._params()[0]}

    @property
    def value(self) -> str:
        """What follows the colon, escaped as it stands."""
        return self.text[self._params()[1] + 1 :]

    def _params(self) -> tuple[list[tuple[str, str]], int]:
        found = NAME.match(self.text)
        at = found.end() if found else 0
        params: list[tuple[str, str]] = []
        while match := PARAM.match(self.text, at):
            params.append((match.group(1), match.group(2)))
            at = match.end()
        colon = self.text.find(":", at)
        return params, len(self.text) if colon < 0 else colon


@dataclass
class Component:
    """A part between BEGIN and END: its own lines, and the parts within it, in order."""

    name: str
    parts: list[Line | Component] = field(default_factory=list)

    def lines(self, *names: str) -> list[Line]:
        """Its own lines of these names (of any, if none is given), not those of inner parts."""
        own = [part for part in self.parts if isinstance(part, Line)]
        return [line for line in own if line.name in names] if names else own

    def first(self, name: str) -> Line | None:
        """Its first line of this name."""
        return next(iter(self.lines(name)), None)

    def inner(self, name: str) -> list[Component]:
        """The parts of this name directly within it."""
        return [p for p in self.parts if isinstance(p, Component) and p.name == name]

    def put(self, name: str, *contents: str) -> None:
        """Let these content lines stand in place of all lines of this name.

        A line that already says the same keeps its bytes. New ones stand where the first
        old one stood, else before the inner parts.
        """
        old = self.lines(name)
        kept = {line.text: line for line in old}
        new = [kept.get(text) or Line(fold(text), text) for text in contents]
        at = self.parts.index(old[0]) if old else self._end()
        gone = {id(line) for line in old}
        before = [p for p in self.parts[:at] if id(p) not in gone]
        after = [p for p in self.parts[at:] if id(p) not in gone]
        self.parts = [*before, *new, *after]

    def _end(self) -> int:
        for at, part in enumerate(self.parts):
            if isinstance(part, Component) or part.name == "END":
                return at
        return len(self.parts)

    def raw(self) -> bytes:
        """Everything in it, from BEGIN to END."""
        return b"".join(p.raw if isinstance(p, Line) else p.raw() for p in self.parts)


@dataclass
class Document:
    """One iCalendar object, with whatever stands around it."""

    head: list[Line]
    calendar: Component
    tail: list[Line]

    def raw(self) -> bytes:
        """The whole text."""
        lines = [line.raw for line in self.head], [line.raw for line in self.tail]
        return b"".join([*lines[0], self.calendar.raw(), *lines[1]])


def read(raw: bytes) -> Document:
    """Take a text apart. Raises `Malformed` if its parts do not nest, or it is no UTF-8."""
    lines = [_line(match.group()) for match in LINE.finditer(raw)]
    begin = next((at for at, line in enumerate(lines) if _opens(line) == "VCALENDAR"), None)
    if begin is None:
        raise Malformed("no VCALENDAR")
    calendar, end = _component(lines, begin)
    return Document(lines[:begin], calendar, lines[end:])


def _line(raw: bytes) -> Line:
    body = FOLD.sub(b"", raw.removeprefix(b"\xef\xbb\xbf")).rstrip(b"\r\n")
    try:
        return Line(raw, body.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed("text that is not UTF-8") from None


def _opens(line: Line) -> str | None:
    return line.value.strip().upper() if line.name == "BEGIN" else None


def _component(lines: list[Line], begin: int) -> tuple[Component, int]:
    """The part that begins there, and where what follows it begins; no recursion."""
    stack = [Component(lines[begin].value.strip().upper(), [lines[begin]])]
    for at in range(begin + 1, len(lines)):
        line = lines[at]
        opened = _opens(line)
        if opened is not None:
            inner = Component(opened, [line])
            stack[-1].parts.append(inner)
            stack.append(inner)
            continue
        stack[-1].parts.append(line)
        if line.name == "END":
            done = stack.pop()
            if line.value.strip().upper() != done.name:
                raise Malformed(f"END:{line.value[:40]} where {done.name} was open")
            if not stack:
                return done, at + 1
    raise Malformed(f"{stack[-1].name} without its end")


def fold(text: str) -> bytes:
    """One content line as it is sent: folded at 75 octets, never within a character."""
    lines: list[bytes] = []
    line = b""
    for char in text:
        octets = char.encode("utf-8", "replace")
        if len(line) + len(octets) > WIDTH:
            lines.append(line)
            line = b" "
        line += octets
    return b"\r\n".join([*lines, line]) + b"\r\n"


def content(name: str, value: str, **params: str) -> str:
    """A content line, unfolded; parameter values are quoted where they must be."""
    said = "".join(f";{key.replace('_', '-')}={_quoted(value)}" for key, value in params.items())
    return f"{name}{said}:{value}"


def _quoted(value: str) -> str:
    value = value.replace('"', "'")
    return f'"{value}"' if re.search("[;:,]", value) else value


def escaped(text: str) -> str:
    """TEXT as it is written (RFC 5545 section 3.3.11). Control characters are `Refused`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if CONTROLS.search(text):
        raise Refused("iCalendar cannot hold control characters")
    for char in "\\;,":
        text = text.replace(char, "\\" + char)
    return text.replace("\n", "\\n")


def unescaped(value: str) -> str:
    """TEXT as it is meant."""
    return re.sub(
        r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), value, flags=re.DOTALL
    )


def split(value: str) -> Iterator[str]:
    """The elements of a comma-separated TEXT list, unescaped."""
    for element in re.findall(r"(?:\\.|[^,\\])+", value, flags=re.DOTALL):
        yield unescaped(element).strip()
