"""The breaker: what changes a field back and forth by itself is stopped.

Two sides that rewrite each other's text, or another program that keeps the same
collections in step, would have us write for ever. People change their minds too, but
not three times within an hour or two, each time on the other side.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sync.i18n import _
from sync.mapping.unit import Member
from sync.model import Plain
from sync.plan.draft import Draft
from sync.state import Item

BREAKER = 3
"""Alternations between two sides after which a field is held."""
WINDOW = timedelta(hours=2)
"""Between two changes of an alternation; three intervals of the daemon, if that is longer."""
SHOWN = 40
"""Characters of a value that a cause quotes."""


def last_change(draft: Draft, value: Plain, key: str, author: str | None) -> dict[str, Plain]:
    """What is remembered of a change: the value before it, and whose the new one is."""
    change: dict[str, Plain] = {"value": value, "by": key}
    if author is not None:
        change["author"] = author
    if draft.seen.at is not None:
        change["at"] = draft.seen.at.isoformat()
    return change


def count_flips(draft: Draft, item: Item, field: str, value: Plain, member: Member) -> None:
    """Hold a field that two sides change against each other."""
    last = item.previous.get(field)
    key = member.key
    echo = item.echoes.get(field)
    if isinstance(echo, dict) and echo["by"] != key:
        item.echoes.pop(field)  # somebody's own edit, not what became of ours
    back = isinstance(last, dict) and last["value"] == value and last["by"] != key
    back = back and isinstance(last, dict) and _lately(draft, last)
    item.flips[field] = item.flips.get(field, 0) + 1 if back else 0
    if item.flips[field] >= BREAKER and isinstance(last, dict):
        other = draft.unit.members.get(str(last["by"]))
        item.held[field] = _(
            "two sides rewrite each other's value: {one} has “{here}”, {other} “{there}”"
        ).format(
            one=member.label,
            here=quoted(value),
            other=other.label if other else last["by"],
            there=quoted(item.hub.get(field)),
        )


def _lately(draft: Draft, last: dict[str, Plain]) -> bool:
    if draft.seen.at is None or not isinstance(last.get("at"), str):
        return True
    window = max(WINDOW, timedelta(seconds=3 * draft.unit.every))
    return draft.seen.at - datetime.fromisoformat(str(last["at"])) <= window


def count_echo(item: Item, field: str, sent: Plain, raw: Plain, member: Member) -> None:
    """Hold a field of which one side after the other changes at once what it is given.

    Three writes in a row, none of which stood as it was sent: each side's own form is an
    edit to the others, which no value would end.
    """
    echo = item.echoes.get(field)
    count = echo["count"] if isinstance(echo, dict) else 0
    count = count + 1 if isinstance(count, int) else 1
    item.echoes[field] = {"count": count, "by": member.key}
    if count >= BREAKER:
        item.held[field] = _(
            "the sides rewrite each other's value: {side} was given “{sent}” and has “{raw}”"
        ).format(side=member.label, sent=quoted(sent), raw=quoted(raw))


def quoted(value: Plain) -> str:
    """A value on one line, shortened."""
    text = " ".join(str("" if value is None else value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
