"""Histories in which an edit of a mapping, or what stands outside of it, loses or doubles.

Each was found by the simulation with the wrong rule in place.
"""

from __future__ import annotations

from dataclasses import replace

from sync.errors import Unreachable
from sync.mapping.lens import ValueMap, renamed
from sync.mapping.unit import Absence
from sync.types import TYPES
from tests.simulation.scene import Scene, bound


def from_hub(place, *fields):
    """Let these fields of a side only be sent there."""
    place.member = replace(
        place.member,
        bindings=tuple(replace(b, reads=b.hub not in fields) for b in place.member.bindings),
    )


def test_a_field_that_was_taken_out_and_then_changed_does_not_stop_the_others():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", conditional=False, history=True)
    a.add("Jardin", description="un")
    scene.sync()
    scene.remap(b, "title", "labels")
    b.edit(b.ref("Jardin"), description="ici seulement")
    a.edit(a.ref("Jardin"), title="Potager")
    scene.later()
    assert b.titles() == ["Potager"]
    assert b.values("description") == ["ici seulement"]


def test_what_stands_in_a_field_that_is_only_sent_is_kept_before_it_is_replaced():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    from_hub(b, "description")
    a.add("Jardin", description="publié")
    b.add("Jardin", description="écrit ici")
    scene.later()
    assert b.values("description") == ["publié"]
    assert "écrit ici" in scene.kept()


def test_what_stands_in_a_field_that_is_only_sent_stays_while_the_hub_has_nothing():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    from_hub(b, "description")
    b.add("Jardin", description="écrit ici")
    scene.later()
    assert b.values("description") == ["écrit ici"]
    a.edit(a.ref("Jardin"), description="publié")
    scene.later()
    assert b.values("description") == ["publié"]
    assert "écrit ici" in scene.kept()


def test_a_field_that_is_taken_in_again_meets_the_hub():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin", description="un")
    scene.sync()
    from_hub(b, "description")
    scene.sync()
    b.edit(b.ref("Jardin"), description="écrit ici")
    scene.sync()
    b.member = replace(b.member, bindings=bound(("title", "description", "labels"), {}))
    scene.later()
    assert a.values("description") == b.values("description") == ["écrit ici"]
    assert "un" in scene.kept()


def test_a_comment_that_no_mapping_takes_in_is_kept_when_its_card_goes():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin")
    a.add("Verger")
    a.add("Potager")
    scene.sync()
    b.comment(b.ref("Jardin"), "dit ici seulement")
    a.remove(a.ref("Jardin"))
    scene.later()
    assert b.titles() == ["Potager", "Verger"]
    assert "dit ici seulement" in scene.kept()


def test_a_side_put_back_still_has_what_was_deleted_elsewhere_and_brings_it_back():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    c = scene.place("c")
    for title in ("Jardin", "Verger", "Potager"):
        a.add(title)
    scene.sync()
    scene.without("c")
    scene.sync()
    a.remove(a.ref("Jardin"))
    scene.later()
    assert "Jardin" not in b.titles()
    scene.places["c"] = c
    scene.later()
    assert a.titles() == b.titles() == c.titles() == ["Jardin", "Potager", "Verger"]


def test_sides_do_not_meet_while_what_one_lists_could_not_be_read():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", stubs=True)
    a.add("Jardin")
    b.add("Jardin")
    b.at("get", Unreachable("down"))
    b.at("get", Unreachable("down"))
    scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]


def test_what_people_say_under_what_is_only_published_stays_there():
    scene = Scene()
    a = scene.place("a", comments=True)
    wiki = scene.place("wiki", comments=True)
    for member in ("member", "comments"):
        there = replace(getattr(wiki, member), reads=False, on_absence=Absence.PUT_BACK)
        setattr(wiki, member, there)
    a.add("Jardin")
    scene.sync()
    wiki.comment(wiki.ref("Jardin"), "dit sur le wiki")
    report = scene.later()
    assert a.said() == []
    assert wiki.said() == ["dit sur le wiki"]
    assert report.holds == []


