import random

import pytest

from connectors.folder import front
from connectors.folder.document import Document
from sync.errors import Malformed

NOTE = """\
---
# kept by the secretary
title:   Réunion   # the name
tags: [b,  a]
owner: {name: Ana,   role: "x"}

# below: the dates
due: 2026-03-01
steps:
  - text: one
    done: no
  # a comment within
  - text: two

notes: |
  first

  # not a comment
last: 'ok'
# the end
---

Body with *marks*.

---
not front matter
"""


def changed(text: str, **patch):
    return Document.read(text.encode()).changed(patch).write().decode()


def test_a_note_is_read_as_people_meant_it():
    fields = Document.read(NOTE.encode()).fields
    assert fields == {
        "title": "Réunion",
        "tags": ["b", "a"],
        "owner": {"name": "Ana", "role": "x"},
        "due": "2026-03-01",
        "steps": [{"text": "one", "done": "no"}, {"text": "two"}],
        "notes": "first\n\n# not a comment\n",
        "last": "ok",
        "body": "Body with *marks*.\n\n---\nnot front matter",
    }


def test_a_change_touches_only_its_own_words():
    assert changed(NOTE, title="Assemblée") == NOTE.replace("Réunion", "Assemblée")
    assert changed(NOTE, due="2026-04-02") == NOTE.replace("2026-03-01", "2026-04-02")
    assert changed(NOTE, tags=["c"]) == NOTE.replace("[b,  a]", "[c]")
    assert changed(NOTE, last="no") == NOTE.replace("'ok'", '"no"')


def test_what_does_not_change_is_not_rewritten():
    assert changed(NOTE, **Document.read(NOTE.encode()).fields) == NOTE


def test_a_key_that_becomes_empty_leaves_with_its_lines_only():
    assert changed(NOTE, due=None) == NOTE.replace("due: 2026-03-01\n", "")
    without = NOTE.replace("notes: |\n  first\n\n  # not a comment\n", "")
    assert changed(NOTE, notes=None) == without


def test_a_block_is_replaced_and_what_follows_it_stays():
    after = changed(NOTE, steps=[{"text": "three", "done": True}])
    assert "steps:\n- {text: three, done: true}\n\nnotes: |" in after
    assert Document.read(after.encode()).fields["notes"] == "first\n\n# not a comment\n"


def test_a_new_key_comes_last():
    assert "# the end\nlist: À faire\n---\n" in changed(NOTE, list="À faire")


def test_a_new_body_leaves_the_front_matter():
    after = changed(NOTE, body="Other")
    assert after == NOTE[: NOTE.index("\nBody")] + "\nOther\n"


def test_several_changes_at_once_do_not_disturb_each_other():
    patch = {"title": "T", "due": None, "steps": None, "notes": "n", "new": 1, "last": "l"}
    before = Document.read(NOTE.encode()).fields
    after = Document.read(changed(NOTE, **patch).encode()).fields
    assert after == {n: v for n, v in (before | patch).items() if v is not None}


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_marks_of_the_file_stay(end: str, bom: str):
    text = bom + NOTE.replace("\n", end)
    assert changed(text, title="Assemblée") == text.replace("Réunion", "Assemblée")
    assert Document.read(text.encode()).fields == Document.read(NOTE.encode()).fields


@pytest.mark.parametrize(
    "text", ["", "just text", "---\nno mapping\n---\nx", "---\nunclosed: 1\n", "# Head\n"]
)
def test_a_file_without_front_matter_is_all_body(text: str):
    assert Document.read(text.encode()).fields == {"body": text.removesuffix("\n") or None}
    after = Document.read(changed(text, due="2026-01-01").encode()).fields
    assert after == {"due": "2026-01-01", "body": text.removesuffix("\n") or None}


def test_an_empty_value_can_be_filled_and_keeps_its_comment():
    text = "---\ndue:  # when\nlist:\n---\n"
    assert (
        changed(text, due="2026-01-01", list="L") == "---\ndue: 2026-01-01  # when\nlist: L\n---\n"
    )


def test_front_matter_on_one_line_can_be_changed():
    assert Document.read(changed("---\n{a: 1, b: x}\n---\nB\n", a=2).encode()).fields == {
        "a": 2,
        "b": "x",
        "body": "B",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"---\na: [\n---\n", "line"),
        (b"---\na: 1\na: 2\n---\n", "twice"),
        (b"---\na: &x 1\nb: *x\n---\n", "alias"),
        (b"---\na: !!python/object:os.system x\n---\n", "tag"),
        (b"---\na: !!binary aGk=\n---\n", "tag"),
        (b"---\na: " + b"[" * 100 + b"]" * 100 + b"\n---\n", "deep"),
        (b"---\n? [a]\n: b\n---\n", "key"),
        (b"---\na: " + b"x" * 300_000 + b"\n---\n", "longer"),
        (b"text \xff", "UTF-8"),
        (b"---\na: \x07\n---\n", "front matter"),
    ],
)
def test_what_cannot_be_read_says_why(text: bytes, why: str):
    with pytest.raises(Malformed, match=why):
        Document.read(text)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("true", True),
        ("012", "012"),
        ("1.50", 1.5),
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01 14:00", "2026-03-01 14:00"),
        ("12e4567", "12e4567"),
        ("~", None),
        ("''", None),
        ("[]", None),
        ("'5'", "5"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
    ],
)
def test_values_are_read_by_the_core_schema(written: str, value):
    assert front.read(f"a: {written}\n") == {"a": value}


def test_every_value_reads_back_as_it_was_written():
    chance = random.Random(7)
    pieces = [
        *"aé:#-[]{},&*!|>'\"%@`\\ \n\t\0\x07\x85\u2028\ufeff\ufffe🎉",
        "yes",
        "null",
        "12",
        "1.5",
        "1e5",
        "---",
        "...",
        ": ",
        " #",
        "https://e.org/x",
    ]

    def text() -> str:
        return "".join(chance.choices(pieces, k=chance.randrange(1, 7)))

    for _ in range(4000):
        value = chance.choice(
            [
                text(),
                [text(), text()],
                {text(): text()},
                [{text(): text()}, 1],
                1e20,
                -0.5,
                12,
                True,
            ]
        )
        name = text()
        assert front.read(front.patch("", {name: value})) == {name: value}


def test_people_read_plain_words_without_quotes():
    fields = {
        "title": "Réunion du café",
        "due": "2026-03-01",
        "labels": ["À faire", "b"],
        "done": True,
    }
    assert front.patch("", fields) == (
        "title: Réunion du café\ndue: 2026-03-01\nlabels: [À faire, b]\ndone: true\n"
    )
