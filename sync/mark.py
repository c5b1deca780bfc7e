"""The mark that a create leaves on the wire: which attempt it was, and for which item.

A nonce is one per attempt and random; its end is derived from the item, so that records
of one item can be told even when the store that sent them is lost, or is older. A sum at
its very end tells it from whatever else stands where a nonce does, such as the UIDs that
other programs gave.
"""

from __future__ import annotations

from hashlib import sha256

SPOT = 8
"""Characters of a nonce that say for which item it was sent."""
SUM = 4
"""Characters after those that say that it is a nonce of ours."""
_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def marked(nonce: str, item: str) -> str:
    """The nonce of an attempt to create this item, from a random one of the same length."""
    body = nonce[SPOT + SUM :] + spot(item)
    return body + _digest(body, SUM)


def spot(item: str) -> str:
    """What every nonce that was sent for an item has before its sum; the same for ever."""
    return _digest(item, SPOT)


def spotted(origin: str | None) -> str | None:
    """For which item a nonce that was read from a record was sent; None if it is none of ours."""
    body = (origin or "")[:-SUM]
    if len(body) <= SPOT or origin != body + _digest(body, SUM):
        return None
    return body[-SPOT:]


def _digest(text: str, length: int) -> str:
    number = int.from_bytes(sha256(text.encode()).digest()[:8])
    found = ""
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        found += _DIGITS[digit]
    return found
