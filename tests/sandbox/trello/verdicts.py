"""A recorded answer beside one of the stand-in's: presence, type and nullability."""

from __future__ import annotations

from tests.sandbox.trello.corpus import below, kind

_TOLD_BY_DATA = ("labelNames", "nonPublic")
"""Tables whose keys are data."""


def compared(seen, path, recorded, ours):
    """Yield every field with its verdict; `agrees`, or what is wrong."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        yield path, "agrees"
        yield from _objects(seen, path, recorded, ours)
    elif isinstance(recorded, list) and isinstance(ours, list):
        if recorded and not ours:
            yield path, "nothing in it"
            return
        yield path, "agrees"
        if recorded:
            one, other = _pair(recorded, ours)
            yield from compared(seen, path, one, other)
    elif kind(recorded) == kind(ours) or kind(ours) in seen[path]:
        yield path, "agrees"
    else:
        yield path, f"{kind(recorded)} became {kind(ours)}"


def _objects(seen, path, recorded, ours):
    for name, value in recorded.items():
        field = below(path, name, value)
        if name in ours:
            yield from compared(seen, field, value, ours[name])
        elif not path.endswith(_TOLD_BY_DATA):
            yield f"{path}.{name}", "missing"
    for name, value in ours.items():
        field = below(path, name, value)
        if name not in recorded:
            yield f"{path}.{name}", "agrees" if field in seen else "never seen there"


def _pair(recorded, ours):
    """One of each that can be compared: actions of one type, if both have one."""
    for one in recorded:
        for other in ours:
            both = isinstance(one, dict) and isinstance(other, dict)
            if both and _sort(one) == _sort(other):
                return one, other
    return recorded[0], ours[0]


def _sort(one):
    item = one.get("data", {}).get("customFieldItem", one) if "data" in one else one
    value = item.get("value")
    return one.get("type"), sorted(value) if isinstance(value, dict) else None
