"""Plans as JSON: to be read by a person or a script, and applied later if they still hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, TypeVar

from sync.model import Plain
from sync.plan.actions import Action, Hold, Match, Meeting, OptionWrite, Plan
from sync.state import Standing, Verb

VERSION = 1
"""Of the form. A plan of another version is refused: plans are not kept for long."""

Part = TypeVar("Part", Action, OptionWrite, Hold, Match)


def to_data(plans: Iterable[Plan]) -> dict[str, Plain]:
    """What the plans would write, hold back and join; not what they know."""
    return {"version": VERSION, "plans": [_plan(plan) for plan in plans]}


def _plan(plan: Plan) -> Plain:
    return {
        "unit": plan.unit,
        "options": [asdict(write) for write in plan.option_writes],
        "actions": [asdict(action) for action in plan.actions],
        "holds": [asdict(hold) for hold in plan.holds],
        "dying": [asdict(one) for one in plan.dying],
        "meeting": asdict(plan.meeting) if plan.meeting else None,
        "folds": len(plan.entries),
    }


def from_text(text: str) -> list[Plan]:
    """Read plans back. Raises ValueError if these are none of ours."""
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"a plan of version {data['version']}, not {VERSION}")
        return [_read(plan) for plan in data["plans"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a plan: {error}") from error


def _read(data: Mapping[str, Any]) -> Plan:
    meeting = data["meeting"]
    return Plan(
        unit=str(data["unit"]),
        option_writes=tuple(_part(OptionWrite, write) for write in data["options"]),
        actions=tuple(_action(action) for action in data["actions"]),
        holds=tuple(_part(Hold, hold) for hold in data["holds"]),
        meeting=meeting
        and Meeting(
            counts=dict(meeting["counts"]),
            matches=tuple(_part(Match, match) for match in meeting["matches"]),
            waiting=str(meeting["waiting"]),
        ),
    )


def _action(data: Mapping[str, Any]) -> Action:
    after = data["after"]
    known = {**data, "verb": Verb(data["verb"]), "after": after and Standing(after)}
    return _part(Action, known)


def _part(kind: type[Part], data: Mapping[str, Any]) -> Part:
    names = {field.name for field in fields(kind)}
    if unknown := data.keys() - names:
        raise ValueError(f"not a plan: {', '.join(sorted(unknown))}")
    return kind(**data)
