"""Every hold is released by the command that it names, and by nothing else."""

from __future__ import annotations

from sync.errors import Refused
from sync.noted import noted
from tests.unit.engine.test_brakes import obey, pass_on, two


def test_a_refused_value_is_sent_again_after_its_release():
    scene, a, b = two()
    b.at("update", Refused("no such word here"))
    a.edit(a.ref("Four"), description="farine")
    (hold,) = pass_on(scene, minutes=5).holds
    assert hold.subject.endswith(b.member.key)
    assert pass_on(scene, minutes=5).holds
    obey(scene, hold)
    assert scene.later().ok
    assert "farine" in b.values("description")


def test_a_hold_of_a_collection_whose_key_has_an_at_sign_is_released():
    scene, _a, _ = two()
    item = scene.items()[0]
    item.held["cal/calendar:/u/one@example.org/x/"] = "refused"
    with scene.store.transaction() as tx:
        tx.put_item(item)
    (hold,) = scene.sync().holds
    obey(scene, hold)
    assert scene.sync().ok


def test_a_side_taken_out_with_a_write_nobody_knows_of_is_told_until_it_is_given_up():
    scene, a, b = two()
    scene.place("c")
    scene.sync(2)
    b.no_answer_after("update")
    a.edit(a.ref("Four"), description="farine")
    with b.failing("get"):
        pass_on(scene, minutes=5)
        assert scene.store.intents()
        scene.without("b")
        (hold,) = pass_on(scene, minutes=5).holds
        assert hold.subject == b.member.key
        assert scene.store.collections()[b.member.key].held == hold.cause
        obey(scene, hold)
        assert scene.later().ok
    assert not scene.store.intents()


def test_a_side_put_back_while_a_write_was_open_looks_it_up():
    scene, a, b = two()
    scene.place("c")
    scene.sync(2)
    b.no_answer_after("update")
    a.edit(a.ref("Four"), description="farine")
    with b.failing("get"):
        pass_on(scene, minutes=5)
        place = scene.without("b")
        assert pass_on(scene, minutes=5).holds
    scene.places["b"] = place
    assert scene.later().ok
    assert not scene.store.intents()


def test_a_record_that_cannot_be_read_is_read_again_when_released():
    scene, _a, b = two()
    item = scene.items()[0]
    item.sides[b.member.key].malformed = "no date at all"
    with scene.store.transaction() as tx:
        tx.put_item(item)
    assert scene.sync().quarantined
    assert scene.engine().release(item.id)
    assert scene.later().ok


def test_a_command_in_the_middle_of_a_cycle_is_not_lost():
    scene, a, b = two()
    item = scene.items()[0]
    scene.engine().hold(item.id)
    a.edit(a.ref(str(item.hub["title"])), description="farine")
    b.at("list", lambda: scene.engine().release(item.id))
    report = pass_on(scene, hours=2)
    assert report.ok
    assert "farine" in b.values("description")


def test_failures_keep_the_moment_since_which_they_last():
    scene, _, b = two()
    with b.failing("list"):
        pass_on(scene, minutes=5)
        (first,) = noted(scene.store, "board").failures.values()
        pass_on(scene, minutes=5)
        (second,) = noted(scene.store, "board").failures.values()
    assert first == second
    pass_on(scene, minutes=5)
    assert not noted(scene.store, "board").failures
