"""Who is who: a table of people, each with the accounts they have in each system.

camille:
  trello: camilleroux
  cloud: [camille, camille.roux]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from pathlib import Path

from pydantic import ConfigDict, RootModel

from sync.i18n import _
from sync.mapping.problem import Problem
from sync.mapping.reading import parse
from sync.mapping.source import Source, load


class _Table(RootModel[dict[str, dict[str, str | list[str]]]]):
    """Alias -> system -> account, or accounts of which the first is written."""

    model_config = ConfigDict(frozen=True, strict=True)


def read_people(
    path: Path, systems: Container[str]
) -> tuple[Mapping[str, Mapping[str, str]], list[Problem]]:
    """System -> account -> alias, and what is wrong with the table. No file: nobody is known."""
    if not path.exists():
        return {}, []
    source = load(path)
    table = parse(source, _Table)
    if table is None or source.problems:
        return {}, source.problems
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for alias, accounts in table.root.items():
        for system, said in accounts.items():
            if system not in systems:
                _unknown(source, alias, system)
            for account in [said] if isinstance(said, str) else said:
                _enter(source, known[system], alias, system, account)
    return known, source.problems


def _unknown(source: Source, alias: str, system: str) -> None:
    message = _("no system is called “{name}”").format(name=system)
    source.problem((alias, system), message, _("use a name from the settings"), key=True)


def _enter(source: Source, accounts: dict[str, str], alias: str, system: str, account: str) -> None:
    other = accounts.setdefault(account, alias)
    if other != alias:
        message = _("“{account}” is {other} already").format(account=account, other=other)
        source.problem((alias, system), message, _("keep one of the two"))
