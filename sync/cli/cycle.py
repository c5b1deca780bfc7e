"""`plan`, `apply` and `sync`: what would be done, doing exactly that, doing it now."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sync import access
from sync.account import Grants
from sync.app import App, note_waiting, waiting
from sync.cli.progress import shown
from sync.cli.session import AsJson, Session, session
from sync.cli.shapes import report_data, show_meeting, show_plan, show_report
from sync.engine import Engine
from sync.errors import ConfigError, JumelageError, Unknown
from sync.i18n import _
from sync.mapping.compile import Compiled
from sync.plan.actions import Plan
from sync.plan.saved import from_text, to_data
from sync.pulse import by_hand
from sync.report import Report
from sync.shaping import Change, columns_data, columns_from_text

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[MAPPING]...", help=_("Some mappings; else all."))
]


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Show what `sync` would do; write nothing."))(plan)
    app.command(help=_("Carry out a saved plan, if nothing has moved since."))(apply)
    app.command(help=_("Bring mappings in step, once."))(sync)


def plan(
    context: typer.Context,
    mappings: Names = None,
    out: Annotated[
        Path | None, typer.Option(help=_("Save the plan here, for `apply`."), dir_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Plan. Exit 1 if something is held, or a system does not answer."""
    at = session(context)
    with at.rehearsal() as app, shown(at.err) as progress:
        compiled = app.compiled()
        wanted = ready(compiled, mappings or ())
        engine = app.engine(compiled.units, progress)
        plans = engine.plan(wanted) if wanted is not None else []
        columns = {one.unit: app.columns().planned(engine.units[one.unit]) for one in plans}
    data = {**to_data(plans), "columns": columns_data(columns)}
    if out:
        out.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8")
    if as_json:
        at.give({**data, "waiting": {**waiting(compiled)}})
    else:
        for one in plans:
            show_plan(at, one, columns[one.unit])
        for unit, reason in waiting(compiled).items():
            at.say(_("{unit} waits: {cause}").format(unit=unit, cause=reason), "yellow")
    held = any(one.holds or _waits(one) for one in plans)
    raise typer.Exit(1 if held or compiled.waiting else 0)


def apply(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=_("A saved plan."))],
    as_json: AsJson = False,
) -> None:
    """Apply. Nothing is written if any action would differ by now."""
    at = session(context)
    try:
        text = file.read_text("utf-8")
        plans, columns = from_text(text), columns_from_text(text)
    except ValueError as error:
        raise typer.BadParameter(f"{file}: {error}") from error
    with at.app() as app, shown(at.err) as progress:
        compiled = app.compiled()
        note_waiting(app.store, waiting(compiled))
        engine = app.engine(compiled.units, progress)
        _hold_still(app, engine, columns)
        report = engine.apply(plans)
        for unit, changes in columns.items():
            report.written += app.columns().align(engine.units[unit], report.run, changes)
    finish(at, report, compiled, as_json=as_json)


def _hold_still(app: App, engine: Engine, columns: Mapping[str, list[Change]]) -> None:
    """Raise `ConfigError` where other lists and labels are due now than a plan says."""
    for unit, changes in columns.items():
        if unit in engine.units and app.columns().planned(engine.units[unit]) != changes:
            moved = _("{unit} has moved since the plan was made; plan again")
            raise ConfigError(moved.format(unit=unit))


def sync(
    context: typer.Context,
    mappings: Names = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=_("First meetings go ahead without a question."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Synchronise."""
    at = session(context)
    with at.app() as app:
        by_hand(app.store)
        compiled = app.compiled(make=True)
        note_waiting(app.store, waiting(compiled))
        wanted = ready(compiled, mappings or ())
        engine = app.engine(compiled.units)
        accept = yes or (wanted is not None and _confirmed(at, app, engine, wanted))
        with shown(at.err) as progress:
            engine = app.engine(compiled.units, progress)
            units = engine.chosen(wanted) if wanted is not None else []
            for unit in units:
                app.columns().note(unit)
            report = engine.sync(wanted, accept=accept) if wanted is not None else Report("")
        _ask_for_access(app, compiled)
        for unit in units:
            report.written += app.columns().align(unit, report.run)
            app.notices().send(unit)
    finish(at, report, compiled, as_json=as_json)


def _ask_for_access(app: App, compiled: Compiled) -> None:
    """Once a day, ask what our accounts may do; `status` tells it."""
    members = [member for unit in compiled.units for member in unit.members.values()]
    for system, connector in app.connectors.items():
        mine = [m.collection for m in members if m.collection.system == system and not m.parent]
        if not mine or access.asked_today(app.store, system):
            continue
        if isinstance(connector, Grants):
            with suppress(JumelageError):  # what fails now is told by the run itself
                access.note(app.store, system, access.ask(connector, mine))


def ready(compiled: Compiled, mappings: Sequence[str]) -> list[str] | None:
    """The mappings that can run, of those that were named; None: none of them can.

    Raises `Unknown` for a name that no mapping has.
    """
    able = [name for unit in compiled.units for name in unit.mappings]
    known = {*able, *(name for unit in compiled.waiting for name in unit.mappings)}
    if unknown := sorted(set(mappings) - known):
        raise Unknown(
            _("no mapping is called {names} — there are {known}").format(
                names=", ".join(unknown), known=", ".join(sorted(known)) or "-"
            )
        )
    return [name for name in able if not mappings or name in mappings] or None


def finish(at: Session, report: Report, compiled: Compiled, *, as_json: bool) -> None:
    """Say what a run did, and end with the status that it deserves."""
    report.failures |= waiting(compiled)
    if as_json:
        at.give(report_data(report))
    else:
        show_report(at, report)
    raise typer.Exit(0 if report.ok else 1)


def _waits(one: Plan) -> bool:
    return one.meeting is not None and one.meeting.waiting == "release"


def _confirmed(at: Session, app: App, engine: Engine, wanted: list[str]) -> bool:
    """Show the first meetings that wait for a person, and ask; no answer is a no."""
    states = app.store.collections()
    unmet = [
        unit.name
        for unit in engine.chosen(wanted)
        if not all(key in states and states[key].met for key in unit.members)
    ]
    if not unmet or not sys.stdin.isatty():
        return False
    meetings = [one for one in engine.plan(unmet) if _waits(one)]
    for one in meetings:
        at.tell(one.unit)
        show_meeting(at, one)
    return bool(meetings) and typer.confirm(_("Join them as shown?"), err=True)
