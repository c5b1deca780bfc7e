"""Bad mappings: each fault is told where it stands, with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sync.errors import ConfigError, Unreachable
from sync.mapping.check import Report, check
from sync.mapping.loaded import Loaded, read_mapping
from sync.mapping.places import Places
from sync.mapping.problem import Problem
from sync.mapping.source import read

from .world import KINDS, SYSTEMS, mapping, places

TRELLO = "kind: card\nsides:\n  trello: {board: b}\n"

BAD: list[tuple[str, str, list[str]]] = [
    ("unknown kind", "kind: crad\nsides: {trello: {board: b}, notes: {folder: n}}\n", [
        "1:7: no kind is called “crad” — did you mean “card”?",
    ]),
    ("one side", "kind: card\nsides: {trello: {board: b}}\n", [
        "2:1: a mapping has two sides or more — add a side",
    ]),
    ("unknown system", TRELLO + "  nots: {folder: n}\n", [
        "4:3: no system is called “nots” in the settings — did you mean “notes”?; or name the system with “use:”",
    ]),
    ("unknown system by use", TRELLO + "  wiki: {use: clod, calendar: n}\n", [
        "4:15: no system is called “clod” in the settings — did you mean “cloud”?",
    ]),
    ("word", TRELLO + "  notes: {foldr: n}\n", [
        "4:11: unknown key “foldr” on a side of notes (folder) — did you mean “folder”?",
    ]),
    ("no word", TRELLO + "  notes: {direction: both}\n", [
        "4:3: the side names no collection — write `folder: …`",
    ]),
    ("two words", TRELLO + "  cloud: {calendar: n, tasks: m}\n", [
        "4:24: the side names two collections — make them two sides",
    ]),
    ("mistyped setting", TRELLO + "  notes: {folder: n, directoin: both}\n", [
        "4:22: unknown key “directoin” on a side of notes (folder) — did you mean “direction”?",
    ]),
    ("can be made", TRELLO.replace("b}", "b, fields: {link: Sourc}}") + "  notes: {folder: n}\n", [
        "3:37: trello has no field “Sourc” — use one of: closed, desc, due, labels, list, members, name, pos, url; or have it made with “make: true”",
    ]),
    ("cannot be made", TRELLO.replace("b}", "b, fields: {done: {to: x, make: true}}}") + "  notes: {folder: n}\n", [
        "3:42: trello has no field “x” — use one of: closed, desc, due, labels, list, members, name, pos, url",
    ]),
    ("kind not held", "kind: event\nsides:\n  trello: {board: b}\n  cloud: {calendar: n}\n", [
        "3:12: “board:” does not hold the kind event — it holds: card",
        "4:3: “status” holds only NEEDS-ACTION, COMPLETED — say with “values:” which value stands for which",
    ]),
    ("all from hub", "kind: card\nsides:\n  trello: {board: b, direction: from-hub}\n  notes: {folder: n, direction: from-hub}\n", [
        "2:1: every side is only published to, so nothing would come from anywhere — give one side “direction: both” or “to-hub”",
    ]),
    ("all to hub", "kind: card\nsides:\n  trello: {board: b, direction: to-hub}\n  notes: {folder: n, direction: to-hub}\n", [
        "2:1: every side is only read, so nothing would be written anywhere — give one side “direction: both” or “from-hub”",
    ]),
    ("read only", TRELLO + "  export: {file: x}\n", [
        "4:3: export can only be read — write “direction: to-hub”",
    ]),
    ("read only said", TRELLO + "  export: {file: x, direction: from-hub}\n", [
        "4:32: export can only be read — write “direction: to-hub”",
    ]),
    ("hub field", TRELLO + "  notes: {folder: n, fields: {dew: due}}\n", [
        "4:31: card has no field “dew” — did you mean “due”?",
    ]),
    ("side field", TRELLO + "  cloud: {calendar: n, fields: {due: deu}}\n", [
        "4:38: cloud has no field “deu” — did you mean “due”?",
    ]),
    ("side field 2", TRELLO + "  cloud: {calendar: n, fields: {done: {direction: both}}}\n", [
        "4:39: cloud has no field “done” — say which one with “to:”; use one of: attendees, categories, description, due, percent, start, status, summary",
    ]),
    ("side field to", TRELLO + "  cloud: {calendar: n, fields: {done: {to: stauts}}}\n", [
        "4:44: cloud has no field “stauts” — did you mean “status”?",
    ]),
    ("people to moment", TRELLO + "  cloud: {calendar: n, fields: {members: start}}\n", [
        "4:42: “members” (people) cannot stand in “start” (moment) — write one of: to: attendees",
    ]),
    ("people to moment long", TRELLO + "  cloud:\n    calendar: n\n    fields:\n      members:\n        to: start\n", [
        "8:13: “members” (people) cannot stand in “start” (moment) — write one of: to: attendees",
    ]),
    ("no inverse", TRELLO + "  cloud: {calendar: n, fields: {labels: false, due: {to: description, transform: as-text}, description: false}}\n", [
        "4:82: what the transform “as-text” shows cannot be read back — add “direction: from-hub”",
    ]),
    ("unknown transform", TRELLO + "  cloud: {calendar: n, fields: {due: {transform: datte}}}\n", [
        "4:50: no transform is called “datte” — use one of: as-text, date, first-line, hours, minutes, negate, percent-done, prefix:TEXT, seconds",
    ]),
    ("transform types", TRELLO + "  cloud: {calendar: n, fields: {due: {transform: hours}}}\n", [
        "4:50: the transform “hours” does not lead from moment to moment — write one of: to: due, to: start, transform: date",
    ]),
    ("transform and values", TRELLO + "  cloud: {calendar: n, fields: {due: {transform: date, values: {a: b}}}}\n", [
        "4:50: “due” has values and a transform — keep one of the two",
    ]),
    ("values not held", TRELLO + "  cloud: {calendar: n, fields: {done: {to: status, values: {true: DONE, false: NEEDS-ACTION}}}}\n", [
        "4:67: “status” cannot hold “DONE” — use one of: NEEDS-ACTION, COMPLETED",
    ]),
    ("values hub", TRELLO + "  cloud: {calendar: n, fields: {done: {to: status, values: {yes: COMPLETED}}}}\n", [
        "4:66: “done” has no value “yes” — use one of: true, false",
    ]),
    ("needs values", TRELLO + "  cloud: {calendar: n, fields: {list: status}}\n", [
        "4:39: “status” holds only NEEDS-ACTION, COMPLETED — say with “values:” which value stands for which",
    ]),
    ("renamed options", "kind: card\nsides:\n  trello: {board: b, fields: {list: {values: {a: b}}}}\n  notes: {folder: n}\n", [
        "3:46: an option has one name on every side that has options of its own — remove “values:”",
    ]),
    ("values shape", TRELLO + "  cloud: {calendar: n, fields: {list: {to: percent, values: {a: b}}}}\n", [
        "4:65: “percent” cannot hold “b” — write a value of type number",
    ]),
    ("values on rank", TRELLO + "  notes: {folder: n, fields: {due: {values: {a: b}}}}\n", [
        "4:45: values of “due” (moment) have no names — remove “values:”",
    ]),
    ("not writable", "kind: card\nsides:\n  trello: {board: b, fields: {description: {to: url, direction: both}}}\n  notes: {folder: n}\n", [
        "3:49: “description” (richtext) cannot stand in “url” (link) — write one of: to: name, to: desc",
        "3:65: trello cannot write its field “url” — write “direction: to-hub”, or map description to another field",
    ]),
    ("written twice", TRELLO + "  cloud: {calendar: n, fields: {start: due}}\n", [
        "4:40: “start” and “due” would both be written to “due” — write “due: false” to leave one out",
    ]),
    ("required", "kind: card\nsides:\n  trello: {board: b, fields: {list: false}}\n  notes: {folder: n}\n", [
        "3:3: trello makes no record without its field “list” — map a field to it, or write “direction: to-hub”",
    ]),
    ("idle", TRELLO + "  notes: {folder: n, direction: from-hub, fields: {due: {direction: to-hub}}}\n", [
        "4:57: “due” goes nowhere: it is to-hub on a side that is from-hub — write “due: false” to leave it out",
    ]),
    ("only field", TRELLO + "  notes: {folder: n, only: {deu: present}}\n", [
        "4:29: card has no field “deu” — did you mean “due”?",
    ]),
    ("only shape", TRELLO + "  notes: {folder: n, only: {due: demain, labels: urgent, done: present, list: {has: a}, archived: peut-être, title: 3}}\n", [
        "4:34: this does not filter “due” (moment) — write present, absent",
        "4:50: this does not filter “labels” (set) — write present, absent, {has: …}",
        "4:79: this does not filter “list” (choice) — write present, absent, a value, or [a, list, of, values]",
        "4:99: this does not filter “archived” (bool) — write true, false",
        "4:117: this does not filter “title” (text) — write present, absent, a value, or [a, list, of, values]",
    ]),
    ("clear", TRELLO + "  cloud: {calendar: n, on-absence: {clear: du}}\n", [
        "4:44: card has no field “du” — did you mean “due”?",
    ]),
    ("clear 2", TRELLO + "  cloud: {calendar: n, on-absence: {clear: due}}\n", [
        "4:44: emptying “due” does not take the item off this side — add “only: {due: present}”",
    ]),
    ("clear 3", TRELLO + "  cloud: {calendar: n, on-absence: {clear: title}}\n", [
        "4:44: without “title” the item has no name — empty another field",
    ]),
    ("clear has", TRELLO + "  cloud: {calendar: n, only: {labels: {has: [a, b]}}, on-absence: {clear: labels}}\n", [
    ]),
    ("clear from hub", TRELLO + "  cloud: {calendar: n, direction: from-hub, only: {due: present}, on-absence: {clear: due}}\n", [
        "4:87: a side that is only published to empties no field — write leave or put-back",
    ]),
    ("put back", TRELLO + "  notes: {folder: n, direction: to-hub, on-absence: put-back}\n", [
        "4:53: nothing can be put back on a side that is only read — write item or leave",
    ]),
    ("prefer", TRELLO + "  notes: {folder: n}\nconflicts: {prefer: note}\n", [
        "5:21: no side is called “note” — did you mean “notes”?",
    ]),
    ("prefer from-hub", TRELLO + "  notes: {folder: n, direction: from-hub}\nconflicts: {prefer: notes}\n", [
        "5:21: notes is only published to, so it never wins — use one of: trello",
    ]),
    ("reserved", TRELLO + "  ask: {use: notes, folder: n}\n", [
        "4:3: a side cannot be called “ask” — call it otherwise, with “use: SYSTEM”",
    ]),
    ("match", TRELLO + "  notes: {folder: n}\nmatch: [title, titre, title, rank]\n", [
        "5:16: card has no field “titre” — did you mean “title”?",
        "5:23: “title” is there twice — remove one",
        "5:30: records cannot be recognised by “rank” (rank) — use one of: circle, cover, description, due, link, list, start, title",
    ]),
    ("match1", TRELLO + "  notes: {folder: n}\nmatch: titre\n", [
        "5:8: card has no field “titre” — did you mean “title”?",
    ]),
    ("fields", TRELLO + "  notes: {folder: n}\nfields: [title, due, deu, title]\n", [
        "3:3: trello makes no record without its field “list” — map a field to it, or write “direction: to-hub”",
        "5:22: card has no field “deu” — did you mean “due”?",
        "5:27: “title” is there twice — remove one",
    ]),
    ("fields2", TRELLO + "  notes: {folder: n}\nfields: {deu: false}\n", [
        "5:10: card has no field “deu” — did you mean “due”?",
    ]),
    ("with", TRELLO + "  notes: {folder: n}\nwith: [comment, comments, comment]\n", [
        "5:17: no kind is called “comments” — did you mean “comment”?",
        "5:27: “comment” is there twice — remove one",
    ]),
    ("with none", TRELLO + "  cloud: {calendar: n}\nwith: [file]\n", [
        "5:8: no side has children of kind file — use one of: comment",
    ]),
    ("twice", TRELLO + "  notes: {folder: n}\n  copy: {use: trello, board: B}\n", [
        "5:3: “B” is already the side trello of this mapping — a collection stands in a mapping once: remove one of the two",
    ]),
    ("budget", TRELLO + "  notes: {folder: n}\nbudget: 150%\n", [
        "5:9: “150%” is not a share — write a percentage, as `50%`",
    ]),
    ("every", TRELLO + "  notes: {folder: n}\nevery: often\n", [
        "5:8: “often” is not a length of time — write a number with s, min, h or d, as `5 min`",
    ]),
]  # fmt: skip


def lines(problems: Sequence[Problem]) -> list[str]:
    return [str(problem).removeprefix("a.yaml:") for problem in problems]


def checked(*texts: str, found: Places | None = None) -> tuple[list[Problem], Report]:
    """Check mappings called a, b, c; problems of form come with the others."""
    loaded: list[Loaded] = []
    problems: list[Problem] = []
    for position, text in enumerate(texts):
        name = "abcdef"[position]
        one, faults = read_mapping(read(text.encode(), f"{name}.yaml"), name)
        problems += faults
        loaded += [one] if one else []
    report = check(loaded, KINDS, SYSTEMS, places(*loaded) if found is None else found)
    return sorted([*problems, *report.problems]), report


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(*case[1:], id=case[0]) for case in BAD]
)
def test_a_bad_mapping_is_told_where_and_what_to_do(text, expected):
    problems, _report = checked(text)
    assert lines(problems) == expected


def test_every_fault_of_form_is_told_at_once():
    text = (
        "kind: card\nwiht: [comment]\nwith: comment\nsides:\n"
        "  trello: {board: 12, direction: x, fields: {due: {diretion: both}, x: true, y: 3}}\n"
        "  cloud: [a]\n  notes: {only: {a: {hass: 1}, b: []}, on-absence: foo, folder: n}\n"
        "conflicts: {prefere: x}\nmatch: 3\ndeletions: no\n"
    )
    problems, _report = checked(text)
    assert lines(problems) == [
        "2:1: unknown key “wiht” — did you mean “with”?",
        "3:7: a list is expected — write it as [a, b]",
        "5:19: a text is expected, not 12 — put it in quotes",
        "5:34: “x” does not fit here — write both, from-hub or to-hub",
        "5:52: unknown key “diretion” — did you mean “direction”?",
        "5:72: “true” does not fit here — write false",
        "5:81: “3” does not fit here — write true or false, a text, keys with values",
        "6:10: keys with values are expected — write it as `key: value`",
        "7:22: unknown key “hass” — did you mean “has”?",
        "7:35: this is empty — write a value, or remove the key",
        "7:52: “foo” does not fit here — write item, leave or put-back",
        "8:13: unknown key “prefere” — did you mean “prefer”?",
        "9:8: a text is expected, not 3 — put it in quotes",
        "10:12: “no” does not fit here — write archive or delete",
    ]


def test_what_a_mapping_must_say_is_asked_for():
    problems, _report = checked("description: nothing yet\n")
    assert lines(problems) == [
        "1:1: “kind” is missing — add “kind:”",
        "1:1: “sides” is missing — add “sides:”",
    ]


def test_a_good_mapping_has_no_problem():
    problems, report = checked(
        "kind: card\nwith: [comment]\nsides:\n  trello: {board: b}\n"
        "  agenda: {use: cloud, calendar: c, only: {due: present}, on-absence: {clear: due}}\n"
        "  tasks:\n    use: cloud\n    tasks: t\n    fields:\n"
        "      done: {to: status, values: {true: COMPLETED, false: NEEDS-ACTION}}\n"
        "      members: {to: attendees, direction: from-hub}\n"
        "  notes: {folder: n, direction: from-hub}\n"
        "match: [title]\nconflicts: {prefer: trello}\nbudget: {share: 20%, count: 5}\n"
    )
    assert problems == []
    assert report.unchecked == ()


def test_faults_of_several_files_are_told_in_their_order():
    problems, _report = checked(TRELLO, "kind: crad\nsides: {notes: {folder: n}}\n")
    assert [(p.file, p.line) for p in problems] == [("a.yaml", 2), ("b.yaml", 1), ("b.yaml", 2)]


def test_a_collection_takes_part_with_one_kind():
    problems, _report = checked(
        TRELLO + "  notes: {folder: n}\n",
        "kind: task\nsides:\n  cloud: {tasks: c}\n  notes: {folder: N}\n",
    )
    assert [str(p) for p in problems] == [
        (
            "b.yaml:4:3: “N” takes part as task here, and as card in a.yaml:4 — a collection holds"
            " one kind: name another collection"
        )
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", ", only: {due: present}", "b.yaml:4:22: “n” is described otherwise in a.yaml:4: “only” differs — write the same in both"),
        (", direction: from-hub", ", direction: both", "b.yaml:4:22: “n” is described otherwise in a.yaml:4: “direction” differs — write the same in both"),
        (", on-absence: leave", "", "b.yaml:4:3: “n” is described otherwise in a.yaml:4: “on-absence” differs — write the same in both"),
        ("", ", fields: {due: false}", "b.yaml:4:22: “n” is described otherwise in a.yaml:4: “fields” differs — write the same in both"),
    ],
)  # fmt: skip
def test_a_collection_in_two_mappings_is_described_alike(one, other, expected):
    problems, _report = checked(
        f"{TRELLO}  notes: {{folder: n{one}}}\n",
        f"kind: card\nsides:\n  cloud: {{tasks: c}}\n  notes: {{folder: n{other}}}\n",
    )
    assert [str(p) for p in problems] == [expected]


def test_mappings_that_share_a_collection_agree_on_policies():
    problems, _report = checked(
        TRELLO + "  notes: {folder: n}\nconflicts: {prefer: notes}\ndeletions: delete\n",
        "kind: card\nsides:\n  cloud: {tasks: c}\n  mine: {use: notes, folder: n}\n"
        "conflicts: {prefer: mine}\ndeletions: archive\nevery: 1 h\n",
    )
    assert [str(p) for p in problems] == [
        (
            "b.yaml:6:1: “deletions” differs from a.yaml, which shares a collection with this"
            " — write the same in both, or in one of them only"
        )
    ]


def test_a_side_whose_system_does_not_answer_is_named_and_the_rest_is_checked():
    text = (
        TRELLO
        + "  cloud: {calendar: c, fields: {due: deu}}\n  notes: {folder: n, fields: {x: y}}\n"
    )
    found = places(mapping(text), failing={"cloud": Unreachable("cloud does not answer")})
    problems, report = checked(text, found=found)
    assert lines(problems) == [
        (
            "5:31: card has no field “x” — use one of: archived, checklist, circle, cover, description,"
            " done, due, empty-checklists, labels, link, list, location, members, rank, reminder,"
            " start, template, title"
        )
    ]
    assert [(u.mapping, u.side, u.reason) for u in report.unchecked] == [
        ("a", "cloud", "cloud does not answer")
    ]


def test_a_mapping_is_checked_without_any_system():
    problems, report = checked(TRELLO + "  notes: {foldr: n, fields: {x: y}}\n", found={})
    assert [line.split(" ")[0] for line in lines(problems)] == ["4:11:", "4:30:"]
    assert [u.side for u in report.unchecked] == ["trello"]


def test_a_collection_that_does_not_exist_is_told_at_its_name():
    text = TRELLO + "  notes: {folder: n}\n"
    failure = ConfigError("no board is called b; there are: Programme")
    problems, report = checked(text, found=places(mapping(text), failing={"trello": failure}))
    assert lines(problems) == ["3:19: no board is called b; there are: Programme"]
    assert report.unchecked == ()


def test_a_field_is_not_said_to_be_wrong_where_nobody_looked():
    problems, _report = checked(TRELLO + "  cloud: {calendar: c, fields: {due: deu}}\n", found={})
    assert problems == []
