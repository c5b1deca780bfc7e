"""Every hold is released by the command that it names, and by nothing else."""

from __future__ import annotations

import shlex
from itertools import count

from sync.errors import Refused
from sync.noted import noted
from tests.simulation.scene import Scene
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


def follow(scene, hold):
    """Do what a hold of a whole mapping says."""
    program, verb, *run = shlex.split(hold.command)
    assert (program, verb) in {("jumelage", "sync"), ("jumelage", "undo")}
    return getattr(scene.engine(), verb)(*run)


def test_what_moves_while_a_plan_is_applied_is_not_replaced_and_the_next_run_mends_it():
    scene, a, b = two()
    a.edit(a.ref("Four"), description="farine")
    a.edit(a.ref("Puits"), description="eau")
    planned = scene.engine().plan()
    ref = b.ref("Four")
    b.at("update", lambda: b.edit(ref, description="levain"))
    report = scene.engine().apply(planned)
    (hold,) = report.holds
    assert (report.written, hold.subject) == (1, "board")
    assert hold.cause == "something moved meanwhile; writes of the plan that were not made: 1"
    assert "levain" in b.values("description")
    assert follow(scene, hold).ok
    for word in ("farine", "levain", "eau"):
        assert word in str([*a.values("description"), *b.values("description"), scene.kept()])
    assert a.values("description") == b.values("description")


def test_an_undo_among_edits_that_never_cease_says_so_and_is_done_when_they_do():
    scene = Scene()
    a, b = scene.place("a", ("title",)), scene.place("b", ("title",))
    a.add("Four")
    scene.sync(2)
    a.edit(a.ref("Four"), title="Le four")
    run = scene.sync().run
    ref, words = b.ref("Le four"), count()

    def elsewhere():
        """A field that is not mapped: what stands in the mapped one is ours still."""
        b.edit(ref, description=f"mot {next(words)}")
        b.at("update", elsewhere)

    b.at("update", elsewhere)
    (hold,) = scene.engine().undo(run).holds
    assert (hold.subject, hold.cause) == ("board", "something moves there; undo it again")
    assert b.titles() == ["Le four"]
    b.cues.clear()
    report = follow(scene, hold)
    assert (report.ok, b.titles()) == (True, ["Four"])
    assert scene.later().ok


def test_a_copy_that_an_undo_may_not_take_away_is_a_card_like_any_once_released():
    scene = Scene()
    a, b = (scene.place(name, conditional=False, history=False) for name in "ab")
    a.add("Four")
    run = scene.sync().run
    (hold,) = scene.engine().undo(run).holds
    assert hold.cause == "a deletion here could not be undone or checked"
    a.edit(a.ref("Four"), description="farine")
    assert scene.sync().holds == [hold]
    assert b.values("description") == [None]
    obey(scene, hold)
    assert scene.later().ok
    assert (b.titles(), b.values("description")) == (["Four"], ["farine"])
