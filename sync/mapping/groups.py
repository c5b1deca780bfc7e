"""Which mappings belong together: those that share a collection, directly or by others."""

from __future__ import annotations

from collections.abc import Iterable

from sync.mapping.loaded import Loaded
from sync.mapping.places import Place, Places, Spot


def groups(mappings: Iterable[Loaded], places: Places) -> list[list[Loaded]]:
    """Put mappings that share a collection together; groups and their mappings by name."""
    leaders: dict[str, str] = {}

    def leader(node: str) -> str:
        while (above := leaders.setdefault(node, node)) != node:
            leaders[node] = node = leaders[above]
        return node

    ordered = sorted(mappings, key=lambda mapping: mapping.name)
    for mapping in ordered:
        mine = f"mapping {mapping.name}"
        for _label, _side, spot in mapping.sides():
            leaders[leader(identity(spot, places))] = leader(mine)
    together: dict[str, list[Loaded]] = {}
    for mapping in ordered:
        together.setdefault(leader(f"mapping {mapping.name}"), []).append(mapping)
    return list(together.values())


def identity(spot: Spot, places: Places) -> str:
    """What tells a collection from others: its key, or its names while it was not found."""
    place = places.get(spot)
    if isinstance(place, Place):
        return place.collection.key
    return f"{spot.system}/{spot.word}?{spot.name}"
