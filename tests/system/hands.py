"""What people see and do on each side: through another account, never through the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import yaml

from sync.connector import Connector, Origin
from sync.errors import Gone, Malformed
from sync.model import Collection, Plain, Record, Stub
from sync.types import TYPES

DEFAULTS = Path(__file__).parents[2] / "mappings" / "defaults"
FIELDS = [
    "title",
    "description",
    "list",
    "labels",
    "members",
    "start",
    "due",
    "done",
    "archived",
    "checklist",
]
_SERIAL = count(1)


def names(connector: str, word: str) -> dict[str, str]:
    """Hub field -> the side's own name for it, by the default map of the connector."""
    said = yaml.safe_load((DEFAULTS / f"{connector}.yaml").read_text("utf-8"))
    told = said[word]["card"]["fields"]
    if connector in {"trello", "caldav", "trello-export"}:
        return told
    return {n: told.get(n, n) for n in FIELDS if told.get(n, n)}


class Hands:
    """A person at work on one side."""

    def __init__(
        self, connector: Connector, collection: Collection, names: Mapping[str, str]
    ) -> None:
        self.connector = connector
        self.collection = collection
        self.names = names

    def __repr__(self) -> str:
        return f"the people of {self.collection.system}"

    # What stands there

    def cards(self, *, archived: bool = False) -> dict[str, dict[str, Plain]]:
        """Title -> hub field -> what a person sees; titles that occur twice get a number."""
        options: Mapping[str, dict[str, str]] = {}
        shown = []
        for record, told in self._read():
            options = told or options
            shown.append(self._shown(record, options))
        found: dict[str, dict[str, Plain]] = {}
        for card in sorted(shown, key=repr):
            title, n = str(card["title"]), 2
            while title in found:
                title, n = f"{card['title']} ({n})", n + 1
            found[title] = card
        return {t: c for t, c in found.items() if archived or not c.get("archived")}

    def _read(self) -> Iterator[tuple[Record, Mapping[str, dict[str, str]]]]:
        self.connector.begin()
        stubs = []
        for page in self.connector.changes(self.collection, None):
            options = {
                field: {o.id: o.name for o in told} for field, told in (page.options or {}).items()
            }
            for record in page.records:
                if isinstance(record, Stub):
                    stubs.append(record.ref)
                else:
                    yield record, options
        for _, result in self.connector.get_many(self.collection, stubs):
            if not isinstance(result, Gone | Malformed):
                yield result, {}

    def _shown(self, record: Record, options: Mapping[str, dict[str, str]]) -> dict[str, Plain]:
        card: dict[str, Plain] = {}
        for hub in FIELDS:
            if (side := self.names.get(hub)) is None:
                continue
            value = record.fields.get(side)
            known = options.get(side, {})
            if hub == "checklist":
                value = [[e["text"], e["done"]] for e in value or []] or None
            elif isinstance(value, list):
                value = sorted(known.get(v, v) for v in value) or None
            elif known and isinstance(value, str):
                value = known.get(value, value)
            card[hub] = value or None
        return card

    def find(self, title: str) -> Record:
        """The one record of this title."""
        found = [r for r, _ in self._read() if r.fields.get(self.names["title"]) == title]
        assert len(found) == 1, f"{len(found)} records are called {title!r} at {self}"
        return found[0]

    # What people do

    def native(self, hub: str, value: Plain) -> Plain:
        """A value in the side's words: native ids for the names of options."""
        if not self.connector.capable(self.collection).options:
            return value
        page = next(iter(self.connector.changes(self.collection, None)))
        ids = {o.name: o.id for o in (page.options or {}).get(self.names[hub], ())}
        if isinstance(value, list):
            return sorted(ids.get(str(v), v) for v in value)
        return ids.get(str(value), value)

    def edit(self, name: str, **changes: Plain) -> None:
        """Change fields of the card of this name."""
        record = self.find(name)
        patch = {self.names[h]: self._value(h, v, record) for h, v in changes.items()}
        self.connector.update(self.collection, record.ref, patch, expect=record.version)

    def _value(self, hub: str, value: Plain, record: Record) -> Plain:
        if hub == "checklist":
            return value(record.fields.get(self.names[hub]) or [])
        return self.native(hub, value)

    def make(self, title: str, **fields: Plain) -> None:
        """Make a card."""
        values = {self.names["title"]: title}
        values |= {self.names[h]: self.native(h, v) for h, v in fields.items()}
        nonce = f"person{next(_SERIAL):04}".ljust(20, "0")
        self.connector.create(
            self.collection, values, origin=Origin(nonce, datetime.now(UTC), values)
        )

    def delete(self, title: str) -> None:
        """Delete a card for good."""
        record = self.find(title)
        self.connector.delete(self.collection, record.ref, expect=record.version)

    def holds(self, hub: str) -> bool:
        """Whether the side has such a field."""
        return hub in self.names


def same(hub: str, one: Plain, other: Plain) -> bool:
    """Whether two sides show a person the same value."""
    kind = {"start": "moment", "due": "moment", "description": "richtext"}.get(hub)
    if kind:
        return TYPES[kind].equivalent(one, other)
    return one == other


def unlike(expected, cards):
    """Title -> what is not as expected; members are named otherwise on every side."""
    found = dict.fromkeys(expected.keys() - cards.keys(), "missing")
    found |= dict.fromkeys(cards.keys() - expected.keys(), "too many")
    for title in expected.keys() & cards.keys():
        wrong = {
            hub: (value, cards[title].get(hub))
            for hub, value in expected[title].items()
            if hub != "members" and not same(hub, value, cards[title].get(hub))
        }
        if wrong:
            found[title] = wrong
    return found
