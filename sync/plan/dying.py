"""Dying: what was deleted on one side goes from the others, late, checked and softly.

The mapping may set a delay. Until it ends the records stand as they are, and whoever
edits one, or brings the deleted one back, revives the item.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sync.i18n import _
from sync.mapping.unit import Member
from sync.plan.actions import Dying, release
from sync.plan.draft import Draft
from sync.state import Item, Side, Standing, Verb


def count_delays(draft: Draft) -> None:
    """Count what has passed of the delay of every deletion that was decided.

    Whatever the clock does between two looks, at most half of the delay is counted: a
    jump ahead cannot end it at once, and one back takes nothing away.
    """
    delay, now = draft.unit.rules.delay, draft.seen.at
    if not delay or now is None:
        return
    for item in list(draft.items()):
        if item.dying and not item.dead and item.waited < delay:
            own = draft.edit(item.id)
            own.waited += _passed(own.counted, now, delay)
            own.counted = now.isoformat()
            if own.waited < delay and own.here():
                goes = now + timedelta(seconds=delay - own.waited)
                draft.dying.append(
                    Dying(own.id, draft.title(own), goes.isoformat(timespec="minutes"))
                )


def _passed(counted: str | None, now: datetime, delay: float) -> float:
    if counted is None:
        return 0.0
    seconds = (now - datetime.fromisoformat(counted)).total_seconds()
    return min(max(seconds, 0.0), delay / 2)


def delete_dying(draft: Draft, member: Member, item: Item, side: Side) -> None:
    """The rest of a deletion: one by one, and only while every other side can be seen."""
    if not member.writes:
        draft.edit(item.id).sides[member.key].standing = Standing.KEPT
        return
    if side.malformed or side.missing or "" in item.held or draft.intent(item.id, member.key):
        return
    if draft.seen.at is not None and item.waited < draft.unit.rules.delay:
        return
    if _waits(draft, item):
        return
    archived = member.binding(draft.unit.kinds[item.kind].archived or "")
    if draft.unit.rules.deletions == "archive" and archived and archived.writes:
        draft.act(
            Verb.DELETE,
            item,
            member.key,
            views={archived.side: True},
            values={archived.hub: True},
            after=Standing.GONE,
            reason="deleted elsewhere: archived",
        )
    elif item.meant or draft.unit.rules.final == "delete" or deletable(member):
        draft.act(Verb.DELETE, item, member.key, after=Standing.GONE, reason="deleted elsewhere")
    else:
        cause = _("deleted elsewhere; on {side} a deletion can neither be checked nor undone")
        draft.hold(item.id, cause.format(side=member.label))


def _waits(draft: Draft, item: Item) -> bool:
    """Whether people may have edited a record somewhere, and it could not be seen."""
    for key in item.here():
        if (command := _unseen(draft, item, key)) is None:
            continue
        known = draft.unit.members.get(key)
        cause = _("deleted, and waits until {side} can be seen")
        draft.hold(item.id, cause.format(side=known.label if known else key), command)
        return True
    return False


def _unseen(draft: Draft, item: Item, key: str) -> str | None:
    """What helps to see a record that could not be; None: it was seen."""
    side = item.sides[key]
    if draft.seen.blind(key):
        return "jumelage check"
    if draft.collections[key].held is not None:
        return release(key)
    if side.malformed is not None:
        return release(item.id)
    return "jumelage sync" if side.missing or side.stale else None


def deletable(member: Member) -> bool:
    """Whether the system checks deletions itself, or can take them back."""
    can = member.capabilities
    return can.soft_delete or can.conditional
