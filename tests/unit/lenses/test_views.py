from __future__ import annotations

from types import SimpleNamespace

from sync.mapping.lens import ValueMap
from sync.mapping.unit import Binding
from sync.plan.spread import project
from sync.state import Item
from sync.types import of
from tests.unit.mapping.world import member


def test_a_field_that_is_shown_as_another_type_is_compared_as_that_type():
    text = (
        "kind: card\nsides:\n  notes: {folder: n}\n"
        "  cloud: {calendar: c, fields: {done: {to: percent, transform: percent-done}}}\n"
    )
    made = member(text, "cloud")
    done, due = made.binding("done"), made.binding("due")
    assert (done.type.name, done.view.name) == ("bool", "number")
    assert done.view.clean(done.lens.project(True, None)) == 100
    assert due.view is due.type


def test_the_planner_sends_a_yes_that_stands_for_a_choice():
    binding = Binding(
        "status", "checked", of("choice"), ValueMap(of("choice"), {"done": True}), shown=of("bool")
    )
    draft = SimpleNamespace(vocabulary=SimpleNamespace(words=lambda _member, _binding: None))
    item = Item("i", "task", "u", hub={"status": "done"})
    assert project(draft, None, binding, item) is True
