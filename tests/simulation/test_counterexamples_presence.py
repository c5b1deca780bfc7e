"""Histories in which a wrong rule for presence deletes, doubles or forgets cards.

Each was found by a simulator with the wrong rule in place.
"""

from __future__ import annotations

from sync.errors import Unreachable
from sync.mapping.unit import Absence
from tests.simulation.scene import Having, Scene

DUE = ("title", "due")
ARCHIVED = ("title", "description", "archived")


def three(scene, *places):
    """Three cards on the first side, mirrored to the others."""
    for title in ("Four", "Jardin", "Toit"):
        places[0].add(title)
    scene.sync(2)


# Absence


def test_a_deletion_that_was_held_is_not_forgotten():
    """18."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=False)
    three(scene, a, b)
    for title in ("Four", "Jardin"):
        b.remove(b.ref(title))
    report = scene.sync(3)
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert [h.subject for h in report.holds] == ["b/box:b"]
    scene.release("b/box:b")
    scene.later()
    assert a.titles() == b.titles() == ["Toit"]


def test_an_absence_that_could_not_be_confirmed_counts_against_the_budget():
    """19."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    a.add("Cave")
    scene.sync(2)
    for title in ("Four", "Jardin", "Toit"):
        b.remove(b.ref(title))
    read = b.connector.get_many

    def cut_off(collection, refs):
        first, second, *_, last = refs
        yield from list(read(collection, [first, second, last]))
        raise Unreachable("down")

    b.connector.get_many = cut_off
    scene.sync()
    assert len(a.titles()) == 4
    assert a.writes("delete") == 0


def test_a_side_that_lists_and_reads_nothing_deletes_nothing():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", cursor=False)
    three(scene, a, b)
    with b.blind("list", "get"):
        report = scene.sync(3)
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert report.holds
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]


def test_one_absence_on_a_blind_side_is_not_confirmed_by_a_blind_read():
    """50."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", cursor=False)
    three(scene, a, b)
    shelf = b.world.shelf("b")
    shelf.cut, shelf.cut_unnoticed = 2, True
    with b.blind("get"):
        scene.sync(3)
    shelf.cut = None
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert a.writes("delete") == 0


def test_a_side_that_cannot_be_reached_deletes_nothing():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    with b.failing("list", "get"):
        scene.sync(2)
    assert a.titles() == ["Four", "Jardin", "Toit"]


def test_nothing_is_deleted_while_another_side_cannot_be_seen():
    scene = Scene()
    a, b, c = (scene.place(n) for n in "abc")
    three(scene, a, b, c)
    a.remove(a.ref("Jardin"))
    with c.failing("list"):
        scene.sync(2)
        assert b.titles() == ["Four", "Jardin", "Toit"]
    c.edit(c.ref("Jardin"), description="au fond")
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Jardin", "Toit"]


def test_an_edit_elsewhere_wins_over_a_deletion():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    a.remove(a.ref("Jardin"))
    b.edit(b.ref("Jardin"), description="au fond")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert "au fond" in a.values("description")


def test_comments_that_vanished_with_their_card_were_not_deleted():
    """20."""
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    three(scene, a, b)
    a.comment(a.ref("Jardin"), "bonjour")
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    b.edit(b.ref("Jardin"), description="au fond")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert a.said() == b.said() == ["bonjour"]


def test_comments_reported_absent_after_their_card_was_put_back_were_not_deleted():
    """21."""
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    three(scene, a, b)
    a.comment(a.ref("Jardin"), "bonjour")
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    b.edit(b.ref("Jardin"), description="au fond")
    with a.failing("list", child="comment"):
        scene.sync(2)
    assert "Jardin" in a.titles()
    scene.later()
    assert a.said() == b.said() == ["bonjour"]


def test_a_comment_that_people_deleted_is_deleted_everywhere():
    scene = Scene()
    a, b = (scene.place(n, comments=True) for n in "ab")
    three(scene, a, b)
    said = a.comment(a.ref("Jardin"), "bonjour")
    a.comment(a.ref("Jardin"), "encore")
    a.comment(a.ref("Jardin"), "toujours")
    scene.sync(2)
    a.world.remove("b#comment", said)
    scene.later()
    assert a.said() == b.said() == ["encore", "toujours"]


def test_a_read_only_side_that_still_shows_a_deleted_card_does_not_revive_it():
    """29."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", member={"writes": False})
    c = scene.place("c")
    b.add("Jardin")
    for title in ("Four", "Toit"):
        b.add(title)
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    scene.later()
    scene.later()
    assert a.titles() == c.titles() == ["Four", "Toit"]
    assert b.titles() == ["Four", "Jardin", "Toit"]
    b.edit(b.ref("Jardin"), description="au fond")
    scene.later()
    assert a.titles() == c.titles() == ["Four", "Jardin", "Toit"]


def test_people_who_take_a_deleted_card_out_of_the_archive_revive_it():
    scene = Scene()
    a, b = scene.place("a", soft_delete=True), scene.place("b")
    three(scene, a, b)
    ref = a.ref("Jardin")
    a.remove(ref)
    scene.later()
    assert b.titles() == ["Four", "Toit"]
    a.world.unarchive("b", ref)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]


