from __future__ import annotations

import pytest

from sync.types import of

SET = of("set")
LIST = of("checklist")


def checklist(*entries):
    return LIST.clean([{"text": e} if isinstance(e, str) else e for e in entries])


def texts(value):
    return [entry["text"] for entry in value]


def test_a_set_takes_what_each_added_and_drops_what_each_took_away():
    assert SET.merge(["a", "b", "c"], ["a", "b", "d"], ["a", "c", "e"]).value == ["a", "d", "e"]
    assert SET.merge(["a"], None, ["a", "b"]).value == ["b"]
    assert SET.merge(["a"], ["a", "b"], ["c"]).value == ["b", "c"]


def test_a_set_is_sorted_each_element_once_and_numbers_read_as_words():
    assert SET.clean(["b", "a", "b", "", 2026]) == ["2026", "a", "b"]
    assert SET.show(["Zoé", "ali"]) == "ali, Zoé"


@pytest.mark.parametrize("garbage", ["urgent", [["a"]], [True], {"a": 1}])
def test_what_is_no_list_of_words_is_no_set(garbage):
    with pytest.raises(ValueError, match=r"."):
        SET.clean(garbage)


def test_the_case_of_an_element_may_change_on_the_way_and_is_an_edit_later():
    assert SET.equivalent(["Urgent", "Été"], ["E\u0301TE\u0301", "urgent "])
    assert not SET.equivalent(["Urgent"], ["Urgent", "Été"])
    assert not SET.equal(["Urgent"], ["urgent"])


def test_entries_that_two_people_ticked_are_both_ticked():
    base = checklist("Pain", "Vin")
    mine = checklist({"text": "Pain", "done": True}, "Vin")
    theirs = checklist("Pain", {"text": "Vin", "done": True})
    assert [e["done"] for e in LIST.merge(base, mine, theirs).value] == [True, True]


def test_an_entry_that_one_ticked_and_the_other_reworded_is_one_entry():
    base = checklist("Acheter du pain", "Vin")
    mine = checklist({"text": "Acheter du pain", "done": True}, "Vin")
    theirs = checklist("Acheter du pain complet", "Vin")
    assert LIST.merge(base, mine, theirs).value == checklist(
        {"text": "Acheter du pain complet", "done": True}, "Vin"
    )


def test_an_entry_with_an_id_is_recognised_whatever_its_new_words():
    base = checklist({"id": "7", "text": "Pain"}, {"id": "8", "text": "Vin"})
    mine = checklist({"id": "7", "text": "Pain", "done": True}, {"id": "8", "text": "Vin"})
    theirs = checklist({"id": "7", "text": "Brioche"}, {"id": "8", "text": "Vin"})
    assert LIST.merge(base, mine, theirs).value == checklist(
        {"id": "7", "text": "Brioche", "done": True}, {"id": "8", "text": "Vin"}
    )


def test_where_ids_tell_entries_apart_a_like_text_does_not_join_them():
    base = checklist({"id": "1", "text": "Lot 1"}, {"id": "2", "text": "Lot 2"})
    mine = checklist({"id": "1", "text": "Lot 1"}, {"id": "2", "text": "Lot 2", "done": True})
    theirs = checklist({"id": "1", "text": "Lot 1"}, {"id": "3", "text": "Lot 3"})
    merged = LIST.merge(base, mine, theirs).value
    assert sorted((e["text"], e["done"]) for e in merged) == [
        ("Lot 1", False),
        ("Lot 2", True),
        ("Lot 3", False),
    ]


def test_ids_survive_an_edit_on_a_side_that_has_none():
    base = checklist({"id": "7", "text": "Acheter du pain"}, {"id": "8", "text": "Vin"})
    theirs = checklist("Vin", "Acheter du pain bio")
    assert LIST.merge(base, base, theirs).value == checklist(
        {"id": "8", "text": "Vin"}, {"id": "7", "text": "Acheter du pain bio"}
    )


def test_an_edit_of_an_entry_outlives_its_removal():
    base = checklist("Pain", "Vin")
    ticked = checklist("Pain", {"text": "Vin", "done": True})
    assert LIST.merge(base, ticked, checklist("Pain")).value == ticked
    assert LIST.merge(base, checklist("Pain"), ticked).value == ticked


