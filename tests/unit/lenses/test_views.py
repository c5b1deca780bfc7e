from __future__ import annotations

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
