"""Two people change the same thing: both values are told, and a command decides."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.system.admin import Admin, remedies
from tests.system.hands import same
from tests.system.world import DEMO, some

pytestmark = pytest.mark.real
ONE, OTHER = "2027-03-01T08:00:00Z", "2027-03-02T08:00:00Z"


def begun(admin, **rules):
    """The titles of the cards of a mirror that is in step."""
    admin.scene.map(rules)
    assert admin.type("sync", "--yes").status == 0
    return sorted(admin.scene.hands("trello").cards())


def disagree(admin, title, field, **values):
    """People change one field of a card, each on a side, and it is brought in step."""
    for side, value in values.items():
        admin.scene.hands(side).edit(title, **{field: value})
    report = admin.data("sync")
    assert report["conflicts"] == 1, report
    return admin.data("conflicts")[0]


def shown(admin, title, field):
    """Side -> the value that it shows, where it has such a field."""
    sides = [side for side in admin.scene.sides if admin.scene.hands(side).holds(field)]
    return {side: admin.scene.hands(side).cards()[title][field] for side in sides}


def test_both_values_are_told_as_people_write_them_and_nothing_else_of_the_item_waits(admin):
    title = begun(admin, conflicts="ask")[0]
    admin.scene.hands("trello").edit(title, description="Sans attendre")
    disagree(admin, title, "due", notes=ONE, agenda=OTHER)
    assert set(shown(admin, title, "description").values()) == {"Sans attendre"}
    assert {"2027-03-01", "2027-03-02"} <= {due[:10] for due in shown(admin, title, "due").values()}
    french = replace(admin, language="fr")
    for one, field, cause, lost, stands in (
        (admin, "Due", "conflict", "lost:", "stands:"),
        (french, "Échéance", "conflit", "perdu :", "en place :"),
    ):
        said = one.type("conflicts").said
        assert re.search(rf"^1  {title}  {field}  \({cause}, 20\d\d-\d\d-\d\d ", said), said
        values = set(re.findall(rf"^    (?:{lost}|{stands}) (.*)  \((\w+), 20", said, re.MULTILINE))
        assert values == {("2027-03-01 09:00", "notes"), ("2027-03-02 09:00", "agenda")}, said
        assert "    jumelage settle 1 --keep lost\n" in said
    (remedy,) = remedies(french.type("sync").said)
    assert remedy.said.startswith(f"retenu : {title}, Échéance : ")


@pytest.mark.parametrize(
    ("policy", "keep"), [("newest", "lost"), ("ask", "stands"), ("ask", "notes")]
)
def test_settling_brings_the_value_everywhere(admin, policy, keep):
    title = begun(admin, conflicts=policy)[0]
    kept = disagree(admin, title, "due", notes=ONE, agenda=OTHER)
    wanted = {"lost": kept["value"], "stands": kept["stands"], "notes": ONE}[keep]
    assert admin.type("settle", str(kept["id"]), "--keep", keep).status == 0
    admin.in_step()
    assert all(same("due", due, wanted) for due in shown(admin, title, "due").values())
    assert admin.type("conflicts").said == "no conflict\n"
    assert f"{kept['id']}  {title}" in admin.type("conflicts", "--all").said


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [("title", "Potager", "Verger"), ("list", "Fait", "En cours")],
)
def test_a_title_and_a_place_in_the_columns_are_settled_too(admin, field, one, other):
    title = begun(admin)[0]
    kept = disagree(admin, title, field, trello=one, notes=other)
    admin.type("settle", str(kept["id"]), "--keep", "lost")
    admin.in_step()
    now = kept["value"] if field == "title" else title
    assert set(shown(admin, now, field).values()) == {kept["value"]}


def test_entries_that_two_people_word_differently_both_stand(admin):
    title = begun(admin)[0]

    def worded(more):
        return lambda entries: [{**entries[0], "text": f"{entries[0]['text']}{more}"}, *entries[1:]]

    (first, _done), *others = admin.scene.hands("trello").cards()[title]["checklist"]
    admin.scene.hands("trello").edit(title, checklist=worded(", au tableau"))
    admin.scene.hands("notes").edit(title, checklist=worded(", sur la page"))
    admin.in_step()
    assert admin.type("conflicts").said == "no conflict\n"
    told = [text for text, _done in shown(admin, title, "checklist")["notes"]]
    assert sorted(told[:2]) == [f"{first}, au tableau", f"{first}, sur la page"]
    assert told[2:] == [text for text, _done in others]


def test_a_deletion_that_an_edit_outlived_is_listed_and_done_after_all(admin):
    title = begun(admin)[0]
    admin.scene.hands("agenda").delete(title)
    admin.scene.hands("trello").edit(title, description="Gardons-la")
    admin.in_step()
    said = admin.type("conflicts").said
    assert "lost: deleted  (agenda)" in said
    assert title in admin.scene.hands("agenda").cards()
    (remedy,) = remedies(said)
    assert admin.obey(remedy.command).status == 0
    admin.in_step()
    assert all(title not in admin.scene.hands(side).cards() for side in admin.scene.sides)


@pytest.mark.parametrize("word", ["lost", "trello"])
def test_what_cannot_be_settled_is_wrong_usage_and_changes_nothing(admin, word):
    title = begun(admin)[0]
    kept = disagree(admin, title, "due", notes=ONE, agenda=OTHER)
    number = str(kept["id"])
    before = admin.type("log", "-n", "500").said
    ended = admin.type("settle", "99", "--keep", word)
    assert (ended.status, "nothing was kept under 99" in ended.said) == (2, True)
    if word == "trello":
        ended = admin.type("settle", number, "--keep", word)
        assert (ended.status, f"“{word}” names neither value" in ended.said) == (2, True)
        assert admin.type("log", "-n", "500").said == before
        return
    run = re.search(r"— (\S+)", admin.type("settle", number, "--keep", word).said)[1]
    ended = admin.type("settle", number, "--keep", "lost")
    assert (ended.status, f"jumelage undo {run}" in ended.said) == (2, True)
    french = replace(admin, language="fr").type("settle", number, "--keep", "lost")
    assert (french.status, "est déjà réglé" in french.said) == (2, True)
    assert admin.obey(f"jumelage undo {run}").status == 0
    admin.in_step()
    assert [one["id"] for one in admin.data("conflicts")] == [kept["id"]]


def test_a_value_bears_the_name_of_whoever_wrote_it_where_the_side_tells(scenes, forks, tmp_path):
    admin = Admin(scenes(some(DEMO, 3, tmp_path), ["trello", "doku"]), forks)
    table = admin.scene.folder / "people.yaml"
    table.write_text("camille: {name: Camille Roux, doku: person}\n", "utf-8")
    title = begun(admin, conflicts="ask")[0]
    disagree(admin, title, "due", trello=ONE, doku=OTHER)
    assert "2027-03-02 09:00  (doku, Camille Roux, 20" in admin.type("conflicts").said
