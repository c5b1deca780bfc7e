"""What happens when the system, the account or a record is not as it should be."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator

import pytest

from connectors.sandbox.base import Sandbox
from sync.connector import Connector
from sync.errors import JumelageError, Malformed, Unauthorized, Unreachable
from sync.model import Plain
from tests.conformance.conftest import Fleet
from tests.conformance.harness import Bench
from tests.conformance.registry import Registered, registered


def test_every_registered_connector_has_a_sandbox():
    assert [chosen.name for chosen in registered() if chosen.sandbox is None] == []


def test_a_sandbox_bears_the_name_of_its_connector(chosen: Registered):
    assert chosen.sandbox is not None
    assert chosen.sandbox.name == chosen.name


def test_a_malformed_record_is_named_and_hides_no_other(bench: Bench):
    spoiled, *others = bench.stock(3)
    _spoil(bench, spoiled)
    pages = bench.pages()
    malformed = {ref: why for page in pages for ref, why in page.malformed.items()}
    assert pages[-1].complete
    assert {entry.ref for page in pages for entry in page.records} - {spoiled} == set(others)
    assert malformed.get(spoiled) or spoiled in {e.ref for p in pages for e in p.records}


def test_a_malformed_record_is_not_taken_for_absent(bench: Bench):
    spoiled, other = bench.stock(2)
    _spoil(bench, spoiled)
    with pytest.raises(Malformed):
        bench.get(spoiled)
    read = dict(bench.connector.get_many(bench.collection, [spoiled, other]))
    assert isinstance(read[spoiled], Malformed)
    assert not isinstance(read[other], Exception)


def test_a_wrong_secret_is_unauthorized_and_never_empty(bench: Bench):
    bench.stock(1)
    connector = _wrong(bench)
    with pytest.raises(Unauthorized):
        list(connector.changes(connector.locate(bench.word, bench.name), None))


def test_a_wrong_secret_says_so_on_a_direct_read(bench: Bench):
    (ref,) = bench.stock(1)
    connector = _wrong(bench)
    with pytest.raises(Unauthorized):
        connector.get(bench.collection, ref)


def test_a_wrong_secret_writes_nothing(bench: Bench):
    bench.needs_writing()
    before = set(bench.listing())
    connector = _wrong(bench)
    fields = bench.required()
    with pytest.raises(Unauthorized):
        connector.create(bench.collection, fields, origin=bench.origin(fields))
    assert set(bench.listing()) == before


def test_no_secret_is_in_what_goes_wrong_or_is_shown(bench: Bench):
    secrets = _secrets(bench.running.sandbox)
    if not secrets:
        pytest.skip("not applicable: the settings hold no secret")
    (ref,) = bench.stock(1)
    shown = [repr(bench.connector.settings), str(bench.connector.settings), repr(bench.connector)]
    shown += [repr(record) for record in bench.listing().values()]
    stranger = bench.again()
    stranger.connector = _wrong(bench)
    for call in CALLS.values():
        try:
            call(stranger, ref)
        except JumelageError as error:
            shown.append("".join(traceback.format_exception(error)))
    found = [secret for secret in secrets if any(secret in text for text in shown)]
    assert not found


CALLS: dict[str, Callable[[Bench, str], object]] = {
    "list": lambda b, _: b.pages(),
    "get": lambda b, ref: b.get(ref),
    "find": lambda b, _: list(b.connector.find(b.collection, b.origin({}))),
    "locate": lambda b, _: b.connector.locate(b.word, b.name),
}


@pytest.fixture(scope="module")
def broken(fleet: Fleet) -> Iterator[Callable[[Bench], Bench]]:
    """A server that stops once something stands on it, per connector and word."""
    known: dict[str, tuple[Bench, str]] = {}

    def stopped(bench: Bench) -> tuple[Bench, str]:
        key = f"{bench.running.chosen.id}-{bench.word}"
        if key not in known:
            running = fleet.start(bench.running.chosen)
            other = Bench(running, bench.word)
            (ref,) = other.stock(1)
            other.connector = running.connect()
            running.sandbox.stop()
            known[key] = other, ref
        return known[key]

    yield stopped
    for other, _ in known.values():
        other.running.stop()


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_is_down_is_unreachable_and_never_empty(bench: Bench, call: str, broken):
    other, ref = broken(bench)
    with pytest.raises(Unreachable):
        CALLS[call](other, ref)


def test_a_write_to_a_server_that_is_down_did_certainly_nothing(bench: Bench, broken):
    bench.needs_writing()
    other, _ = broken(bench)
    with pytest.raises(Unreachable):
        other.create()


def _spoil(bench: Bench, ref: str) -> None:
    sandbox = bench.running.sandbox
    if type(sandbox).spoil is Sandbox.spoil:
        pytest.skip("not applicable: the sandbox cannot spoil a record")
    try:
        sandbox.spoil(bench.word, bench.name, ref)
    except NotImplementedError as error:  # it can spoil records of other words only
        pytest.skip(f"not applicable: {error}")
    bench.connector.begin()


def _wrong(bench: Bench) -> Connector:
    sandbox = bench.running.sandbox
    if sandbox.settings("wrong") == sandbox.settings("sync"):
        pytest.skip("not applicable: the settings hold no secret")
    return bench.running.connect("wrong")


def _secrets(sandbox: Sandbox) -> set[str]:
    right, wrong = sandbox.settings("sync"), sandbox.settings("wrong")
    values: list[Plain] = [v for s in (right, wrong) for n, v in s.items() if right[n] != wrong[n]]
    return {v for v in values if isinstance(v, str)}
