"""A person decides which of two values stands, or has a kept one back."""

from __future__ import annotations

import pytest

from sync.errors import ConfigError
from tests.simulation.scene import Scene


def apart(field="title", one="Potager", other="Verger", **rules):
    """A card that two people changed at once."""
    scene = Scene(**rules)
    a, b = scene.place("a", fields=FIELDS), scene.place("b", fields=FIELDS)
    a.add("Jardin", due="2026-03-01")
    scene.sync(2)
    a.world.edit("b", a.cards()[0].ref, {field: one}, author="alix")
    b.world.edit("b", b.cards()[0].ref, {field: other}, author="bilal")
    scene.sync(2)
    return scene, a, b


FIELDS = ("title", "description", "labels", "due", "done")


def conflict(scene):
    (kept,) = scene.store.kept(open_only=True)
    return kept


def settle(scene, number, keep):
    run = scene.engine().settle(number, keep, "camille")
    scene.later()
    return run


def test_both_values_are_listed_with_whose_they_are():
    scene, a, b = apart()
    salvage = conflict(scene).salvage
    whose = {
        salvage.value: (salvage.collection, salvage.author),
        salvage.kept: (salvage.against["collection"], salvage.against["author"]),
    }
    assert whose == {"Potager": (a.member.key, "alix"), "Verger": (b.member.key, "bilal")}
    assert salvage.since
    assert salvage.against["since"]


def test_a_value_that_lost_unseen_is_its_own_authors():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", habits={"title": lambda v: v and v[:6]})
    a.world.add("b", {"title": "Jardin partagé"}, author="alix")
    scene.sync(2)
    b.world.edit("b", b.cards()[0].ref, {"title": "Verger"}, author="bilal")
    scene.sync(2)
    for kept in scene.store.kept():
        if kept.salvage.cause == "unseen":
            assert kept.salvage.author == "alix"
            assert kept.salvage.against["author"] == "bilal"


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("title", "Potager", "Verger"),
        ("due", "2026-04-01", "2026-05-01"),
        ("due", "2026-04-01T10:00:00Z", None),
    ],
)
def test_the_lost_value_is_one_command_from_standing_everywhere(field, one, other):
    scene, a, b = apart(field, one, other)
    kept = conflict(scene)
    settle(scene, kept.id, "lost")
    assert a.values(field) == b.values(field) == [kept.salvage.value]
    assert not scene.store.kept(open_only=True)
    assert {k.settled for k in scene.store.kept() if k.id == kept.id} == {"lost"}


def test_a_decision_is_journalled_with_who_took_it():
    scene, _, _ = apart()
    kept = conflict(scene)
    run = settle(scene, kept.id, "lost")
    (line,) = scene.store.journal(run=run)
    assert (line.entry.verb, line.entry.author) == ("settle", "camille")
    assert (line.entry.before, line.entry.after) == (
        {"title": kept.salvage.kept},
        {"title": kept.salvage.value},
    )


def test_a_decision_can_be_undone_and_the_conflict_is_open_again():
    scene, a, b = apart()
    kept = conflict(scene)
    run = settle(scene, kept.id, "lost")
    scene.engine().undo(run)
    scene.later()
    assert a.values("title") == b.values("title") == [kept.salvage.kept]
    assert conflict(scene).id == kept.id


def test_a_decision_that_somebody_has_changed_since_is_not_undone():
    scene, a, b = apart()
    run = settle(scene, conflict(scene).id, "lost")
    a.edit(a.cards()[0].ref, title="Friche")
    scene.later()
    report = scene.engine().undo(run)
    assert report.holds
    assert b.values("title") == ["Friche"]


def test_a_conflict_is_settled_as_it_stands():
    scene, a, b = apart()
    kept = conflict(scene)
    settle(scene, kept.id, "stands")
    assert a.values("title") == b.values("title") == [kept.salvage.kept]
    assert not scene.store.kept(open_only=True)


def test_a_conflict_is_settled_by_naming_the_side_whose_value_is_to_stand():
    scene, a, b = apart()
    settle(scene, conflict(scene).id, "a")
    assert a.values("title") == b.values("title") == ["Potager"]


@pytest.mark.parametrize("keep", ["c", ""])
def test_a_word_that_names_neither_value_is_refused(keep):
    scene, _, _ = apart()
    with pytest.raises(ConfigError, match="names neither"):
        settle(scene, conflict(scene).id, keep)
    assert scene.store.kept(open_only=True)


def test_a_number_that_nothing_bears_is_refused():
    scene, _, _ = apart()
    with pytest.raises(ConfigError, match="99"):
        settle(scene, 99, "lost")


def test_what_a_decision_replaces_is_kept_too():
    scene, a, _ = apart()
    kept = conflict(scene)
    a.edit(a.cards()[0].ref, title="Friche")
    scene.later()
    settle(scene, kept.id, "lost")
    assert "Friche" in scene.kept()


# What is asked


def asked():
    return apart(conflicts="ask")


def test_where_people_are_asked_only_that_field_waits():
    scene, a, b = asked()
    assert (a.values("title"), b.values("title")) == (["Potager"], ["Verger"])
    a.edit(a.cards()[0].ref, description="au soleil")
    b.edit(b.cards()[0].ref, due="2026-06-01")
    scene.sync(2)
    assert b.values("description") == ["au soleil"]
    assert a.values("due") == ["2026-06-01"]
    assert (a.values("title"), b.values("title")) == (["Potager"], ["Verger"])


