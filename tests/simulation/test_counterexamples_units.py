"""Histories in which a mapping is taken apart, and its parts are joined again."""

from __future__ import annotations

from tests.simulation.scene import Scene

TOGETHER = {"board": "abcd"}
APART = {"board": "ab", "yard": "cd"}


def four(**powers):
    scene = Scene()
    places = [scene.place(name, **powers) for name in "abcd"]
    return scene, *places


def test_a_mapping_that_is_taken_apart_and_joined_again_doubles_nothing():
    scene, a, b, c, d = four()
    for title in ("Jardin", "Four"):
        a.add(title)
    scene.sync()
    scene.divide(**APART)
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    assert a.titles() == b.titles() == c.titles() == d.titles() == ["Four", "Jardin"]
    assert len(scene.items()) == 2


def test_a_mapping_that_is_taken_apart_and_joined_under_another_name_doubles_nothing():
    scene, a, b, c, d = four(comments=True)
    a.comment(a.add("Jardin"), "oui")
    scene.sync()
    scene.divide(**APART)
    scene.later()
    c.comment(c.ref("Jardin"), "non")
    scene.later()
    scene.divide(whole="abcd")
    scene.later()
    for place in (a, b, c, d):
        assert place.titles() == ["Jardin"]
        assert place.said() == ["non", "oui"]


def test_what_people_wrote_in_both_parts_of_a_mapping_stands_or_is_kept_once_it_is_joined():
    scene, a, b, c, d = four()
    a.add("Jardin", description="un")
    scene.sync()
    scene.divide(**APART)
    scene.later()
    b.edit(b.ref("Jardin"), description="deux")
    d.edit(d.ref("Jardin"), description="trois", title="Potager")
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    (stands,) = {place.values("description")[0] for place in (a, b, c, d)}
    assert {stands} | {v for v in ("deux", "trois") if v in scene.kept()} == {"deux", "trois"}
    assert a.titles() == d.titles()
    assert len(a.titles()) == 1


def test_what_was_deleted_in_one_part_of_a_mapping_comes_back_from_the_other():
    scene, a, b, c, d = four()
    for title in ("Jardin", "Four", "Puits"):
        a.add(title)
    scene.sync()
    scene.divide(**APART)
    scene.later()
    a.remove(a.ref("Jardin"))
    c.remove(c.ref("Four"))
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    assert a.titles() == b.titles() == c.titles() == d.titles() == ["Four", "Jardin", "Puits"]


def test_a_create_that_lands_late_is_known_in_a_mapping_that_was_joined_again():
    scene, a, b, c, d = four()
    a.add("Jardin")
    scene.sync()
    scene.divide(**APART)
    scene.later()
    c.add("Four")
    d.lands_late("create")
    scene.sync()
    scene.divide(**TOGETHER)
    scene.later()
    d.world.land()
    scene.later()
    assert a.titles() == b.titles() == c.titles() == d.titles() == ["Four", "Jardin"]


def test_a_label_of_either_part_of_a_mapping_is_one_label_once_it_is_joined():
    scene, a, b, c, d = four(options=True)
    a.add("Jardin")
    scene.sync()
    scene.divide(**APART)
    scene.later()
    for place in (a, c):
        native = place.world.add_option("b", "labels", "Urgent").id
        place.edit(place.ref("Jardin"), labels=[native])
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    for place in (a, b, c, d):
        options = place.world.shelf("b").options["labels"]
        names = {native: option.name for native, option in options.items()}
        assert [names[one] for one in place.values("labels")[0]] == ["Urgent"]
        assert sorted(names.values()) == ["Urgent"]


def test_a_side_that_goes_over_to_another_mapping_takes_no_item_from_the_first():
    scene, a, b, c, d = four()
    c.add("Jardin")
    scene.sync()
    scene.divide(board="ab")
    scene.later()
    scene.divide(**APART)
    scene.later()
    assert a.titles() == b.titles() == c.titles() == d.titles() == ["Jardin"]
    assert a.writes("create") == b.writes("create") == 1


def test_a_side_that_goes_over_to_another_mapping_and_comes_back_doubles_nothing():
    scene, a, b, c, d = four()
    c.add("Jardin")
    a.add("Four")
    scene.sync()
    scene.divide(board="ab")
    scene.later()
    scene.divide(**APART)
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    assert a.titles() == b.titles() == c.titles() == d.titles() == ["Four", "Jardin"]


def test_a_mapping_that_became_two_others_and_is_joined_again_doubles_nothing():
    scene, a, b, c, d = four(comments=True)
    a.comment(a.add("Jardin"), "oui")
    scene.sync()
    scene.divide(field="ab", yard="cd")
    scene.later()
    d.edit(d.ref("Jardin"), description="un")
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    for place in (a, b, c, d):
        assert place.titles() == ["Jardin"]
        assert place.values("description") == ["un"]
        assert place.said() == ["oui"]


def test_a_write_without_an_answer_is_looked_up_by_the_mapping_that_has_its_side_now():
    scene, a, b, c, d = four()
    a.add("Jardin")
    scene.sync()
    a.add("Four")
    d.crash_after("create")
    assert scene.sync() is None
    scene.divide(**APART)
    with d.failing("find"):
        scene.sync()
    scene.later()
    assert a.titles() == b.titles() == c.titles() == d.titles() == ["Four", "Jardin"]


def strangers(**powers):
    """Two mappings that hold the same things, and never had to do with each other."""
    scene, a, b, c, d = four(**powers)
    scene.divide(**APART)
    for place in (a, c):
        place.add("Jardin", description=f"de {place.name}")
        place.add("Four")
        place.add(f"Cave {place.name}")
    scene.later()
    return scene, a, b, c, d


def test_mappings_that_are_joined_meet_as_if_for_the_first_time_and_ask_first():
    scene, a, b, c, d = strangers()
    before = [len(place.wrote) for place in (a, b, c, d)]
    scene.divide(**TOGETHER)
    report = scene.sync(accept=False)
    assert [hold.command for hold in report.holds] == ["jumelage release 'board'"]
    assert scene.sync(accept=False).holds
    assert [len(place.wrote) for place in (a, b, c, d)] == before


def test_mappings_that_are_joined_double_nothing_that_both_have():
    scene, a, b, c, d = strangers(comments=True)
    for place in (a, a, c, c):
        place.comment(place.ref("Jardin"), "oui")
    c.comment(c.ref("Jardin"), "non")
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    for place in (a, b, c, d):
        assert place.titles() == ["Cave a", "Cave c", "Four", "Jardin"]
        assert place.said() == ["non", "oui", "oui"]
    (stands,) = {s.fields["description"] for s in d.cards() if s.fields["title"] == "Jardin"}
    assert ({"de a", "de c"} - {stands}).pop() in scene.kept()


def test_things_of_one_name_of_which_a_mapping_has_two_stay_what_they_are_when_it_is_joined():
    scene, a, b, c, d = strangers()
    c.add("Jardin")
    scene.later()
    scene.divide(**TOGETHER)
    scene.later()
    for place in (a, b, c, d):
        assert place.titles().count("Jardin") == 3
        assert place.titles().count("Four") == 1
