"""How a hub value is shown on a side, by what mappings say and what the side can hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.mapping.binding import Collective, Mismatch, bind
from sync.mapping.compile import compile_units
from sync.mapping.fields import Link
from sync.mapping.unit import Binding
from sync.model import FieldSpec, Plain, Schema

from .world import KINDS, SYSTEMS, mapping, places

WHO = Collective(people={"trello": {"alicem": "alice"}}, timezone="Europe/Paris")


class Names:
    """A side without ids of its own: options are called by their names."""

    def native(self, option: str) -> str:
        return option

    def option(self, native: str) -> str:
        return native


def binding(label: str, hub: str, rule: str = "", *, field: str = "fields") -> Binding:
    """The binding of one hub field on one side, with what the mapping says of it."""
    said = f", {field}: {{{hub}: {rule}}}" if rule else ""
    sides = {"trello": "board: b", "cloud": "tasks: t", "notes": "folder: n"}
    sides[label] += said
    text = "kind: card\nsides:\n" + "".join(f"  {k}: {{{v}}}\n" for k, v in sides.items())
    one = mapping(text)
    (unit,) = compile_units([one], KINDS, SYSTEMS, places(one), WHO).units
    (made,) = [
        b for m in unit.members.values() if m.label == label for b in m.bindings if b.hub == hub
    ]
    return made


def shown(made: Binding, value: Plain) -> Plain:
    return made.lens.project(value, Names())


def put(made: Binding, view: Plain, base: Plain) -> Plain:
    return made.lens.put(view, base, Names())


def test_a_text_is_cut_where_the_side_holds_no_more_and_comes_back_whole():
    made = binding("trello", "title")
    long = "a" * 80 + "b" * 80
    assert shown(made, long) == "a" * 80 + "b" * 20
    assert put(made, "a" * 80 + "b" * 20, long) == long
    assert shown(binding("notes", "title"), long) == long


def test_people_are_called_as_each_system_calls_them():
    made = binding("trello", "members")
    assert shown(made, ["alice", "notes:bob"]) == ["alicem"]
    assert put(made, ["alicem", "carol"], None) == ["alice", "trello:carol"]


def test_a_side_without_accounts_shows_people_as_the_collective_calls_them():
    assert shown(binding("notes", "members"), ["alice", "trello:carol"]) == [
        "alice",
        "trello:carol",
    ]


def test_values_are_called_otherwise_on_a_side():
    made = binding("cloud", "done", "{to: status, values: {true: COMPLETED, false: NEEDS-ACTION}}")
    assert (shown(made, True), shown(made, None)) == ("COMPLETED", "NEEDS-ACTION")
    assert put(made, "COMPLETED", None) is True
    assert put(made, "NEEDS-ACTION", True) is None


def test_lists_may_be_called_otherwise_where_they_are_names():
    made = binding(
        "cloud", "list", "{to: status, values: {Fait: COMPLETED, À faire: NEEDS-ACTION}}"
    )
    assert made.options
    assert shown(made, "Fait") == "COMPLETED"
    assert put(made, "NEEDS-ACTION", "Fait") == "À faire"


def test_a_transform_is_applied_with_the_collectives_zone():
    made = binding("notes", "due", "{transform: date}")
    assert shown(made, "2026-03-01T23:30:00Z") == "2026-03-02"


def test_a_field_that_is_only_shown_may_have_a_transform_without_a_way_back():
    made = binding("cloud", "done", "{to: summary, transform: as-text, direction: from-hub}")
    assert (made.reads, made.writes) == (False, True)


def link(hub: str, spec: FieldSpec) -> Link:
    return Link(
        hub=KINDS["card"].fields[hub],
        side="x",
        spec=spec,
        schema=Schema({"x": spec}),
        natives=False,
        reads=True,
        writes=True,
    )


def test_a_checklist_keeps_what_the_side_cannot_show_of_its_entries():
    made = bind(link("checklist", FieldSpec("checklist", values=("done",))), "cloud", WHO)
    full: Plain = [{"text": "a", "done": True, "due": "2026-01-01", "list": "L"}]
    view = shown(made, full)
    assert view == [{"text": "a", "done": True}]
    assert put(made, [{"text": "a", "done": False}], full) == [
        {"text": "a", "done": False, "due": "2026-01-01", "list": "L"}
    ]


def test_the_person_of_an_entry_is_called_as_the_system_calls_them():
    made = bind(link("checklist", FieldSpec("checklist")), "trello", WHO)
    assert shown(made, [{"text": "a", "done": False, "who": "alice"}]) == [
        {"text": "a", "done": False, "who": "alicem"}
    ]


@pytest.mark.parametrize("hub", ["title", "description"])
@pytest.mark.parametrize("side", ["text", "richtext"])
def test_text_and_rich_text_stand_for_each_other(hub, side):
    assert shown(bind(link(hub, FieldSpec(side)), "cloud", WHO), "é") == "é"


@pytest.mark.parametrize(
    ("hub", "spec", "natives"),
    [
        ("title", FieldSpec("choice", options=True), True),
        ("list", FieldSpec("text"), True),
        ("labels", FieldSpec("text"), False),
        ("members", FieldSpec("person"), False),
        ("due", FieldSpec("text"), False),
        ("list", FieldSpec("choice", values=("a", "b")), False),
        ("done", FieldSpec("number"), False),
    ],
)
def test_values_that_cannot_stand_in_a_side_field_are_refused(hub, spec, natives):
    wanted = replace(link(hub, spec), natives=natives)
    with pytest.raises(Mismatch):
        bind(wanted, "cloud", WHO)


def test_a_list_may_stand_as_text_where_options_are_names():
    assert shown(bind(link("list", FieldSpec("text")), "cloud", WHO), "À faire") == "À faire"


def test_a_closed_vocabulary_may_be_read_where_it_could_not_be_written():
    only_read = replace(link("list", FieldSpec("choice", values=("a", "b"))), writes=False)
    assert bind(only_read, "cloud", WHO).writes is False


def test_numbers_are_called_otherwise():
    made = replace(link("done", FieldSpec("number")), values={"true": 100, "false": 0})
    bound = bind(made, "cloud", WHO)
    assert (shown(bound, True), shown(bound, None)) == (100, 0)
    with pytest.raises(Mismatch):
        bind(replace(made, values={"true": True}), "cloud", WHO)
