"""A disk that is full at any moment of a run: it ends in a sentence, and the next one goes on."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.real
NEVER = 1 << 30
SENTENCE = "state.db cannot be read or written"


def full(admin, room):
    """A run with so much room that does not end; whether it did."""
    ended = admin.type("sync", "--yes", room=room)
    assert "Traceback" not in ended.said
    assert ended.status in (0, 1), ended
    assert ended.status == 0 or SENTENCE in ended.said or "no room left" in ended.said, ended
    return ended.status == 0


def test_a_first_mirror_on_a_disk_that_fills_goes_on_where_there_is_room_again(admin):
    board = admin.scene.hands("trello").cards()
    rooms = (8_000, 100_000, *range(150_000, NEVER, 15_000))
    refused = 0
    for room in rooms:
        if full(admin, room):
            break
        refused += 1
        stand = {side: admin.scene.hands(side).cards() for side in admin.scene.sides}
        assert stand["trello"] == board
        assert all(set(cards) <= set(board) for cards in stand.values()), "nothing stands twice"
    assert refused > 4
    admin.in_step()
    assert set(admin.scene.hands("trello").cards()) == set(board)
    assert admin.type("log", "--verify").status == 0


def test_edits_while_the_disk_is_full_are_all_brought_in_step_once_there_is_room(admin):
    assert admin.type("sync", "--yes").status == 0
    titles = sorted(admin.scene.hands("trello").cards())
    size = (admin.scene.folder / "state.db").stat().st_size
    refused = 0
    for share in (0.05, 0.3, 0.6, 0.8, 100):
        for side, title in zip(admin.scene.sides, titles, strict=False):
            admin.scene.hands(side).edit(title, description=f"{side}, {share}")
        admin.scene.hands("notes").make(f"Neuf {share}")
        refused += not full(admin, int(size * share))
        admin.in_step()
        cards = admin.scene.hands("trello").cards()
        for side, title in zip(admin.scene.sides, titles, strict=False):
            assert cards[title]["description"] == f"{side}, {share}"
        assert f"Neuf {share}" in cards
    assert refused == 4
    assert admin.type("log", "--verify").status == 0
