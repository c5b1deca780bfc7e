"""Things of one name, told apart by a number that is no part of it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
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


def distinct(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What bears which name, by ref, once all of one name are told apart; who is first keeps it."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for ref, name in named:
        names[ref] = apart(name, taken)
        taken.add(names[ref])
    return names


def sent_name(name: str, taken: Container[str]) -> str:
    """What to call something on Trello that shall be told apart as `name` there."""
    return own_name(name) if own_name(name) in taken else name


def own_name(name: str) -> str:
    """The name that a twin shares with others; any other name as it is."""
    return _NUMBERED.sub("", name)


def twins(name: str, other: str) -> bool:
    """Whether these are two of one name."""
    return name != other and own_name(name) == own_name(other)
