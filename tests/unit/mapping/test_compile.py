"""What mappings become: units, with members, bindings, filters and rules."""

from __future__ import annotations

import pytest

from sync.errors import Unreachable
from sync.mapping.unit import Absence
from sync.model import FieldSpec

from .world import compiled, member, unit

SMALLEST = "kind: card\nsides:\n  trello: {board: Programme 2026}\n  notes: {folder: programme}\n"


def bound(text: str, label: str) -> dict[str, str]:
    return {binding.hub: binding.side for binding in member(text, label).bindings}


def names(field: str, option: object) -> object:
    return {"l1": "À faire", "l2": "Fait"}.get(option, option) if field == "list" else option


def test_the_smallest_mapping_is_a_unit_of_two_members():
    made = unit(SMALLEST)
    assert made.name == "a"
    assert made.mappings == ("a",)
    assert [*made.members] == ["trello/board:programme 2026", "notes/folder:programme"]
    assert [m.label for m in made.members.values()] == ["trello", "notes"]
    assert made.kinds.keys() == {"card"}
    assert made.every == 300
    assert made.rules.conflicts == "newest"
    assert made.rules.deletions == "archive"
    assert made.rules.budget == 0.5
    assert all(m.reads and m.writes for m in made.members.values())


def test_fields_are_called_as_the_connectors_default_map_says():
    assert bound(SMALLEST, "trello") == {
        "title": "name",
        "description": "desc",
        "list": "list",
        "rank": "pos",
        "labels": "labels",
        "members": "members",
        "due": "due",
        "archived": "closed",
    }


def test_an_open_collection_holds_every_field_under_its_own_name():
    fields = bound(SMALLEST, "notes")
    assert fields.keys() == {
        "title", "description", "list", "rank", "labels", "members",
        "start", "due", "done", "archived", "checklist", "empty-checklists",
        "reminder", "location", "cover", "template", "circle", "link",
    }  # fmt: skip
    assert all(hub == side for hub, side in fields.items())


def test_a_field_that_is_not_there_is_made_if_the_side_can_and_the_mapping_says_so():
    text = (
        "kind: card\nsides:\n  notes: {folder: n}\n"
        "  trello: {board: b, fields: {link: {to: Source, make: true}}}\n"
    )
    made = member(text, "trello")
    assert made.binding("link").side == "Source"
    assert made.schema.fields["Source"] == FieldSpec("link", later=True, made=True)
    assert not made.schema.fields["name"].made


def test_lists_and_labels_are_options_of_the_hub():
    options = {b.hub for b in member(SMALLEST, "trello").bindings if b.options}
    assert options == {"list", "labels"}


def test_a_side_changes_the_default_map():
    text = (
        "kind: card\nsides:\n  trello: {board: b}\n"
        "  notes: {folder: n, fields: {done: false, due: echeance, start: {direction: to-hub}}}\n"
    )
    made = member(text, "notes")
    assert made.binding("done") is None
    assert made.binding("due").side == "echeance"
    start = made.binding("start")
    assert (start.side, start.reads, start.writes) == ("start", True, False)


def test_a_mapping_may_name_the_fields_it_mirrors_or_those_it_does_not():
    sides = "sides: {trello: {board: b}, notes: {folder: n}}\n"
    assert bound(f"kind: card\n{sides}fields: [title, due]\n", "notes").keys() == {"title", "due"}
    assert "due" not in bound(f"kind: card\n{sides}fields: {{due: false}}\n", "trello")


@pytest.mark.parametrize(
    ("direction", "reads", "writes"),
    [("both", True, True), ("from-hub", False, True), ("to-hub", True, False)],
)
def test_the_direction_of_a_side_holds_for_all_its_fields(direction, reads, writes):
    text = f"kind: card\nsides:\n  trello: {{board: b}}\n  notes: {{folder: n, direction: {direction}}}\n"
    made = member(text, "notes")
    assert (made.reads, made.writes) == (reads, writes)
    assert {(b.reads, b.writes) for b in made.bindings} == {(reads, writes)}


