"""Fractional keys: strings between any two of which there is room for another."""

from __future__ import annotations

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
WIDTH, STRIDE = 8, 36**4


def between(low: str | None, high: str | None) -> str:
    """A key strictly between two others (None: no bound).

    Keys sort as strings and never end in the lowest digit, so there is always room.
    """
    if high is None:
        start = int((low or "")[:WIDTH].ljust(WIDTH, "0"), 36) if low else 36 ** (WIDTH - 1)
        number = start + STRIDE
        return _base36(number) + "i" if number < 36**WIDTH else (low or "") + "i"
    return _midpoint(low or "", high)


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return digits.rjust(WIDTH, "0")


def _midpoint(low: str, high: str) -> str:
    """A string between two, as short as it can be."""
    prefix = ""
    while True:
        first = DIGITS.index(low[0]) if low else 0
        last = DIGITS.index(high[0]) if high else len(DIGITS)
        if last - first > 1:
            return prefix + DIGITS[(first + last) // 2]
        prefix += DIGITS[first]
        low = low[1:]
        high = high[1:] if last == first else ""
