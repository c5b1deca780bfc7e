"""Things of one name, told apart by a number that is no part of it."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

_BLANK: Final = "\u00a0"
"""One that nobody types: who bears a number in a name of their own is nobody's twin."""
_NUMBERED: Final = re.compile(rf"{_BLANK}\([0-9]+\)(?=(\.[^.]*)?\Z)")


def apart(name: str, taken: Container[str], suffix: str = "") -> str:
    """The name, with a number before its suffix if there is one of that name."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name.removesuffix(suffix)}{_BLANK}({number}){suffix}"
    return found


def own_name(name: str) -> str:
    """The name that a twin shares with others; any other name as it is."""
    return _NUMBERED.sub("", name)


def twins(name: str, other: str) -> bool:
    """Whether these are two of one name."""
    return name != other and own_name(name) == own_name(other)
