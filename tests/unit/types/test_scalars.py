from __future__ import annotations

import pytest

from sync.errors import ConfigError
from sync.types import TYPES, of


def test_an_unknown_type_is_a_configuration_error_that_names_the_known_ones():
    with pytest.raises(ConfigError, match=r"checklist.*richtext") as raised:
        of("colour")
    assert "colour" in str(raised.value)
    assert of("text") is TYPES["text"]


def test_no_and_nothing_said_are_the_same():
    kind = of("bool")
    assert kind.clean(False) is None
    assert kind.equal(None, False)
    assert kind.clean("true") is True
    assert kind.show(True) == "✓"
    with pytest.raises(ValueError, match="neither"):
        kind.clean("peut-être")


def test_a_tick_and_its_removal_never_conflict():
    kind = of("bool")
    assert kind.merge(True, None, True).value is None
    assert kind.merge(None, None, True).value is True
    assert kind.join(None, True).value is True


def test_numbers_are_whole_where_they_can_be():
    kind = of("number")
    assert isinstance(kind.clean(2.0), int)
    assert kind.clean("12.50") == 12.5
    assert kind.clean(0) == 0


@pytest.mark.parametrize("garbage", [True, float("nan"), float("inf"), 10**400, "douze", [1]])
def test_what_is_no_number_is_refused(garbage):
    with pytest.raises(ValueError, match="number"):
        of("number").clean(garbage)


def test_a_number_that_lost_its_last_digit_on_the_way_is_no_edit():
    assert of("number").equivalent(0.1 + 0.2, 0.3)
    assert not of("number").equal(0.1 + 0.2, 0.3)
    assert not of("number").equivalent(1, 1.001)


def test_nobody_misses_a_place_in_an_order():
    kind = of("rank")
    assert kind.pieces(16384) == frozenset()
    assert kind.merge(1, 2, 3).conflict
    joined = kind.join("a0", "a1")
    assert (joined.value, joined.conflict) == ("a0", False)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T14:00Z", "2026-03-01T14:00:00Z"),
        ("2026-03-01t14:00:00.000+00:00", "2026-03-01T14:00:00Z"),
        ("2026-03-01 14:00:00.5+01:00", "2026-03-01T14:00:00.500+01:00"),
        ("2026-03-01T14:00:00.123456789Z", "2026-03-01T14:00:00.123456Z"),
        (
            "2026-03-01T14:00:00+01:00[Europe/Paris]",
            "2026-03-01T14:00:00+01:00[Europe/Paris]",
        ),
        ("2026-03-01T14:00:00-03:30", "2026-03-01T14:00:00-03:30"),
    ],
)
def test_a_moment_has_one_spelling(raw, canonical):
    assert of("moment").clean(raw) == canonical


@pytest.mark.parametrize(
    "garbage",
    [
        "2026-02-30",
        "2026-03-01T14:00:00",
        "2026-03-01T25:00:00Z",
        "20260301",
        "2026-W09-1",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-03-01",
        12,
    ],
)
def test_a_moment_that_nobody_can_place_is_refused(garbage):
    with pytest.raises(ValueError, match=r"."):
        of("moment").clean(garbage)


def test_moments_are_equal_by_instant_whatever_their_zone():
    kind = of("moment")
    assert kind.equal("2026-03-01T14:00:00+01:00[Europe/Paris]", "2026-03-01T13:00:00Z")
    assert not kind.equal("2026-03-01T14:00:00+01:00", "2026-03-01T14:00:00Z")
    assert not kind.equal("2026-03-01T13:00:00.500Z", "2026-03-01T13:00:00Z")


def test_a_date_is_not_its_midnight():
    kind = of("moment")
    assert not kind.equal("2026-03-01", "2026-03-01T00:00:00Z")
    assert not kind.equivalent("2026-03-01", "2026-03-01T00:00:00Z")


def test_an_echo_may_lose_fractions_of_a_second_and_no_more():
    kind = of("moment")
    assert kind.equivalent("2026-03-01T13:00:00.999Z", "2026-03-01T14:00:00+01:00")
    assert not kind.equivalent("2026-03-01T13:00:01Z", "2026-03-01T13:00:00Z")
    assert not kind.equivalent("2026-03-01", "2026-03-02")


