"""The reference connector: every promise of the seam, over a server in this process.

`World` is the server and what people do there; `Memory` is the connector. What the
server can do is set per instance, so that the engine meets every combination.
"""

from connectors.memory.connector import Memory
from connectors.memory.schemas import CHILDREN, SCHEMA, board
from connectors.memory.settings import MemorySettings
from connectors.memory.world import Crash, Event, Late, Shelf, State, World

__all__ = [
    "CHILDREN",
    "SCHEMA",
    "Crash",
    "Event",
    "Late",
    "Memory",
    "MemorySettings",
    "Shelf",
    "State",
    "World",
    "board",
]