def test_a_card_that_we_archived_is_not_read_as_archived_by_people():
    scene = Scene()
    a = scene.place("a", ARCHIVED)
    b = scene.place("b", ARCHIVED, soft_delete=True, closes="archived")
    three(scene, a, b)
    a.remove(a.ref("Jardin"))
    scene.later()
    scene.later()
    assert a.titles() == ["Four", "Toit"]
    assert b.world.read("b", b.ref("Jardin")).fields["archived"] is True


# What absence means


def test_a_card_that_left_a_side_whose_absence_means_leave_stays_elsewhere():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", member={"on_absence": Absence.LEAVE})
    three(scene, a, b)
    b.remove(b.ref("Jardin"))
    scene.later()
    a.edit(a.ref("Jardin"), description="au fond")
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert b.titles() == ["Four", "Toit"]


def test_an_event_that_was_deleted_clears_the_date_of_its_card():
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place(
        "b",
        DUE,
        member={"only": Having("due"), "on_absence": Absence.CLEAR, "clears": "due"},
    )
    for title in ("Four", "Jardin", "Toit"):
        a.add(title, due="2026-04-01")
    scene.sync(2)
    b.remove(b.ref("Jardin"))
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert a.world.read("b", a.ref("Jardin")).fields.get("due") is None
    assert b.titles() == ["Four", "Toit"]


def test_an_event_that_was_deleted_while_its_date_moved_is_put_back():
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place(
        "b",
        DUE,
        member={"only": Having("due"), "on_absence": Absence.CLEAR, "clears": "due"},
    )
    for title in ("Four", "Jardin", "Toit"):
        a.add(title, due="2026-04-01")
    scene.sync(2)
    b.remove(b.ref("Jardin"))
    a.edit(a.ref("Jardin"), due="2026-05-01")
    scene.later()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert b.world.read("b", b.ref("Jardin")).fields.get("due") == "2026-05-01"


def test_a_record_that_people_always_had_outside_the_filter_is_not_deleted():
    """25."""
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place("b", DUE, member={"only": Having("due")})
    a.add("Jardin")
    b.add("Jardin")
    b.add("Four", due="2026-04-01")
    scene.later()
    a.edit(a.ref("Jardin"), title="Jardin")
    scene.later()
    assert b.titles() == ["Four", "Jardin"]
    assert a.titles() == ["Four", "Jardin"]


def test_a_card_that_leaves_a_filter_and_enters_it_again_stands_there_once():
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place("b", DUE, member={"only": Having("due")}, soft_delete=True)
    for title in ("Four", "Jardin", "Toit"):
        a.add(title, due="2026-04-01")
    scene.sync(2)
    a.edit(a.ref("Jardin"), due=None)
    scene.later()
    assert b.titles() == ["Four", "Toit"]
    a.edit(a.ref("Jardin"), due="2026-05-01")
    scene.later()
    assert b.titles() == ["Four", "Jardin", "Toit"]
    assert b.writes("create") == 3


# First meetings


def test_a_title_that_one_side_has_twice_is_created_nowhere():
    """22."""
    scene = Scene()
    a, b, c = (scene.place(n) for n in "abc")
    for place in (a, a, c):
        place.add("Jardin")
    scene.sync(3)
    assert [len(p.cards()) for p in (a, b, c)] == [2, 0, 1]


def test_records_that_a_cut_listing_hid_at_the_first_meeting_are_not_made_again():
    """23."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", cursor=False)
    for place in (a, b):
        for title in ("Four", "Jardin", "Toit"):
            place.add(title)
    shelf = b.world.shelf("b")
    shelf.cut, shelf.cut_unnoticed = 0, True
    scene.pauses.append(lambda: setattr(shelf, "cut", None))
    scene.sync(2)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]


def test_a_first_meeting_of_two_sides_with_records_waits_for_a_word():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Four")
    b.add("Jardin")
    report = scene.sync(accept=False)
    assert [h.subject for h in report.holds] == ["board"]
    assert (a.titles(), b.titles()) == (["Four"], ["Jardin"])
    scene.release()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin"]


def test_a_record_outside_the_filter_at_the_first_meeting_is_the_card_once_it_is_inside():
    """24."""
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place("b", DUE, member={"only": Having("due")})
    b.add("Jardin")
    scene.sync(2)
    a.add("Jardin")
    scene.sync(2)
    a.edit(a.ref("Jardin"), due="2026-04-01")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]
    assert b.values("due") == ["2026-04-01"]


def test_a_record_that_enters_the_filter_on_its_own_side_is_the_card_that_is_known():
    scene = Scene()
    a = scene.place("a", DUE)
    b = scene.place("b", DUE, member={"only": Having("due")})
    b.add("Jardin")
    scene.sync(2)
    a.add("Jardin")
    scene.sync(2)
    b.edit(b.ref("Jardin"), due="2026-04-01")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]
    assert a.values("due") == ["2026-04-01"]


def test_a_page_that_existed_is_not_published_twice():
    """26."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", member={"reads": False})
    a.add("Jardin")
    b.add("Jardin")
    scene.later()
    assert b.titles() == ["Jardin"]


