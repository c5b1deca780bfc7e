"""Default field maps: how a connector's fields are called in the common vocabulary.

Data, one file a connector: `{WORD: {KIND: {fields: {HUB_FIELD: rule}, only: {...}}}}`.
Those of our own connectors lie in `mappings/defaults`; a connector from elsewhere brings
`defaults/NAME.yaml` in its package. A file of the same name in the folder `defaults`
beside an admin's mappings replaces the one that is delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, RootModel

from sync.connector import Word
from sync.mapping.document import Condition, FieldRule
from sync.mapping.problem import Faulty
from sync.mapping.reading import parse
from sync.mapping.source import load


class DefaultMap(BaseModel):
    """How the fields of one kind are called in one word's collections."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    fields: dict[str, FieldRule] = {}
    only: dict[str, Condition] = {}


class _Defaults(RootModel[dict[str, dict[str, DefaultMap]]]):
    """A whole file."""


Defaults: TypeAlias = Mapping[str, Mapping[str, DefaultMap]]
"""Word -> kind -> default map."""


@dataclass(frozen=True)
class System:
    """What the mapping language needs to know of one system of the settings."""

    name: str
    connector: str
    words: Mapping[str, Word]
    defaults: Defaults = field(default_factory=dict)

    def default(self, word: str, kind: str) -> DefaultMap | None:
        """The default field map of a kind in one of its collections."""
        return self.defaults.get(word, {}).get(kind)


def defaults(connector: str, folder: Path | None = None) -> Defaults:
    """The default field maps of a connector; none if nobody wrote any. Raises `Faulty`."""
    if folder is not None and (own := folder / "defaults" / f"{connector}.yaml").is_file():
        return _read(own, str(own))
    return _delivered(connector)


@cache
def _delivered(connector: str) -> Defaults:
    for package in ("mappings", *_packages(connector)):
        resource = files(package) / "defaults" / f"{connector}.yaml"
        if resource.is_file():
            with as_file(resource) as path:
                return _read(path, f"{package}/defaults/{connector}.yaml")
    return {}


def _packages(connector: str) -> list[str]:
    """The packages that a connector of this name is installed in; a lone module holds no data."""
    points = entry_points(group="jumelage.connectors", name=connector)
    roots = {point.module.partition(".")[0] for point in points}
    specs = {root: find_spec(root) for root in sorted(roots)}
    return [root for root, spec in specs.items() if spec and spec.submodule_search_locations]


def _read(path: Path, name: str) -> Defaults:
    source = load(path, name)
    found = parse(source, _Defaults)
    if source.problems or found is None:
        raise Faulty(source.problems)
    return found.root
