"""Histories in which a side is turned: only sent to, only read, and both ways again.

Each was found by the simulation with the wrong rule in place.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.mapping.unit import Absence
from tests.simulation.scene import Scene


def turn(place, way):
    """Let a side be only sent to (`sent`), only read (`read`), or `both`."""
    turned = {
        "reads": way != "sent",
        "writes": way != "read",
        "on_absence": Absence.PUT_BACK if way == "sent" else Absence.ITEM,
    }
    place.member = replace(place.member, **turned)
    place.comments = place.comments and replace(place.comments, **turned)


@pytest.mark.parametrize("stubs", [True, False])
@pytest.mark.parametrize("cursor", [True, False])
def test_what_stood_on_a_side_only_sent_to_is_taken_in_by_the_first_run_that_reads_it(
    stubs, cursor
):
    scene = Scene()
    a = scene.place("a", comments=True)
    b = scene.place("b", comments=True, stubs=stubs, cursor=cursor)
    a.add("Jardin")
    turn(b, "sent")
    scene.sync()
    b.add("Recettes")
    b.comment(b.ref("Jardin"), "dit ici")
    scene.sync()
    assert a.titles() == ["Jardin"]
    turn(b, "both")
    scene.sync()
    assert a.titles() == ["Jardin", "Recettes"]
    assert a.said() == ["dit ici"]


def test_a_comment_deleted_elsewhere_stays_where_it_was_only_read_until_somebody_edits_it():
    scene = Scene()
    a, b = scene.place("a", comments=True), scene.place("b", comments=True)
    card = a.add("Jardin")
    said = a.comment(card, "un")
    a.comment(card, "deux")
    scene.sync()
    assert b.said() == ["deux", "un"]
    turn(b, "read")
    a.world.remove("b#comment", said)
    scene.later()
    turn(b, "both")
    scene.later()
    assert a.said() == ["deux"]
    assert b.said() == ["deux", "un"]
    (kept,) = [s.ref for s in b.world.all("b#comment") if s.fields["text"] == "un"]
    b.world.edit("b#comment", kept, {"text": "un, encore"})
    scene.later()
    assert a.said() == b.said() == ["deux", "un, encore"]
