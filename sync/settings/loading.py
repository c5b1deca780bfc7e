"""From a file and the environment to settings, or to every fault in them at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.engine import make_url

from sync.errors import ConfigError
from sync.i18n import _
from sync.mapping.problem import Faulty
from sync.mapping.reading import parse
from sync.mapping.source import Source
from sync.mapping.source import load as read_yaml
from sync.model import Plain
from sync.settings.document import PREFIX, Document, Environment, Retention, lasting
from sync.settings.door import DoorDocument

FILE = "jumelage.yaml"
PLACES = (Path(FILE), Path("/etc/jumelage", FILE))


@dataclass(frozen=True)
class Limits:
    """How long things are kept; None: for ever."""

    journal: timedelta | None = None
    kept: timedelta | None = None
    runs: timedelta | None = None


@dataclass(frozen=True)
class Settings:
    """What was set, with every path made absolute. Holds no secret, only where each is."""

    file: Path
    store: str
    timezone: str
    language: str
    mappings: Path
    people: Path
    retention: Limits
    source: Source
    """The file as it was read, the environment over it: systems, with the place of each key."""
    door: DoorDocument | None = None

    @property
    def base(self) -> Path:
        """The folder that relative paths in the settings count from."""
        return self.file.parent

    @property
    def store_file(self) -> Path | None:
        """The file of the store, if it is one."""
        database = make_url(self.store).database
        return Path(database) if database and not _in_memory(database) else None


def find(given: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """Tell which file holds the settings: the given one, or the first that exists.

    Looks at `JUMELAGE_CONFIG`, `./jumelage.yaml` and `/etc/jumelage/jumelage.yaml`, in
    this order. Raises `ConfigError` if there is none.
    """
    environ = os.environ if environ is None else environ
    named = given or (Path(value) if (value := environ.get(f"{PREFIX}CONFIG")) else None)
    if named:
        return named.absolute()
    for place in PLACES:
        if place.exists():
            return place.absolute()
    raise ConfigError(
        _("no settings found in {places} — name the file with --config").format(
            places=", ".join(str(place) for place in PLACES)
        )
    )


def load(file: Path) -> Settings:
    """Read the settings. Raises `Faulty` with every fault, or `ConfigError` for a variable's.

    Reads no secret and loads no connector: `open_systems` does.
    """
    environment = _environment()
    source = read_yaml(file)
    if isinstance(source.data, dict):
        source.data = _over(source.data, environment)
    document = parse(source, Document)
    if document is None or source.problems:
        raise Faulty(source.problems)
    base = file.absolute().parent
    return Settings(
        file=file.absolute(),
        store=_anchored(document.store, base),
        timezone=document.timezone,
        language=document.language,
        mappings=base / document.mappings,
        people=base / document.people,
        retention=_limits(document.retention),
        source=source,
        door=document.door,
    )


def _limits(said: Retention) -> Limits:
    return Limits(lasting(said.journal), lasting(said.kept), lasting(said.runs))


def _environment() -> dict[str, Plain]:
    """What the environment sets; its relative paths count from the current folder."""
    try:
        said = Environment()
    except ValidationError as error:
        raise ConfigError("\n".join(_faults(error))) from error
    here = Path.cwd()
    values: dict[str, Plain] = said.model_dump(exclude_defaults=True)
    for name in ("mappings", "people"):
        if isinstance(path := values.get(name), str):
            values[name] = str(here / path)
    if said.store:
        values["store"] = _anchored(said.store, here)
    return values


def _faults(error: ValidationError) -> list[str]:
    lines = []
    for detail in error.errors(include_url=False):
        variable = PREFIX + "__".join(str(step) for step in detail["loc"]).upper()
        context = detail.get("ctx", {})
        message = context.get("message", detail["msg"])
        remedy = f" — {context['remedy']}" if context.get("remedy") else ""
        lines.append(f"{variable}: {message}{remedy}")
    return lines


def _over(data: dict[str, Plain], values: dict[str, Plain]) -> dict[str, Plain]:
    merged = dict(data)
    for key, value in values.items():
        under = merged.get(key)
        both = isinstance(value, dict) and isinstance(under, dict)
        merged[key] = _over(under, value) if both else value  # type: ignore[arg-type]
    return merged


def _anchored(store: str, base: Path) -> str:
    """The store's address with its file counted from a folder."""
    url = make_url(store)
    if not url.database or _in_memory(url.database):
        return store
    return url.set(database=str(base / url.database)).render_as_string(hide_password=False)


def _in_memory(database: str) -> bool:
    return database == ":memory:" or database.startswith("file:")
