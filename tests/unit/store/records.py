"""Records of which every field holds something else than its default."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from sync.state import Side, Standing, Verb

_PLAIN = {"k": ["x", {"y": ["z"]}]}
_VALUES = {
    "str": "text",
    "str | None": "text",
    "bool": True,
    "int": 7,
    "float": 7.5,
    "datetime": datetime(2026, 3, 1, 14, 0, 0, 5, tzinfo=UTC),
    "datetime | None": datetime(2026, 3, 1, 14, 0, 0, 5, tzinfo=UTC),
    "Standing": Standing.LEFT,
    "Standing | None": Standing.LEFT,
    "Verb": Verb.RESTORE,
    "Plain": _PLAIN,
    "dict[str, Plain]": _PLAIN,
    "Mapping[str, Plain]": _PLAIN,
    "dict[str, str]": {"a": "x"},
    "dict[str, int]": {"a": 1},
    "dict[str, dict[str, str]]": {"f": {"1": "x"}},
    "list[str]": ["a", "b"],
    "list[str] | None": ["a", "b"],
}


def full(cls):
    """One record; a KeyError names the type of a new field to add above."""
    return cls(
        **{
            each.name: {"s": full(Side)}
            if each.type == "dict[str, Side]"
            else _VALUES[str(each.type)]
            for each in dataclasses.fields(cls)
        }
    )
