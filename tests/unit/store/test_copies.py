"""A copy of a record of the state is equal, and shares nothing that can be changed."""

from __future__ import annotations

import dataclasses

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
)
from sync.store.base import Run
from tests.unit.store.records import full


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
