"""Plans that are written out are read back as they were, and nothing else is."""

from __future__ import annotations

import json
import re

import pytest

from sync.plan.actions import Action, Dying, Hold, Match, Meeting, OptionWrite, Plan
from sync.plan.saved import VERSION, from_text, to_data
from sync.state import JournalEntry, Standing, Verb
from tests.unit.store.records import full

ACTION = Action(
    Verb.DELETE,
    "one",
    "Jardin",
    "b/box:x",
    ref="7",
    before={"title": "Jardin", "tags": ["a"]},
    expect="v1",
    after=Standing.GONE,
    reason="deleted on a",
)
CREATE = Action(Verb.CREATE, "two", "Four", "b/box:x", None, views={"title": "Four"}, parent="one")
MEETING = Meeting(
    {"a": 1, "b": 2},
    (Match("Jardin", {"a": "1", "b": "7"}, "same title"), Match("x", {}, "held", clear=False)),
    "release",
)


def saved(*plans):
    return json.loads(json.dumps(to_data(plans)))


def read(data):
    return from_text(json.dumps(data))


@pytest.mark.parametrize("meeting", [None, MEETING])
def test_a_plan_is_read_back_as_it_was_written(meeting):
    made = Plan(
        unit="board",
        option_writes=(full(OptionWrite),),
        actions=(ACTION, CREATE),
        holds=(Hold("b/box:x", "too many", "jumelage release board"),),
        meeting=meeting,
    )
    assert read(saved(made, Plan(unit="other"))) == [made, Plan(unit="other")]


def test_what_is_written_says_how_much_is_taken_in_and_what_waits_and_not_what_is_known():
    line = JournalEntry("r", "fold", "one", "b", "7", {}, {"title": "secret"}, "")
    dying = full(Dying)
    data = saved(Plan(unit="board", entries=(line, line), dying=(dying,)))
    assert data["version"] == VERSION
    (plan,) = data["plans"]
    assert plan.keys() == {"unit", "options", "actions", "holds", "dying", "meeting", "folds"}
    assert plan["folds"] == 2
    assert len(plan["dying"]) == 1
    assert plan["meeting"] is None
    assert "secret" not in json.dumps(data)


def spoilt(part, **said):
    """A plan of which one part was changed by hand."""
    data = saved(Plan("board", actions=(ACTION,), holds=(Hold("s", "c", "r"),), meeting=MEETING))
    at = data["plans"][0][part]
    (at[0] if isinstance(at, list) else at).update(said)
    return data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"version": 0, "plans": []}, "a plan of version 0, not 1"),
        ({"version": 2, "plans": []}, "a plan of version 2, not 1"),
        ({"plans": []}, "not a plan: 'version'"),
        ({"version": 1}, "not a plan: 'plans'"),
        ({"version": 1, "plans": [{}]}, "not a plan: 'meeting'"),
        ({"version": 1, "plans": [7]}, "not a plan: "),
        ([], "not a plan: "),
        (None, "not a plan: "),
        (spoilt("actions", verb="burn"), "burn"),
        (spoilt("actions", after="nowhere"), "nowhere"),
        (spoilt("actions", force=True, also=1), "not a plan: also, force"),
        (spoilt("holds", force=True), "not a plan: force"),
        (spoilt("meeting", counts=7), "not a plan: "),
    ],
)
def test_what_is_no_plan_of_ours_is_refused_with_its_reason(data, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read(data)


def test_what_is_no_json_is_refused():
    with pytest.raises(ValueError, match="Expecting value"):
        from_text("unit: board")
