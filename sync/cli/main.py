"""The commands put together, and what becomes of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from sync import log
from sync.cli import (
    check,
    cycle,
    daemon,
    erase,
    history,
    init,
    kept,
    leave,
    reversal,
    sandbox,
    standing,
)
from sync.cli.session import Session
from sync.errors import ConfigError, JumelageError, Unknown
from sync.i18n import _

OK, TROUBLE, USAGE, CONFIGURATION, INTERRUPTED = 0, 1, 2, 78, 130

app = typer.Typer(
    name="jumelage",
    help=_("Keeps the tools of a collective in step: cards, files, calendars, pages, contacts."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    *(init, check, cycle, daemon, standing, history, kept, erase),
    *(reversal, leave, sandbox),
):
    module.add(app)


def _version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(version("jumelage"))
        except PackageNotFoundError:
            typer.echo("0")
        raise typer.Exit


@app.callback()
def everything(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            help=_(
                "The settings file; else $JUMELAGE_CONFIG, ./jumelage.yaml "
                "or /etc/jumelage/jumelage.yaml."
            )
        ),
    ] = None,
    _wanted: Annotated[
        bool,
        typer.Option("--version", help=_("Say the version."), callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Remember what holds for every command."""
    context.obj = Session(config)


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line, and return its exit status. Never raises."""
    try:
        status = app(args=arguments, prog_name="jumelage", standalone_mode=False)
    except typer.Abort:
        return INTERRUPTED
    except TyperException as error:
        return _misused(error)
    except ConfigError as error:
        return _complain(error, USAGE if isinstance(error, Unknown) else CONFIGURATION)
    except (JumelageError, OSError) as error:
        return _complain(error, TROUBLE)
    except KeyboardInterrupt:
        return INTERRUPTED
    return status if isinstance(status, int) else OK


def _misused(error: TyperException) -> int:
    show = getattr(error, "show", None)  # as the library words it, with the command's usage
    if show is None:
        return _complain(error, USAGE)
    show()
    return USAGE


def _complain(error: Exception, status: int) -> int:
    sys.stderr.write(log.scrub(str(error)) + "\n")
    return status


def main() -> NoReturn:
    """The command `jumelage`."""
    try:
        status = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough: nothing more is written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = TROUBLE
    if status == INTERRUPTED:
        _forget_the_interrupt()
    sys.exit(status)


def _forget_the_interrupt() -> None:
    """Let a process that took an interrupt end with its own status.

    CPython notes when one comes while it runs code from a string, as dataclasses and others
    make theirs at import, and `python -m` then dies of SIGINT at its end though the interrupt was
    caught (`unhandled_keyboard_interrupt` in Python/pythonrun.c). The next string clears the note.
    """
    exec("")  # noqa: S102 - there is nothing in it
