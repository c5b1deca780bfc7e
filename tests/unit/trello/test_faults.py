from __future__ import annotations

import pytest

from connectors.sandbox.faults import Fault, Faults


def drawn(spec, count=400):
    faults = Faults.parse(spec)
    return [faults.draw() for _ in range(count)]


@pytest.mark.parametrize("spec", [None, "", " ", "seed=3"])
def test_without_a_rate_nothing_happens(spec):
    assert set(drawn(spec)) == {Fault()}


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ("429=1", Fault(status=429)),
        ("429:1", Fault(status=429)),
        ("500-before=1", Fault(status=500)),
        ("500-after=1", Fault(status=500, after=True)),
        ("timeout-before=1", Fault(hang_up=True, slow=True)),
        ("timeout-after=1", Fault(hang_up=True, after=True, slow=True)),
        ("truncate=1", Fault(truncate=True, after=True)),
        ("login=1", Fault(login=True)),
        ("slow=1", Fault(slow=True)),
    ],
)
def test_each_name_is_a_fault_of_its_own(spec, fault):
    assert set(drawn(spec)) == {fault}


def test_rates_are_shares_of_all_requests():
    met = drawn("429=0.25,500-after=0.25", 2000)
    assert 400 < sum(fault.status == 429 for fault in met) < 600
    assert 400 < sum(fault.after for fault in met) < 600
    assert 800 < sum(fault == Fault() for fault in met) < 1200


def test_one_seed_gives_one_sequence():
    assert drawn("503=0.5,seed=7") == drawn("503=0.5,seed=7")
    assert drawn("503=0.5,seed=7") != drawn("503=0.5,seed=8")


def test_the_first_requests_can_be_let_through():
    met = drawn("503=1,first=3", 5)
    assert [fault.status for fault in met] == [None, None, None, 503, 503]


@pytest.mark.parametrize(
    "spec", ["tornado=1", "500=often", "429=-1", "429", "500-during=1", "429=0.7,500=0.7"]
)
def test_a_spec_that_means_nothing_is_explained(spec):
    with pytest.raises(ValueError, match=r"\w"):
        Faults.parse(spec)
