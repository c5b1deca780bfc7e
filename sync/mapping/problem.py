"""What is wrong in something an admin wrote: where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from sync.errors import ConfigError


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in one file. Lines and columns count from 1, as editors do.

    `path` names the place inside the document (`sides.trello.fields.due`); `message`
    says what is wrong and `remedy` what to write instead, both in the reader's language.
    """

    file: str
    line: int
    column: int
    path: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """Render as compilers do, so that editors and terminals can jump to the place."""
        tail = f" — {self.remedy}" if self.remedy else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{tail}"


class Faulty(ConfigError):
    """Files that cannot be used as they are, with every problem that was found in them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was most likely meant to be; None: none comes near."""
    by_lower = {candidate.lower(): candidate for candidate in sorted(known)}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
