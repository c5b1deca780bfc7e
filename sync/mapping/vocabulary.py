"""Kinds, read from their files: those that are delivered, and those a collective adds.

Data, one file a kind: `{kind, labels, title, key, archived, fields: {NAME: {type, ...}}}`.
A file in the folder `kinds` beside an admin's mappings adds a kind, or replaces the
one of its name.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from sync.i18n import _
from sync.kinds import Kind, KindField
from sync.mapping.problem import Faulty, Problem
from sync.mapping.reading import parse, suggestion
from sync.mapping.source import Source, load
from sync.types import TYPES


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class FieldDocument(_Model):
    """One field of a kind."""

    type: str
    """How its values are compared, merged and shown."""
    labels: dict[str, str] = {}
    """What people call it, by language."""
    within: str | None = None
    """For a rank: the choice within which it orders."""
    values: list[str] | None = None
    """A closed vocabulary."""
    options: bool | None = None
    """Values are options with a native id in each system; true for an open choice."""


class KindDocument(_Model):
    """One kind of item."""

    kind: str
    """Its name, as mappings write it."""
    labels: dict[str, str] = {}
    """What people call it, by language."""
    title: str
    """The field that names an item to people."""
    key: list[str] = []
    """The fields by which records are recognised at a first meeting."""
    unique: bool = False
    """No place can hold two of one key, as a path is the address of a file: what is made
    on two sides under one key is one thing."""
    archived: str | None = None
    """The bool field that says an item is archived."""
    fields: dict[str, FieldDocument]
    """Its fields, in the order in which they are shown."""


def read_kinds(folder: Path | None = None) -> tuple[dict[str, Kind], list[Problem]]:
    """Every kind by name, and what is wrong in those of the folder of mappings."""
    kinds = dict(_delivered())
    problems: list[Problem] = []
    for path in sorted((folder / "kinds").glob("*.yaml")) if folder else ():
        source = load(path)
        kind = _read(source)
        problems += source.problems
        if kind:
            kinds[kind.name] = kind
    return kinds, problems


@cache
def _delivered() -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for resource in (files("mappings") / "kinds").iterdir():
        if resource.name.endswith(".yaml"):
            with as_file(resource) as path:
                source = load(path, f"mappings/kinds/{resource.name}")
            kind = _read(source)
            if source.problems or kind is None:
                raise Faulty(source.problems)
            kinds[kind.name] = kind
    return dict(sorted(kinds.items()))


def _read(source: Source) -> Kind | None:
    document = parse(source, KindDocument)
    if document is None:
        return None
    _check(source, document)
    if source.problems:
        return None
    fields = {name: _field(name, said) for name, said in document.fields.items()}
    return Kind(
        name=document.kind,
        fields=fields,
        title=document.title,
        key=tuple(document.key),
        unique=document.unique,
        archived=document.archived,
        labels=document.labels,
    )


def _field(name: str, said: FieldDocument) -> KindField:
    extensible = said.type == "choice" and said.values is None
    return KindField(
        name=name,
        type=TYPES[said.type],
        labels=said.labels,
        within=said.within,
        values=tuple(said.values) if said.values is not None else None,
        options=extensible if said.options is None else said.options,
    )


def _check(source: Source, document: KindDocument) -> None:
    fields = list(document.fields)
    for name, said in document.fields.items():
        if said.type not in TYPES:
            message = _("no field type is called “{name}”").format(name=said.type)
            source.problem(("fields", name, "type"), message, suggestion(said.type, list(TYPES)))
        if said.options and said.type not in {"choice", "set"}:
            message = _("a {type} has no options").format(type=said.type)
            source.problem(("fields", name, "options"), message, _("use a choice or a set"))
        if said.within is not None:
            _known(source, ("fields", name, "within"), said.within, fields)
    _known(source, ("title",), document.title, fields)
    for position, name in enumerate(document.key):
        _known(source, ("key", position), name, fields)
    if document.archived is not None:
        _known(source, ("archived",), document.archived, fields)
        said_archived = document.fields.get(document.archived)
        if said_archived and said_archived.type != "bool":
            message = _("“{name}” is not a bool").format(name=document.archived)
            source.problem(("archived",), message, _("name a field of type bool"))


def _known(source: Source, steps: tuple[str | int, ...], name: str, fields: list[str]) -> None:
    if name not in fields:
        message = _("the kind has no field “{field}”").format(field=name)
        source.problem(steps, message, suggestion(name, fields))
