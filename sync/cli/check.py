"""`check` and `schema`: what is wrong with what an admin wrote, and help while writing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from sync import access
from sync.access import Concern
from sync.account import Grants
from sync.app import Configuration, connected, look
from sync.cli.session import AsJson, Session, session
from sync.connector import Connector
from sync.errors import ConfigError, JumelageError
from sync.i18n import _, ngettext
from sync.mapping.json_schema import DIALECT, json_schema
from sync.mapping.places import Place, Places
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
    """Check everything that an admin wrote. Exit 78 for faults, 1 if a system does not answer.

    An account that may not do what the mappings need counts as a system that does not answer.
    """
    at = session(context)
    problems: tuple[Problem, ...] = ()
    places: Places = {}
    doubts: list[Concern] = []
    try:
        configuration = at.configuration
        places, doubts = ({}, []) if offline else _look(configuration)
        configuration.check(places)
    except Faulty as fault:
        problems = fault.problems
    silent = _silent(places)
    if as_json:
        at.give(_data(at, problems, silent, doubts))
    else:
        _show(at, problems, silent, doubts)
    urgent = silent or any(one.urgent for one in doubts)
    raise typer.Exit(78 if problems else 1 if urgent else 0)


def _look(configuration: Configuration) -> tuple[Places, list[Concern]]:
    with connected(configuration) as connectors:
        places = look(configuration.spots, connectors)
        return places, list(_doubts(connectors, places))


def _doubts(connectors: Mapping[str, Connector], places: Places) -> Iterator[Concern]:
    """What accounts may not do, or not for long; a system that is silent says nothing of it."""
    found = [place.collection for place in places.values() if isinstance(place, Place)]
    for system, connector in connectors.items():
        mine = [one for one in found if one.system == system]
        if mine and isinstance(connector, Grants):
            with suppress(JumelageError):
                yield from access.concerns(system, access.data(access.ask(connector, mine)))


def _silent(places: Places) -> dict[str, str]:
    """System -> why it could not be asked."""
    return {
        spot.system: str(place)
        for spot, place in places.items()
        if isinstance(place, JumelageError) and not isinstance(place, ConfigError)
    }


def _data(
    at: Session, problems: tuple[Problem, ...], silent: dict[str, str], doubts: list[Concern]
) -> Plain:
    known = [] if problems else [mapping.name for mapping in at.configuration.mappings]
    return {
        "ok": not problems and not silent and not doubts,
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
        "access": [asdict(one) for one in doubts],
        "mappings": [*known],
    }


def _show(
    at: Session, problems: tuple[Problem, ...], silent: dict[str, str], doubts: list[Concern]
) -> None:
    for problem in problems:
        at.tell(str(problem))
    for system, reason in silent.items():
        at.tell(_("{system} does not answer: {reason}").format(system=system, reason=reason))
    for doubt in doubts:
        at.tell(f"{doubt.system}: {doubt.cause}")
    if not problems and not silent and not doubts:
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
