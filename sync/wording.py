"""Values, fields, people and moments as those who read them call them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sync import i18n
from sync.i18n import _
from sync.kinds import Kind
from sync.mapping.vocabulary import read_kinds
from sync.model import Plain
from sync.settings import Settings
from sync.settings.people import People, read_people
from sync.store.base import Store
from sync.types.moment import Moment, moment

LONGEST = 200
"""Characters of a value that are shown; `--json` has all of it."""
NAMED = ("person", "people")
"""Types whose values are people's aliases."""


@dataclass(frozen=True)
class Words:
    """What people call sides, fields and each other, and how they write values."""

    settings: Settings
    sides: Mapping[str, str]
    people: People
    kinds: Mapping[str, Kind]

    @classmethod
    def of(cls, settings: Settings, store: Store) -> Words:
        """The names that the store, the kinds and the table of people know."""
        sides = {key: state.label for key, state in store.collections().items() if state.label}
        people, _faults = read_people(settings.people, {key.split("/")[0] for key in sides})
        kinds, _wrong = read_kinds(settings.mappings)
        return cls(settings, sides, people, kinds)

    def origin(self, origin: Mapping[str, Plain]) -> str:
        """A side, an author and a moment, as far as each is known."""
        key, author, since = (origin.get(name) for name in ("collection", "author", "since"))
        parts = [self.sides.get(str(key), str(key))] if key else []
        if author:
            alias = self.people.accounts.get(str(key or "").split("/")[0], {}).get(str(author))
            parts.append(self.person(alias or str(author)))
        if since:
            parts.append(self.moment(str(since)))
        return ", ".join(parts) or "-"

    def moment(self, text: str) -> str:
        """A moment (ISO 8601) in the zone of the collective."""
        return at_home(text, self.settings.timezone)

    def person(self, alias: str) -> str:
        """The name of somebody."""
        return self.people.names.get(alias, alias)

    def field(self, kind: str, field: str) -> str:
        """What a field of a kind is called; a side's key stands for the side."""
        if said := {"": _("whether it stands"), "*": _("all of it")}.get(field):
            return said
        known = self.kinds.get(kind)
        labels = known.fields[field].labels if known and field in known.fields else {}
        return labels.get(i18n.language(), self.sides.get(field, field))

    def value(self, kind: str, field: str, value: Plain, longest: int = LONGEST) -> str:
        """A value on one line, as its type shows it; one in a side's own words as it is."""
        text = " ".join(self._shown(kind, field, value).split()) or "-"
        return text if len(text) <= longest else text[: longest - 1] + "…"

    def _shown(self, kind: str, field: str, value: Plain) -> str:
        if field == "":
            return _("it stands") if value else _("deleted")
        if field == "*" and isinstance(value, dict):
            told = {
                self.field(kind, n): self.value(kind, n, v) for n, v in value.items() if n and v
            }
            said = _("{field}: {value}")
            return "; ".join(said.format(field=name, value=text) for name, text in told.items())
        known = self.kinds.get(kind)
        if value is None or known is None or field not in known.fields:
            return _plain(value)
        of = known.fields[field].type
        try:
            shown = of.show(self._at_home(of.name, value))
            return (
                shown.removesuffix(f" {self.settings.timezone}") if of.name == "moment" else shown
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            return _plain(value)

    def _at_home(self, kind: str, value: Plain) -> Plain:
        """Moments in the zone of the collective, people by their names."""
        if isinstance(value, list):
            return [self._at_home(kind, one) for one in value]
        if isinstance(value, dict) and kind == "checklist":
            named = {"due": "moment", "who": "person"}
            return {n: self._at_home(named.get(n, ""), one) for n, one in value.items()}
        if not isinstance(value, str):
            return value
        if kind in NAMED:
            return self.person(value)
        return self._local(moment(value)) if kind == "moment" else value

    def _local(self, said: Moment) -> str:
        zone = self.settings.timezone
        if said.instant is None or said.zone not in (None, zone):
            return str(said)
        return str(replace(said, at=said.instant.astimezone(ZoneInfo(zone)), zone=zone))


def at_home(text: str, zone: str) -> str:
    """A moment (ISO 8601) as people in a zone read it; anything else as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _plain(value: Plain) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