def test_what_left_a_side_that_is_only_published_to_is_put_back():
    text = "kind: card\nsides:\n  trello: {board: b}\n  notes: {folder: n, direction: from-hub}\n"
    assert member(text, "notes").on_absence is Absence.PUT_BACK
    assert member(text, "trello").on_absence is Absence.ITEM


def test_absence_may_empty_a_field():
    text = (
        "kind: card\nsides:\n  trello: {board: b}\n  agenda:\n    use: cloud\n    calendar: c\n"
        "    only: {due: present}\n    on-absence: {clear: due}\n"
    )
    made = member(text, "agenda")
    assert made.on_absence is Absence.CLEAR
    assert made.clears == "due"
    assert made.only.passes({"due": "2026-03-01"}, names)
    assert not made.only.passes({"due": None}, names)
    assert not made.only.passes({}, names)


def test_a_side_that_cannot_hold_what_is_archived_takes_what_is_not():
    text = "kind: card\nsides:\n  trello: {board: b}\n  cloud: {calendar: c}\n"
    assert member(text, "cloud").only.passes({"archived": None}, names)
    assert not member(text, "cloud").only.passes({"archived": True}, names)
    assert member(text, "trello").only.passes({"archived": True}, names)


def test_a_side_may_ask_for_what_is_archived_though_it_cannot_hold_it():
    text = (
        "kind: card\nsides:\n  trello: {board: b}\n  cloud: {calendar: c, only: {archived: true}}\n"
    )
    assert member(text, "cloud").only.passes({"archived": True}, names)
    assert not member(text, "cloud").only.passes({"archived": False}, names)


@pytest.mark.parametrize(
    ("condition", "hub", "passes"),
    [
        ("{list: À faire}", {"list": "l1"}, True),
        ("{list: 'à  FAIRE'}", {"list": "l1"}, True),
        ("{list: À faire}", {"list": "l2"}, False),
        ("{list: À faire}", {}, False),
        ("{list: [À faire, Fait]}", {"list": "l2"}, True),
        ("{list: [À faire, Autre]}", {"list": "l2"}, False),
        ("{labels: {has: urgent}}", {"labels": ["autre", "urgent"]}, True),
        ("{labels: {has: urgent}}", {"labels": ["autre"]}, False),
        ("{labels: {has: [a, b]}}", {"labels": ["b", "c"]}, True),
        ("{labels: {has: urgent}}", {"labels": None}, False),
        ("{due: absent}", {"due": None}, True),
        ("{due: absent}", {"due": "2026-01-01"}, False),
        ("{done: false}", {"done": None}, True),
        ("{done: false}", {"done": True}, False),
        ("{done: true, due: present}", {"done": True}, False),
        ("{done: true, due: present}", {"done": True, "due": "2026-01-01"}, True),
    ],
)
def test_a_filter_takes_items_by_what_people_see(condition, hub, passes):
    text = (
        f"kind: card\nsides:\n  trello: {{board: b}}\n  notes: {{folder: n, only: {condition}}}\n"
    )
    assert member(text, "notes").only.passes(hub, names) is passes


def test_children_are_members_of_their_own_on_the_sides_that_have_them():
    made = unit(
        "kind: card\nwith: [comment]\n"
        "sides: {trello: {board: b}, cloud: {calendar: c}, notes: {folder: n, direction: from-hub}}\n"
    )
    assert [*made.members] == [
        "trello/board:b",
        "cloud/calendar:c",
        "notes/folder:n",
        "trello/board:b#comment",
        "notes/folder:n#comment",
    ]
    comments = made.members["trello/board:b#comment"]
    assert comments.kind == "comment"
    assert comments.label == "trello"
    assert comments.parent == "trello/board:b"
    assert {(b.hub, b.reads, b.writes) for b in comments.bindings} == {
        ("text", True, True),
        ("author", True, False),
    }
    assert made.members["notes/folder:n#comment"].reads is False
    assert made.kinds.keys() == {"card", "comment"}


