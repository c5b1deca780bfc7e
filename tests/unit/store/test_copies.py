"""A copy of a record of the state is equal, and shares nothing that can be changed."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from sync.state import (
    CollectionState,
    HubOption,
    Intent,
    Item,
    JournalEntry,
    Nonce,
    Salvage,
    Side,
    Standing,
    Verb,
)
from sync.store.base import Run


def full(cls: type) -> object:
    """A record of which every field holds something else than its default."""
    values = {}
    for each in dataclasses.fields(cls):
        kind = str(each.type)
        if each.name == "sides":
            values[each.name] = {"s": full(Side)}
        elif "list" in kind.split("[", maxsplit=1)[0]:
            values[each.name] = ["a", "b"]
        elif "dict[str, dict" in kind:
            values[each.name] = {"f": {"1": "x"}}
        elif kind in {"dict[str, str]", "dict[str, int]"}:
            values[each.name] = {"a": 1 if "int" in kind else "x"}
        elif "Plain" in kind:
            values[each.name] = {"k": ["x", {"y": ["z"]}]}
        elif "datetime" in kind:
            values[each.name] = datetime(2026, 3, 1, 14, 0, 0, 5, tzinfo=UTC)
        elif "Standing" in kind:
            values[each.name] = Standing.LEFT
        elif "Verb" in kind:
            values[each.name] = Verb.RESTORE
        elif kind == "bool":
            values[each.name] = True
        elif kind == "int":
            values[each.name] = 7
        else:
            assert kind in {"str", "str | None"}, f"say what {each.name}: {kind} may hold"
            values[each.name] = f"some {each.name}"
    return cls(**values)


def mutable_parts(value: object) -> set[int]:
    """The identities of every dict, list and record inside."""
    if dataclasses.is_dataclass(value):
        inner = [getattr(value, each.name) for each in dataclasses.fields(value)]
    elif isinstance(value, dict):
        inner = list(value.values())
    elif isinstance(value, list):
        inner = value
    else:
        return set()
    return {id(value)}.union(*map(mutable_parts, inner))


@pytest.mark.parametrize(
    "cls",
    [Item, Side, CollectionState, HubOption, Intent, Nonce, Salvage, JournalEntry, Run],
)
def test_a_copy_is_equal_and_shares_nothing_mutable(cls):
    record = full(cls)
    copy = record.copy()
    assert copy == record
    assert not mutable_parts(copy) & mutable_parts(record)
