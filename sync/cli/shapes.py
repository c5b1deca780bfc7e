"""What `--json` prints (docs/reference/json.md), and how the same is shown to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sync.cli.session import Session
from sync.cli.troubles import CHECK, show_holds
from sync.cli.words import verb_word
from sync.i18n import _, ngettext
from sync.model import Plain
from sync.plan.actions import Action, Hold, Meeting, Plan
from sync.report import Report
from sync.shaping import ORDER, Change
from sync.state import Verb


def report_data(report: Report) -> dict[str, Plain]:
    """What a run did."""
    return {
        "ok": report.ok,
        "run": report.run,
        "written": report.written,
        "folded": report.folded,
        "conflicts": report.conflicts,
        "holds": [hold_data(hold) for hold in report.holds],
        "dying": [asdict(one) for one in report.dying],
        "failures": {**report.failures},
        "quarantined": {**report.quarantined},
        "unresolved": report.open_intents,
    }


def hold_data(hold: Hold) -> Plain:
    """Something held back."""
    return {"subject": hold.subject, "cause": hold.cause, "command": hold.command}


def show_report(at: Session, report: Report) -> None:
    """Say what a run did, and what is left to do."""
    said = ngettext("{count} write", "{count} writes", report.written)
    parts = [said.format(count=report.written)]
    said = ngettext("{count} value taken in", "{count} values taken in", report.folded)
    parts.append(said.format(count=report.folded))
    if report.conflicts:
        said = ngettext("{count} conflict", "{count} conflicts", report.conflicts)
        parts.append(said.format(count=report.conflicts) + " (jumelage conflicts)")
    if report.run:
        at.say(", ".join(parts) + f" — {report.run}")
    show_holds(at, report.holds, unread=bool(report.quarantined))
    for one in report.dying:
        at.say(at.dying(one.title, one.goes))
    for collection, reason in report.failures.items():
        at.say(_("failed: {subject}: {cause}").format(subject=collection, cause=reason), "red")
        at.say(f"    {CHECK}")
    if report.open_intents:
        said = ngettext(
            "{count} write whose outcome is not known yet",
            "{count} writes whose outcome is not known yet",
            report.open_intents,
        )
        at.say(said.format(count=report.open_intents), "yellow")
    if report.ok:
        at.say(_("all in step"), "green")


def show_plan(at: Session, plan: Plan, columns: Sequence[Change] = ()) -> None:
    """Say what a plan would do, and what would be done of lists and labels."""
    at.say(plan.unit, "bold")
    show_meeting(at, plan)
    for write in plan.option_writes:
        at.say(f"  {write.collection}  {write.hub_field}: {write.name}")
    for action in plan.actions:
        at.say(f"  {verb_word(action.verb)}  {action.collection}  {action.title}{_fields(action)}")
    for change in columns:
        at.say(f"  {change.collection}  {_change(change)}")
    show_holds(at, plan.holds)
    for one in plan.dying:
        at.say("  " + at.dying(one.title, one.goes))
    if not (plan.actions or plan.option_writes or columns or plan.holds or plan.dying):
        at.say("  " + _("nothing to do"))


def _change(change: Change) -> str:
    """What a list or a label is to be."""
    order = change.after.get(ORDER)
    if isinstance(order, list):
        return f"{change.field}: {', '.join(str(name) for name in order)}"
    said = [_("new")] if change.option == "" else []
    if "closed" in change.after:
        closed = change.after["closed"]
        said.append(_("archived") if closed else _("not archived any more"))
    if "color" in change.after:
        said.append(_("colour {color}").format(color=change.after["color"] or "-"))
    return f"{change.field}: {change.name}  ({', '.join(said)})"


def meetings_data(plans: list[Plan]) -> list[Plain]:
    """What first meetings would join, and what is unclear about it."""
    return [
        {"unit": plan.unit, **asdict(plan.meeting), "summary": {**_summary(plan.meeting)}}
        for plan in plans
        if plan.meeting is not None
    ]


def show_meeting(at: Session, plan: Plan) -> None:
    """Say what would be joined at a first meeting, what is unclear, and what stands alone."""
    if plan.meeting is None:
        return
    for collection, count in plan.meeting.counts.items():
        said = ngettext("{count} record", "{count} records", count).format(count=count)
        at.say(f"  {collection}: {said}")
    for match in plan.meeting.matches:
        at.say(f"  {match.title}: {' = '.join(match.refs.values())}  ({match.reason})")
    if plan.meeting.waiting == "release":
        summary = _summary(plan.meeting)
        said = _("joined: {joined}; held, since it is unclear which is which: {unclear}")
        at.say("  " + said.format(joined=summary["joined"], unclear=summary["unclear"]))


def _summary(meeting: Meeting) -> dict[str, int]:
    unclear = sum(1 for match in meeting.matches if not match.clear)
    return {"joined": len(meeting.matches) - unclear, "unclear": unclear}


def _fields(action: Action) -> str:
    return f"  ({', '.join(sorted(action.views))})" if action.verb is Verb.UPDATE else ""