@pytest.mark.parametrize(("keep", "stands"), [("a", "Potager"), ("b", "Verger")])
def test_settling_what_was_asked_lets_the_field_go_on(keep, stands):
    scene, a, b = asked()
    settle(scene, conflict(scene).id, keep)
    assert a.values("title") == b.values("title") == [stands]
    assert scene.sync().ok


def test_releasing_what_was_asked_leaves_what_stands():
    scene, a, b = asked()
    (hold,) = scene.sync().holds
    scene.release(hold.subject)
    scene.later()
    assert a.values("title") == b.values("title")
    assert not scene.store.kept(open_only=True)


@pytest.mark.parametrize("who", ["a", "b"])
def test_people_who_write_the_same_on_both_sides_have_settled_it(who):
    scene, a, b = asked()
    side, value = (a, "Verger") if who == "a" else (b, "Potager")
    side.edit(side.cards()[0].ref, title=value)
    report = scene.later()
    assert report.ok
    assert a.values("title") == b.values("title") == [value]
    assert not scene.store.kept(open_only=True)


def test_further_edits_of_a_field_that_waits_are_settled_together():
    scene, a, b = asked()
    a.edit(a.cards()[0].ref, title="Serre")
    scene.sync(2)
    first, *_ = scene.store.kept(open_only=True)
    settle(scene, first.id, "a")
    assert not scene.store.kept(open_only=True)
    assert a.values("title") == b.values("title")


def test_of_several_lost_values_of_a_field_each_is_told_as_it_was_settled():
    scene, a, _ = asked()
    a.edit(a.cards()[0].ref, title="Serre")
    scene.sync(2)
    last, first = scene.store.kept(open_only=True)
    run = settle(scene, first.id, "lost")
    assert {k.id: k.settled for k in scene.store.kept() if k.id in (first.id, last.id)} == {
        first.id: "lost",
        last.id: "lost" if last.salvage.value == first.salvage.value else "stands",
    }
    scene.engine().undo(run)
    assert [k.id for k in scene.store.kept(open_only=True)] == [last.id, first.id]


def test_what_is_settled_already_is_not_settled_again_but_may_be_taken_back():
    scene, a, b = apart()
    kept = conflict(scene)
    run = settle(scene, kept.id, "lost")
    lines = len(scene.store.journal())
    for keep in ("lost", "stands", "a"):
        with pytest.raises(ConfigError, match=f"jumelage undo {run}"):
            settle(scene, kept.id, keep)
    assert len(scene.store.journal()) == lines
    assert a.values("title") == b.values("title") == [kept.salvage.value]


# Deleted here, edited there


def contested():
    scene = Scene()
    a, b = scene.place("a"), scene.place("b")
    for title in ("Jardin", "Four", "Puits"):
        a.add(title)
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    b.edit(b.ref("Jardin"), description="à garder")
    scene.later()
    return scene, a, b


def test_a_deletion_that_an_edit_outlived_is_told():
    scene, a, b = contested()
    salvage = conflict(scene).salvage
    assert (salvage.field, salvage.value, salvage.kept) == ("", False, True)
    assert salvage.collection == a.member.key
    assert a.titles() == b.titles() == ["Four", "Jardin", "Puits"]


def test_a_deletion_that_an_edit_outlived_is_one_command_from_being_done():
    scene, a, b = contested()
    run = settle(scene, conflict(scene).id, "lost")
    assert a.titles() == b.titles() == ["Four", "Puits"]
    scene.engine().undo(run)
    scene.later()
    assert a.titles() == b.titles() == ["Four", "Jardin", "Puits"]


def test_an_edit_that_outlived_a_deletion_may_be_confirmed():
    scene, a, b = contested()
    settle(scene, conflict(scene).id, "stands")
    assert a.titles() == b.titles() == ["Four", "Jardin", "Puits"]
    assert not scene.store.kept(open_only=True)


# What was deleted


@pytest.mark.parametrize("soft", [True, False])
def test_what_was_deleted_is_one_command_from_standing_again(soft):
    scene = Scene()
    a, b = scene.place("a", soft_delete=soft), scene.place("b", soft_delete=soft)
    for title in ("Jardin", "Four", "Puits"):
        a.add(title, description=f"le {title}")
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    scene.later()
    assert b.titles() == ["Four", "Puits"]
    kept = next(k for k in scene.store.kept() if k.salvage.cause == "deleted")
    settle(scene, kept.id, "lost")
    assert a.titles() == b.titles() == ["Four", "Jardin", "Puits"]
    assert "le Jardin" in a.values("description")
    with pytest.raises(ConfigError, match="settled already"):
        settle(scene, kept.id, "lost")


def test_a_value_of_an_item_that_was_deleted_asks_for_the_item_first():
    scene, a, _ = apart()
    kept = conflict(scene)
    a.add("Four")
    a.add("Puits")
    scene.sync(2)
    a.remove(a.ref(str(kept.salvage.kept)))
    scene.later()
    with pytest.raises(ConfigError, match="deleted"):
        settle(scene, kept.id, "lost")


def test_a_card_that_was_archived_before_it_was_deleted_is_had_back():
    scene = Scene(deletions="archive")
    fields = ("title", "archived")
    a, b = scene.place("a", fields), scene.place("b", fields)
    for title in ("Jardin", "Four", "Toit"):
        a.add(title)
    scene.sync(2)
    a.edit(a.ref("Jardin"), archived=True)
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    scene.sync(2)
    kept = next(k for k in scene.store.kept() if k.salvage.field == "*")
    settle(scene, kept.id, "lost")
    assert a.titles() == b.titles() == ["Four", "Jardin", "Toit"]