def test_a_moment_is_shown_by_the_clock_where_it_was_set():
    kind = of("moment")
    assert kind.show("2026-03-01") == "2026-03-01"
    assert kind.show("2026-03-01T13:00:00Z") == "2026-03-01 13:00 UTC"
    assert kind.show("2026-07-01T12:00:00Z[Europe/Paris]") == "2026-07-01 14:00 Europe/Paris"
    assert kind.show("2026-07-01T12:00:09-05:00[Nowhere/Else]") == "2026-07-01 12:00:09 -05:00"
    assert kind.show("2026-07-01T12:00:00Z[Europe]") == "2026-07-01 12:00 UTC"


@pytest.mark.parametrize(
    ("raw", "canonical", "shown"),
    [
        ("PT90M", "PT1H30M", "1 h 30 min"),
        ("P1W", "P7D", "168 h"),
        ("PT24H", "PT24H", "24 h"),
        ("-PT15M", "-PT15M", "-15 min"),
        ("pt0s", "PT0S", "0 min"),
        ("-P1DT2H3S", "-P1DT2H3S", "-26 h 3 s"),
    ],
)
def test_a_duration_has_one_spelling(raw, canonical, shown):
    assert of("duration").clean(raw) == canonical
    assert of("duration").show(canonical) == shown


@pytest.mark.parametrize("garbage", ["P", "PT", "P1M", "1H", "PT1.5H", 90])
def test_a_duration_of_unknown_length_is_refused(garbage):
    with pytest.raises(ValueError, match="duration"):
        of("duration").clean(garbage)


def test_a_day_is_24_hours_to_a_server_and_not_to_people():
    assert of("duration").equivalent("P1D", "PT24H")
    assert not of("duration").equal("P1D", "PT24H")


A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def blob(name="a.odt", size=3, content=None):
    return of("blob").clean({"name": name, "size": size, "hash": content})


def test_files_are_equal_by_content_where_it_is_known_on_both_sides():
    kind = of("blob")
    assert kind.equal(blob(content=A), blob("b.odt", 9, A))
    assert not kind.equal(blob(content=A), blob(content=B))
    assert kind.equal(blob(content=A), blob())
    assert not kind.equal(blob(content=A), blob(size=4))


def test_a_file_is_known_by_its_content_and_by_its_name_until_that_is_read():
    kind = of("blob")
    assert kind.pieces(blob(content=A)) == kind.pieces(blob("b.odt", 9, A)) == {A}
    assert kind.pieces(blob()) != kind.pieces(blob("b.odt"))


def test_two_contents_of_one_file_are_a_conflict():
    merge = of("blob").merge(blob(), blob(content=A, size=1), blob(content=B, size=2))
    assert merge.conflict
    assert of("blob").show(blob(size=1_234_567)) == "a.odt (1.23 MB)"


@pytest.mark.parametrize(
    "garbage",
    [
        {"name": "a"},
        {"name": "a", "size": -1},
        {"name": "a", "size": 1.5},
        {"size": 1},
        {"name": "a", "size": 1, "hash": "md5:00"},
        {"name": "a", "size": 1, "path": "/"},
        "a",
    ],
)
def test_a_file_without_name_size_or_proper_hash_is_refused(garbage):
    with pytest.raises(ValueError, match=r"."):
        of("blob").clean(garbage)


def test_a_place_may_have_a_name_coordinates_or_both():
    kind = of("location")
    assert kind.clean({"name": " Gare ", "lat": None, "lon": None}) == {"name": "Gare"}
    assert kind.clean({"name": "", "lat": "48.85", "lon": 2}) == {"lat": 48.85, "lon": 2}
    assert kind.show({"lat": 48.85, "lon": 2}) == "48.85, 2"
    assert kind.show({"name": "Gare", "lat": 48.85, "lon": 2}) == "Gare"


@pytest.mark.parametrize(
    "garbage", [{"lat": 1}, {"lat": 91, "lon": 0}, {"lat": 0, "lon": 181}, "x"]
)
def test_half_a_coordinate_and_one_off_the_globe_are_refused(garbage):
    with pytest.raises(ValueError, match=r"."):
        of("location").clean(garbage)


def test_less_than_a_metre_is_no_other_place():
    kind = of("location")
    assert kind.equivalent({"lat": 48.85, "lon": 2}, {"lat": 48.850001, "lon": 2})
    assert not kind.equivalent({"lat": 48.85, "lon": 2}, {"lat": 48.851, "lon": 2})
    assert not kind.equivalent({"name": "Gare"}, {"name": "Mairie"})
