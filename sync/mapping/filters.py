"""Which items a side takes: the conditions of `only:`, as the planner asks them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sync.mapping.document import Condition, Has
from sync.mapping.unit import Everything, Filter, Names
from sync.model import Fields, Plain


@dataclass(frozen=True)
class Only:
    """Takes the items that meet every condition; names are compared as people see them."""

    conditions: tuple[tuple[str, Condition], ...]

    def passes(self, hub: Fields, names: Names) -> bool:
        """Tell whether the item belongs on the side."""
        return all(
            _meets(condition, field, hub.get(field), names) for field, condition in self.conditions
        )


def only(conditions: Mapping[str, Condition]) -> Filter:
    """The filter that a set of conditions makes."""
    return Only(tuple(sorted(conditions.items()))) if conditions else Everything()


def _meets(condition: Condition, field: str, value: Plain, names: Names) -> bool:
    match condition:
        case bool():
            return bool(value) is condition
        case "present":
            return value is not None
        case "absent":
            return value is None
        case Has(has=wanted):
            held = value if isinstance(value, list) else []
            return _any(wanted if isinstance(wanted, list) else [wanted], field, held, names)
        case list():
            return _any(condition, field, [value], names)
    return _any([condition], field, [value], names)


def _any(wanted: Sequence[Plain], field: str, held: Sequence[Plain], names: Names) -> bool:
    forms = {_form(one) for one in wanted}
    return any(forms & _forms(names(field, one)) for one in held if one is not None)


def _forms(names: Plain) -> set[str]:
    """The forms of a name, or of all names that an option goes by."""
    return {_form(one) for one in (names if isinstance(names, list) else [names])}


def _form(value: Plain) -> str:
    """The form in which two names are the same to people: case, blanks and NFC apart."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(unicodedata.normalize("NFC", str(value)).casefold().split())