def test_a_removed_entry_that_nobody_edited_is_gone():
    base = checklist("Pain", "Vin")
    merged = LIST.merge(base, checklist("Pain"), checklist("Pain", "Vin", "Fromage"))
    assert texts(merged.value) == ["Pain", "Fromage"]


def test_two_wordings_of_one_entry_both_stand():
    base = checklist("Acheter du pain")
    merged = LIST.merge(base, checklist("Acheter du pain bio"), checklist("Acheter du pain noir"))
    assert texts(merged.value) == ["Acheter du pain bio", "Acheter du pain noir"]
    assert not merged.conflict


def test_two_due_dates_of_one_entry_both_stand_and_one_id_names_one_entry():
    def due(day=None):
        return checklist({"id": "7", "text": "Pain"} | ({"due": day} if day else {}))

    merged = LIST.merge(due(), due("2026-03-01"), due("2026-03-02")).value
    assert [(e["due"], e.get("id")) for e in merged] == [("2026-03-01", "7"), ("2026-03-02", None)]


def test_entries_stand_in_the_order_of_who_moved_them():
    base = checklist("a", "b", "c")
    moved = checklist("c", "a", "b")
    added = checklist("a", "neuf", "b", "c")
    assert texts(LIST.merge(base, moved, added).value) == ["c", "a", "neuf", "b"]
    assert texts(LIST.merge(base, added, moved).value) == ["c", "a", "neuf", "b"]


def test_what_both_appended_stands_the_hubs_first_and_what_is_the_same_once():
    base = checklist("a")
    merged = LIST.merge(base, checklist("a", "b", "x"), checklist("a", "x", "c"))
    assert sorted(texts(merged.value)) == ["a", "b", "c", "x"]
    assert texts(LIST.merge(base, checklist("a", "mien"), checklist("a", "zzz")).value) == [
        "a",
        "mien",
        "zzz",
    ]


def test_checklists_that_meet_are_joined_by_text_and_ids_of_two_systems_mean_nothing():
    mine = checklist({"id": "1", "text": "Pain", "done": True}, {"id": "2", "text": "Vin"})
    theirs = checklist({"id": "1", "text": "Sel"}, "pain")
    joined = LIST.join(mine, theirs).value
    assert [(e["text"], e["done"]) for e in joined] == [
        ("Pain", True),
        ("Vin", False),
        ("Sel", False),
    ]
    assert len({e["id"] for e in joined if "id" in e}) == sum("id" in e for e in joined)


def test_ids_are_no_difference_and_order_is():
    assert LIST.equal(checklist({"id": "1", "text": "a"}), checklist({"id": "2", "text": "a"}))
    assert not LIST.equal(checklist("a", "b"), checklist("b", "a"))
    assert not LIST.equivalent(checklist("a", "b"), checklist("b", "a"))


def test_an_entry_is_shown_with_its_box_its_person_and_its_date():
    value = checklist({"text": "Pain", "done": True, "who": "zoe", "due": "2026-03-01"}, "Vin")
    assert LIST.show(value) == "[x] Pain (zoe, 2026-03-01)\n[ ] Vin"


def test_entries_without_text_are_dropped_and_an_id_given_twice_counts_once():
    assert checklist({"text": "  "}, {"id": "1", "text": "a"}, {"id": "1", "text": "b"}) == [
        {"text": "a", "done": False, "id": "1"},
        {"text": "b", "done": False},
    ]


@pytest.mark.parametrize(
    "garbage", ["a", ["a"], [{"text": "a", "colour": "red"}], [{"text": ["a"]}]]
)
def test_what_is_no_entry_is_refused(garbage):
    with pytest.raises(ValueError, match=r"."):
        LIST.clean(garbage)


def test_a_checklist_that_was_rewritten_line_by_line_is_merged_in_little_time():
    base = checklist(*(f"Ligne {n}" for n in range(3000)))
    mine = checklist(*(f"Ligne {n} à revoir" for n in range(3000)))
    merged = LIST.merge(base, mine, base[:-1])
    assert len(merged.value) == 3000
