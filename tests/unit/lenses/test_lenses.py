from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.mapping.lens import Chain, Identity, Options, Truncate, ValueMap
from sync.mapping.people import Accounts, Entries, People
from sync.mapping.unit import Unprojectable
from sync.types import of


class Names:
    """A side whose native ids are the options' names in capitals; one is not there yet."""

    def native(self, option: str) -> str | None:
        return None if option == "neuf" else option.upper()

    def option(self, native: str) -> str:
        return native.lower()


WORDS = Names()
ACCOUNTS = Accounts("trello", {"u1": "zoe", "u2": "ali", "u3": "ali"})
STATUS = ValueMap(
    of("choice"), {"todo": "à faire", "doing": "en cours", "review": "en cours", "done": "fait"}
)
LABELS = ValueMap(of("set"), dict(STATUS.names))
TICKED = ValueMap(of("choice"), {"todo": False, "doing": False, "done": True})
PROGRESS = ValueMap(of("bool"), {"true": "fait", "false": "à faire"})

OPTIONS = st.sampled_from(["todo", "doing", "review", "done", "other"])
PEOPLE = st.sampled_from(["zoe", "ali", "bob", "trello:u9", "cloud:u1"])


def sets(elements):
    return st.lists(elements, max_size=4).map(of("set").clean)


ENTRY = st.fixed_dictionaries(
    {"text": st.sampled_from(["Pain", "Vin", "Sel"]), "done": st.booleans()},
    optional={
        "id": st.sampled_from(["1", "2"]),
        "who": PEOPLE,
        "due": st.just("2026-03-01"),
        "list": st.just("Courses"),
    },
)
CHECKLISTS = st.lists(ENTRY, max_size=4).map(of("checklist").clean)
ANY_OPTION = st.none() | OPTIONS

CASES = {
    "identity": (Identity(), ANY_OPTION),
    "option": (Options(), ANY_OPTION),
    "options": (Options(), sets(OPTIONS)),
    "values": (STATUS, ANY_OPTION),
    "values of a set": (LABELS, sets(OPTIONS)),
    "a choice as yes and no": (TICKED, ANY_OPTION),
    "yes and no as a choice": (PROGRESS, st.sampled_from([None, True])),
    "person": (People(ACCOUNTS), st.none() | PEOPLE),
    "people": (People(ACCOUNTS), sets(PEOPLE)),
    "entries without dates": (Entries(frozenset({"done", "who"}), ACCOUNTS), CHECKLISTS),
    "entries of a side that knows no accounts": (Entries(frozenset({"who", "due"})), CHECKLISTS),
    "values, then native ids": (Chain((STATUS, Options())), ANY_OPTION),
    "nothing after nothing": (Chain(()), ANY_OPTION),
}
EVERY = pytest.mark.parametrize("case", sorted(CASES))


@EVERY
@given(data=st.data())
def test_putting_back_what_is_shown_changes_nothing(case, data):
    lens, values = CASES[case]
    value = data.draw(values)
    assert lens.put(lens.project(value, WORDS), value, WORDS) == value


@EVERY
@given(data=st.data())
def test_what_was_put_back_is_shown_as_it_was_typed(case, data):
    lens, values = CASES[case]
    view, base = lens.project(data.draw(values), WORDS), data.draw(values)
    kind = of("checklist" if case.startswith("entries") else "choice")
    assert kind.equal(lens.project(lens.put(view, base, WORDS), WORDS), view)


@EVERY
def test_nothing_known_yet_may_be_read_from_any_view(case):
    lens, _values = CASES[case]
    shown = lens.project(None, WORDS)
    assert lens.project(lens.put(shown, None, WORDS), WORDS) == shown


def test_an_option_that_a_side_lacks_is_named():
    for lens, value in ((Options(), "neuf"), (Options(), ["done", "neuf"])):
        with pytest.raises(Unprojectable) as raised:
            lens.project(value, WORDS)
        assert raised.value.option == "neuf"


def test_an_edit_puts_an_option_that_the_side_lacked_into_its_place():
    lens = Chain((STATUS, Options()))
    assert lens.put("FAIT", "neuf", WORDS) == "done"


def test_values_that_share_a_name_stay_until_the_name_changes():
    assert STATUS.put("en cours", "review", WORDS) == "review"
    assert STATUS.put("en cours", "todo", WORDS) == "doing"
    assert LABELS.put(["en cours", "fait"], ["review"], WORDS) == ["done", "review"]
    assert LABELS.put(["fait"], None, WORDS) == ["done"]
    assert LABELS.put(None, ["review"], WORDS) is None
    assert TICKED.put(False, "doing", WORDS) == "doing"
    assert TICKED.put(None, "done", WORDS) == "todo"
    assert PROGRESS.put("à faire", True, WORDS) is None


def test_people_without_an_account_there_come_back_from_the_base():
    lens = People(ACCOUNTS)
    assert lens.project(["bob", "cloud:x", "trello:u9", "zoe"], WORDS) == ["u1", "u9"]
    assert lens.put(["u2"], ["bob", "zoe"], WORDS) == ["ali", "bob"]
    assert lens.put(None, ["bob", "zoe"], WORDS) == ["bob"]
    assert lens.put(["u8"], None, WORDS) == ["trello:u8"]
    assert lens.put("u2", "bob", WORDS) == "ali"
    assert lens.put(None, "zoe", WORDS) is None


def test_a_second_account_of_one_person_is_that_person():
    assert People(ACCOUNTS).put(["u3"], None, WORDS) == ["ali"]
    assert People(ACCOUNTS).project(["ali"], WORDS) == ["u2"]


def test_an_entry_keeps_what_the_side_cannot_show_though_it_was_reworded_and_moved():
    clean = of("checklist").clean
    base = clean(
        [
            {"text": "Acheter du pain", "due": "2026-03-01", "who": "bob", "id": "7"},
            {"text": "Vin", "list": "Courses"},
        ]
    )
    view = clean([{"text": "Vin", "done": True}, {"text": "Acheter du pain bio", "who": "u1"}])
    lens = Entries(frozenset({"done", "who"}), ACCOUNTS)
    assert lens.put(view, base, WORDS) == clean(
        [
            {"text": "Vin", "done": True, "list": "Courses"},
            {"text": "Acheter du pain bio", "due": "2026-03-01", "who": "zoe", "id": "7"},
        ]
    )


TEXTS = st.text(alphabet="abc de", max_size=12).map(lambda text: text.strip() or None)


@given(TEXTS, st.integers(1, 6))
def test_putting_back_a_text_that_was_cut_changes_nothing(value, limit):
    lens = Truncate(limit)
    assert lens.put(lens.project(value, WORDS), value, WORDS) == value
    assert len(lens.project(value, WORDS) or "") <= limit


@given(TEXTS, TEXTS, st.integers(1, 6))
def test_what_was_typed_over_a_cut_text_is_shown_first(typed, base, limit):
    lens = Truncate(limit)
    view = lens.project(typed, WORDS)
    shown = lens.project(lens.put(view, base, WORDS), WORDS)
    assert (shown or "").startswith(view or "")


def test_an_edit_of_the_visible_part_keeps_the_hidden_rest_and_a_new_text_drops_it():
    lens = Truncate(12)
    base = "Réunion du collectif à la gare"
    assert lens.project(base, WORDS) == "Réunion du c"
    assert lens.put("Réunions du c", base, WORDS) == "Réunions du collectif à la gare"
    assert lens.put("Annulé", base, WORDS) == "Annulé"
    assert lens.put(None, base, WORDS) is None
    assert lens.put("Court", "Cour", WORDS) == "Court"
