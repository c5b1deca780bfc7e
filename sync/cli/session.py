"""What commands share: the settings, loaded once; where output goes; who is spoken to."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypeAlias

import typer
from rich.console import Console

from sync import i18n, log
from sync.app import App, Configuration, assembled, configure, open_store, rehearsed
from sync.errors import ConfigError, JumelageError
from sync.i18n import _
from sync.model import Plain
from sync.settings import Settings, find, load
from sync.store.sql import SQLStore
from sync.wording import at_home

AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help=_("Print data, as JSON (docs/reference/json.md)."))
]


class Session:
    """One command line at work."""

    def __init__(self, config: Path | None) -> None:
        self.config = config
        self.out = Console(highlight=False, soft_wrap=True, emoji=False)
        self.err = Console(highlight=False, soft_wrap=True, stderr=True, emoji=False)
        log.configure(level=logging.WARNING)

    @cached_property
    def settings(self) -> Settings:
        """The settings. A locale that names no language we speak leaves it to them."""
        settings = load(find(self.config))
        if i18n.of_locale() is None:
            i18n.use(settings.language)
        return settings

    @cached_property
    def configuration(self) -> Configuration:
        """Everything that files say; what it warns of is told."""
        configuration = configure(self.settings)
        for warning in configuration.systems.warnings:
            self.tell(warning)
        return configuration

    @contextmanager
    def app(self) -> Iterator[App]:
        """Everything put together, with the store open for writing."""
        with assembled(self.configuration) as app:
            yield app

    @contextmanager
    def rehearsal(self) -> Iterator[App]:
        """Everything put together, with nothing that can be written."""
        with rehearsed(self.configuration) as app:
            yield app

    @contextmanager
    def store(self) -> Iterator[SQLStore]:
        """The store, for reading only: beside a daemon that runs, and without any secret."""
        path = self.settings.store_file
        if path is not None and not path.exists():
            raise JumelageError(
                _("there is no store at {path} yet — `jumelage sync` makes it").format(path=path)
            )
        store = open_store(self.settings, read_only=True)
        try:
            yield store
        finally:
            store.close()

    def moment(self, text: str) -> str:
        """A moment (ISO 8601) as people of the collective read it: in its zone."""
        return at_home(text, self.settings.timezone)

    def dying(self, title: str, goes: str) -> str:
        """Say that a deletion waits."""
        said = _("deleted on one side: {title} goes from the others on {moment}")
        return said.format(title=title, moment=self.moment(goes))

    def say(self, text: str, style: str = "") -> None:
        """Print a line for a person; square brackets mean themselves."""
        self.out.print(log.scrub(text), style=style, markup=False)

    def tell(self, text: str) -> None:
        """Print a line beside the output."""
        self.err.print(log.scrub(text), markup=False)

    def give(self, data: Plain) -> None:
        """Print data as JSON."""
        sys.stdout.write(log.scrub(json.dumps(data, ensure_ascii=False, indent=2)) + "\n")


def session(context: typer.Context) -> Session:
    """The session of the command line that is carried out."""
    found = context.find_object(Session)
    if found is None:
        raise ConfigError("no command line is at work")
    return found
