"""Histories in which a wrong rule loses or doubles when the store is lost, or is older.

Each was found by a simulator with the wrong rule in place.
"""

from __future__ import annotations

import pytest

from sync.store.memory import MemoryStore
from tests.simulation.scene import Scene

TITLES = ("Four", "Jardin", "Toit")


def mirrored(*places):
    for title in TITLES:
        places[0].add(title)


def replaced_inside_our_call(scene, a, b):
    """A title that people typed while our own was on its way, and we were killed after it."""
    a.edit(a.ref("Jardin"), title="Potager")
    b.at("update", lambda: b.edit(b.ref("Jardin"), title="Verger"))
    b.crash_after("update")
    assert scene.sync() is None
    assert b.titles() == ["Four", "Potager", "Toit"]


@pytest.mark.parametrize("store", ["the same", "older", "lost"])
def test_what_a_write_replaced_that_nobody_audited_is_kept_when_the_store_is_relinked(store):
    """47."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True)
    mirrored(a)
    scene.sync(2)
    backup = scene.backup() if store == "older" else None
    replaced_inside_our_call(scene, a, b)
    scene.lost(scene.store if store == "the same" else backup)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Potager", "Toit"]
    assert "Verger" in scene.kept()


def test_a_history_that_cannot_be_read_when_the_store_is_relinked_is_read_later():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True)
    mirrored(a)
    scene.sync(2)
    replaced_inside_our_call(scene, a, b)
    with b.failing("history"):
        scene.lost()
        scene.sync()
    assert "Verger" not in scene.kept()
    scene.later()
    assert "Verger" in scene.kept()


def test_records_matched_at_the_first_meeting_are_found_again_with_those_that_we_made():
    """33, 40."""
    scene = Scene()
    a, b, c = (scene.place(n) for n in "abc")
    mirrored(a)
    c.add("Jardin")
    scene.sync(2)
    scene.lost()
    scene.later()
    for place in (a, b, c):
        assert place.titles() == sorted(TITLES)
    assert len(scene.items()) == len(TITLES)


def test_cards_of_one_title_are_told_by_our_own_mark_when_the_store_was_lost():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    one, two = a.add("Jardin", description="un"), a.add("Jardin", description="deux")
    scene.sync(2)
    a.edit(one, title="Potager")
    scene.lost()
    scene.later()
    assert a.titles() == b.titles()
    assert len(scene.items()) == 2
    a.edit(two, description="trois")
    scene.later()
    assert sorted(a.values("description")) == sorted(b.values("description")) == ["trois", "un"]


def test_a_field_mapped_since_an_older_store_is_met_and_no_deletion_is_inferred():
    """34."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for title in TITLES:
        a.add(title, due="2026-04-01")
    scene.sync(2)
    backup = scene.backup()
    b.edit(b.ref("Jardin"), due="2026-05-05")
    a.remove(a.ref("Toit"))
    for place in (a, b):
        scene.remap(place, "title", "due")
    scene.lost(backup)
    scene.later()
    assert a.titles() == b.titles() == sorted(TITLES)
    dues = a.world.read("b", a.ref("Jardin")).fields["due"]
    assert b.world.read("b", b.ref("Jardin")).fields["due"] == dues
    other = ({"2026-04-01", "2026-05-05"} - {str(dues)}).pop()
    assert other in scene.kept()


def unremoved_twin(others):
    """A card with two records on the other side, and a store from before one of them was made.

    With eight other cards before it, the record that the store knows comes first.
    """
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for n in range(others):
        a.add(f"Carte {n}")
    scene.sync(2)
    a.add("Jardin")
    b.lands_late("create")
    backups = []
    b.at("find", lambda: backups.append(scene.backup()))
    scene.sync()
    b.world.land()
    assert b.titles().count("Jardin") == 2
    return scene, a, b, backups[0]


@pytest.mark.parametrize("others", [1, 8])
def test_an_unremoved_twin_that_an_older_store_does_not_know_is_no_new_card(others):
    """46."""
    scene, a, b, backup = unremoved_twin(others)
    scene.lost(backup)
    scene.later()
    assert a.titles() == b.titles()
    assert a.titles().count("Jardin") == 1


