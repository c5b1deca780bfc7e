"""`check` and `schema`: what is wrong with what an admin wrote, and help while writing it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from sync.app import Configuration, connected, look
from sync.cli.session import AsJson, Session, session
from sync.errors import ConfigError, JumelageError
from sync.i18n import _, ngettext
from sync.mapping.json_schema import DIALECT, json_schema
from sync.mapping.places import Places
from sync.mapping.problem import Faulty, Problem
from sync.model import Plain
from sync.settings.document import Document


class Form(StrEnum):
    """A file whose form can be told."""

    MAPPING = "mapping"
    SETTINGS = "settings"


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Check the settings, the mappings and that every system answers."))(check)
    app.command(help=_("Print the JSON Schema of a mapping, for editors."))(schema)


def check(
    context: typer.Context,
    offline: Annotated[
        bool, typer.Option("--offline", help=_("Ask no system: check the files alone."))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check everything that an admin wrote. Exit 78 for faults, 1 if a system does not answer."""
    at = session(context)
    problems: tuple[Problem, ...] = ()
    places: Places = {}
    try:
        configuration = at.configuration
        places = {} if offline else _look(configuration)
        configuration.check(places)
    except Faulty as fault:
        problems = fault.problems
    silent = _silent(places)
    if as_json:
        at.give(_data(at, problems, silent))
    else:
        _show(at, problems, silent)
    raise typer.Exit(78 if problems else 1 if silent else 0)


def _look(configuration: Configuration) -> Places:
    with connected(configuration) as connectors:
        return look(configuration.spots, connectors)


def _silent(places: Places) -> dict[str, str]:
    """System -> why it could not be asked."""
    return {
        spot.system: str(place)
        for spot, place in places.items()
        if isinstance(place, JumelageError) and not isinstance(place, ConfigError)
    }


def _data(at: Session, problems: tuple[Problem, ...], silent: dict[str, str]) -> Plain:
    known = [] if problems else [mapping.name for mapping in at.configuration.mappings]
    return {
        "ok": not problems and not silent,
        "problems": [
            {
                "file": one.file,
                "line": one.line,
                "column": one.column,
                "path": one.path,
                "message": one.message,
                "remedy": one.remedy,
            }
            for one in problems
        ],
        "unreachable": {**silent},
        "mappings": [*known],
    }


def _show(at: Session, problems: tuple[Problem, ...], silent: dict[str, str]) -> None:
    for problem in problems:
        at.tell(str(problem))
    for system, reason in silent.items():
        at.tell(_("{system} does not answer: {reason}").format(system=system, reason=reason))
    if not problems and not silent:
        count = len(at.configuration.mappings)
        said = ngettext("{count} mapping, nothing wrong", "{count} mappings, nothing wrong", count)
        at.say(said.format(count=count), "green")


def schema(
    context: typer.Context,
    form: Annotated[Form, typer.Argument(help=_("What to describe."))] = Form.MAPPING,
) -> None:
    """Print the JSON Schema of a mapping or of the settings."""
    if form is Form.MAPPING:
        described = json_schema()
    else:
        described = {"$schema": DIALECT, **Document.model_json_schema(by_alias=True)}
    session(context).give(described)
