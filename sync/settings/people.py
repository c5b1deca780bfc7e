"""Who is who: a table of people, each with the accounts they have in each system.

camille:
  name: Camille Roux
  trello: camilleroux
  cloud: [camille, camille.roux]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag

from sync.i18n import _
from sync.mapping.document import shape
from sync.mapping.problem import Problem
from sync.mapping.reading import parse
from sync.mapping.source import Source, Steps, load

Accounts = Annotated[
    Annotated[str, Field(min_length=1), Tag("text")]
    | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1), Tag("list")],
    Discriminator(shape),
]
"""An account, or several of which the first is written."""


class _Person(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    __pydantic_extra__: dict[str, Accounts]

    name: str | None = None


class _Table(RootModel[dict[str, _Person]]):
    """Alias -> the person."""


@dataclass(frozen=True)
class People:
    """Who is who."""

    accounts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """System -> account -> alias."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Alias -> the name that people know; none for those whose alias says it."""


def read_people(path: Path, systems: Container[str]) -> tuple[People, list[Problem]]:
    """Read the table, and say what is wrong with it. No file: nobody is known."""
    if not path.exists():
        return People(), []
    source = load(path)
    table = parse(source, _Table)
    if table is None or source.problems:
        return People(), source.problems
    known: dict[str, dict[str, str]] = defaultdict(dict)
    for alias, person in table.root.items():
        for system, said in (person.__pydantic_extra__ or {}).items():
            if system not in systems:
                _unknown(source, alias, system)
            if isinstance(said, str):
                _enter(source, known[system], (alias, system), said)
                continue
            for position, account in enumerate(said):
                _enter(source, known[system], (alias, system, position), account)
    names = {alias: person.name for alias, person in table.root.items() if person.name}
    return People(dict(known), names), source.problems


def _unknown(source: Source, alias: str, system: str) -> None:
    message = _("no system is called “{name}” in the settings").format(name=system)
    remedy = _("use a name from the settings")
    source.problem((alias, system), message, remedy, key=True)


def _enter(source: Source, accounts: dict[str, str], steps: Steps, account: str) -> None:
    alias = str(steps[0])
    other = accounts.setdefault(account, alias)
    if other != alias:
        message = _("“{account}” is {other} already").format(account=account, other=other)
        source.problem(steps, message, _("keep one of the two"))
