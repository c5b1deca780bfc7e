"""How something recurs: the lines of RFC 5545, sections 3.8.5.1 to 3.8.5.3."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, Merged, is_empty
from sync.types.text import string

_LINE = re.compile(
    r"(?P<name>RRULE|EXRULE|RDATE|EXDATE)(?P<params>;[^:]*)?:(?P<value>\S+)", re.IGNORECASE
)
_FREQUENCY = re.compile(r"(SECOND|MINUTE|HOUR|DAI|WEEK|MONTH|YEAR)LY")
_ORDER = ("RRULE", "EXRULE", "RDATE", "EXDATE")
_DEFAULTS = {"INTERVAL=1", "WKST=MO"}


class Recurrence(FieldType):
    """Rules, and dates beside or out of them.

    Dates are merged one by one, so two people may each strike out a day; two
    different changes of the rule itself are a conflict.
    """

    name: ClassVar[str] = "recurrence"

    def clean(self, value: Plain) -> Plain:
        """One line a rule and one a date, upper case but for zones, in one order.

        Raises ValueError for lines of another kind and for a rule without a frequency.
        """
        if is_empty(value):
            return None
        if not isinstance(value, list):
            raise ValueError(f"a list of iCalendar lines is wanted, not {value!r:.80}")
        return _canonical({line for one in value for line in _lines(one)})

    def equal(self, one: Plain, other: Plain) -> bool:
        """Compare the lines, whatever their order."""
        return _set(one) == _set(other)

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore what a rule says of itself unasked: its default interval and week."""
        return {_terse(line) for line in _set(sent)} == {_terse(line) for line in _set(echoed)}

    def reconcile(self, base: Plain, mine: Plain, theirs: Plain) -> Merged:
        """Merge rules as one value, dates by element."""
        before, ours, others = _set(base), _set(mine), _set(theirs)
        rules = [_rules(lines) for lines in (before, ours, others)]
        if rules[1] not in (rules[0], rules[2]) and rules[2] != rules[0]:
            return Merged(mine, conflict=True)
        merged = (ours | (others - before)) - (before - others)
        return Merged(_canonical(merged))

    def pieces(self, value: Plain) -> frozenset[Hashable]:
        """The lines."""
        return frozenset(_set(value))

    def show(self, value: Plain) -> str:
        """The lines, one after another."""
        return "; ".join(map(str, value)) if isinstance(value, list) else ""


def _lines(value: Plain) -> Iterator[str]:
    found = _LINE.fullmatch((string(value) or "").strip())
    if not found:
        raise ValueError(f"not a recurrence line such as RRULE:FREQ=WEEKLY: {value!r:.80}")
    name = found["name"].upper()
    if name.endswith("RULE"):
        yield f"{name}:{_rule(found['value'])}"
        return
    for one in filter(None, found["value"].upper().split(",")):
        yield f"{name}{found['params'] or ''}:{one}"


def _rule(text: str) -> str:
    """Order the parts of a rule: the frequency first, the rest by name."""
    parts = dict(part.partition("=")[::2] for part in text.upper().split(";") if part)
    if not _FREQUENCY.fullmatch(parts.get("FREQ", "")) or not all(parts.values()):
        raise ValueError(f"a rule without a frequency, or with an empty part: {text!r:.80}")
    return ";".join(
        f"{name}={parts[name]}" for name in sorted(parts, key=lambda n: (n != "FREQ", n))
    )


def _terse(line: str) -> str:
    return ";".join(part for part in line.split(";") if part not in _DEFAULTS)


def _canonical(lines: set[str]) -> Plain:
    ordered: list[str] = sorted(lines, key=_place)
    return list[Plain](ordered) or None


def _place(line: str) -> tuple[int, str]:
    return _ORDER.index(re.split("[:;]", line, maxsplit=1)[0]), line


def _set(value: Plain) -> set[str]:
    return {str(line) for line in value} if isinstance(value, list) else set()


def _rules(lines: set[str]) -> set[str]:
    return {line for line in lines if line.startswith(("RRULE", "EXRULE"))}
