"""Guards that look at the plan as a whole, after everything was planned."""

from __future__ import annotations

from sync.i18n import _
from sync.plan.draft import Draft
from sync.state import Standing, Verb


def guard(draft: Draft) -> None:
    """Hold all deletions if there are more than the mapping allows in one run."""
    limit = draft.unit.rules.budget_count
    doomed = [a for a in draft.actions if a.verb is Verb.DELETE and a.after is Standing.GONE]
    states = draft.collections.values()
    if limit is None or len(doomed) <= limit or any(s.over_budget for s in states):
        for state in states:
            state.over_budget = False
        return
    draft.actions = [a for a in draft.actions if a not in doomed]
    draft.hold(
        draft.unit.name,
        _("{count} deletions are more than the {limit} that are allowed").format(
            count=len(doomed), limit=limit
        ),
    )
