"""Where a card takes place: a name or an address, and a place on the map."""

from __future__ import annotations

from connectors.trello.objects import Card, Coordinates
from sync.errors import Refused
from sync.model import Plain


def location(card: Card) -> Plain:
    """The place; its address stands for its name where it has none. Raises ValueError."""
    name = card.locationName or card.address
    place: dict[str, Plain] = {"name": name} if name else {}
    at = card.coordinates
    if isinstance(at, Coordinates):
        place |= {"lat": _degrees(at.latitude), "lon": _degrees(at.longitude)}
    elif at:
        north, comma, east = at.partition(",")
        if not comma:
            raise ValueError("its coordinates are none")
        place |= {"lat": _degrees(float(north)), "lon": _degrees(float(east))}
    return place or None


def parameters(place: Plain) -> dict[str, Plain]:
    """What sets the place; without one, its address goes too. Raises `Refused`."""
    if place is None:
        return {"locationName": None, "address": None, "coordinates": None}
    if not isinstance(place, dict):
        raise Refused(f"{place!r:.80} is no place")
    at = f"{place['lat']},{place['lon']}" if "lat" in place else None
    return {"locationName": place.get("name"), "coordinates": at}


def _degrees(value: float) -> int | float:
    return int(value) if value.is_integer() else value
