"""YAML as admins write it: plain data, and where in the file each piece of it stands.

A configuration file is data and nothing else: tags, anchors and aliases are refused,
size, depth and the number of values are bounded, a key given twice is a fault.
Scalars resolve by the core schema of YAML 1.2 (section 10.3.2), so that `on`, `no`
and `12:30` stay the words that they look like; keys are always text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from sync import plain_yaml
from sync.i18n import _
from sync.mapping.problem import Problem
from sync.model import Plain

MAX_BYTES = 256 * 1024
MAX_DEPTH = 24
MAX_VALUES = 20_000

Steps: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the top of the document to a value."""

_WORDS: Mapping[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


@dataclass(frozen=True)
class Mark:
    """A place in a file; line and column count from 1."""

    line: int = 1
    column: int = 1


@dataclass
class Source:
    """One file as it was read: its data (None if there is no reading it) and its faults."""

    file: str
    data: Plain = None
    keys: dict[Steps, Mark] = field(default_factory=dict)
    """Where the key of each entry stands."""
    values: dict[Steps, Mark] = field(default_factory=dict)
    """Where each value begins."""
    problems: list[Problem] = field(default_factory=list)

    def mark(self, steps: Steps, *, key: bool = False) -> Mark:
        """The place of a value, or of its key; of what holds it, if it is not written."""
        while steps:
            found = (self.keys.get(steps) if key else None) or self.values.get(steps)
            if found:
                return found
            steps, key = steps[:-1], True
        return self.values.get((), Mark())

    def problem(self, steps: Steps, message: str, remedy: str = "", *, key: bool = False) -> None:
        """Note a fault at a value, or at its key."""
        self.at(self.mark(steps, key=key), steps, message, remedy)

    def at(self, mark: Mark, steps: Steps, message: str, remedy: str = "") -> None:
        """Note a fault at a place."""
        path = ".".join(map(str, steps))
        self.problems.append(Problem(self.file, mark.line, mark.column, path, message, remedy))


def load(path: Path, name: str | None = None) -> Source:
    """Read a file; `name` is what problems call it. Never raises: faults are in the result."""
    file = name or str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        source = Source(file)
        reason = getattr(error, "strerror", None) or str(error)
        source.at(Mark(), (), _("cannot be read: {reason}").format(reason=reason))
        return source
    return read(content, file)


def read(content: bytes, file: str) -> Source:
    """Read YAML text. Never raises: whatever is wrong with it is in `Source.problems`."""
    source = Source(file)
    if len(content) > MAX_BYTES:
        source.at(
            Mark(),
            (),
            _("the file is larger than {limit} KiB").format(limit=MAX_BYTES // 1024),
            _("split it"),
        )
        return source
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = content[: error.start].decode("utf-8-sig", "replace")
        source.at(_end(head), (), _("is not UTF-8 text"), _("save the file as UTF-8"))
        return source
    _Reader(source).read(text)
    return source


def _end(text: str) -> Mark:
    lines = text.split("\n")
    return Mark(len(lines), len(lines[-1]) + 1)


def resolve(text: str) -> Plain:
    """What a plain (unquoted) scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


@dataclass
class _Open:
    """A list or mapping that the reader is inside of."""

    holds: list[Plain] | dict[str, Plain]
    steps: Steps
    key: str | None = None
    """The key whose value comes next, in a mapping."""
    skipped: bool = False
    """That value is to be forgotten: its key is a fault already noted."""


class _Stop(Exception):
    """A fault after which reading on makes no sense."""


class _Reader:
    """Builds plain data from the parser's events, without recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.inside: list[_Open] = []
        self.count = 0
        self.documents = 0

    def read(self, text: str) -> None:
        try:
            for event in plain_yaml.events(text):
                self._take(event)
        except _Stop:
            self.source.data = None
        except yaml.MarkedYAMLError as error:
            self.source.data = None
            self._syntax(error)
        except (yaml.YAMLError, ValueError, OverflowError, IndexError) as error:
            # A character that YAML forbids, or an escape that names none (`"\U00110000"`).
            self.source.data = None
            position = getattr(error, "position", None)
            mark = _end(text[:position]) if isinstance(position, int) else Mark()
            message = _("holds a character that YAML does not allow")
            self.source.at(mark, (), message, _("remove it"))

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        at = error.problem_mark or error.context_mark
        mark = Mark(at.line + 1, at.column + 1) if at else Mark()
        message = _("is not YAML: {reason}").format(reason=error.problem or error.context)
        remedy = _("check indentation, quotes and brackets here and on the line above")
        self.source.at(mark, (), message, remedy)

    def _take(self, event: yaml.Event) -> None:
        at = event.start_mark
        mark = Mark(at.line + 1, at.column + 1) if at else Mark()
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                message = _("a second document begins here")
                self._stop(mark, message, _("keep one document in a file: remove the `---`"))
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(mark, _("aliases are not allowed"), _("write the value out"))
            self._place(None, mark)
        elif isinstance(event, yaml.ScalarEvent):
            self._refuse_extras(event, mark)
            self._scalar(event, mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._refuse_extras(event, mark)
            self._open([], mark)
        elif isinstance(event, yaml.MappingStartEvent):
            self._refuse_extras(event, mark)
            self._open({}, mark)
        elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
            self.inside.pop()

    def _stop(self, mark: Mark, message: str, remedy: str) -> None:
        self._refuse(mark, message, remedy)
        raise _Stop

    def _refuse(self, mark: Mark, message: str, remedy: str) -> None:
        self.source.at(mark, self.inside[-1].steps if self.inside else (), message, remedy)

    def _refuse_extras(self, event: yaml.NodeEvent, mark: Mark) -> None:
        if event.anchor:
            self._refuse(mark, _("anchors are not allowed"), _("write the value out"))
        tag = getattr(event, "tag", None)
        if tag:
            message = _("tags are not allowed: {tag}").format(tag=tag)
            self._refuse(mark, message, _("remove the tag"))

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        text = event.value
        if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
            message = _("holds a character that YAML does not allow")
            self._refuse(mark, message, _("remove it"))
            text = ""
        inside = self.inside[-1] if self.inside else None
        if inside and isinstance(inside.holds, dict) and inside.key is None:
            self._key(inside, text, mark)
        else:
            self._place(resolve(text) if event.style is None else text, mark)

    def _key(self, inside: _Open, key: str, mark: Mark) -> None:
        steps = (*inside.steps, key)
        inside.key = key
        inside.skipped = key in inside.holds
        if inside.skipped:
            first = self.source.keys[steps]
            self.source.at(
                mark,
                steps,
                _("“{key}” is given twice, here and on line {line}").format(
                    key=key, line=first.line
                ),
                _("keep one of the two"),
            )
        else:
            self.source.keys.setdefault(steps, mark)

    def _open(self, holds: list[Plain] | dict[str, Plain], mark: Mark) -> None:
        if len(self.inside) >= MAX_DEPTH:
            message = _("nested more than {limit} deep").format(limit=MAX_DEPTH)
            self._stop(mark, message, _("write it flatter"))
        steps = self._place(holds, mark)
        self.inside.append(_Open(holds, steps))

    def _place(self, value: Plain, mark: Mark) -> Steps:
        """Put a value where it belongs, and say where that is."""
        self.count += 1
        if self.count > MAX_VALUES:
            message = _("holds more than {limit} values").format(limit=MAX_VALUES)
            self._stop(mark, message, _("split it"))
        if not self.inside:
            self.source.data = value
            self.source.values[()] = mark
            return ()
        inside = self.inside[-1]
        if isinstance(inside.holds, list):
            inside.holds.append(value)
            steps: Steps = (*inside.steps, len(inside.holds) - 1)
        elif inside.key is None:
            message = _("a key must be one word or text")
            self._stop(mark, message, _("put it in quotes"))
        else:
            steps = (*inside.steps, inside.key)
            if not inside.skipped:
                inside.holds[inside.key] = value
            inside.key = None
        self.source.values.setdefault(steps, mark)
        return steps
