"""Answers that are well-formed and of wrong types somewhere inside.

A part of an answer is replaced by something else, or taken away. No connector trips
over it; no complete listing leaves a record out; nothing is told as gone.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterable, Iterator

from tests.wire.faults import Fault, _names, body
from tests.wire.operations import Op
from tests.wire.subjects import Subject
from tests.wire.tape import Replay, Tape
from tests.wire.test_torture import by_operation, of, play

OTHERS = (None, [], {}, 7, "text", True, [[]], {"id": []}, -1, 10**30, "²", "9" * 400)
MUTANTS = 10
"""Of each answer."""
ANYTHING = _names(
    "same Unreachable Malformed Foreign Unauthorized Refused Retry ConfigError Missing CursorExpired"
)
TEXT = re.compile(rb">([^<>]+)<")
NAMES = re.compile(rb"<(\w+:)?(href|name|string|status)>\Z")
"""What holds another name, status or text is another answer, that may be true."""
ELEMENT = re.compile(rb"<([\w:]+)(?: [^<>]*)?>(?:[^<>]*)</\1>")


def mutants(content: bytes, chance: random.Random) -> Iterator[bytes]:
    """The same answer with one part of it changed, differently each time."""
    try:
        told = json.loads(content)
    except ValueError:
        yield from _other_xml(content, chance)
        return
    places = list(_places(told))
    for _ in range(MUTANTS if places else 0):
        changed = copy.deepcopy(told)
        *way, last = chance.choice(places)
        holder = changed
        for step in way:
            holder = holder[step]
        if chance.random() < 0.3 and isinstance(holder, dict):
            del holder[last]
        else:
            was = holder[last]
            holder[last] = chance.choice([one for one in OTHERS if not _alike(one, was)])
        yield json.dumps(changed).encode()


def _alike(one: object, other: object) -> bool:
    """Of one type, so that the change could be true."""
    return type(one) is type(other) or (not one and not other)


def _places(told: object, way: tuple = ()) -> Iterator[tuple]:
    entries: Iterable = told.items() if isinstance(told, dict) else ()
    entries = enumerate(told) if isinstance(told, list) else entries
    for name, inner in entries:
        yield (*way, name)
        yield from _places(inner, (*way, name))


def _other_xml(content: bytes, chance: random.Random) -> Iterator[bytes]:
    texts, elements = list(TEXT.finditer(content)), list(ELEMENT.finditer(content))
    others = [
        b"",
        b"text",
        b"-1",
        "²".encode(),
        b"9" * 400,
        b"http://[",
        b"//other.example/x",
        b"../..",
    ]
    texts = [found for found in texts if not NAMES.search(content[: found.start() + 1])]
    for _ in range(MUTANTS if texts and elements else 0):
        if chance.random() < 0.5:
            found, other = chance.choice(texts), b">" + chance.choice(others) + b"<"
        else:
            found, other = chance.choice(elements), chance.choice([b"", b"<other/>"])
        yield content[: found.start()] + other + content[found.end() :]


@by_operation
def test_an_answer_of_wrong_types_trips_nobody_and_hides_nothing(
    subject: Subject, name: str, waits
):
    op, tape = of(subject, name)
    chance = random.Random(f"{subject.name} {name}")
    wrong = [
        said
        for at in tape.steps
        for told in mutants(tape.told[at].body, chance)
        if (said := _wrong(subject, op, tape, at, told, waits))
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def _wrong(subject: Subject, op: Op, tape: Tape, at: int, told: bytes, waits) -> str:  # noqa: PLR0917 - a row of a table
    fault = Fault(
        "mutant", body(lambda _: told), ANYTHING, ANYTHING | {"Ambiguous", "Stale", "Gone"}
    )
    ended = play(subject, op, Replay(tape, at, fault), waits)
    said = ended.wrong
    if ended.name == "same" and op.name not in {"everything", "changes"}:
        said = ""  # a changed value reads as another value
    where = f"request {at - tape.mark} of {op.name}"
    return f"{where}: {said}\n    {_around(tape.told[at].body, told)}" if said else ""


def _around(one: bytes, other: bytes) -> str:
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
    return repr(other[max(0, at - 60) : at + 60])
