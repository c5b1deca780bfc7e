"""What becomes of a write by what its call answers: done, not done, or nobody knows."""

from __future__ import annotations

import pytest

from sync.errors import Ambiguous, Gone, Malformed, Refused, Stale, Unreachable
from sync.i18n import spoken
from tests.simulation.scene import Having, Scene

B = "b/box:b"


@pytest.fixture(autouse=True)
def english():
    with spoken("en"):
        yield


@pytest.fixture
def scene():
    made = Scene()
    a = made.place("a")
    made.place("b")
    for title in ("Four", "Jardin", "Toit"):
        a.add(title, description="x")
    made.sync()
    return made


def sides(scene):
    return scene.places["a"], scene.places["b"]


def item(scene, title="Potager"):
    return next(i for i in scene.items() if i.hub["title"] == title)


def test_a_value_that_is_refused_is_named_and_nothing_of_the_write_stays_open(scene):
    a, b = sides(scene)
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("update", Refused("too long"))
    report = scene.sync()
    assert scene.store.intents() == []
    assert report.ok or report.holds
    assert item(scene).held == {B: "refused: too long"}
    assert b.titles() == ["Four", "Jardin", "Toit"]


def test_a_value_that_is_refused_is_not_sent_again_though_another_is_refused_after_it(scene):
    a, b = sides(scene)
    for field, value in (("title", "Potager"), ("description", "devant")):
        a.edit(a.ref("Jardin") if field == "title" else a.ref("Potager"), **{field: value})
        b.at("update", Refused(f"no {field}"))
        scene.sync()
        assert b.cues == []
    a.edit(a.ref("Potager"), labels=["rouge"])
    scene.sync()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert set(b.values("description")) == {"x"}
    assert ["rouge"] in b.values("labels")
    assert item(scene).sides[B].refused == {"title": "Potager", "description": "devant"}


def test_another_value_than_the_one_that_was_refused_is_sent(scene):
    a, b = sides(scene)
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("update", Refused("too long"))
    scene.sync()
    a.edit(a.ref("Potager"), title="Pot")
    scene.sync()
    assert b.titles() == ["Four", "Pot", "Toit"]
    assert item(scene, "Pot").held == {}
    assert item(scene, "Pot").sides[B].refused == {}


def test_a_record_that_is_refused_is_not_made_and_holds_no_other(scene):
    a, b = sides(scene)
    a.add("Cave")
    a.add("Puits")
    b.at("create", Refused("no more"))
    scene.sync(2)
    assert b.writes("create") == 4
    (held,) = [i for i in scene.items() if i.held]
    assert held.held == {B: "refused: no more"}
    assert held.sides[B].refused == {"": "no more"}
    assert scene.store.intents() == []


@pytest.mark.parametrize("error", [Stale("changed"), Gone("not there")])
def test_a_write_that_came_too_late_is_looked_at_again_and_done_in_the_same_run(scene, error):
    a, b = sides(scene)
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("update", error)
    scene.sync()
    assert b.titles() == ["Four", "Potager", "Toit"]
    assert b.writes("update") == 1
    assert scene.store.intents() == []


def test_a_write_that_certainly_failed_is_named_and_done_by_the_next_run(scene):
    a, b = sides(scene)
    a.edit(a.ref("Jardin"), title="Potager")
    a.edit(a.ref("Four"), title="Fournil")
    b.at("update", Unreachable("down"))
    report = scene.sync()
    assert report.failures == {B: "down"}
    assert b.writes("update") == 0
    assert scene.store.intents() == []
    scene.sync()
    assert b.titles() == ["Fournil", "Potager", "Toit"]
    assert b.writes("update") == 2


def test_a_fault_of_a_connector_stops_its_collection_and_leaves_the_write_to_be_looked_up(scene):
    a, b = sides(scene)
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("update", ZeroDivisionError("a fault"), when="after")
    report = scene.sync()
    assert report.failures == {B: "the connector failed; see the log"}
    assert len(scene.store.intents()) == 1
    scene.sync()
    assert b.titles() == ["Four", "Potager", "Toit"]
    assert b.writes("update") == 1
    assert scene.store.intents() == []


@pytest.mark.parametrize("error", [Ambiguous("no answer"), Malformed("<html>")])
def test_a_write_whose_answer_says_nothing_is_looked_up_before_another_is_sent(scene, error):
    a, b = sides(scene)
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("update", error, when="after")
    scene.sync()
    assert b.writes("update") == 1
    assert scene.store.intents() == []
    last = scene.store.journal(limit=1)[0].entry
    assert last.reason.endswith("(found after an interruption)")


# Systems that answer a write with nothing


@pytest.fixture
def silent():
    made = Scene()
    a, b = made.place("a"), made.place("b", echo=False)
    a.add("Four")
    made.sync()
    return made, a, b


def test_what_was_written_is_read_back_where_the_answer_is_empty(silent):
    scene, a, b = silent
    a.add("Jardin")
    a.edit(a.ref("Four"), title="Fournil")
    report = scene.sync()
    assert report.open_intents == 0
    assert b.titles() == ["Fournil", "Jardin"]
    assert item(scene, "Jardin").sides[B].ref == b.ref("Jardin")
    assert item(scene, "Fournil").sides[B].seen["title"] == "Fournil"


@pytest.mark.parametrize("call", ["find", "list"])
def test_a_create_that_cannot_be_read_back_stays_open_until_it_is_found(silent, call):
    scene, a, b = silent
    a.add("Jardin")
    a.add("Toit")
    with b.blind("find", call):
        report = scene.sync()
        assert report.failures == {}
        assert report.open_intents == 2
    scene.later()
    assert b.titles() == a.titles() == ["Four", "Jardin", "Toit"]
    assert b.writes("create") == 3


def test_an_update_that_cannot_be_read_back_stays_open_until_it_is_found(silent):
    scene, a, b = silent
    a.edit(a.ref("Four"), title="Fournil")
    with b.failing("get"):
        assert scene.sync().open_intents == 1
    scene.later()
    assert b.titles() == ["Fournil"]
    assert b.writes("update") == 1


# What is in no bin


def binned():
    made = Scene()
    a = made.place("a", ("title", "due"))
    b = made.place("b", ("title", "due"), soft_delete=True, member={"only": Having("due")})
    for number, title in enumerate(("Four", "Jardin", "Toit")):
        a.add(title, due=f"2026-04-0{number + 1}")
    made.sync()
    a.edit(a.ref("Jardin"), due=None)
    made.sync()
    assert b.titles() == ["Four", "Toit"]
    return made, a, b


def test_what_was_thrown_out_of_the_bin_is_made_anew_where_another_record_answers():
    scene, a, b = binned()
    ref = item(scene, "Jardin").sides[B].ref
    b.world.remove("b", ref)
    a.edit(a.ref("Jardin"), due="2026-05-01")
    scene.later()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert b.writes("restore") == 0
    assert item(scene, "Jardin").sides[B].ref != ref


def test_what_people_took_out_of_the_bin_at_the_same_time_is_not_made_anew():
    scene, a, b = binned()
    ref = item(scene, "Jardin").sides[B].ref
    a.edit(a.ref("Jardin"), due="2026-05-01")
    b.at("restore", lambda: b.world.unarchive("b", ref))
    scene.later()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert b.writes("create") == 3
    assert item(scene, "Jardin").sides[B].ref == ref
