"""What the demo shows, and the claims that it checks."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sync import i18n
from sync.cli.main import INTERRUPTED, run
from sync.i18n import _

ZONE = ZoneInfo("Europe/Paris")


class Screen:
    """One showing: everything printed in order, everything claimed counted."""

    def __init__(self) -> None:
        self.out = Console(highlight=False)
        self.proved = 0
        self.broken: list[str] = []

    def act(self, title: str) -> None:
        """Begin an act."""
        self.out.print()
        self.out.print(Rule(f"[bold]{title}", align="left"))

    def say(self, text: str, style: str = "") -> None:
        """Print a paragraph; square brackets mean themselves."""
        self.out.print(text, style=style, markup=False)

    def point(self, text: str, mark: str = "✎", style: str = "") -> None:
        """Print a paragraph behind a mark, indented."""
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_row(" ", mark, Text(text))
        self.out.print(grid, style=style)

    def line(self, text: str, style: str = "") -> None:
        """Print a line to be copied: however long it is, it is not broken."""
        self.out.print(text, style=style, markup=False, soft_wrap=True)

    def claim(self, fact: bool, text: str) -> None:
        """Say what was checked, and whether it is so."""
        if fact:
            self.proved += 1
            self.point(text, "✓", "green")
        else:
            self.broken.append(text)
            self.point(text, "✗", "bold red")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table."""
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
        for head in heads:
            table.add_column(head, overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.out.print(table)

    def command(self, config: Path, *words: str) -> None:
        """Carry out a command of Jumelage as if it were typed.

        That it ended well is claimed where it did not. Raises `KeyboardInterrupt` if it
        was interrupted.
        """
        self.line(f"$ jumelage {shlex.join(words)}", "bold cyan")
        self.out.file.flush()
        status = run(["--config", str(config), *words])
        sys.stdout.flush()
        if status == INTERRUPTED:
            raise KeyboardInterrupt
        if status:
            self.claim(False, _("the command ended well"))


def moment(value: datetime | None) -> str:
    """A date as people write it."""
    if value is None:
        return "-"
    return format_datetime(value.astimezone(ZONE), "d MMM, HH:mm", locale=i18n.language())


def tick(done: bool) -> str:
    """Whether something is done."""
    return _("done") if done else _("to do")
