"""The policies of mappings as the planner takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sync.mapping.document import Budget, MappingDocument, Prefer, fraction, seconds
from sync.mapping.loaded import Loaded
from sync.mapping.unit import Rules

Value = TypeVar("Value")

POLICIES = ("match", "conflicts", "deletions", "budget")
"""The keys of a mapping that hold for its whole unit."""


def rules(group: Iterable[Loaded], preferred: str | None) -> Rules:
    """The rules of a unit: of each policy, what the first mapping says that says it.

    `preferred` is the label of the side that wins conflicts, if one does.
    """
    documents = [mapping.document for mapping in group]
    share, count = budget(_saying(documents, "budget").budget)
    conflicts = _saying(documents, "conflicts").conflicts
    return Rules(
        conflicts=conflicts if isinstance(conflicts, str) else preferred or conflicts.prefer,
        deletions=_saying(documents, "deletions").deletions,
        match=match_fields(_saying(documents, "match")),
        budget=share,
        budget_count=count,
    )


def _saying(documents: list[MappingDocument], policy: str) -> MappingDocument:
    saying = (document for document in documents if policy in document.model_fields_set)
    return next(saying, documents[0])


def match_fields(document: MappingDocument) -> tuple[str, ...]:
    """The fields by which records are recognised; none: those of the kind."""
    match = document.match
    return (match,) if isinstance(match, str) else tuple(match)


def budget(said: str | int | Budget) -> tuple[float, int | None]:
    """The share of a side in one cycle and the number in one run; a share of 1 bounds nothing."""
    if isinstance(said, str):
        return fraction(said), None
    if isinstance(said, int):
        return 1.0, said
    return fraction(said.share) if said.share else 1.0, said.count


def period(document: MappingDocument) -> float:
    """The seconds between two cycles."""
    every = document.every
    return seconds(every) if isinstance(every, str) else float(every)


def preferred(document: MappingDocument) -> str | None:
    """The side that wins conflicts, if one is named."""
    return document.conflicts.prefer if isinstance(document.conflicts, Prefer) else None