def test_a_side_put_back_knows_its_records_before_it_looks_for_late_twins():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", soft_delete=True)
    a.add("Jardin")
    scene.sync()
    a.add("Potager")
    b.crash_after("create")
    assert scene.sync() is None
    twin = b.ref("Potager")
    b.remove(twin)
    scene.later()
    scene.without("b")
    scene.sync()
    b.world.unarchive("b", twin)
    scene.places["b"] = b
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Potager"]


def test_a_side_of_which_nothing_can_be_read_is_not_met_though_it_lists_what_stands_there():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", stubs=True)
    a.add("Jardin")
    b.add("Jardin")
    with b.blind("get"):
        report = scene.sync(2)
        assert [hold.subject for hold in report.holds] == [b.member.key]
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]


def test_sides_do_not_meet_while_the_words_of_a_record_are_not_known():
    scene = Scene()
    a, b = scene.place("a", options=True), scene.place("b", options=True, stubs=True)
    a.add("Jardin")
    ref = b.add("Jardin")

    def label():
        b.edit(ref, labels=[b.world.add_option("b", "labels", "Urgent").id])

    b.at("get", lambda: None)
    b.at("get", label)
    scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Jardin"]


def test_a_side_that_meets_late_brings_back_what_was_deleted_on_the_one_that_met():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    a.add("Jardin", description="ici")
    b.add("Jardin")
    b.add("Potager")
    b.add("Verger")
    with a.failing("list"):
        scene.sync()
        b.remove(b.ref("Jardin"))
        scene.sync()
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Potager", "Verger"]


def test_what_people_had_on_a_published_side_is_taken_in_once_it_is_read():
    scene = Scene()
    a, wiki = scene.place("a"), scene.place("wiki", stubs=True)
    both = wiki.member
    wiki.member = replace(both, reads=False, on_absence=Absence.PUT_BACK)
    a.add("Jardin")
    scene.sync()
    wiki.add("Recettes")
    scene.later()
    assert a.titles() == ["Jardin"]
    wiki.member = both
    scene.later()
    assert a.titles() == wiki.titles() == ["Jardin", "Recettes"]


def test_a_side_that_comes_back_and_lists_nothing_is_asked_for_what_stood_there():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for title in ("Jardin", "Four"):
        a.add(title)
    scene.sync()
    away = scene.without("b")
    scene.sync()
    scene.places["b"] = away
    with b.blind("list"):
        scene.sync(2)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin"]


def named(place, field="list", **names):
    """Let the values of a field be called so on a side, by their names in the hub."""
    (known,) = [b for b in place.member.bindings if b.hub == field]
    lens = ValueMap(known.type, names)
    now = replace(known, lens=lens, shown=TYPES["text"], options=False, spelling=repr(names))
    bindings = tuple(now if b.hub == field else b for b in place.member.bindings)
    place.member = replace(place.member, bindings=bindings)


def three(*fields):
    scene = Scene()
    sides = [scene.place(name, fields or ("title", "list")) for name in "abc"]
    return scene, *sides


def test_a_value_that_is_called_otherwise_in_the_mapping_changes_nothing_by_itself():
    scene, a, b, c = three()
    named(b, Fini="done", Suite="next")
    a.add("Jardin", list="Fini")
    a.add("Potager", list="Fini")
    scene.sync()
    named(b, Fini="terminé", Suite="next")
    report = scene.later()
    assert report.written == 0
    assert a.values("list") == c.values("list") == ["Fini", "Fini"]
    assert b.values("list") == ["done", "done"]
    assert scene.kept() == "[]"
    a.edit(a.ref("Jardin"), list="Suite")
    scene.later()
    a.edit(a.ref("Jardin"), list="Fini")
    scene.later()
    assert sorted(b.values("list")) == ["done", "terminé"]


