"""Text of several paragraphs, in the hub's dialect: merged paragraph by paragraph."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from sync.model import Plain
from sync.types.alignment import aligned
from sync.types.base import Merged
from sync.types.text import Text, composed

_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")


@dataclass(frozen=True)
class Paragraph:
    """A run of lines without a blank one, and the blank lines that stood before it."""

    text: str
    gap: str = "\n\n"


def paragraphs(text: str) -> list[Paragraph]:
    """Split a text at its blank lines; trailing blanks of a paragraph are nobody's words."""
    parts = _BLANK_LINES.split(text)
    gaps = ["\n\n", *_BLANK_LINES.findall(text)]
    split = (Paragraph(part.rstrip(), gap) for part, gap in zip(parts, gaps, strict=True))
    return [paragraph for paragraph in split if paragraph.text]


class RichText(Text):
    """A description, a page, a comment.

    Merged by paragraph as diff3 does, but one paragraph at a time: where both changed
    the same one, both stand, the hub's first; where one removed what the other
    edited, the edit stands. (Plain diff3 takes neighbouring edits for one clash, and
    keeping both sides of that would bring the old paragraphs back.) So nothing that
    either typed is dropped and there is never a conflict.
    """

    name: ClassVar[str] = "richtext"

    def reconcile(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:
        """Merge by paragraph, the hub's blank lines first."""
        before, ours, others = (
            paragraphs(text) if isinstance(text, str) else [] for text in (base, mine, theirs)
        )
        merged = "".join(
            (paragraph.gap if place else "") + paragraph.text
            for place, paragraph in enumerate(_merge(before, ours, others))
        )
        return Merged(merged + _ending(mine) if merged else None)

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The paragraphs."""
        if not isinstance(value, str):
            return frozenset()
        return frozenset(composed(paragraph.text) for paragraph in paragraphs(value))


def _ending(text: Plain) -> str:
    return "\n" if isinstance(text, str) and text.endswith("\n") else ""


@dataclass(frozen=True)
class _Change:
    """What one side did to each paragraph of the base."""

    stands: dict[int, Paragraph]
    """Place in the base -> what stands there now; absent if it was removed."""
    added: dict[int, list[Paragraph]]
    """Place in the base -> what was added before it."""


def _change(base: Sequence[Paragraph], now: Sequence[Paragraph]) -> _Change:
    pairs = aligned([p.text for p in base], [p.text for p in now])
    stands: dict[int, Paragraph] = {}
    added: dict[int, list[Paragraph]] = {}
    place = 0
    for index, paragraph in enumerate(now):
        if index in pairs:
            stands[pairs[index]] = paragraph
            place = pairs[index] + 1
        else:
            added.setdefault(place, []).append(paragraph)
    return _Change(stands, added)


def _merge(
    base: Sequence[Paragraph], mine: Sequence[Paragraph], theirs: Sequence[Paragraph]
) -> Iterator[Paragraph]:
    ours, others = _change(base, mine), _change(base, theirs)
    for place in range(len(base) + 1):
        yield from _either(ours.added.get(place, []), others.added.get(place, []))
        if place < len(base):
            yield from _outcome(base[place], ours.stands.get(place), others.stands.get(place))


def _either(mine: list[Paragraph], theirs: list[Paragraph]) -> Iterator[Paragraph]:
    yield from mine
    known = {paragraph.text for paragraph in mine}
    yield from (paragraph for paragraph in theirs if paragraph.text not in known)


def _outcome(
    base: Paragraph, mine: Paragraph | None, theirs: Paragraph | None
) -> Iterator[Paragraph]:
    """Yield what stands of one paragraph: each changed form, or itself if nobody touched it."""
    if mine and theirs and mine.text == theirs.text:
        yield mine
        return
    for now in (mine, theirs):
        if now and now.text != base.text:
            yield now
