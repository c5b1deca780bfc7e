from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import ConfigError
from sync.mapping.transforms import known, named
from sync.types import of

PARIS = "Europe/Paris"
MOMENTS = st.sampled_from(
    [
        None,
        "2026-03-01",
        "2026-03-29T02:30:00+01:00",
        "2026-03-01T23:30:00Z",
        "2026-07-01T09:00:00+02:00[Europe/Paris]",
        "1900-01-01T10:00:00Z",
    ]
).map(of("moment").clean)
TEXTS = st.sampled_from([None, "un", "un\ndeux", "\ndeux", "trois", "Réf. 1"])
DURATIONS = st.sampled_from([None, "PT1H30M", "P1D", "PT20M", "-PT15M", "PT1S"]).map(
    of("duration").clean
)
YES = st.sampled_from([None, True])

CASES = {
    "date": ("moment", MOMENTS),
    "first-line": ("richtext", TEXTS),
    "negate": ("bool", YES),
    "percent-done": ("bool", YES),
    "prefix:Réf. ": ("text", TEXTS),
    "seconds": ("duration", DURATIONS),
    "minutes": ("duration", DURATIONS),
    "hours": ("duration", DURATIONS),
}
EVERY = pytest.mark.parametrize("spec", sorted(CASES))


class NoWords:
    def native(self, option: str) -> str | None:
        raise AssertionError(option)

    def option(self, native: str) -> str:
        raise AssertionError(native)


WORDS = NoWords()


def transform(spec):
    return named(spec, of(CASES[spec][0]), PARIS)


def test_every_transform_that_can_be_read_back_is_held_to_the_laws():
    assert {spec.partition(":")[0] for spec in [*CASES, "as-text"]} == {
        spec.partition(":")[0] for spec in known()
    }
    assert all(transform(spec).two_way for spec in CASES)


@EVERY
@given(data=st.data())
def test_putting_back_what_is_shown_changes_nothing(spec, data):
    lens, value = transform(spec), data.draw(CASES[spec][1])
    assert lens.put(lens.project(value, WORDS), value, WORDS) == value


@EVERY
@given(data=st.data())
def test_what_was_put_back_is_shown_as_it_was_typed(spec, data):
    lens = transform(spec)
    view, base = lens.project(data.draw(CASES[spec][1]), WORDS), data.draw(CASES[spec][1])
    put = lens.put(view, base, WORDS)
    assert of(CASES[spec][0]).clean(put) == put
    assert lens.project(put, WORDS) == view


@EVERY
@given(data=st.data())
def test_what_is_shown_is_canonical_for_the_type_that_is_declared(spec, data):
    lens, value = transform(spec), data.draw(CASES[spec][1])
    shown = lens.project(value, WORDS)
    assert of(lens.gives).clean(shown) == shown


def test_a_day_is_the_collectives_and_a_new_day_keeps_the_hour():
    lens = transform("date")
    assert lens.project("2026-03-01T23:30:00Z", WORDS) == "2026-03-02"
    put = lens.put("2026-07-05", "2026-03-01T13:00:00Z", WORDS)
    assert put == "2026-07-05T14:00:00+02:00[Europe/Paris]"
    assert lens.put("2026-07-05", "2026-03-01", WORDS) == "2026-07-05"
    assert lens.put(None, "2026-03-01T13:00:00Z", WORDS) is None


def test_an_edit_of_the_first_line_leaves_the_others():
    lens = transform("first-line")
    assert lens.put("Titre", "titre\n\nTexte", WORDS) == "Titre\n\nTexte"


def test_a_text_without_its_prefix_is_the_text():
    lens = transform("prefix:Réf. ")
    assert lens.project("12", WORDS) == "Réf. 12"
    assert lens.put("13", "12", WORDS) == "13"
    assert lens.put("Réf. ", "12", WORDS) is None


def test_figures():
    assert transform("hours").project("PT1H30M", WORDS) == 1.5
    assert transform("minutes").put(20, None, WORDS) == "PT20M"
    assert transform("hours").put(0.1, None, WORDS) == "PT6M"
    assert transform("percent-done").project(True, WORDS) == 100
    assert transform("percent-done").put(99, True, WORDS) is None
    assert transform("negate").project(True, WORDS) is None


def test_what_people_see_of_a_value_cannot_be_read_back():
    lens = named("as-text", of("people"), PARIS)
    assert lens.project(["ali", "zoe"], WORDS) == "ali, zoe"
    assert lens.project(None, WORDS) is None
    assert not lens.two_way
    assert lens.put("ali, zoe", ["ali", "zoe"], WORDS) == ["ali", "zoe"]
    with pytest.raises(ValueError, match="read back"):
        lens.put("ali", ["ali", "zoe"], WORDS)


@pytest.mark.parametrize("spec", ["dates", "prefix", "prefix:", "date:fr", "", "__class__"])
def test_an_unknown_transform_is_a_configuration_error_that_names_the_known_ones(spec):
    with pytest.raises(ConfigError, match=r"first-line.*prefix:TEXT"):
        named(spec, of("text"), PARIS)
