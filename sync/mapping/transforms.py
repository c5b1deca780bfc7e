"""Named transforms between a hub field and a side's field.

Each is pure, says which types it joins, and whether it can be read back: one that
cannot serves fields that are only published. There is no expression language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sync.errors import ConfigError
from sync.mapping.unit import Words
from sync.model import Plain
from sync.types.base import FieldType
from sync.types.duration import Duration
from sync.types.moment import Moment, moment, zone_of


@dataclass(frozen=True)
class Transform:
    """One transform, ready for one field: a lens, and what it joins."""

    name: str
    takes: frozenset[str] | None
    """The types of hub field that it can take; None: any."""
    gives: str
    """The type of what the side shows."""
    shown: Callable[[Plain], Plain]
    read: Callable[[Plain, Plain], Plain] | None
    """From a view and the base to the hub value; None: it cannot be read back."""

    @property
    def two_way(self) -> bool:
        """Whether edits on the side can be read back."""
        return self.read is not None

    def project(self, value: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """What the side shows."""
        return self.shown(value)

    def put(self, view: Plain, base: Plain, words: Words) -> Plain:  # noqa: ARG002 - the protocol's
        """The base while the side still shows it; else what the view says.

        Raises ValueError if the view says nothing, or there is no reading it back.
        """
        if self.shown(base) == view:
            return base
        if self.read is None:
            raise ValueError(f"what {self.name} shows cannot be read back")
        return self.read(view, base)


def named(spec: str, field: FieldType, timezone: str) -> Transform:
    """Return the transform that a mapping names (`date`, `prefix:TEXT`) for a hub field.

    `timezone` is the collective's. Raises `ConfigError`, naming those there are.
    """
    name, _, argument = spec.partition(":")
    make = _MAKERS.get(name)
    if make is None or bool(argument) != (name in _WITH_TEXT):
        raise ConfigError(f"no transform is called {spec!r}; there are: {', '.join(known())}")
    return make(argument, field, timezone)


def known() -> tuple[str, ...]:
    """Return how each transform is written."""
    return tuple(sorted(f"{name}:TEXT" if name in _WITH_TEXT else name for name in _MAKERS))


def _date(_argument: str, _field: FieldType, timezone: str) -> Transform:
    """Show the day of a moment in the collective's zone; a new day keeps the hour."""

    def local(value: Plain) -> Moment | None:
        said = moment(value) if isinstance(value, str) else None
        if said and isinstance(said.at, datetime):
            return Moment(said.at.astimezone(zone_of(timezone)), timezone)
        return said

    def shown(value: Plain) -> Plain:
        said = local(value)
        return said.at.isoformat()[:10] if said else None

    def read(view: Plain, base: Plain) -> Plain:
        said, before = local(view), local(base)
        if said is None or before is None or before.all_day or not said.all_day:
            return view
        return str(Moment(_on_day(said.at, before.at), timezone))

    return Transform("date", frozenset({"moment"}), "moment", shown, read)


def _on_day(day: date, before: date) -> date:
    """Return the same hour of another day, in the same zone."""
    if not isinstance(before, datetime):
        return day
    return datetime.combine(day, before.timetz())


def _first_line(_argument: str, _field: FieldType, _timezone: str) -> Transform:
    """Show the first line of a text; an edit of it leaves the rest."""

    def shown(value: Plain) -> Plain:
        return (value.partition("\n")[0].rstrip() or None) if isinstance(value, str) else None

    def read(view: Plain, base: Plain) -> Plain:
        line = view if isinstance(view, str) else ""
        _, newline, rest = base.partition("\n") if isinstance(base, str) else ("", "", "")
        return line + newline + rest or None

    return Transform("first-line", frozenset({"text", "richtext"}), "text", shown, read)


def _negate(_argument: str, _field: FieldType, _timezone: str) -> Transform:
    """Show yes for no: `archived` as `active`."""

    def shown(value: Plain) -> Plain:
        return None if value else True

    return Transform("negate", frozenset({"bool"}), "bool", shown, lambda view, _base: shown(view))


def _prefix(argument: str, _field: FieldType, _timezone: str) -> Transform:
    """Show a text behind a fixed one; where people removed that, what is left is the text."""

    def shown(value: Plain) -> Plain:
        return argument + value if isinstance(value, str) else None

    def read(view: Plain, _base: Plain) -> Plain:
        return (view.removeprefix(argument) or None) if isinstance(view, str) else None

    return Transform("prefix", frozenset({"text", "richtext"}), "text", shown, read)


def _percent_done(_argument: str, _field: FieldType, _timezone: str) -> Transform:
    """Show done as 100 %; whatever is less is not done."""

    def shown(value: Plain) -> Plain:
        return 100 if value else None

    def read(view: Plain, _base: Plain) -> Plain:
        return (isinstance(view, int | float) and view >= 100) or None  # noqa: PLR2004 - per cent

    return Transform("percent-done", frozenset({"bool"}), "number", shown, read)


def _in_units(name: str, unit: int) -> Callable[[str, FieldType, str], Transform]:
    """Show a duration as a number of units of so many seconds, a day being 24 hours."""

    def shown(value: Plain) -> Plain:
        total = Duration.seconds(value)
        if total is None:
            return None
        return total // unit if total % unit == 0 else total / unit

    def read(view: Plain, _base: Plain) -> Plain:
        if not isinstance(view, int | float):
            return None
        total = round(Fraction(view) * unit)
        return Duration().clean(f"{'-' if total < 0 else ''}PT{abs(total)}S")

    def make(_argument: str, _field: FieldType, _timezone: str) -> Transform:
        return Transform(name, frozenset({"duration"}), "number", shown, read)

    return make


def _as_text(_argument: str, field: FieldType, _timezone: str) -> Transform:
    """Show any value as people see it. There is no way back."""
    return Transform("as-text", None, "text", lambda value: field.show(value) or None, None)


_MAKERS: Mapping[str, Callable[[str, FieldType, str], Transform]] = {
    "as-text": _as_text,
    "date": _date,
    "first-line": _first_line,
    "hours": _in_units("hours", 3600),
    "minutes": _in_units("minutes", 60),
    "negate": _negate,
    "percent-done": _percent_done,
    "prefix": _prefix,
    "seconds": _in_units("seconds", 1),
}
_WITH_TEXT = frozenset({"prefix"})