def test_a_twin_that_people_touched_is_shown_where_the_store_does_not_know_it():
    scene, a, b, backup = unremoved_twin(8)
    for twin in b.cards()[-2:]:
        b.edit(twin.ref, description="au fond")
    scene.lost(backup)
    report = scene.sync(3)
    assert a.titles().count("Jardin") == 1
    assert b.titles().count("Jardin") == 2
    assert [h.subject for h in report.holds] == ["b/box:b"]
    scene.release("b/box:b")
    scene.later()
    assert a.titles().count("Jardin") == b.titles().count("Jardin") == 2


def test_two_records_of_one_card_are_held_when_the_store_was_lost():
    scene, a, b, _ = unremoved_twin(1)
    scene.lost()
    report = scene.sync(3)
    assert a.titles() == ["Carte 0", "Jardin"]
    assert b.titles() == ["Carte 0", "Jardin", "Jardin"]
    assert {h.subject for h in report.holds} == {"a/box:b", "b/box:b"}


def test_a_card_that_was_held_with_its_twin_is_found_again_once_the_twin_is_gone():
    """Whatever it is called by then, and where listings tell versions only."""
    scene = Scene()
    a, b, c = scene.place("a", stubs=True), scene.place("b"), scene.place("c", stubs=True)
    a.add("Jardin")
    b.lands_late("create")
    scene.sync()
    b.world.land()
    scene.lost()
    a.edit(a.ref("Jardin"), title="Potager")
    c.edit(c.ref("Jardin"), title="Verger")
    report = scene.sync(3)
    assert len(report.holds) == 3
    b.remove(b.cards()[0].ref)
    for hold in report.holds:
        scene.release(hold.subject)
    scene.later()
    (title,) = a.titles()
    assert [title] == b.titles() == c.titles()
    assert len(scene.items()) == 1
    assert ({"Potager", "Verger"} - {title}).pop() in scene.kept()


def test_nothing_is_written_before_an_admin_has_seen_what_a_relink_matched():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    mirrored(a)
    scene.sync(2)
    backup = scene.backup()
    a.edit(a.ref("Jardin"), description="au fond")
    b.edit(b.ref("Four"), title="Fournil")
    wrote = len(a.wrote) + len(b.wrote)
    scene.store = backup
    scene.engine().relink()
    scene.sync(2, accept=False)
    assert len(a.wrote) + len(b.wrote) == wrote
    scene.release()
    scene.later()
    assert a.titles() == b.titles()
    assert "au fond" in b.values("description")


def test_comments_under_a_card_are_met_with_it_when_the_store_was_lost():
    """44, 45."""
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    mirrored(a)
    a.comment(a.ref("Jardin"), "bonjour")
    scene.sync(2)
    said = b.comment(b.ref("Jardin"), "salut")
    scene.sync()
    b.world.edit("b#comment", said, {"text": "salut à tous"})
    scene.lost()
    scene.later()
    assert a.said() == b.said() == ["bonjour", "salut à tous"]


def renamed_by_a_move(scene):
    """A page whose name is its ref, renamed there; one of two others was told before the loss."""
    a = scene.place("a", moves=True, cursor=True, tombstones=True, echo=True)
    b, c = scene.place("b"), scene.place("c")
    mirrored(a)
    scene.sync(2)
    a.edit(a.ref("Jardin"), title="Potager")
    with b.failing("update"):
        scene.sync()
    assert (b.titles(), c.titles()) == (["Four", "Jardin", "Toit"], ["Four", "Potager", "Toit"])
    return a, b, c


def test_a_page_that_moved_is_found_again_by_any_name_that_it_bears_where_we_made_it():
    scene = Scene()
    places = renamed_by_a_move(scene)
    scene.lost()
    scene.later()
    for place in places:
        assert place.titles() == ["Four", "Potager", "Toit"]


