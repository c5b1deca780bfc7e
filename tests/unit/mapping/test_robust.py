"""Whatever an admin writes ends in problems or in units, never in another exception."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.mapping.check import check
from sync.mapping.compile import compile_units
from sync.mapping.loaded import read_mapping
from sync.mapping.source import read

from .world import KINDS, SYSTEMS, places

FIELDS = st.sampled_from([*KINDS["card"].fields, "nowhere"])
SIDE_FIELDS = st.sampled_from(["name", "desc", "due", "status", "url", "x", "categories"])
SCALARS = st.sampled_from(["present", "absent", "À faire", True, False, 3, 1.5, None, "", []])
RULES = st.one_of(
    st.just(False),
    SIDE_FIELDS,
    st.fixed_dictionaries(
        {},
        optional={
            "to": SIDE_FIELDS,
            "direction": st.sampled_from(["both", "from-hub", "to-hub", "up"]),
            "values": st.dictionaries(st.sampled_from(["true", "false", "a", "1"]), SCALARS),
            "transform": st.sampled_from(["date", "as-text", "hours", "negate", "prefix:x", "no"]),
        },
    ),
    SCALARS,
)
SIDES = st.fixed_dictionaries(
    {},
    optional={
        "use": st.sampled_from([*SYSTEMS, "nowhere"]),
        "board": st.sampled_from(["a", "b"]),
        "folder": st.sampled_from(["a", "A"]),
        "tasks": st.just("t"),
        "file": st.just("f"),
        "direction": st.sampled_from(["both", "from-hub", "to-hub"]),
        "only": st.dictionaries(FIELDS, SCALARS | st.fixed_dictionaries({"has": SCALARS}), max_size=2),
        "on-absence": st.sampled_from(["item", "leave", "put-back"]) | st.fixed_dictionaries({"clear": FIELDS}),
        "fields": st.dictionaries(FIELDS, RULES, max_size=3),
    },
)  # fmt: skip
MAPPINGS = st.fixed_dictionaries(
    {"kind": st.sampled_from([*KINDS, "nowhere"]), "sides": st.dictionaries(st.sampled_from([*SYSTEMS, "s"]), SIDES)},
    optional={
        "with": st.lists(st.sampled_from(["comment", "file", "nowhere"]), max_size=2),
        "fields": st.lists(FIELDS, max_size=3) | st.dictionaries(FIELDS, st.just(False), max_size=2),
        "match": FIELDS | st.lists(FIELDS, max_size=2),
        "conflicts": st.sampled_from(["newest", "ask"]) | st.fixed_dictionaries({"prefer": st.sampled_from([*SYSTEMS])}),
        "budget": st.sampled_from(["50%", "5 %", 3, -1, {"count": 2}, "x"]),
        "every": st.sampled_from(["5 min", 30, 0, "never"]),
    },
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(MAPPINGS, min_size=1, max_size=3))
def test_any_mappings_end_in_problems_or_in_units(documents):
    loaded = []
    for position, document in enumerate(documents):
        source = read(json.dumps(document).encode(), f"{position}.yaml")
        one, problems = read_mapping(source, str(position))
        assert (one is None) == bool(problems)
        loaded += [one] if one else []
    found = places(*loaded)
    check(loaded, KINDS, SYSTEMS, {})
    report = check(loaded, KINDS, SYSTEMS, found)
    assert all(str(problem) and problem.line >= 1 for problem in report.problems)
    if not report.problems and not report.unchecked:
        made = compile_units(loaded, KINDS, SYSTEMS, found)
        assert sorted(name for unit in made.units for name in unit.mappings) == sorted(
            one.name for one in loaded
        )
        assert made.waiting == ()
