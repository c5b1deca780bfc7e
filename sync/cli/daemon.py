"""`run`: keep everything in step until told to stop."""

from __future__ import annotations

import logging

import typer

from sync import log
from sync.cli.session import session
from sync.daemon import run as keep_in_step
from sync.i18n import _


def add(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(help=_("Keep everything in step until stopped (SIGTERM, Ctrl-C)."))(run)


def run(context: typer.Context) -> None:
    """Run the daemon."""
    at = session(context)
    log.configure(level=logging.INFO)
    keep_in_step(at.configuration)
