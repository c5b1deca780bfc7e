"""The policies of mappings as the planner takes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sync.mapping.document import Budget, Deletions, MappingDocument, Prefer, fraction, seconds
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
    how = deletions(_saying(documents, "deletions"))
    conflicts = _saying(documents, "conflicts").conflicts
    return Rules(
        conflicts=conflicts if isinstance(conflicts, str) else preferred or conflicts.prefer,
        deletions=how.how,
        delay=how.after if isinstance(how.after, int) else seconds(how.after),
        final=how.final,
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


def budget(said: str | int | Budget) -> tuple[float, int]:
    """The share of a side, and the number of deletions, in one run."""
    if isinstance(said, str):
        said = Budget(share=said)
    elif isinstance(said, int):
        said = Budget(count=said)
    return fraction(said.share), said.count


def deletions(document: MappingDocument) -> Deletions:
    """How the mapping deletes, with all that it leaves to the defaults."""
    said = document.deletions
    return Deletions(how=said) if isinstance(said, str) else said


def period(document: MappingDocument) -> float:
    """The seconds between two cycles."""
    every = document.every
    return seconds(every) if isinstance(every, str) else float(every)


def preferred(document: MappingDocument) -> str | None:
    """The side that wins conflicts, if one is named."""
    return document.conflicts.prefer if isinstance(document.conflicts, Prefer) else None