def test_a_card_that_was_archived_at_the_first_meeting_has_no_twin_when_it_comes_back():
    """27."""
    scene = Scene()
    a = scene.place("a", ARCHIVED)
    b = scene.place("b", ARCHIVED)
    a.add("Jardin", archived=True)
    b.add("Jardin")
    scene.later()
    a.edit(a.ref("Jardin"), archived=None)
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]


def test_children_of_a_record_that_is_attached_later_are_met_and_not_doubled():
    """44."""
    scene = Scene()
    a = scene.place("a", DUE, comments=True)
    b = scene.place("b", DUE, comments=True, member={"only": Having("due")})
    for place in (a, b):
        place.add("Four", due="2026-04-01")
        place.comment(place.add("Jardin"), "bonjour")
    b.comment(b.ref("Jardin"), "ici seulement")
    scene.later()
    a.edit(a.ref("Jardin"), due="2026-04-01")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin"]
    assert a.said() == b.said() == ["bonjour", "ici seulement"]


def test_children_of_a_record_attached_after_the_first_meeting_are_met_with_it():
    """45."""
    scene = Scene()
    a = scene.place("a", DUE, comments=True)
    b = scene.place("b", DUE, comments=True, member={"only": Having("due")})
    b.comment(b.add("Jardin"), "bonjour")
    scene.sync(2)
    a.comment(a.add("Jardin"), "bonjour")
    scene.sync(2)
    a.edit(a.ref("Jardin"), due="2026-04-01")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]
    assert a.said() == b.said() == ["bonjour"]


# Sides that come and go


def test_a_side_that_is_added_meets_the_dead_too():
    """38."""
    scene = Scene()
    a, b = scene.place("a", soft_delete=True), scene.place("b")
    three(scene, a, b)
    ref = a.ref("Jardin")
    a.remove(ref)
    scene.later()
    c = scene.place("c")
    c.add("Jardin")
    scene.pauses += [scene.release, lambda: a.world.unarchive("b", ref)]
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Four", "Jardin", "Toit"]


def test_a_side_that_is_taken_out_and_added_again_has_every_card_once():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    scene.without("b")
    scene.sync(2)
    a.edit(a.ref("Jardin"), title="Potager")
    scene.sync(2)
    assert b.titles() == ["Four", "Jardin", "Toit"]
    scene.places["b"] = b
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Potager", "Toit"]


def test_a_record_that_started_an_item_is_that_item_whatever_marker_it_bears():
    """16."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    state = b.world.read("b", b.ref("Jardin"))
    a.world.shelf("b").records[a.ref("Four")] = a.world.read("b", a.ref("Four")).__class__(
        **{**a.world.read("b", a.ref("Four")).__dict__, "origin": state.origin}
    )
    scene.later()
    a.edit(a.ref("Four"), description="au fond")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
    assert b.world.read("b", b.ref("Four")).fields["description"] == "au fond"


def test_two_cards_that_people_create_with_one_title_stay_two():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    a.add("Cave")
    b.add("Cave")
    scene.later()
    assert a.titles() == b.titles() == ["Cave", "Cave", "Four", "Jardin", "Toit"]


def test_a_record_that_cannot_be_read_is_not_absent_and_blocks_only_itself():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    three(scene, a, b)
    b.world.spoil("b", b.ref("Jardin"))
    a.edit(a.ref("Four"), description="au fond")
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert "au fond" in b.values("description")


def test_a_cursor_that_expired_loses_no_deletion():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", tombstones=False)
    three(scene, a, b)
    b.remove(b.ref("Jardin"))
    b.world.expire("b")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit"]


def test_a_card_that_was_renamed_where_names_are_refs_is_the_same_card():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", moves=True, comments=True)
    three(scene, a, b)
    b.edit(b.ref("Jardin"), title="Potager")
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Potager", "Toit"]
    assert a.writes("create") == 0


def test_a_new_name_that_could_not_be_read_at_once_is_no_deletion():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", moves=True, stubs=True)
    three(scene, a, b)
    b.edit(b.ref("Jardin"), title="Potager")
    with b.failing("get"):
        scene.sync()
    scene.sync()
    assert a.titles() == b.titles() == ["Four", "Potager", "Toit"]
    assert b.writes("delete") + a.writes("delete") == 0


def test_a_card_that_moved_after_its_side_hid_it_is_not_deleted_elsewhere():
    scene = Scene()
    a = scene.place("a")
    b = scene.place("b", moves=True, stubs=True)
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync(2)
    ref = b.ref("Jardin")
    with b.blind("get"):
        b.edit(ref, description="au fond")
        scene.sync()
    b.at("get", lambda: b.edit(ref, title="Verger"))
    scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Toit", "Verger"]
    assert a.writes("delete") == 0