def test_mappings_that_share_a_collection_are_one_unit():
    made = compiled(
        "kind: card\nsides: {cloud: {calendar: c}, notes: {folder: n}}\n",
        "kind: card\nsides: {export: {file: x, direction: to-hub}, notes: {folder: o}}\n",
        "kind: card\nsides: {notes: {folder: N}, trello: {board: b}}\nevery: 1 min\n",
    )
    assert [(u.name, u.mappings) for u in made.units] == [("a", ("a", "c")), ("b", ("b",))]
    first = made.units[0]
    assert [*first.members] == ["cloud/calendar:c", "notes/folder:n", "trello/board:b"]
    assert first.every == 60


def test_two_sides_of_one_name_in_a_unit_are_told_apart():
    made = compiled(
        "kind: card\nsides: {cloud: {calendar: c}, notes: {folder: n}}\n",
        "kind: card\nsides: {cloud: {tasks: d}, notes: {folder: n}}\nconflicts: {prefer: cloud}\n",
    )
    (only,) = made.units
    assert [m.label for m in only.members.values()] == ["cloud", "notes", "cloud (b)"]
    assert only.rules.conflicts == "cloud (b)"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("40%", (0.4, 50)),
        ("20", (0.5, 20)),
        ("{share: 10%, count: 5}", (0.1, 5)),
        ("{count: 0}", (0.5, 0)),
        ("0%", (0.0, 50)),
    ],
)
def test_a_budget_is_a_share_and_a_number_each_with_its_default(said, expected):
    rules = unit(f"{SMALLEST}budget: {said}\n").rules
    assert (rules.budget, rules.budget_count) == expected


def test_deletions_are_budgeted_where_the_mapping_says_nothing():
    rules = unit(SMALLEST).rules
    assert (rules.budget, rules.budget_count, rules.delay, rules.final) == (0.5, 50, 0, "ask")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("delete", ("delete", 0, "ask")),
        ("{after: 1 d}", ("archive", 86400, "ask")),
        ("{after: 90}", ("archive", 90, "ask")),
        ("{how: delete, after: 30 min, final: delete}", ("delete", 1800, "delete")),
    ],
)
def test_deletions_say_how_and_when_and_what_of_those_that_are_final(said, expected):
    rules = unit(f"{SMALLEST}deletions: {said}\n").rules
    assert (rules.deletions, rules.delay, rules.final) == expected


@pytest.mark.parametrize(
    ("said", "expected"), [("30 s", 30), ("5 min", 300), ("2h", 7200), ("1 d", 86400), ("90", 90)]
)
def test_a_schedule_is_a_length_of_time(said, expected):
    assert unit(f"{SMALLEST}every: {said}\n").every == expected


def test_policies_come_from_the_mapping():
    rules = unit(f"{SMALLEST}conflicts: ask\ndeletions: delete\nmatch: [title, due]\n").rules
    assert (rules.conflicts, rules.deletions, rules.match) == ("ask", "delete", ("title", "due"))
    assert unit(f"{SMALLEST}match: title\n").rules.match == ("title",)


def test_mappings_wait_for_a_system_that_cannot_be_asked_and_others_do_not():
    failure = Unreachable("down")
    made = compiled(
        "kind: card\nsides: {cloud: {calendar: c}, notes: {folder: n}}\n",
        "kind: card\nsides: {trello: {board: b}, notes: {folder: o}}\n",
        failing={"cloud": failure},
    )
    assert [u.name for u in made.units] == ["b"]
    (waiting,) = made.waiting
    assert waiting.name == "a"
    assert [*waiting.causes.values()] == [failure]


def _list(rule):
    text = f"kind: card\nsides:\n  trello: {{board: b}}\n  notes: {{folder: n, fields: {{list: {rule}}}}}\n"
    binding = member(text, "notes").binding("list")
    assert binding
    return binding


def test_a_digest_changes_with_the_field_and_neither_with_its_spelling_nor_with_direction():
    assert _list("list").digest == _list("{direction: from-hub}").digest
    assert _list("list").digest == _list("{values: {a: b}}").digest
    assert _list("list").digest != _list("liste").digest


def test_a_spelling_changes_with_what_values_are_called():
    assert _list("list").spelling == _list("liste").spelling
    assert _list("{values: {a: b, c: d}}").spelling == _list("{values: {c: d, a: b}}").spelling
    rules = ("list", "{values: {a: b}}", "{values: {a: c}}")
    assert len({_list(rule).spelling for rule in rules}) == 3