def test_nothing_is_met_after_a_loss_before_every_side_was_listed():
    scene = Scene()
    a, b, c = renamed_by_a_move(scene)
    before = [list(place.wrote) for place in (a, b, c)]
    with c.failing("list"):
        scene.lost()
        report = scene.sync()
    assert list(report.failures) == [c.member.key]
    assert [place.wrote for place in (a, b, c)] == before
    scene.later()
    for place in (a, b, c):
        assert place.titles() == ["Four", "Potager", "Toit"]


def test_a_side_that_was_down_and_looks_empty_is_not_met_after_a_loss_unseen():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    mirrored(a)
    scene.sync(2)
    with b.failing("list"):
        scene.lost()
        report = scene.sync()
    assert list(report.failures) == [b.member.key]
    with b.blind("list"):
        report = scene.sync(2, accept=False)
    assert [hold.subject for hold in report.holds] == ["board"]
    scene.later()
    assert a.titles() == b.titles() == sorted(TITLES)


def test_what_an_admin_agreed_to_is_shown_again_where_less_stands_there_since():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    mirrored(a)
    scene.sync(2)
    scene.lost()
    with b.blind("list"):
        report = scene.sync(accept=False)
    assert [hold.subject for hold in report.holds] == ["board"]
    scene.later()
    assert a.titles() == b.titles() == sorted(TITLES)


def test_nothing_is_written_after_a_loss_where_one_side_looks_empty_before_an_admin_agrees():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    mirrored(a)
    scene.sync(2)
    scene.store = MemoryStore(scene.clock)
    with b.blind("list"):
        scene.engine().relink()
        report = scene.sync(2, accept=False)
    assert [hold.subject for hold in report.holds] == ["board"]
    scene.release()
    scene.later()
    assert a.titles() == b.titles() == sorted(TITLES)


def test_a_run_in_which_a_record_could_not_be_read_does_not_say_that_all_is_in_step():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", stubs=True)
    mirrored(a)
    with b.failing("get"):
        b.add("Verger")
        report = scene.sync()
    assert list(report.failures) == [b.member.key]
    assert not report.ok
    assert scene.later().ok
    assert a.titles() == b.titles() == sorted([*TITLES, "Verger"])


def test_a_list_that_was_renamed_since_an_older_store_is_the_one_that_we_made_elsewhere():
    scene = Scene()
    a, b = (scene.place(n, ("title", "list"), options=True) for n in "ab")
    ideas = b.world.add_option("b", "list", "Idées").id
    scene.sync()
    backup = scene.backup()
    b.world.rename_option("b", "list", ideas, "Projets")
    b.add("Jardin", list=ideas)
    scene.sync()
    assert a.titles() == ["Jardin"]
    scene.lost(backup)
    scene.later()
    (projects,) = a.world.shelf("b").options["list"]
    (known,) = scene.store.options("board")["list"]
    assert known.natives == {a.member.key: projects, b.member.key: ideas}


def test_a_card_that_is_taken_out_of_two_bins_after_a_loss_is_one_card():
    scene = Scene()
    a, b = (scene.place(n, soft_delete=True) for n in "ab")
    mirrored(a)
    scene.sync(2)
    binned = [(place, place.ref("Jardin")) for place in (a, b)]
    for place, ref in binned:
        place.remove(ref)
    scene.sync(2)
    scene.lost()
    scene.sync()
    for place, ref in binned:
        place.world.unarchive("b", ref)
    scene.later()
    assert a.titles() == b.titles() == sorted(TITLES)


def test_a_page_that_moved_since_an_older_store_is_found_again_by_its_stable_id():
    scene = Scene()
    a, b = scene.place("a", moves=True), scene.place("b")
    mirrored(a)
    scene.sync(2)
    backup = scene.backup()
    a.edit(a.ref("Jardin"), title="Potager")
    b.edit(b.ref("Jardin"), title="Verger")
    scene.lost(backup)
    scene.later()
    assert len(scene.items()) == len(a.titles()) == len(TITLES)
    assert a.titles() == b.titles()
