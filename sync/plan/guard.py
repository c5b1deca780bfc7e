"""Guards that look at the plan as a whole, after everything was planned."""

from __future__ import annotations

from sync.i18n import _
from sync.plan.actions import Plan
from sync.plan.draft import Draft
from sync.plan.observation import Snapshot
from sync.state import Standing, Verb


def guard(draft: Draft) -> None:
    """Hold all deletions if there are more than the mapping allows in one run."""
    limit = draft.unit.rules.budget_count
    doomed = [a for a in draft.actions if a.verb is Verb.DELETE and a.after is not None]
    doomed = [a for a in doomed if not draft.look(a.item).meant]
    count = len(doomed) + draft.snapshot.spent.deletions
    states = draft.collections.values()
    within = limit is None or not doomed or count <= limit
    if within or any(state.over_budget for state in states):
        for action in () if within else doomed:
            if action.after is Standing.GONE:
                draft.edit(action.item).meant = True
        for state in states:
            state.over_budget = False
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
