"""`leave`: nothing of ours stays at a system, but what people wrote."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from sync import leaving
from sync.account import Sort
from sync.app import App, Configuration, look
from sync.cli.session import AsJson, Session, session
from sync.errors import ConfigError
from sync.i18n import _, ngettext
from sync.leaving import Departure
from sync.model import Plain


def add(app: typer.Typer) -> None:
    """Add this command."""
    app.command(help=_("Take away every trace of Jumelage at a system, but the content."))(leave)


def leave(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[SYSTEM|MAPPING]", help=_("What to leave; else everything.")),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do it, not only show it."))] = False,
    as_json: AsJson = False,
) -> None:
    """Leave. Exit 1 if something could not be asked or taken away: the same command goes on."""
    at = session(context)
    with at.app() if yes else at.rehearsal() as app:
        found = _look(app, name)
        waiting = leaving.unresolved(found, app.store)
        done = yes and not waiting
        if done:
            leaving.efface(found, app.connectors)
            if found.complete:
                leaving.forget(found, app.store)
        stays = str(at.settings.store_file or at.settings.store)
    if as_json:
        at.give(_data(found, done=done, waiting=waiting))
    else:
        _tell(at, found, done=done, waiting=waiting, stays=stays)
    raise typer.Exit(0 if found.complete and not waiting else 1)


def _look(app: App, name: str | None) -> Departure:
    configuration = app.configuration
    spots = leaving.scope(_named(configuration), configuration.systems.by_name, name)
    systems = set(configuration.systems.by_name)
    accounts = systems if name is None else systems & {name}
    return leaving.look(spots, look(spots, app.connectors), app.connectors, accounts)


def _named(configuration: Configuration) -> list[leaving.Named]:
    if configuration.faults:  # a mapping that cannot be read names we know not what
        raise ConfigError("\n".join(str(fault) for fault in configuration.faults))
    return [
        (mapping.name, spot)
        for mapping in configuration.mappings
        for _label, _side, spot in mapping.sides()
    ]


def _data(found: Departure, *, done: bool, waiting: int) -> Plain:
    return {
        "done": done and found.complete,
        "collections": [one.key for one in found.collections],
        "traces": [
            {
                "system": system,
                "sort": trace.sort.value,
                "where": trace.where,
                "collection": trace.collection.key if trace.collection else None,
                "stays": trace.stays,
            }
            for system, trace in found.traces
        ],
        "gone": found.gone,
        "failed": [
            {"system": system, "sort": trace.sort.value, "where": trace.where, "cause": cause}
            for system, trace, cause in found.failed
        ],
        "unreachable": {**found.silent},
        "unresolved": waiting,
    }


def _tell(at: Session, found: Departure, *, done: bool, waiting: int, stays: str) -> None:
    for line in _counted(found, stays=False):
        at.say(line)
    for line in _counted(found, stays=True):
        at.say(_("stays: {trace}").format(trace=line), "yellow")
    for system, trace, cause in found.failed:
        said = _("could not be taken away: {system}: {trace}: {cause}")
        at.say(said.format(system=system, trace=trace.where, cause=cause), "red")
    for system, cause in found.silent.items():
        at.say(_("{system} does not answer: {reason}").format(system=system, reason=cause), "red")
    if waiting:
        said = ngettext(
            "{count} write whose outcome is not known yet",
            "{count} writes whose outcome is not known yet",
            waiting,
        )
        at.say(said.format(count=waiting) + " — jumelage sync", "red")
    elif not done:
        at.say(_("nothing was taken away yet: --yes does it"))
    elif not found.complete:
        at.say(_("the same command goes on where this one ended"), "yellow")
    else:
        at.say(_("left; what people wrote stands as it did, on every side"), "green")
        at.say(
            _(
                "the journal and what was kept stay in {store}; to keep these in step again is a"
                " first meeting: take the mapping away if you do not want that"
            ).format(store=stays)
        )


def _counted(found: Departure, *, stays: bool) -> list[str]:
    """What there is of each sort, and where."""
    counts = Counter(
        (system, trace.collection.name if trace.collection else "", trace.sort)
        for system, trace in found.traces
        if trace.stays == stays
    )
    lines = []
    for (system, name, sort), count in sorted(counts.items()):
        where = f"{system}, {name}" if name else system
        lines.append(f"{where}: " + _word(sort, count).format(count=count))
    return lines


def _word(sort: Sort, count: int) -> str:
    """What a trace is, for people."""
    return {
        Sort.WEBHOOK: ngettext("{count} webhook", "{count} webhooks", count),
        Sort.NOTICE: ngettext(
            "what we told of {count} conflict", "what we told of {count} conflicts", count
        ),
        Sort.MARK: ngettext("our mark in {count} record", "our marks in {count} records", count),
        Sort.FILES: _("our own files beside those of people (.jumelage)"),
        Sort.IDENTITY: ngettext(
            "the UID that we gave to {count} record: calendars know it by that",
            "the UIDs that we gave to {count} records: calendars know them by these",
            count,
        ),
        Sort.BIN: _("what we deleted or replaced there, which is people's (.jumelage)"),
        Sort.HISTORY: _("the system's own history names what we did, and nobody can change it"),
    }[sort]
