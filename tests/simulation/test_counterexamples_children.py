"""Histories in which what stands under a card is lost, or doubled.

Each was found by the simulation with the wrong rule in place.
"""

from __future__ import annotations

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
