"""Where mappings point: spots that admins name, and the collections found there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from sync.connector import Capabilities, Connector
from sync.errors import ConfigError, JumelageError
from sync.model import Collection, Schema


@dataclass(frozen=True, order=True)
class Spot:
    """A collection as a mapping names it: `trello: {board: Programme 2026}`."""

    system: str
    word: str
    name: str


@dataclass(frozen=True)
class Place:
    """A collection that was found, and what its connector says of it."""

    collection: Collection
    schema: Schema
    capabilities: Capabilities
    children: Mapping[str, Schema] = field(default_factory=dict)
    """The schema of each kind of child."""


Places: TypeAlias = Mapping[Spot, Place | JumelageError]
"""What was found at each spot, or why nothing could be; absent: nobody looked."""


def survey(spots: Iterable[Spot], connectors: Mapping[str, Connector]) -> Places:
    """Look every spot up. A system that fails answers for its own spots only."""
    return {spot: _look(spot, connectors.get(spot.system)) for spot in sorted(set(spots))}


def _look(spot: Spot, connector: Connector | None) -> Place | JumelageError:
    if connector is None:
        return ConfigError(f"no system is called {spot.system}")
    try:
        collection = connector.locate(spot.word, spot.name)
        schema = connector.schema(collection)
        children = {
            kind: connector.schema(collection.of_children(kind)) for kind in schema.children
        }
    except JumelageError as error:
        return error
    return Place(collection, schema, connector.capable(collection), children)
