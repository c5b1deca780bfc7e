"""Counterexamples: cards that people copy, with our mark on them.

Each was found by a simulator with the wrong rule in place.
"""

from __future__ import annotations

from tests.simulation.scene import Scene


def late_twin(**powers):
    """A card that stands on the other side twice, since a write of ours landed late."""
    scene = Scene()
    a, b = scene.place("a"), scene.place("b", **powers)
    a.add("Jardin")
    b.lands_late("create")
    scene.sync()
    b.world.land()
    assert b.titles() == ["Jardin", "Jardin"]
    return scene, a, b


def copied(b, title):
    """Somebody copies the twin, which has the highest ref, and gives the copy another name."""
    twin = max(b.cards(), key=lambda card: int(card.ref[1:]))
    b.edit(b.world.copy("b", twin.ref).ref, title=title)


def test_a_copy_of_a_late_twin_is_a_card_of_its_own():
    scene, a, b = late_twin()
    copied(b, "Potager")
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Potager"]


def test_a_copy_whose_ref_comes_before_that_of_the_twin_is_a_card_of_its_own():
    scene, a, b = late_twin()
    for n in range(8):
        b.add(f"Carte {n}")
    copied(b, "Potager")
    scene.later()
    assert (
        a.titles() == b.titles() == sorted(["Jardin", "Potager", *(f"Carte {n}" for n in range(8))])
    )


def test_a_copy_that_is_made_while_the_twin_is_removed_is_a_card_of_its_own():
    scene, a, b = late_twin()
    b.at("delete", lambda: copied(b, "Potager"))
    scene.later()
    assert a.titles() == b.titles() == ["Jardin", "Potager"]
