"""What changed in one place of a wiki, from its recent changes and its logs, in one request.

Both are ordered by whole seconds, and a row may become visible a little after rows of
later seconds: so each question overlaps the one before, and a cursor names the rows
of the overlap that were read. Recent changes are kept for 90 days by default; a
cursor is honoured for seven.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.mediawiki.api import Answer, Api, listed, moment, number, stamp
from connectors.mediawiki.titles import Place
from sync.errors import CursorExpired, Unreachable

OVERLAP = timedelta(seconds=10)
KEPT = timedelta(days=7)
REFRESH = timedelta(days=1)
"""A quiet cursor is renewed once a day, lest it expire."""
TELLING = frozenset({"delete", "move", "import", "merge", "protect", "contentmodel", "suppress"})
"""Logs of what happens to pages without an edit that recent changes show."""


@dataclass(frozen=True)
class Position:
    """How far a feed was read: a moment of the wiki's clock, and the rows of the overlap."""

    at: datetime
    seen: frozenset[str] = frozenset()

    def cursor(self) -> str:
        """As text."""
        return json.dumps({"at": stamp(self.at), "seen": sorted(self.seen)})

    @classmethod
    def of(cls, cursor: str) -> Position:
        """Read a cursor. Raises `CursorExpired` for one that is none."""
        try:
            data = json.loads(cursor)
            return cls(moment(data["at"]), frozenset(data["seen"]))
        except (ValueError, KeyError, TypeError, Unreachable) as error:
            raise CursorExpired(f"this is no cursor: {cursor!r}") from error


@dataclass
class Changed:
    """What a feed said: pages with their new revision, and pages to be looked at."""

    versions: dict[int, int] = field(default_factory=dict)
    unsure: set[int] = field(default_factory=set)


class Feed:
    """The feed of one place."""

    def __init__(self, api: Api, place: Place, bare: dict[int, str]) -> None:
        """`bare` maps a namespace's number to its local name, which titles begin with."""
        self.api, self.place, self.names = api, place, bare

    def now(self) -> Position:
        """The position after everything that stands there."""
        answer = self.api.read(**self._question())
        at = moment(answer["curtimestamp"])
        return Position(at, self._recent(list(_rows(answer)), at))

    def since(self, position: Position) -> tuple[Changed, Position]:
        """What happened since, and the new position. Raises `CursorExpired`."""
        start = stamp(position.at - OVERLAP)
        asked = self._question(rcdir="newer", ledir="newer", rcstart=start, lestart=start)
        rows: list[tuple[str, Answer]] = []
        at = position.at
        for answer in self.api.pages(**asked):
            at = moment(answer["curtimestamp"])
            rows += _rows(answer)
        if at - position.at > KEPT:
            raise CursorExpired(f"the cursor is of {position.at}")
        new = [(key, row) for key, row in rows if key not in position.seen]
        changed = self._changed(row for _, row in new)
        if not new and at - position.at < REFRESH:
            return changed, position
        return changed, Position(at, self._recent(rows, at))

    def _question(self, **more: str) -> dict[str, str | int]:
        return {
            "list": "recentchanges|logevents",
            "rcnamespace": self.place.namespace,
            "rctype": "new|edit",
            "rcprop": "ids|title|timestamp|redirect",
            "rclimit": "max",
            "leprop": "ids|title|type|timestamp|details",
            "lelimit": "max",
            **more,
        }

    def _recent(self, rows: list[tuple[str, Answer]], at: datetime) -> frozenset[str]:
        return frozenset(k for k, row in rows if moment(row.get("timestamp")) >= at - OVERLAP)

    def _changed(self, rows: Iterator[Answer]) -> Changed:
        changed = Changed()
        for row in rows:
            if "logid" in row:
                if row.get("type") in TELLING and self._concerns(row):
                    changed.unsure |= {number(row, "logpage"), number(row, "pageid")} - {0}
            elif self.holds(row):
                page, revision = number(row, "pageid"), number(row, "revid")
                changed.versions[page] = max(revision, changed.versions.get(page, 0))
                if row.get("redirect"):
                    changed.unsure.add(page)
        return changed

    def holds(self, row: Answer) -> bool:
        """Tell whether a row's page stands in this place. `Unreachable` if it says not where."""
        space, title = row.get("ns"), row.get("title")
        if not isinstance(space, int) or not isinstance(title, str):
            raise Unreachable("the wiki answered with a page without its title")
        return self._stands(space, title)

    def _concerns(self, row: Answer) -> bool:
        params = row.get("params")
        moved = params if isinstance(params, dict) else {}
        target = str(moved.get("target_title", ""))
        source = str(row.get("title", ""))  # a log may hide it
        return self._stands(number(row, "ns"), source) or self._stands(
            number(moved, "target_ns"), target
        )

    def _stands(self, namespace: int, title: str) -> bool:
        return self.place.holds(namespace, self.bare(namespace, title))

    def bare(self, namespace: int, title: str) -> str:
        """A title without its namespace."""
        name = self.names.get(namespace, "")
        return title.removeprefix(f"{name}:") if name else title


def _rows(answer: Answer) -> Iterator[tuple[str, Answer]]:
    yield from ((f"r{number(row, 'rcid')}", row) for row in listed(answer, "recentchanges"))
    yield from ((f"l{number(row, 'logid')}", row) for row in listed(answer, "logevents"))
