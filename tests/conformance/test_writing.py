"""Creating and changing records."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from sync.errors import Gone, Refused, Stale
from sync.model import Plain, Record
from tests.conformance.harness import Bench
from tests.conformance.values import HOSTILE, ONE_LINE, SAMPLES

TYPES = [*SAMPLES, "blob"]


def test_a_create_answers_with_what_now_stands(bench: Bench):
    bench.needs("echo")
    bench.needs_writing()
    sent = bench.required()
    made = bench.connector.create(bench.collection, sent, origin=bench.origin(sent))
    assert isinstance(made, Record)
    read = bench.get(made.ref)
    assert bench.standing(made) == bench.standing(read)


def test_an_update_answers_with_what_now_stands(bench: Bench):
    bench.needs("echo")
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record = bench.create()
    patch = {name: bench.samples(name)[-1]}
    echoed = bench.connector.update(bench.collection, record.ref, patch, expect=record.version)
    assert isinstance(echoed, Record)
    read = bench.get(echoed.ref)
    assert bench.standing(echoed) == bench.standing(read)


def test_without_echo_writes_answer_nothing(bench: Bench):
    bench.lacks("echo")
    bench.needs_writing()
    sent = bench.required()
    assert bench.connector.create(bench.collection, sent, origin=bench.origin(sent)) is None


def test_a_created_record_holds_every_field_that_was_sent(bench: Bench):
    bench.needs_writing()
    sent = {name: bench.samples(name)[0] for name in bench.editable()}
    record = bench.create(sent)
    assert not bench.differing(sent, bench.get(record.ref).fields)


def test_fields_that_were_not_sent_are_empty(bench: Bench):
    bench.needs_writing()
    optional = [n for n in bench.editable() if not bench.schema.fields[n].required]
    fields = bench.create().fields
    filled = {n: fields[n] for n in optional if n != bench.naming() and n in fields}
    assert not any(v for v in filled.values() if isinstance(v, str) and "Réunion" in v)


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_comes_back_as_it_was_created(bench: Bench, kind: str):
    for name in _of_type(bench, kind):
        _some_are_taken(bench, name, [_created(bench, name, v) for v in bench.samples(name)])


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_comes_back_as_it_was_updated(bench: Bench, kind: str):
    for name in [n for n in _of_type(bench, kind) if not bench.schema.fields[n].create_only]:
        refs = [bench.create().ref for _ in bench.samples(name)]
        taken = zip(refs, bench.samples(name), strict=True)
        _some_are_taken(bench, name, [_updated(bench, ref, name, v) for ref, v in taken])


@pytest.mark.parametrize("kind", TYPES)
def test_a_value_can_be_emptied(bench: Bench, kind: str):
    for name in _of_type(bench, kind):
        spec = bench.schema.fields[name]
        if spec.required or spec.create_only or kind == "rank" or name == bench.naming():
            continue
        try:
            record = bench.create({name: bench.samples(name)[0]})
            emptied = bench.update(record, {name: None})
        except Refused:
            continue
        assert not bench.get(emptied.ref).fields.get(name), f"{name} was emptied and is not"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_long_text_survives_whatever_it_holds(bench: Bench, text: str):
    name = _field(bench, "richtext")
    value = HOSTILE[text]
    record = bench.accepted({name: value})
    if record is not None:
        assert not bench.differing({name: value}, bench.get(record.ref).fields)
        _updated(bench, bench.create().ref, name, value)


@pytest.mark.parametrize("text", ONE_LINE)
def test_a_name_survives_whatever_it_holds(bench: Bench, text: str):
    bench.needs_writing()
    name, value = bench.naming(), HOSTILE[text]
    if bench.schema.fields[name].limit:
        value = value[: bench.schema.fields[name].limit]
    record = bench.accepted({name: value})
    if record is not None:
        assert not bench.differing({name: value}, bench.get(record.ref).fields)
        assert record.ref in bench.listing()


def test_an_update_leaves_every_other_field(bench: Bench):
    bench.needs_writing()
    bench.needs_fields(2)
    record = bench.create({name: bench.samples(name)[0] for name in bench.editable()})
    for name in bench.editable():
        before = bench.get(record.ref)
        record = bench.update(before, {name: bench.samples(name)[-1]})
        kept = {n: v for n, v in before.fields.items() if n in bench.writable() and n != name}
        assert not bench.differing(kept, bench.get(record.ref).fields), f"after {name}"


def test_an_update_changes_several_fields_at_once(bench: Bench):
    bench.needs_writing()
    names = bench.needs_fields(2)
    patch = {name: bench.samples(name)[-1] for name in names}
    record = bench.update(bench.create(), patch)
    assert not bench.differing(patch, bench.get(record.ref).fields)


def test_an_update_leaves_every_other_record(bench: Bench):
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    neighbour, record = bench.create(), bench.create()
    before = bench.get(neighbour.ref)
    bench.update(record, {name: bench.samples(name)[-1]})
    after = bench.get(neighbour.ref)
    assert (before.version, before.fields) == (after.version, after.fields)


def test_writing_what_stands_already_does_no_harm(bench: Bench):
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    value = bench.samples(name)[0]
    record = bench.update(bench.create(), {name: value})
    again = bench.update(bench.get(record.ref), {name: value})
    assert not bench.differing({name: value}, bench.get(again.ref).fields)


def test_an_update_changes_the_version(bench: Bench):
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record = bench.create()
    if record.version is None:
        pytest.skip("not applicable: records have no version")
    assert bench.update(record, {name: bench.samples(name)[-1]}).version != record.version


def test_an_update_that_expects_an_older_version_is_stale_and_writes_nothing(bench: Bench):
    bench.needs("conditional")
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    first = bench.create()
    now = bench.update(first, {name: bench.samples(name)[0]})
    with pytest.raises(Stale):
        bench.connector.update(
            bench.collection, now.ref, {name: bench.samples(name)[-1]}, expect=first.version
        )
    assert bench.standing(bench.get(now.ref)) == bench.standing(now)


def test_of_two_writers_that_expect_one_version_one_is_stale(bench: Bench):
    bench.needs("conditional")
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record = bench.create()
    others = [bench.again() for _ in range(4)]
    patches = [{name: bench.samples(name)[0]} for _ in others]
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda o, p: _outcome(o, record, p), others, patches))
    assert outcomes.count("done") == 1, outcomes
    winner = patches[outcomes.index("done")]
    assert not bench.differing(winner, bench.get(record.ref).fields)


def test_an_edit_by_somebody_else_makes_our_version_stale(bench: Bench):
    bench.needs("conditional")
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record, person = bench.create(), bench.person()
    person.update(person.get(record.ref), {name: bench.samples(name)[0]})
    with pytest.raises(Stale):
        bench.update(record, {name: bench.samples(name)[-1]})


def test_who_made_the_last_change_is_never_told_wrong(bench: Bench):
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record, person = bench.create(), bench.person()
    assert bench.get(record.ref).ours is not False
    person.update(person.get(record.ref), {name: bench.samples(name)[0]})
    bench.connector.begin()
    assert bench.get(record.ref).ours is not True


def test_a_record_that_is_not_there_cannot_be_updated(bench: Bench):
    bench.needs_writing()
    (name,) = bench.needs_fields(1)
    record = bench.create()
    bench.delete(record)
    if bench.capabilities.soft_delete and record.ref in bench.listing():
        pytest.skip("not applicable: a deleted record stands, archived")
    with pytest.raises(Gone):
        bench.update(record, {name: bench.samples(name)[0]})


def test_a_record_without_its_required_fields_is_refused(bench: Bench):
    bench.needs_writing()
    required = [n for n, s in bench.writable().items() if s.required]
    if not required:
        pytest.skip("not applicable: no field is required")
    for name in required:
        fields = bench.required() | {name: None}
        with pytest.raises(Refused):
            bench.connector.create(bench.collection, fields, origin=bench.origin())
    assert bench.listing() == {}


def test_an_unknown_field_is_refused_before_anything_is_made(bench: Bench):
    bench.needs_writing()
    _needs_closed(bench)
    fields = bench.required() | {"no_such_field": "x"}
    with pytest.raises(Refused):
        bench.connector.create(bench.collection, fields, origin=bench.origin())
    assert bench.listing() == {}


def test_an_unknown_field_is_refused_before_anything_is_changed(bench: Bench):
    bench.needs_writing()
    _needs_closed(bench)
    (name,) = bench.needs_fields(1)
    record = bench.get(bench.create().ref)
    with pytest.raises(Refused):
        bench.update(record, {name: bench.samples(name)[-1], "no_such_field": "x"})
    assert bench.get(record.ref).fields == record.fields


def test_a_field_that_cannot_be_written_is_refused(bench: Bench):
    bench.needs_writing()
    fixed = [n for n, s in bench.schema.fields.items() if not s.writable and s.type in SAMPLES]
    if not fixed:
        pytest.skip("not applicable: every field can be written")
    record = bench.create()
    for name in fixed:
        value = SAMPLES[bench.schema.fields[name].type](bench.schema.fields[name], 1)[0]
        with pytest.raises(Refused):
            bench.update(record, {name: value})


def test_a_field_that_only_a_create_can_set_is_refused_later(bench: Bench):
    bench.needs_writing()
    once = [n for n, s in bench.writable().items() if s.create_only]
    if not once:
        pytest.skip("not applicable: every field can change")
    record = bench.create()
    for name in once:
        with pytest.raises(Refused):
            bench.update(record, {name: bench.samples(name)[-1]})


def test_a_value_outside_a_closed_vocabulary_is_refused(bench: Bench):
    bench.needs_writing()
    closed = [n for n, s in bench.writable().items() if s.values and s.type == "choice"]
    if not closed:
        pytest.skip("not applicable: no field has a closed vocabulary")
    for name in closed:
        assert bench.accepted({name: "certainly-not-a-value"}) is None


def test_every_value_of_a_closed_vocabulary_is_kept(bench: Bench):
    bench.needs_writing()
    closed = {n: s.values for n, s in bench.writable().items() if s.values and s.type == "choice"}
    if not closed:
        pytest.skip("not applicable: no field has a closed vocabulary")
    for name, values in closed.items():
        for value in values or ():
            record = bench.create({name: value})
            assert bench.get(record.ref).fields[name] == value


def test_a_text_of_the_greatest_length_is_kept_and_a_longer_one_never_cut(bench: Bench):
    bench.needs_writing()
    limited = {n: s.limit for n, s in bench.writable().items() if s.limit and s.type != "blob"}
    if not limited:
        pytest.skip("not applicable: no field has a limit")
    for name, limit in limited.items():
        longest = ("mot " * (limit // 4 + 1))[: limit - 1] + "x"
        record = bench.create({name: longest})
        assert not bench.differing({name: longest}, bench.get(record.ref).fields)
        beyond = bench.accepted({name: longest + "yz"})
        if beyond is not None:
            assert not bench.differing({name: longest + "yz"}, bench.get(beyond.ref).fields)


def test_two_records_of_one_name_are_never_one(bench: Bench):
    bench.needs_writing()
    fields = bench.required()
    first = bench.create(fields)
    try:
        second = bench.create(fields)
    except (Stale, Refused):
        assert set(bench.listing()) == {first.ref}
    else:
        assert second.ref != first.ref
        assert set(bench.listing()) == {first.ref, second.ref}


def test_an_open_schema_holds_fields_that_it_does_not_name(bench: Bench):
    bench.needs_writing()
    if not bench.schema.open:
        pytest.skip("not applicable: the schema is not open")
    fields: dict[str, Plain] = {
        "couleur": "bleu: vif # été",
        "montant": 12.5,
        "voix": 7,
        "lieux": ["Rezé", "Nantes"],
        "quand": "2026-03-01T14:00:00+01:00[Europe/Paris]",
        "adopté": True,
        "détail": {"nom": "x", "lat": 47.5},
        "étapes": [{"text": "a: b", "done": False, "list": "L"}],
    }
    record = bench.create(fields)
    assert not bench.differing(fields, bench.get(record.ref).fields)
    changed = bench.update(record, {"montant": 13, "couleur": None})
    assert bench.get(changed.ref).fields.get("couleur") is None
    kept = {n: v for n, v in fields.items() if n != "couleur"} | {"montant": 13}
    assert not bench.differing(kept, bench.get(changed.ref).fields)


def test_a_source_that_can_only_be_read_refuses_every_write(bench: Bench):
    if bench.schema.writable:
        pytest.skip("not applicable: Schema.writable is True")
    (ref,) = bench.stock(1)
    record = bench.get(ref)
    name = next(iter(bench.schema.fields))
    with pytest.raises(Refused):
        bench.connector.create(bench.collection, record.fields, origin=bench.origin())
    with pytest.raises(Refused):
        bench.connector.update(bench.collection, ref, {name: None}, expect=record.version)
    with pytest.raises(Refused):
        bench.connector.delete(bench.collection, ref, expect=record.version)
    assert bench.get(ref).fields == record.fields


def _of_type(bench: Bench, kind: str) -> list[str]:
    bench.needs_writing()
    names = [n for n, s in bench.writable().items() if s.type == kind]
    if not names:
        pytest.skip(f"not applicable: no field of type {kind} can be written")
    return names


def _field(bench: Bench, kind: str) -> str:
    return _of_type(bench, kind)[0]


def _created(bench: Bench, name: str, value: Plain) -> bool:
    record = bench.accepted({name: value})
    if record is None:
        return False
    assert not bench.differing({name: value}, bench.get(record.ref).fields)
    return True


def _updated(bench: Bench, ref: str, name: str, value: Plain) -> bool:
    record = bench.get(ref)
    try:
        after = bench.update(record, {name: value})
    except Refused:
        assert bench.get(ref).fields == record.fields, "refused, and changed all the same"
        return False
    assert not bench.differing({name: value}, bench.get(after.ref).fields)
    return True


def _some_are_taken(bench: Bench, name: str, taken: list[bool]) -> None:
    spec = bench.schema.fields[name]
    if spec.type in ("person", "people"):  # a system may know its own people only
        return
    assert any(taken), f"{name} refuses every value of type {spec.type}"


def _outcome(bench: Bench, record: Record, patch: dict[str, Plain]) -> str:
    try:
        bench.update(record, patch)
    except Stale:
        return "stale"
    return "done"


def _needs_closed(bench: Bench) -> None:
    if bench.schema.open:
        pytest.skip("not applicable: the schema is open")


def test_gone_is_not_said_of_what_stands(bench: Bench):
    (ref,) = bench.stock(1)
    try:
        bench.get(ref)
    except Gone:
        pytest.fail("a record that stands was said to be gone")
