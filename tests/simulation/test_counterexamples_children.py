"""Histories in which what stands under a card is lost, or doubled.

Each was found by the simulation with the wrong rule in place.
"""

from __future__ import annotations

import pytest

from tests.simulation.scene import Scene


def test_a_comment_is_not_taken_out_of_a_bin_in_which_its_card_stays():
    scene = Scene()
    a = scene.place("a", comments=True)
    b = scene.place("b", comments=True, soft_delete=True)
    for title in ("Jardin", "Verger", "Potager"):
        a.add(title)
    a.comment(a.ref("Jardin"), "un")
    scene.sync()
    was = b.ref("Jardin")
    b.remove(was)
    b.world.shelf("b").archive.pop(was)  # what stood under it is in the bin still
    a.edit(a.ref("Jardin"), description="deux")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Potager", "Verger"]
    (said,) = b.world.all("b#comment")
    assert (said.fields["text"], said.parent) == ("un", b.ref("Jardin"))


ARCHIVED = ("title", "description", "archived")


def commented(*, archived=False):
    """Two sides of which the second tells what changed, and a card with a comment."""
    scene = Scene(deletions="archive")
    a = scene.place("a", ARCHIVED, comments=True)
    b = scene.place("b", ARCHIVED, comments=True, cursor=True)
    for title in ("Jardin", "Four", "Toit"):
        a.add(title, archived=archived or None)
    a.comment(a.ref("Jardin"), "un")
    scene.sync(2)
    a.remove(a.ref("Jardin"))
    scene.sync(2)
    return scene, a, b


@pytest.mark.parametrize("archived", [False, True])
def test_a_comment_under_a_card_that_we_archived_does_not_bring_it_back(archived):
    scene, a, b = commented(archived=archived)
    scene.later()
    assert a.titles() == ["Four", "Toit"]
    assert b.world.read("b", b.ref("Jardin")).fields["archived"] is True
    assert b.said() == ["un"]


def test_an_edit_of_a_comment_under_a_card_that_we_archived_brings_it_back():
    scene, a, b = commented()
    (said,) = b.world.all("b#comment")
    b.world.edit("b#comment", said.ref, {"text": "deux"})
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert a.said() == b.said() == ["deux"]


def test_a_comment_comes_back_with_the_card_that_people_take_out_of_the_archive():
    scene, a, b = commented()
    b.edit(b.ref("Jardin"), archived=None)
    scene.later()
    assert a.titles() == ["Four", "Jardin", "Toit"]
    assert a.said() == b.said() == ["un"]
