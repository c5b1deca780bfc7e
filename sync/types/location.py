"""Places: a name, or coordinates (WGS 84, degrees), or both."""

from __future__ import annotations

import math
from typing import ClassVar

from sync.model import Plain
from sync.types.base import FieldType, is_empty
from sync.types.scalar import number
from sync.types.text import string, unadorned

_KEYS = {"name", "lat", "lon"}
_METRE = 1e-5
"""About one metre, in degrees."""


class Location(FieldType):
    """Where something takes place. Two different changes are a conflict."""

    name: ClassVar[str] = "location"

    def clean(self, value: Plain) -> Plain:
        """What is empty is absent; latitude and longitude come together."""
        if is_empty(value):
            return None
        if not isinstance(value, dict) or not value.keys() <= _KEYS:
            raise ValueError(f"not a place ({', '.join(sorted(_KEYS))}): {value!r:.80}")
        name = (string(value.get("name")) or "").strip()
        place: dict[str, Plain] = {"name": name} if name else {}
        return (place | _coordinates(value.get("lat"), value.get("lon"))) or None

    def equivalent(self, sent: Plain, echoed: Plain) -> bool:
        """Ignore trailing blanks, and less than a metre."""
        if not isinstance(sent, dict) or not isinstance(echoed, dict):
            return sent is echoed
        names = (unadorned(str(place.get("name", ""))) for place in (sent, echoed))
        return len(set(names)) == 1 and all(
            _near(sent.get(axis), echoed.get(axis)) for axis in ("lat", "lon")
        )

    def show(self, value: Plain) -> str:
        """The name, else the coordinates."""
        if not isinstance(value, dict):
            return ""
        return str(value["name"]) if "name" in value else f"{value['lat']}, {value['lon']}"


def _coordinates(lat: Plain, lon: Plain) -> dict[str, Plain]:
    north, east = number(lat), number(lon)
    if north is None and east is None:
        return {}
    if north is None or east is None or abs(north) > 90 or abs(east) > 180:  # noqa: PLR2004 - degrees
        raise ValueError(f"not a latitude with its longitude: {lat!r:.40}, {lon!r:.40}")
    return {"lat": north, "lon": east}


def _near(one: Plain, other: Plain) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=0, abs_tol=_METRE)
    return one is other
