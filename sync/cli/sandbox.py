"""`sandbox` and `demo`: servers to try things on, on this machine alone."""

from __future__ import annotations

import inspect
import shlex
import tempfile
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
import yaml

from sync import registry
from sync.cli.session import session
from sync.errors import ConfigError
from sync.i18n import _
from sync.model import Plain
from sync.settings.systems import holds_secret


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Start a throw-away server of a system, on this machine alone."))(sandbox)
    app.command(help=_("Show Jumelage at work on a fictitious co-operative."))(demo)


def sandbox(  # noqa: PLR0917 - each is an option of the command
    context: typer.Context,
    system: Annotated[str, typer.Argument(help=_("The connector: trello, caldav, …"))],
    port: Annotated[int, typer.Option(min=0, max=65535, help=_("0: any free one."))] = 0,
    load: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help=_("Data to begin with, as a board export.")),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help=_("A file that holds its state between runs.")),
    ] = None,
    faults: Annotated[
        str | None, typer.Option(metavar="SPEC", help=_("Faults to inject, as 429:0.1,slow:0.05."))
    ] = None,
) -> None:
    """Start it, print the settings that reach it, and serve until Ctrl-C."""
    at = session(context)
    kind = registry.sandbox(system)
    if lacking := kind.missing():
        raise ConfigError(lacking)
    asked = {"load": load, "keep": keep, "faults": faults}
    options = {name: value for name, value in asked.items() if value is not None}
    for name in options:
        if name not in inspect.signature(kind).parameters:
            raise typer.BadParameter(
                _("the sandbox of {system} has no --{option}").format(system=system, option=name)
            )
    with tempfile.TemporaryDirectory(prefix="jumelage-") as folder:
        try:
            server = kind(Path(folder), port=port, **options)
            server.start()
        except (RuntimeError, ValueError, OSError) as error:
            raise ConfigError(str(error)) from error
        try:
            at.say(_reached(system, server.settings()))
            at.tell(_("serving until Ctrl-C"))
            Event().wait()
        finally:
            server.stop()


def _reached(system: str, settings: dict[str, Plain]) -> str:
    """The settings that reach a sandbox; its secrets as variables, since settings hold none."""
    model = registry.connector(system).settings_type
    section, variables = {}, ""
    for key, value in settings.items():
        variable = f"{system}_{key}".replace("-", "_").upper()
        secret = holds_secret(model, key)
        section[key] = {"env": variable} if secret else value
        variables += f"export {variable}={shlex.quote(str(value))}\n" if secret else ""
    text: str = yaml.safe_dump({"systems": {system: section}}, allow_unicode=True, sort_keys=False)
    return variables + text


def demo(
    once: Annotated[bool, typer.Option("--once", help=_("End when everything was shown."))] = False,
) -> None:
    """Run the demo."""
    from sync.demo import demo as show  # noqa: PLC0415 - it types our own commands

    raise typer.Exit(show(once=once))
