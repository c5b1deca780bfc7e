"""What becomes of lists and labels: in a plan, saved with it, and in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sync.model import Plain
from sync.state import JournalEntry

VERB = "align"
"""The journal's word for it."""
ORDER = "order"
"""The journal's word for where options stand among each other."""


@dataclass(frozen=True)
class Change:
    """What a list or a label is to be on one side; or, of no option, the order of all.

    The option of one that is to be made is "".
    """

    collection: str
    field: str
    """The side's."""
    option: str | None
    name: str
    before: dict[str, Plain]
    """What differs: `closed`, `color`, or `order` (names); of what is made its `name`, too."""
    after: dict[str, Plain]

    def entry(self, run: str) -> JournalEntry:
        """The line of the journal that says that it was done."""
        about = self.field if self.option is None else f"{self.field}: {self.name}"
        done = self.collection, self.option or None, self.before, self.after
        return JournalEntry(run, VERB, "", *done, about)


def columns_data(found: Mapping[str, list[Change]]) -> dict[str, Plain]:
    """Changes of each unit as JSON has them."""
    return {unit: [asdict(change) for change in changes] for unit, changes in found.items()}


def columns_from_text(text: str) -> dict[str, list[Change]]:
    """Read them back from a saved plan. Raises ValueError if these are none."""
    try:
        columns = json.loads(text)["columns"]
        return {unit: [Change(**one) for one in changes] for unit, changes in columns.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a plan: {error}") from error
