"""The mark that a create leaves on the wire: which attempt it was, and for which item.

A nonce is one per attempt and random; its end is derived from the item, so that records
of one item can be told even when the store that sent them is lost, or is older.
"""

from __future__ import annotations

from hashlib import sha256

SPOT = 8
"""Characters at the end of a nonce that say for which item it was sent."""
_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def marked(nonce: str, item: str) -> str:
    """The nonce of an attempt to create this item, from a random one of the same length."""
    return nonce[SPOT:] + spot(item)


def spot(item: str) -> str:
    """What every nonce that was sent for an item ends with; the same for ever."""
    number = int.from_bytes(sha256(item.encode()).digest()[:8])
    found = ""
    for _ in range(SPOT):
        number, digit = divmod(number, len(_DIGITS))
        found += _DIGITS[digit]
    return found


def spotted(origin: str | None) -> str | None:
    """The end of a nonce that was read from a record; None if there is none."""
    return origin[-SPOT:] if origin and len(origin) > SPOT else None
