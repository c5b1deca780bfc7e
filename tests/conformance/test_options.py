"""The values of choices and sets, and the order of records."""

from __future__ import annotations

import pytest

from sync.errors import Refused
from sync.model import Option
from tests.conformance.harness import Bench


def _with_options(bench: Bench) -> list[str]:
    names = [n for n, s in bench.writable().items() if s.options]
    if not names:
        pytest.skip("not applicable: no field has options")
    return names


def _name(bench: Bench, option: str, field: str) -> str:
    return next(o.name for o in bench.options()[field] if o.id == option)


def test_a_full_listing_names_the_options_of_every_field_that_has_them(bench: Bench):
    bench.needs_writing()
    bench.needs("options")
    names = _with_options(bench)
    assert set(names) <= set(bench.options())


def test_an_option_that_was_made_is_listed_by_its_name(bench: Bench):
    bench.needs("options")
    for name in _with_options(bench):
        made = bench.connector.write_option(bench.collection, name, Option("", "À faire 🌱"))
        assert made.id
        assert _name(bench, made.id, name) == "À faire 🌱"


def test_making_an_option_again_makes_no_second_one(bench: Bench):
    bench.needs("options")
    for name in _with_options(bench):
        once = bench.connector.write_option(bench.collection, name, Option("", "Semis"))
        again = bench.connector.write_option(bench.collection, name, Option("", "Semis"))
        assert once.id == again.id
        assert [o.name for o in bench.options()[name]].count("Semis") == 1


def test_a_renamed_option_keeps_its_id_and_its_records(bench: Bench):
    bench.needs("options")
    for name in _with_options(bench):
        option = bench.option(name, "Avant")
        held = [option] if bench.schema.fields[name].type == "set" else option
        record = bench.create({name: held})
        renamed = bench.connector.write_option(bench.collection, name, Option(option, "Après"))
        assert renamed.id == option
        assert _name(bench, option, name) == "Après"
        assert bench.get(record.ref).fields[name] == held


def test_renaming_an_option_twice_does_no_harm(bench: Bench):
    bench.needs("options")
    name = _with_options(bench)[0]
    option = bench.option(name, "Avant")
    for _ in range(2):
        bench.connector.write_option(bench.collection, name, Option(option, "Après"))
    assert [o.name for o in bench.options()[name]].count("Après") == 1


def test_without_the_capability_an_option_is_refused(bench: Bench):
    bench.lacks("options")
    name = next(iter(bench.schema.fields), "x")
    with pytest.raises(Refused):
        bench.connector.write_option(bench.collection, name, Option("", "Semis"))


def test_a_field_without_options_refuses_them(bench: Bench):
    bench.needs("options")
    plain = next(n for n, s in bench.schema.fields.items() if not s.options)
    with pytest.raises(Refused):
        bench.connector.write_option(bench.collection, plain, Option("", "Semis"))


def test_a_record_can_stand_between_two_others(bench: Bench):
    bench.needs("rank")
    bench.needs_writing()
    low, high = bench.create({"rank": 1024}), bench.create({"rank": 4096})
    between = bench.create()
    ranks = [bench.get(r.ref).fields["rank"] for r in (low, high)]
    assert all(isinstance(rank, int | float) for rank in ranks)
    middle = (float(str(ranks[0])) + float(str(ranks[1]))) / 2
    bench.update(between, {"rank": middle})
    order = sorted(bench.listing(), key=lambda ref: float(str(bench.get(ref).fields["rank"])))
    assert order == [low.ref, between.ref, high.ref]


def test_moving_one_record_leaves_the_rank_of_the_others(bench: Bench):
    bench.needs("rank")
    bench.needs_writing()
    records = [bench.create({"rank": 1024 * n}) for n in (1, 2, 3)]
    before = [bench.get(r.ref).fields["rank"] for r in records[:2]]
    bench.update(bench.get(records[2].ref), {"rank": 1536})
    assert [bench.get(r.ref).fields["rank"] for r in records[:2]] == before


def test_without_the_capability_there_is_no_rank(bench: Bench):
    bench.lacks("rank")
    assert "rank" not in bench.schema.fields
