"""Reading YAML: data with places, or problems with places, and never anything else."""

from __future__ import annotations

import json
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.mapping.source import MAX_BYTES, MAX_DEPTH, MAX_VALUES, load, read


def problems(text: str | bytes) -> list[str]:
    content = text.encode() if isinstance(text, str) else text
    return [str(problem) for problem in read(content, "f.yaml").problems]


def test_data_comes_with_the_place_of_every_key_and_value():
    source = read(b"kind: card\nsides:\n  trello: {board: Programme 2026}\n  list:\n    - a\n", "f")
    assert source.data == {
        "kind": "card",
        "sides": {"trello": {"board": "Programme 2026"}, "list": ["a"]},
    }
    board = ("sides", "trello", "board")
    assert (source.mark(board).line, source.mark(board).column) == (3, 19)
    assert (source.mark(board, key=True).line, source.mark(board, key=True).column) == (3, 12)
    assert source.mark(("sides", "list", 0)).line == 5


def test_the_place_of_something_that_is_not_written_is_that_of_what_would_hold_it():
    source = read(b"kind: card\nsides:\n  trello: {board: b}\n", "f")
    mark = source.mark(("sides", "trello", "direction"))
    assert (mark.line, mark.column) == (3, 3)


def test_words_stay_the_words_they_look_like():
    text = b"{a: on, b: no, c: 12:30, d: 2026-03-01, e: '1', f: 1, g: 1.5, h: true, i: ~, j: 0x1F, k: 1e999, 2: x}"
    assert read(text, "f").data == {
        "a": "on",
        "b": "no",
        "c": "12:30",
        "d": "2026-03-01",
        "e": "1",
        "f": 1,
        "g": 1.5,
        "h": True,
        "i": None,
        "j": "0x1F",
        "k": "1e999",
        "2": "x",
    }


def test_an_empty_file_is_empty_data():
    assert read(b"", "f").data is None
    assert problems("# nothing\n") == []


def test_a_file_that_begins_with_a_byte_order_mark_is_read():
    assert read(b"\xef\xbb\xbfkind: card", "f").data == {"kind": "card"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "kind: card\nsides: {}\nkind: task\n",
            "f.yaml:3:1: “kind” is given twice, here and on line 1 — keep one of the two",
        ),
        ("a: !!python/object:os.system x\n", "f.yaml:1:4: tags are not allowed: tag:yaml.org,2002:python/object:os.system — remove the tag"),
        ("a: &x 1\n", "f.yaml:1:4: anchors are not allowed — write the value out"),
        ("---\na: 1\n---\nb: 2\n", "f.yaml:3:1: a second document begins here — keep one document in a file: remove the `---`"),
        ("[a]: 1\n", "f.yaml:1:1: a key must be one word or text — put it in quotes"),
        (b"a: 1\nb: \xff\n", "f.yaml:2:4: is not UTF-8 text — save the file as UTF-8"),
        ("a: 1\nb: \x07\n", "f.yaml:2:4: holds a character that YAML does not allow — remove it"),
        ('a: "\\uD800"\n', "f.yaml:1:4: holds a character that YAML does not allow — remove it"),
        ('a: "\\U00FFFFFF"\n', "f.yaml:1:1: holds a character that YAML does not allow — remove it"),
        ("a: [1\nb: 2\n", "f.yaml:2:2: is not YAML: expected ',' or ']', but got ':' — check indentation, quotes and brackets here and on the line above"),
    ],
)  # fmt: skip
def test_what_is_not_plain_data_is_refused_where_it_stands(text, expected):
    assert problems(text) == [expected]


def test_several_faults_are_reported_at_once():
    found = problems("a: &x 1\na: 2\nb: *x\nc: !t 3\n")
    assert [line.split(": ")[0] for line in found] == [
        "f.yaml:1:4",
        "f.yaml:2:1",
        "f.yaml:3:4",
        "f.yaml:4:4",
    ]


def test_the_first_of_two_keys_counts():
    assert read(b"a: 1\na: {a: 2}\nb: 3\n", "f").data == {"a": 1, "b": 3}


HOSTILE = {
    "billion laughs": "a: &a [x,x]\n" + "".join(f"b{n}: &b{n} [*a,*a]\n" for n in range(5000)),
    "deep lists": "[" * 100_000,
    "deep mappings": "{a: " * 60_000,
    "deep blocks": "- " * 100_000,
    "deep keys": "? " * 100_000,
    "too many values": "[" + "a," * 120_000 + "]",
    "long word": "a" * (MAX_BYTES - 1),
    "many colons": ": " * 100_000,
    "open quote": '"' + "\\n" * 100_000,
    "many anchors": "&a " * 60_000,
    "many comments": "#\n" * 100_000,
    "directives": "%YAML 1.1\n" * 20_000,
    "huge version": "%YAML 1." + "9" * 6000 + "\n--- a\n",
    "too large": "a" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_answered_quickly(name):
    began = time.process_time()
    read(HOSTILE[name].encode(), "f")
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[" * 100_000, f"nested more than {MAX_DEPTH} deep"),
        ("[" + "a," * (MAX_VALUES + 1) + "]", f"holds more than {MAX_VALUES} values"),
        ("a" * (MAX_BYTES + 1), f"the file is larger than {MAX_BYTES // 1024} KiB"),
    ],
)
def test_depth_size_and_number_of_values_are_bounded(text, expected):
    (found,) = problems(text)
    assert expected in found


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path):
    source = load(tmp_path / "absent.yaml", "absent.yaml")
    assert [str(p) for p in source.problems] == [
        "absent.yaml:1:1: cannot be read: No such file or directory"
    ]


PIECES = st.sampled_from(
    ["a", ":", " ", "\n", "- ", "? ", "{", "}", "[", "]", ",", "&x ", "*x", "!t ", "|", ">", "'",
     '"', "\\", "#", "%", "---", "...", "\t", "\ufeff", "\x85", "é", "~", "1", "<<", "\\x", "\\U"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200) | st.lists(PIECES, max_size=60).map("".join).map(str.encode))
def test_any_bytes_end_in_data_or_problems(content):
    source = read(content, "f")
    json.dumps(source.data, allow_nan=False).encode()
    for problem in source.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        str(problem).encode()


TEXT = st.text(st.characters(codec="utf-8", min_codepoint=1, max_codepoint=0xFFFF))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@settings(deadline=None, max_examples=100)
@given(st.dictionaries(st.sampled_from("abc"), PLAIN, min_size=1))
def test_data_that_is_written_as_json_is_read_as_it_was(data):
    assert read(json.dumps(data).encode(), "f").data == data


def test_plain_yaml_is_read_as_a_yaml_library_reads_it():
    text = b"a:\n  - b: 'c'\n    d: |\n      e\n      f\n  - {g: [1, 2.5, null]}\nh: >-\n  i\n  j\n"
    assert read(text, "f").data == yaml.safe_load(text)
