"""Histories in which names are refs, and people give one thing the name of another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulation.scene import Scene

TITLES = ("Four", "Jardin", "Toit", "Puits")


every = pytest.mark.parametrize("how", ["delta", "listing", "stubs"])
"""How a side tells what changed there."""


def placed(how, *, talk=True, **lacking):
    made = Scene()
    a = made.place("a", comments=talk)
    powers = {"delta": {"cursor": True, "tombstones": True}, "listing": {"cursor": False}}
    stubs = {"stubs": True}
    b = made.place("b", moves=True, comments=talk, **powers.get(how, stubs), **lacking)
    for title in TITLES:
        ref = a.add(title, description=f"sur {title}")
        if talk:
            a.comment(ref, f"dit sur {title}")
    made.sync(2)
    return made, a, b


def told(place):
    return {str(s.fields["title"]): s.fields.get("description") for s in place.cards()}


@pytest.mark.parametrize("length", [2, 3])
@every
def test_when_things_take_each_others_names_all_sides_show_it_and_nothing_is_made_or_deleted(
    how, length
):
    made, a, b = placed(how)
    chosen = TITLES[:length]
    b.world.rotate("b", [b.ref(t) for t in chosen], "title")
    made.later()
    named = {t: f"sur {chosen[n - 1]}" for n, t in enumerate(chosen)}
    assert told(a) == told(b) == {t: f"sur {t}" for t in TITLES} | named
    assert a.writes("create") + a.writes("delete") + b.writes("delete") == 0
    assert a.said() == b.said() == sorted(f"dit sur {t}" for t in TITLES)


@pytest.mark.parametrize("length", [2, 3])
@every
def test_when_things_take_each_others_places_all_sides_show_it_and_nothing_is_made_or_deleted(
    how, length
):
    made, a, b = placed(how)
    b.world.rotate("b", [b.ref(t) for t in TITLES[:length]])
    b.edit(b.ref("Four"), description="éteint")
    made.later()
    assert told(a) == told(b) == {t: f"sur {t}" for t in TITLES} | {"Four": "éteint"}
    assert a.writes("create") + a.writes("delete") + b.writes("delete") == 0


@every
def test_names_that_are_exchanged_by_way_of_a_third_between_two_runs_are_exchanged(how):
    made, a, b = placed(how)
    b.edit(b.ref("Four"), title="Ailleurs")
    made.sync()
    b.edit(b.ref("Jardin"), title="Four")
    made.sync()
    b.edit(b.ref("Ailleurs"), title="Jardin")
    made.later()
    exchanged = {"Jardin": "sur Four", "Four": "sur Jardin"}
    assert told(a) == told(b) == {t: f"sur {t}" for t in TITLES} | exchanged
    assert a.writes("create") == 0


def test_what_is_renamed_once_it_was_called_gone_is_not_deleted_elsewhere():
    made, a, b = placed("delta")
    ref = b.ref("Jardin")
    b.world.shelf("b").rumours = {ref}
    b.at("get", lambda: b.edit(ref, title="Potager"))
    made.sync()
    b.world.shelf("b").rumours = set()
    made.later()
    assert set(told(a)) == set(told(b)) == {"Four", "Potager", "Puits", "Toit"}
    assert a.writes("delete") + b.writes("delete") + a.writes("create") == 0


@pytest.mark.parametrize("edited", [False, True])
@every
def test_what_is_renamed_where_a_listing_lags_behind_is_neither_deleted_nor_made_anew(how, edited):
    made, a, b = placed(how, lagging=True)
    b.edit(b.ref("Jardin"), title="Potager")
    if edited:
        a.edit(a.ref("Jardin"), description="bêché")
    made.clock.now += timedelta(hours=2)
    b.world.shelf("b").lag = 1  # the old name is gone by then, and the new one not there yet
    made.sync()
    b.world.shelf("b").lag = 0
    made.later()
    shown = {"Potager": "bêché" if edited else "sur Jardin"}
    assert told(a) == told(b) == {t: f"sur {t}" for t in ("Four", "Puits", "Toit")} | shown
    assert a.said() == b.said() == sorted(f"dit sur {t}" for t in TITLES)
    assert a.writes("delete") + b.writes("delete") + a.writes("create") == 0
    assert b.writes("create") == 2 * len(TITLES)


@every
def test_what_is_deleted_where_listings_lag_behind_is_deleted_elsewhere(how):
    made, a, b = placed(how, lagging=True)
    b.remove(b.ref("Jardin"))
    made.sync(2)
    assert a.titles() == b.titles() == ["Four", "Puits", "Toit"]


@pytest.mark.parametrize("goes", [0, 1, 2])
@pytest.mark.parametrize("length", [2, 3])
@every
def test_of_things_that_took_each_others_places_the_one_that_is_deleted_then_is_the_one_that_goes(
    how, length, goes
):
    made, a, b = placed(how, talk=False)
    gone = TITLES[goes % length]
    known = {t: a.ref(t) for t in TITLES if t != gone}
    b.world.rotate("b", [b.ref(t) for t in TITLES[:length]])
    b.remove(b.ref(gone))
    made.later()
    assert told(a) == told(b) == {t: f"sur {t}" for t in known}
    assert {t: a.ref(t) for t in known} == known
    assert (a.writes("delete"), a.writes("update"), b.writes("update")) == (1, 0, 0)


@every
def test_what_is_said_of_a_name_is_not_lost_when_another_thing_is_moved_there(how):
    made, a, b = placed(how, talk=True)
    four, jardin = b.ref("Four"), b.ref("Jardin")
    talk = b.world.shelf("b#comment").records
    said = dict(talk)
    b.world.rotate("b", [four, jardin])
    talk |= said  # it stands under the names as it did
    b.remove(four)
    made.later()
    assert a.titles() == b.titles() == ["Four", "Puits", "Toit"]
    assert "dit sur Jardin" in a.said()
    assert a.said() == b.said()


@every
def test_a_thing_that_took_a_name_left_free_is_not_deleted_and_made_once_more(how):
    made, a, b = placed(how)
    b.world.rotate("b", [b.ref("Four"), b.ref("Jardin")])
    b.edit(b.ref("Four"), title="Ailleurs")
    a.edit(a.ref("Jardin"), description="bêché")
    made.later()
    assert a.titles() == b.titles() == ["Ailleurs", "Jardin", "Puits", "Toit"]
    assert told(a)["Jardin"] == told(b)["Jardin"] == "bêché"


@pytest.mark.parametrize("rotated", [(), ("Four", "Jardin"), ("Four", "Jardin", "Toit")])
@every
def test_what_was_renamed_while_its_side_was_out_of_the_mapping_is_the_same_thing(how, rotated):
    made, a, b = placed(how)
    c = made.place("c", comments=True)
    made.sync()
    away = made.without("b")
    made.sync()
    b.edit(b.ref("Puits"), title="Source")
    if rotated:
        b.world.rotate("b", [b.ref(t) for t in rotated], "title")
    made.places["b"] = away
    made.later()
    assert len(made.items()) == len(TITLES)
    stands = {text: title for title, text in told(b).items()}
    assert stands == {text: title for title, text in told(c).items()}
    assert stands["sur Puits"] == "Source"
    assert a.said() == b.said() == c.said() == sorted(f"dit sur {t}" for t in TITLES)
    assert a.writes("create") + a.writes("delete") + b.writes("delete") == 0


@every
def test_what_takes_the_name_of_a_thing_renamed_while_its_side_was_out_is_a_thing_of_its_own(how):
    made, a, b = placed(how)
    c = made.place("c", comments=True)
    made.sync()
    away = made.without("b")
    made.sync()
    b.edit(b.ref("Puits"), title="Source")
    b.add("Puits", description="un autre")
    made.places["b"] = away
    made.later()
    assert told(a) == told(b) == told(c)
    assert told(a) == {t: f"sur {t}" for t in TITLES} | {"Source": "sur Puits", "Puits": "un autre"}
