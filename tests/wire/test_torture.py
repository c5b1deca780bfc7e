"""Whatever a server answers, each operation ends in an error with a name, and loses nothing.

A read that fails is unknown, never empty; a write whose effect is unknown is looked up,
never sent again; whoever is asked to wait does not wait for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from sync.errors import Gone, Malformed
from sync.model import Record
from tests.wire.faults import TABLE, Fault
from tests.wire.operations import CASES, SUBJECTS, Op
from tests.wire.subjects import Subject, outcome
from tests.wire.tape import REFUSED, Replay, Tape, writes

CORE = {
    "401", "429 without a word", "503", "reset after the effect", "half of the body", "an empty 200",
    "a login page", "a list of lists", "null instead", "XML of wrong parts instead",
    "an object of others instead",
}  # fmt: skip
"""Tried at every request of an operation; the whole table at its first, and at its write."""
OF_WRITES = {
    "429 for 7 seconds", "500 without effect", "502", "reset before the effect",
    "closed within the body", "an object instead", "a 204 with a body", "302 in circles",
}  # fmt: skip
"""Tried, beside these, at every write of an operation of many requests."""
SLOW_AT = {"locate", "everything", "get", "create", "update"}
LONGEST_WAIT = 24 * 3600.0

by_subject = pytest.mark.parametrize("subject", SUBJECTS, indirect=True)
by_operation = pytest.mark.parametrize(("subject", "name"), CASES, indirect=["subject"])


def trials(tape: Tape, op: Op) -> Iterator[tuple[int, Fault]]:
    first = tape.steps.start
    writing = next((at for at in tape.steps if writes(tape.asked[at])), first)
    for at in tape.steps:
        for fault in TABLE:
            thorough = at in {first, writing} and not op.manifold
            if op.manifold and writes(tape.asked[at]) and fault.name in OF_WRITES:
                yield at, fault
                continue
            if fault.slow and not (thorough and op.name in SLOW_AT):
                continue
            if thorough or fault.name in CORE:
                yield at, fault


@by_operation
def test_every_fault_ends_in_a_name_and_loses_nothing(subject: Subject, name: str, waits):
    op, tape = of(subject, name)
    wrong = all_wrong(subject, op, tape, trials(tape, op), waits)
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.soak
@by_operation
def test_the_whole_table_at_every_request_loses_nothing(subject: Subject, name: str, waits):
    op, tape = of(subject, name)
    if name == "open file":
        pytest.skip("not applicable: its content is on a host that has no tape")
    whole = (
        (at, fault)
        for at in tape.steps
        for fault in TABLE
        if fault.name != "a list instead" or not op.manifold  # it may well be true that all is gone
    )
    wrong = all_wrong(subject, op, tape, whole, waits)
    assert not wrong, "\n" + "\n".join(wrong)


def all_wrong(subject: Subject, op: Op, tape: Tape, tried: Iterable[tuple[int, Fault]], waits):
    """What went wrong in each trial."""
    wrong = []
    for at, fault in tried:
        ended = play(subject, op, Replay(tape, at, fault), waits)
        if ended.replay.met and ended.wrong:
            wrong.append(f"{fault.name} at {_asked(tape, at)}: {ended.wrong}")
    return wrong


def of(subject: Subject, name: str) -> tuple[Op, Tape]:
    op = subject.ops.get(name)
    if op is None or not [*subject.tapes[name].steps]:
        pytest.skip(f"not applicable: {subject.name} asks nothing of its server for {name}")
    return op, subject.tapes[name]


@dataclass
class Ended:
    """How an operation ended while a request of it met a fault."""

    op: Op
    truth: object
    replay: Replay
    name: str
    result: object
    waits: list[float]

    @property
    def wrong(self) -> str:
        """What is wrong with it; "" for nothing."""
        longest = max([*self.waits, getattr(self.result, "after", None) or 0.0])
        if self.name == "a fault of ours":
            return str(self.result)
        if twice := self.replay.doubled:
            return f"a write was sent twice ({self.name}): {twice}"
        if longest > LONGEST_WAIT:
            return f"would wait for {longest} s"
        if self.name == "same":
            return self._succeeded()
        return self._failed()

    def _succeeded(self) -> str:
        if self.op.writes:
            replay = self.replay
            if replay.fault.effect and replay.tape.told[replay.at].status >= REFUSED:
                return ""  # told that what it refused was done, which nobody sees through
            lost = writes(replay.tape.asked[replay.at]) and not replay.fault.effect
            never = (lost and replay.met) or not replay.done
            return "claims a write that never reached the server" if never else ""
        return _lies(self.truth, self.result, self.op)

    def _failed(self) -> str:
        tape, fault = self.replay.tape, self.replay.fault
        said = f"ended in {self.name}: {self.result}"
        if self.op.writes and self.replay.done:
            return "" if self.name == "Ambiguous" else f"after something was written, {said}"
        if writes(tape.asked[self.replay.at]):
            return "" if self.name in fault.write else said
        if self.op.writes:
            return said if self.name == "Ambiguous" else ""
        return "" if self.name in fault.read else said


def play(subject: Subject, op: Op, replay: Replay, waits: list[float]) -> Ended:
    waits.clear()
    subject.running.line.reply = replay
    try:
        connector = subject.fresh(op)
        name, result = outcome(lambda: op.act(connector))
    finally:
        subject.running.disconnect()
        subject.running.line.hang_up()
    return Ended(op, subject.truths[op.name], replay, name, result, waits)


def _lies(truth: object, result: object, op: Op) -> str:
    """Whether a result hides or makes up anything, beside telling that it cannot be read."""
    if result == truth:
        return ""
    if op.name == "get_many":
        told = dict(result)
        wrong = {
            ref: told.get(ref, "left out")
            for ref, one in truth
            if not isinstance(told.get(ref), Malformed)
            and _unversioned(told.get(ref)) != _unversioned(one)
        }
        return f"told {wrong}" if wrong else ""
    if op.name in {"everything", "changes"}:
        return _unlisted(truth, result)
    if _unversioned(truth) == _unversioned(result):
        return ""
    return f"told {result!r:.300} for {truth!r:.300}"


def _unversioned(told: object) -> object:
    """Without versions, of which none is known where there is no ETag, and without our port."""
    if isinstance(told, list):
        return [_unversioned(one) for one in told]
    return replace(told, version=None, url=None) if isinstance(told, Record) else told


def _unlisted(truth, result) -> str:
    """What a listing that says that it is complete leaves out."""
    there = {e.ref for page in result for e in page.records}
    there |= {ref for page in result for ref in page.malformed}
    missing = {e.ref for page in truth for e in page.records} - there
    gone = {ref for page in result for ref in page.gone} - {r for p in truth for r in p.gone}
    if gone:
        return f"told as gone: {gone}"
    told = any(page.complete for page in result) or any(page.cursor for page in result)
    return f"left out {missing}" if missing and told else ""


def _asked(tape: Tape, at: int) -> str:
    asked = tape.asked[at]
    return f"request {at - tape.mark} ({asked.method} {asked.path[:60]})"


def test_gone_is_no_name_for_any_of_these_faults():
    named = {name for fault in TABLE for name in fault.read | fault.write}
    assert Gone.__name__ not in named
