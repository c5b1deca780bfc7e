"""Guards that look at the plan as a whole, after everything was planned."""

from __future__ import annotations

from sync.i18n import _
from sync.mapping.unit import Member
from sync.plan.actions import Action, Plan
from sync.plan.draft import Draft
from sync.plan.observation import Snapshot
from sync.state import Standing, Verb


def guard(draft: Draft) -> None:
    """Hold what takes away more than the mapping allows in one run, unless an admin agreed.

    A side's share is for what leaves its filter; what left a side itself was judged before.
    """
    states = draft.collections.values()
    agreed = any(state.over_budget for state in states)
    if not agreed:
        for member in draft.unit.members.values():
            _guard_share(draft, member)
    _guard_number(draft, agreed=agreed)
    for state in states:
        state.over_budget = False


def _guard_share(draft: Draft, member: Member) -> None:
    """Hold what leaves a filter if it is more than one thing, and than the side's share."""
    before = draft.snapshot.spent.filtered.get(member.key, set())
    leaving = {a.item for a in draft.actions if a.collection == member.key and _filtered(a)}
    stood = {i.id for i in draft.items() if _in_scope(draft, member, i.id)} | before
    gone = leaving | before
    fresh = leaving - before
    if not fresh or len(gone) == 1 or len(gone) <= draft.unit.rules.budget * len(stood):
        return
    draft.actions = [
        a
        for a in draft.actions
        if not (a.collection == member.key and _filtered(a) and a.item in fresh)
    ]
    cause = _(
        "{count} of the {stood} things on {side} left its filter (“only:”) in one run: they"
        " stay there until they pass it again, or it is released"
    )
    draft.hold(
        draft.unit.name,
        cause.format(count=len(gone), stood=len(stood), side=member.label),
    )


def _in_scope(draft: Draft, member: Member, item: str) -> bool:
    side = draft.look(item).sides.get(member.key)
    return side is not None and side.standing is Standing.HERE and side.in_scope


def _filtered(action: Action) -> bool:
    """Whether something is taken away from a side only, since it left the filter."""
    return action.verb is Verb.DELETE and action.after is Standing.OUT


def _guard_number(draft: Draft, *, agreed: bool) -> None:
    """Hold all deletions if there are more than the mapping allows."""
    limit = draft.unit.rules.budget_count
    doomed = [a for a in draft.actions if a.verb is Verb.DELETE and a.after is not None]
    doomed = [a for a in doomed if not draft.look(a.item).meant]
    count = len(doomed) + draft.snapshot.spent.deletions
    if limit is None or not doomed or count <= limit:
        return
    if agreed:
        for action in doomed:
            if action.after is Standing.GONE:
                draft.edit(action.item).meant = True
        return
    draft.actions = [a for a in draft.actions if a not in doomed]
    draft.hold(
        draft.unit.name,
        _("{count} deletions are more than the {limit} that are allowed").format(
            count=count, limit=limit
        ),
    )


def spend(known: Snapshot, made: Plan) -> None:
    """Count what a cycle takes of the budgets of its run: what left, and what it deletes."""
    spent = known.spent
    for name, item in made.items.items():
        before = known.items.get(name)
        for key in before.here() if before and not item.meant else ():
            if key in item.sides and item.sides[key].standing is not Standing.HERE:
                spent.absences[key] = spent.absences.get(key, 0) + 1
    items = {**known.items, **made.items}
    doomed = [a for a in made.actions if a.verb is Verb.DELETE and a.after is not None]
    spent.deletions += sum(1 for action in doomed if not items[action.item].meant)
    for action in filter(_filtered, made.actions):
        spent.filtered.setdefault(action.collection, set()).add(action.item)
