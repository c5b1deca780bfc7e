"""The systems of the settings: each with its connector and what that needs, secrets read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from pydantic import BaseModel, SecretStr

from sync import registry
from sync.connector import Connector, SystemSettings
from sync.errors import ConfigError
from sync.i18n import _
from sync.mapping.problem import Faulty, Problem
from sync.mapping.reading import parse
from sync.mapping.source import Source
from sync.model import Plain
from sync.settings.loading import Settings
from sync.settings.secret import Secrets, Unreadable, is_reference


@dataclass(frozen=True)
class System:
    """One account on one server, ready to be connected to."""

    name: str
    connector: type[Connector]
    settings: SystemSettings


@dataclass(frozen=True)
class Systems:
    """Every system of the settings."""

    by_name: Mapping[str, System]
    secrets: frozenset[str] = field(repr=False)
    """What must appear in nothing that is written or shown."""
    warnings: tuple[str, ...] = ()


def open_systems(settings: Settings, environ: Mapping[str, str] | None = None) -> Systems:
    """Find each system's connector, read its secrets and check its settings.

    Connects to nothing. Raises `Faulty` with every fault of every system.
    """
    secrets = Secrets(settings.base, os.environ if environ is None else environ)
    problems: list[Problem] = []
    systems: dict[str, System] = {}
    for name in _names(settings.source):
        section = _section(settings.source, name)
        system = _system(name, section, secrets)
        problems += section.problems
        if system:
            systems[name] = system
    if problems:
        raise Faulty(problems)
    warnings = (
        _("every account of this machine can read {path} — chmod 600 {path}").format(path=path)
        for path in secrets.exposed
    )
    return Systems(systems, frozenset(secrets.known), tuple(warnings))


def _names(source: Source) -> list[str]:
    systems = source.data.get("systems") if isinstance(source.data, dict) else None
    return list(systems) if isinstance(systems, dict) else []


def _section(source: Source, name: str) -> Source:
    """One system's part of the file, as a source of its own."""
    root = ("systems", name)
    data = source.data
    for step in root:
        data = data[step] if isinstance(data, dict) else None
    return Source(
        source.file,
        dict(data) if isinstance(data, dict) else data,
        {steps[2:]: mark for steps, mark in source.keys.items() if steps[:2] == root},
        {steps[2:]: mark for steps, mark in source.values.items() if steps[:2] == root},
    )


def _system(name: str, section: Source, secrets: Secrets) -> System | None:
    data = section.data
    if not isinstance(data, dict):
        return None
    try:
        connector = registry.connector(str(data.get("connector")))
    except ConfigError as error:
        section.problem(("connector",), str(error))
        return None
    sealed: dict[str, Plain] = dict(_sealed(section, data, connector.settings_type, secrets))  # type: ignore[arg-type]
    if section.problems:
        return None
    # A secret goes into the model wrapped, so that no message about it can show it.
    model = parse(replace(section, data=sealed), connector.settings_type)
    return System(name, connector, model) if model else None


def _sealed(
    section: Source, data: dict[str, Plain], model: type[BaseModel], secrets: Secrets
) -> Iterator[tuple[str, SecretStr | Plain]]:
    """Each setting, with references to secrets replaced by what they point to."""
    for key, value in data.items():
        secret = holds_secret(model, key)
        text = key in model.model_fields and _holds(model.model_fields[key].annotation, str)
        if isinstance(value, dict) and is_reference(value) and (secret or text):
            try:
                content = secrets.read(value)
            except Unreadable as fault:
                section.problem((key,), str(fault), fault.remedy)
                continue
            yield key, SecretStr(content) if secret else content
        elif secret and value is not None:
            section.problem(
                (key,),
                _("a secret must not stand here"),
                _("keep it outside: {credential: NAME}, {file: PATH} or {env: NAME}"),
            )
        else:
            yield key, value


def holds_secret(model: type[BaseModel], key: str) -> bool:
    """Whether a setting is a secret."""
    info = model.model_fields.get(key)
    return info is not None and _holds(info.annotation, SecretStr)


def _holds(annotation: object, wanted: type) -> bool:
    return annotation is wanted or any(_holds(part, wanted) for part in get_args(annotation))
