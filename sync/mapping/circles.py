"""Several collections on one side, a circle each: `board: [Programme, Finance]`.

Such a side is as many sides. An item bears the name of its circle, and stands in that
circle's collection alone; what has no circle yet stands in none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.mapping.document import Condition, MappingDocument, SideDocument

CIRCLE = "circle"
"""The field of a kind that holds the name of the circle."""


@dataclass(frozen=True)
class Circle:
    """One of the sides that a side with several collections is."""

    written: str
    """What the mapping calls the side."""
    name: str


def spread(document: MappingDocument) -> tuple[MappingDocument, Mapping[str, Circle]]:
    """The document with each collection as a side of its own, and what circle each of them is."""
    sides: dict[str, SideDocument] = {}
    circles: dict[str, Circle] = {}
    for label, side in document.sides.items():
        several = next(iter(side.several), None)
        if several is None:
            sides[label] = side
            continue
        taken = {*document.sides, *sides}
        for name in side.several[several]:
            own = _label(label, name, taken)
            taken.add(own)
            only: dict[str, Condition] = {**side.only, CIRCLE: name}
            changed = {several: name, "only": only, "use": side.use or label}
            sides[own] = side.model_copy(update=changed)
            circles[own] = Circle(label, name)
    return (document.model_copy(update={"sides": sides}) if circles else document), circles


def _label(side: str, name: str, taken: set[str]) -> str:
    """What a circle's side is called: `trello.Programme-2026`."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-") or "circle"
    return next(label for label in _numbered(f"{side}.{plain}") if label not in taken)


def _numbered(label: str) -> Iterator[str]:
    yield label
    number = 2
    while True:
        yield f"{label}-{number}"
        number += 1
