"""What a run tells of itself: while it goes on, and at its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.plan.actions import Dying, Hold


@dataclass(frozen=True)
class Progress:
    """Where a run stands, for whoever shows it."""

    unit: str
    phase: str
    """observe | plan | settle (before a second listing) | write"""
    done: int = 0
    total: int = 0
    title: str = ""


@dataclass
class Report:
    """What one run did."""

    run: str
    written: int = 0
    folded: int = 0
    conflicts: int = 0
    passes: int = 0
    holds: list[Hold] = field(default_factory=list)
    dying: list[Dying] = field(default_factory=list)
    """Deletions that wait for the end of their delay."""
    failures: dict[str, str] = field(default_factory=dict)
    """Collection key -> what went wrong there."""
    quarantined: dict[str, str] = field(default_factory=dict)
    """Collection key and ref -> why the record cannot be read."""
    open_intents: int = 0

    def add(self, part: Report) -> None:
        """Take in what the run did to one unit."""
        self.written += part.written
        self.folded += part.folded
        self.conflicts += part.conflicts
        self.passes = max(self.passes, part.passes)
        self.holds += part.holds
        self.dying += part.dying
        self.failures |= part.failures
        self.quarantined |= part.quarantined
        self.open_intents += part.open_intents

    @property
    def ok(self) -> bool:
        """Whether everything is in step."""
        troubles = (self.holds, self.failures, self.quarantined, self.open_intents)
        return not any(troubles)
