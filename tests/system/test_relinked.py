"""The store was deleted, or an older one put back: what stands is found again, never doubled."""

from __future__ import annotations

import re

import pytest

from tests.system.admin import remedies

pytestmark = pytest.mark.real


@pytest.fixture
def mirrored(admin):
    """A mirror that is in step, with the titles of its cards."""
    assert admin.type("sync", "--yes").status == 0
    return admin, sorted(admin.scene.hands("trello").cards())


def adopted(said):
    """Title -> the sides' refs, and the reason, of what a preview joins."""
    pairs = re.findall(r"^  (.*?): (.* = .*)  \((.*)\)$", said, re.MULTILINE)
    return {title: (len(refs.split(" = ")), reason) for title, refs, reason in pairs}


def standing(admin):
    return {side: admin.scene.hands(side).cards() for side in admin.scene.sides}


def test_a_deleted_store_is_found_again_as_the_preview_shows(mirrored):
    admin, titles = mirrored
    admin.scene.hands("notes").make("Entre-temps", description="Écrit avant la perte")
    admin.in_step()
    before = standing(admin)
    for file in admin.scene.folder.glob("state.db*"):
        if file.is_file() and not file.name.endswith(".witness"):
            file.unlink()
    (remedy,) = remedies(admin.type("sync").said)
    assert remedy.command == "jumelage relink"
    shown = admin.obey(remedy.command)
    assert adopted(shown.said) == dict.fromkeys(sorted([*titles, "Entre-temps"]), (3, "made by us"))
    assert "joined: 6; held, since it is unclear which is which: 0" in shown.said
    assert shown.said.count("6 records") == len(admin.scene.sides)
    assert standing(admin) == before
    (remedy,) = remedies(shown.said)
    admin.obey(remedy.command)
    admin.in_step()
    assert standing(admin) == before


def test_what_people_did_after_the_loss_is_taken_in_or_asked_and_never_doubled(mirrored):
    admin, titles = mirrored
    (admin.scene.folder / "state.db").unlink()
    board, notes, tasks = (admin.scene.hands(side) for side in admin.scene.sides)
    board.make("Tout neuf", list="À faire")
    notes.edit(titles[0], title="Renommée")
    tasks.delete(titles[1])
    admin.type("relink")
    admin.type("release", "programme")
    held = remedies(admin.type("sync").said)
    assert [re.search(r"held: .*, (\w+): differs", one.said)[1] for one in held] == ["Title"]
    for remedy in held:
        admin.obey(remedy.command)
    admin.in_step()
    assert len(board.cards()) == len(titles) + 1
    assert "Tout neuf" in tasks.cards()
    assert titles[1] in tasks.cards(), "no deletion is inferred"


@pytest.mark.parametrize("way", ["copied", "relink --from"])
def test_an_older_store_takes_nothing_back_that_all_sides_show(mirrored, way):
    admin, titles = mirrored
    store, backup = admin.scene.folder / "state.db", admin.scene.folder / "backup.db"
    backup.write_bytes(store.read_bytes())
    board, notes, tasks = (admin.scene.hands(side) for side in admin.scene.sides)
    notes.make("Entre-temps", description="Écrit après la sauvegarde")
    board.edit(titles[0], title="Renommée", list="Fait")
    tasks.edit(titles[1], description="Réécrite", due="2027-03-03T08:00:00Z")
    notes.delete(titles[2])
    admin.in_step()
    before = standing(admin)
    if way == "copied":
        store.write_bytes(backup.read_bytes())
        (remedy,) = remedies(admin.type("sync").said)
        shown = admin.obey(remedy.command)
    else:
        shown = admin.type("relink", "--from", str(backup))
    assert adopted(shown.said)["Entre-temps"] == (3, "made by us")
    assert standing(admin) == before
    told = remedies(shown.said)
    assert [remedy.command for remedy in told] == ["jumelage release 'programme'"], shown
    admin.obey(told[0].command)
    admin.in_step()
    assert standing(admin) == before
    assert admin.type("conflicts").said == "no conflict\n"
    assert f"lost: {titles[0]}" in admin.type("kept").said
