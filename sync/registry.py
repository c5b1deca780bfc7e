"""Connectors and sandboxes, found by entry point: a new one needs no change here."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from sync.connector import Connector
from sync.errors import ConfigError
from sync.i18n import _
from sync.mapping.problem import nearest

if TYPE_CHECKING:
    from connectors.sandbox.base import Sandbox

CONNECTORS = "jumelage.connectors"
SANDBOXES = "jumelage.sandboxes"


def connectors() -> list[str]:
    """The names of every connector that is installed."""
    return sorted({point.name for point in entry_points(group=CONNECTORS)})


def sandboxes() -> list[str]:
    """The names of every connector that has a sandbox installed."""
    return sorted({point.name for point in entry_points(group=SANDBOXES)})


def connector(name: str) -> type[Connector]:
    """The connector of this name. Raises `ConfigError`, naming those that exist."""
    found = _load(CONNECTORS, name)
    if not (isinstance(found, type) and issubclass(found, Connector)):
        raise ConfigError(_("“{name}” is no connector, but {found}").format(name=name, found=found))
    return found


def sandbox(name: str) -> type[Sandbox]:
    """The sandbox of this connector. Raises `ConfigError`, naming those that exist."""
    found: type[Sandbox] = _load(SANDBOXES, name)
    return found


def unknown(name: str, known: Iterable[str]) -> str:
    """What to write instead of a name that nothing has."""
    known = sorted(known)
    if near := nearest(name, known):
        return _("did you mean “{word}”?").format(word=near)
    return _("use one of: {words}").format(words=", ".join(known) or "-")


def _load(group: str, name: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - what an entry point holds
    points = {point.name: point for point in entry_points(group=group)}
    if name not in points:
        message = (
            _("there is no connector “{name}”")
            if group == CONNECTORS
            else (_("“{name}” has no sandbox"))
        )
        raise ConfigError(f"{message.format(name=name)} — {unknown(name, points)}")
    return _open(points[name])


def _open(point: EntryPoint):  # type: ignore[no-untyped-def]  # noqa: ANN202 - what an entry point holds
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        message = _("“{name}” is installed, but cannot be loaded: {reason}")
        raise ConfigError(message.format(name=point.name, reason=error)) from error
