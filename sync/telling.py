"""What the report of a run says of a cycle that has ended."""

from __future__ import annotations

from collections.abc import Mapping

from sync import holds
from sync.plan.actions import Plan
from sync.plan.observation import Snapshot
from sync.report import Report
from sync.store.base import Store


def tell(
    store: Store, known: Snapshot, made: Plan, report: Report, failures: Mapping[str, str]
) -> None:
    """Add what the cycle did; holds, failures of reads and of writes are as they stand now."""
    items = {**known.items, **made.items}
    states = {**known.collections, **made.collections}
    if made.actions:  # writes leave holds of their own
        items = {item.id: item for item in store.items(made.unit)}
    report.folded += len(made.entries)
    report.conflicts += sum(1 for s in made.salvage if s.cause == "conflict")
    told = {(hold.subject, hold.cause): hold for hold in made.holds}.values()
    report.holds = [*told, *holds.standing(items.values(), states, told)]
    report.dying = list(made.dying)
    for key, state in states.items():
        report.failures.pop(key, None)
        if state.failure:
            report.failures[key] = state.failure
    report.failures |= failures
    report.quarantined = holds.unreadable(items.values(), states)
