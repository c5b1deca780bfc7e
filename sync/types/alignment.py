"""Which element of a changed sequence stands for which element of the one it came from."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

_LIKE = 0.5
_LONG = 200
_MANY = 400


def likeness(one: str, other: str) -> float:
    """Tell how much two texts have in common, from 0 to 1: letters in order, words if long.

    The order of the words is left aside: it would cost time that grows with the square
    of the length.
    """
    if max(len(one), len(other)) <= _LONG:
        return SequenceMatcher(None, one, other, autojunk=False).ratio()
    return SequenceMatcher(None, one.split(), other.split()).quick_ratio()


def alike(one: str, other: str) -> bool:
    """Tell whether one text may well be an edited form of the other."""
    return likeness(one, other) >= _LIKE


def aligned(base: Sequence[str], changed: Sequence[str]) -> dict[int, int]:
    """Pair elements of `changed` with those of `base`: index -> index, both rising.

    Equal elements are paired first; between them, an element is paired with one that
    it may be an edited form of. Unpaired ones were added, or removed.
    """
    pairs: dict[int, int] = {}
    matcher = SequenceMatcher(None, base, changed)
    for tag, start, end, other, until in matcher.get_opcodes():
        if tag == "equal":
            pairs.update(zip(range(other, until), range(start, end), strict=True))
        elif tag == "replace" and (end - start) * (until - other) <= _MANY:
            pairs.update(_edited(base, changed, range(start, end), range(other, until)))
    return pairs


def _edited(
    base: Sequence[str], changed: Sequence[str], olds: range, news: range
) -> dict[int, int]:
    """Pair each new element with the first old one like it, never crossing a pair."""
    pairs: dict[int, int] = {}
    first = olds.start
    for new in news:
        old = next((i for i in range(first, olds.stop) if alike(base[i], changed[new])), None)
        if old is not None:
            pairs[new] = old
            first = old + 1
    return pairs