def test_a_value_renamed_in_the_mapping_and_on_its_side_alike_is_no_edit():
    scene, a, b, c = three()
    named(b, Fini="done")
    a.add("Jardin", list="Fini")
    scene.sync()
    named(b, Fini="terminé")
    b.edit(b.ref("Jardin"), list="terminé")
    c.edit(c.ref("Jardin"), title="Potager")
    scene.later()
    assert a.values("list") == c.values("list") == ["Fini"]
    assert b.values("list") == ["terminé"]
    assert b.titles() == ["Potager"]


def test_two_values_that_change_names_in_the_mapping_are_told_apart_by_the_next_edit():
    scene, a, b, c = three()
    named(b, Fini="x", Suite="y")
    a.add("Jardin", list="Fini")
    a.add("Potager", list="Fini")
    scene.sync()
    named(b, Fini="y", Suite="x")
    scene.sync()
    b.edit(b.ref("Jardin"), list="y")
    a.edit(a.ref("Potager"), list="Suite")
    scene.later()
    assert sorted(a.values("list")) == sorted(c.values("list")) == ["Fini", "Suite"]
    assert a.values("list")[0] == "Fini"
    assert b.values("list") == ["y", "x"]


def test_a_word_that_the_mapping_does_not_know_any_more_waits_for_the_next_edit():
    scene, a, b, c = three("title", "done")
    named(b, "done", true="oui", false="non")
    a.add("Jardin", done=True)
    a.add("Potager", done=True)
    scene.sync()
    named(b, "done", true="fait", false="à faire")
    assert scene.later().holds == []
    assert b.values("done") == ["oui", "oui"]
    a.edit(a.ref("Jardin"), done=None)
    b.edit(b.ref("Potager"), done="à faire")
    scene.later()
    assert a.values("done") == c.values("done") == [None, None]
    assert b.values("done") == ["à faire", "à faire"]


def test_a_value_that_the_mapping_names_keeps_its_name_there_when_people_rename_the_option():
    scene = Scene()
    a = scene.place("a", ("title", "list"), options=True)
    lens = renamed(TYPES["choice"], {"En cours": "doing"})
    b = scene.place("b", ("title", "list"), lenses={"list": lens})
    doing = a.world.add_option("b", "list", "En cours")
    a.add("Jardin", list=doing.id)
    scene.sync(2)
    a.world.rename_option("b", "list", doing.id, "Chantier")
    a.add("Four", list=doing.id)
    scene.later()
    assert b.values("list") == ["doing", "doing"]
    b.edit(b.ref("Jardin"), list=None)
    b.add("Puits", list="doing")
    scene.later()
    assert {str(s.fields["title"]): s.fields.get("list") for s in a.cards()} == {
        "Jardin": None,
        "Four": doing.id,
        "Puits": doing.id,
    }


def test_a_name_in_the_mapping_is_that_of_the_option_that_has_it_now():
    scene = Scene()
    a = scene.place("a", ("title", "list"), options=True)
    lens = renamed(TYPES["choice"], {"En cours": "doing"})
    b = scene.place("b", ("title", "list"), lenses={"list": lens})
    old = a.world.add_option("b", "list", "En cours")
    a.add("Jardin", list=old.id)
    scene.sync(2)
    a.world.rename_option("b", "list", old.id, "Chantier")
    new = a.world.add_option("b", "list", "En cours")
    a.add("Four", list=old.id)
    a.add("Puits", list=new.id)
    scene.later()
    shown = {str(s.fields["title"]): s.fields["list"] for s in b.cards()}
    assert (shown["Four"], shown["Puits"]) == ("Chantier", "doing")


def test_a_field_that_is_published_anew_shows_what_another_side_changed_in_that_cycle():
    scene = Scene()
    a, b = scene.place("a", ("title", "done")), scene.place("b", ("title",))
    ref = a.add("Jardin", done=True)
    a.add("Four")
    scene.sync(2)
    b.edit(b.ref("Jardin"), done=True)
    scene.sync()
    scene.remap(b, "title", "done")
    from_hub(b, "done")
    a.edit(ref, done=None)
    scene.sync()
    scene.later()
    assert b.values("done")[0] is None
