"""What cannot be seen now is judged when it can."""

from __future__ import annotations

from tests.simulation.scene import Scene


def test_a_comment_that_went_with_its_card_is_not_deleted_while_the_card_cannot_be_seen():
    scene = Scene()
    trello, deck = scene.place("trello", comments=True), scene.place("deck", comments=True)
    for title in ("Jardin", "Potager", "Verger"):
        trello.comment(trello.add(title), f"sur {title}")
    scene.sync(2)
    trello.remove(trello.ref("Jardin"))
    with trello.failing("list"):
        scene.sync()
    assert deck.said() == ["sur Jardin", "sur Potager", "sur Verger"]
    deck.edit(deck.ref("Jardin"), description="À semer en mars")
    scene.later()
    assert trello.said() == deck.said() == ["sur Jardin", "sur Potager", "sur Verger"]
