"""`undo`, `hold`, `release` and `relink`: what an admin decides by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sync.app import waiting
from sync.cli.cycle import Names, finish, ready
from sync.cli.items import find, mapping_names
from sync.cli.progress import shown
from sync.cli.session import AsJson, Session, session
from sync.cli.shapes import meetings_data, report_data, show_meeting
from sync.deeds import DEEDS, NOTHING
from sync.errors import ConfigError
from sync.i18n import _
from sync.mailbox import Mailbox
from sync.report import Report
from sync.store.aside import put_aside
from sync.store.base import StoreLocked


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Reverse what a run wrote, where it still stands."))(undo)
    app.command(help=_("Leave an item alone until it is released."))(hold)
    app.command(help=_("Release what is held: an item, a side or a first meeting."))(release)
    app.command(help=_("Find everything again after the store was lost."))(relink)


def undo(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help=_("A run, as `log` shows it."))],
    as_json: AsJson = False,
) -> None:
    """Undo a run. What people have edited since is held and listed."""
    at = session(context)
    with at.app() as app, shown(at.err) as progress:
        compiled = app.compiled()
        report = app.engine(compiled.units, progress).undo(run)
    finish(at, report, compiled, as_json=as_json)


def relink(
    context: typer.Context,
    mappings: Names = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help=_("Put the store aside, and begin an empty one."))
    ] = False,
    backup: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="BACKUP",
            exists=True,
            dir_okay=False,
            help=_("Put the store aside, and a copy of this backup in its place."),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Adopt what stands on the sides, by marker and by match, into an empty or older store."""
    at = session(context)
    if fresh and backup:
        raise typer.BadParameter(_("--fresh and --from exclude each other"))
    if fresh or backup:
        _replace(at, backup)
    with at.app() as app, shown(at.err) as progress:
        compiled = app.compiled()
        wanted = ready(compiled, mappings or ())
        engine = app.engine(compiled.units, progress)
        report = engine.relink(wanted) if wanted is not None else Report("")
        meetings = engine.plan(wanted) if wanted is not None else []
    if as_json:
        report.failures |= waiting(compiled)
        at.give({**report_data(report), "meetings": meetings_data(meetings)})
        raise typer.Exit(0 if report.ok else 1)
    for one in meetings:
        if one.meeting is not None:
            at.say(one.unit, "bold")
            show_meeting(at, one)
    finish(at, report, compiled, as_json=False)


def _replace(at: Session, backup: Path | None) -> None:
    path = at.settings.store_file
    if path is None:
        raise ConfigError(_("the store is no file: restore it with the means of its server"))
    aside = put_aside(path, datetime.now(UTC), backup)
    if aside is not None:
        at.tell(_("the store was put aside: {path}").format(path=aside))


def hold(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help=_("Its id, its title or what a side calls it."))],
) -> None:
    """Hold an item, or one field of it (`ID@FIELD`)."""
    at = session(context)
    name, mark, field = item.partition("@")
    with at.store() as store:
        subject = item
        if store.item(item) is None:
            subject = find(store, mapping_names(at.settings), name).id + mark + field
    ask(at, "hold", subject)
    at.say(_("held: {subject}").format(subject=subject))


def release(
    context: typer.Context,
    subject: Annotated[str, typer.Argument(help=_("As `status` shows it."))],
) -> None:
    """Release. The next cycle looks at it anew."""
    at = session(context)
    if ask(at, "release", subject) == NOTHING:
        said = _("nothing is held of {subject} — jumelage status lists what is")
        at.say(said.format(subject=subject))
    else:
        at.say(_("released: {subject}").format(subject=subject))


def ask(at: Session, verb: str, subject: str) -> str:
    """Do it here, or have the daemon do it if it holds the store; what came of it."""
    try:
        with at.app() as app:
            # Only the name of a unit that nobody has listed yet needs the systems to be asked.
            known = any(state.unit == subject for state in app.store.collections().values())
            asked = subject in mapping_names(at.settings) and not known
            engine = app.engine(app.compiled().units if asked else ())
            return DEEDS[verb](engine, subject)
    except StoreLocked:
        if (store := at.settings.store_file) is None:
            raise
        return Mailbox(store).ask(verb, subject)
