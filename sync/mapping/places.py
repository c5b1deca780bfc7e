"""Where mappings point: spots that admins name, and the collections found there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import structlog

from sync.connector import Capabilities, Connector
from sync.errors import ConfigError, JumelageError, Missing
from sync.model import Collection, Schema

log = structlog.get_logger()


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


Making: TypeAlias = Mapping[Spot, str | None]
"""The spots where a collection may be made if there is none, and in which workspace."""


def survey(
    spots: Iterable[Spot], connectors: Mapping[str, Connector], making: Making | None = None
) -> Places:
    """Look every spot up. A system that fails answers for its own spots only.

    Nothing is made but at the spots of `making`, once it is certain that nothing is there.
    """
    known = sorted(set(spots))
    return {spot: _look(spot, connectors.get(spot.system), making or {}) for spot in known}


def _found(spot: Spot, connector: Connector, making: Making) -> Collection:
    try:
        return connector.locate(spot.word, spot.name)
    except Missing:
        if spot not in making:
            raise
    made = connector.make(spot.word, spot.name, making[spot])
    log.warning("collection_created", system=spot.system, word=spot.word, name=spot.name)
    return made


def _look(spot: Spot, connector: Connector | None, making: Making) -> Place | JumelageError:
    if connector is None:
        return ConfigError(f"no system is called {spot.system}")
    try:
        collection = _found(spot, connector, making)
        schema = connector.schema(collection)
        children = {
            kind: connector.schema(collection.of_children(kind)) for kind in schema.children
        }
    except JumelageError as error:
        return error
    return Place(collection, schema, connector.capable(collection), children)
