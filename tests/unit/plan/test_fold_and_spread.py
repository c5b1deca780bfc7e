from __future__ import annotations

import pytest

from sync.state import Intent, Verb
from tests.unit.plan.table import GONE, Table, card, key, writes

ONE = {"one": {"title": "Potager"}}


def tell(**fields):
    return {"one": fields}


@pytest.mark.parametrize(
    ("start", "a", "b", "hub"),
    [
        pytest.param(
            {"tags": ["x"]},
            {"tags": ["x", "y"]},
            {"tags": ["x", "z"]},
            ["x", "y", "z"],
            id="sets add up",
        ),
        pytest.param(
            {"tags": ["x", "y"]},
            {"tags": ["x"]},
            {"tags": ["x", "y", "z"]},
            ["x", "z"],
            id="what one removes goes",
        ),
        pytest.param(
            {"text": "p\n\nq"},
            {"text": "P\n\nq"},
            {"text": "p\n\nQ"},
            "P\n\nQ",
            id="paragraphs merge",
        ),
        pytest.param(
            {"due": None}, {"due": "2026-04-01"}, {}, "2026-04-01", id="one edit is taken"
        ),
        pytest.param({"due": "2026-04-01"}, {"due": None}, {}, None, id="emptied is an edit"),
    ],
)
def test_edits_are_merged_three_ways(start, a, b, hub):
    known = Table("ab", card(**start))
    made = known.plan(a=tell(**a), b=tell(**b))
    (name,) = start
    assert known.after(made).hub[name] == hub
    assert not made.salvage


def test_a_conflict_keeps_its_loser_and_writes_the_winner():
    known = Table("ab", card(), conflicts="a")
    made = known.plan(a=tell(title="Potager"), b=tell(title="Verger"))
    assert known.after(made).hub["title"] == "Potager"
    assert [(s.value, s.cause) for s in made.salvage] == [("Verger", "conflict")]
    assert [(a.collection, a.views) for a in made.actions] == [(key("b"), {"title": "Potager"})]


def test_a_conflict_that_is_asked_about_is_held():
    known = Table("ab", card(), conflicts="ask")
    made = known.plan(a=tell(title="Potager"), b=tell(title="Verger"))
    assert "title" in known.after(made).held
    assert not made.actions


def test_the_same_edit_on_both_sides_agrees_without_a_write():
    known = Table("ab", card())
    made = known.plan(a=ONE, b=ONE)
    assert not made.actions
    assert not made.salvage
    assert known.after(made).sides[key("b")].base["title"] == "Potager"


def test_an_edit_sets_what_was_seen_and_agreed_on_its_side_alone():
    known = Table("abc", card(text="p"))
    made = known.plan(a=tell(text="p\n\nq"), b=tell(text="o\n\np"))
    sides = known.after(made).sides
    assert sides[key("a")].base["text"] == "p\n\nq"
    assert sides[key("b")].base["text"] == "o\n\np"
    assert sides[key("c")].base["text"] == "p"
    assert writes(made) == ["update a", "update b", "update c"]


def test_a_field_that_was_never_observed_on_a_side_is_not_written_there():
    known = Table("ab", card())
    del known.known.items["one"].sides[key("b")].seen["title"]
    seen = known.see(a=ONE)
    fields = seen.listings[key("b")].records["one"].fields
    assert "title" not in fields
    assert not known.plan(a=ONE).actions


def test_a_field_that_never_agreed_meets_and_overwrites_nothing_without_keeping_it():
    known = Table("ab", card())
    known.known.items["one"].sides[key("b")].base.pop("title")
    known.known.items["one"].sides[key("b")].seen.pop("title")
    known.known.items["one"].sides[key("b")].stale = True
    made = known.plan(b=tell(title="Verger"))
    assert {known.after(made).hub["title"], *(s.value for s in made.salvage)} == {"one", "Verger"}


def test_a_published_side_is_never_folded_and_what_people_wrote_there_is_kept():
    known = Table("ab", card(), members={"b": {"reads": False}})
    made = known.plan(b=ONE)
    assert known.after(made).hub["title"] == "one"
    assert [s.value for s in made.salvage] == ["Potager"]
    assert not made.actions


def test_a_side_that_is_only_read_is_never_written():
    known = Table("ab", card(), members={"b": {"writes": False}})
    assert not known.plan(a=ONE).actions


def test_a_value_that_was_refused_is_not_sent_again_until_it_changes():
    known = Table("ab", card())
    known.known.items["one"].sides[key("b")].refused["title"] = "Potager"
    assert not known.plan(a=ONE).actions
    assert writes(known.plan(a=tell(title="Verger"))) == ["update b"]


def test_nothing_is_sent_while_the_outcome_of_a_write_is_not_known():
    known = Table("ab", card())
    known.known.intents.append(Intent("n", Verb.UPDATE, "one", key("b"), "one"))
    assert not known.plan(a=ONE).actions


def test_a_held_item_is_folded_and_not_written():
    known = Table("ab", card(more={"held": {"": "by hand"}}))
    made = known.plan(a=ONE)
    assert known.after(made).hub["title"] == "Potager"
    assert not made.actions


def test_two_sides_that_rewrite_each_other_are_stopped():
    known = Table(
        "ab",
        card(
            more={
                "flips": {"title": 2},
                "previous": {"title": {"value": "Potager", "by": key("b")}},
            }
        ),
    )
    made = known.plan(a=ONE)
    assert "title" in known.after(made).held
    assert not made.actions


def test_an_item_that_stands_nowhere_else_is_created_there():
    known = Table("ab", card(sides={"b": {"standing": "out"}}))
    (action,) = known.plan().actions
    assert (action.verb, action.collection, action.views) == (
        Verb.CREATE,
        key("b"),
        {"title": "one"},
    )


@pytest.mark.parametrize("standing", ["left", "gone", "kept"])
def test_nothing_is_created_where_people_took_it_away(standing):
    known = Table("ab", card(sides={"b": {"standing": standing}}))
    assert not known.plan().actions


def test_nothing_is_created_on_a_side_that_was_not_met():
    known = Table("ab", card(sides={"b": {"standing": "out"}}))
    known.known.collections[key("b")].met = False
    assert not known.plan().actions


def test_an_unmet_record_of_the_same_key_is_attached_rather_than_doubled():
    known = Table("ab", card(sides={"b": {"standing": "out"}}))
    known.known.collections[key("b")].unmet["r9"] = {"version": "v1", "key": ["one"]}
    made = known.plan()
    assert not made.actions
    assert known.after(made).sides[key("b")].ref == "r9"


def test_a_newcomer_becomes_an_item_and_is_created_elsewhere():
    known = Table("ab", card())
    made = known.plan(a={"r9": {"title": "Four"}})
    assert writes(made) == ["create b"]
    assert made.items[f"{key('a')}/r9"].hub["title"] == "Four"


def test_deletions_come_after_everything_else():
    known = Table("ab", card(), card("two"), card("three"))
    made = known.plan(a={"one": GONE, "two": {"title": "Four"}})
    assert [a.verb for a in made.actions] == [Verb.UPDATE, Verb.DELETE]
