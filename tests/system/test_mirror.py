"""The main job: one board on every side, both ways."""

from __future__ import annotations

from itertools import count, pairwise

import pytest

from tests.system.conftest import boards
from tests.system.gate import Asked
from tests.system.hands import same, unlike
from tests.system.world import SIDES, sync


@pytest.mark.real
@pytest.mark.parametrize("board", boards(), ids=lambda path: path.stem)
def test_a_board_stands_on_every_side_and_the_next_run_is_quiet(scenes, board):
    if not board.exists():
        pytest.skip(f"no boards in {board.parent}")
    scene = scenes(board)
    with scene.app() as running:
        report = sync(running)
        assert report.ok, report
        original = scene.hands("trello").cards(archived=True)
        for side in scene.sides:
            assert differing(scene, side, original) == {}, side
        engine = running.engine(running.compiled().units)
        scene.forget_requests()
        again = engine.sync()
    assert again.ok
    assert (again.written, again.folded, again.passes) == (0, 0, 1)
    for side, gate in scene.gates.items():
        reads = [asked for asked in gate.asked if not signs_in(asked)]
        assert len(reads) == 1, (side, reads)


def signs_in(asked: Asked) -> bool:
    """Whether a request only tells who asks, or asks who we are."""
    return any(word in asked.body for word in (b"dokuwiki.login", b"action=login", b"meta=tokens"))


def differing(scene, side, original):
    """Title -> the fields in which a side shows something else."""
    hands = scene.hands(side)
    expected = {
        title: {hub: value for hub, value in card.items() if hands.holds(hub)}
        for title, card in original.items()
        if hands.holds("archived") or not card["archived"]
    }
    return unlike(expected, hands.cards(archived=True))


@pytest.mark.real
@pytest.mark.parametrize("side", SIDES)
def test_an_edit_on_any_side_reaches_all_others_in_one_run(edited, side):
    scene = edited
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    hands = scene.hands(side)
    before = scene.hands("trello").cards()
    title = next(t for t, c in before.items() if c["checklist"] and c["due"] and not c["done"])
    other = next(c for c in before.values() if c["list"] != before[title]["list"])
    label = next(
        c["labels"] for c in before.values() if c["labels"] not in (None, before[title]["labels"])
    )
    changes = {
        "title": f"{title}, vu sur {side}",
        "description": f"Écrit sur {side}.\n\nEt un **second** paragraphe.",
        "due": "2026-10-03T08:00:00Z",
        "labels": label,
        "list": other["list"],
        "done": True,
        "checklist": lambda entries: [{**e, "done": True} for e in entries],
    }
    hands.edit(title, **{h: v for h, v in changes.items() if hands.holds(h)})
    report = scene.sync()
    assert report.ok, report
    assert report.conflicts == 0
    expected = scene.hands("trello").cards(archived=True)
    card = expected[changes["title"]]
    for hub, value in changes.items():
        if hub != "checklist" and hands.holds(hub):
            assert same(hub, card[hub], value), hub
    if hands.holds("checklist"):
        assert all(done for _, done in card["checklist"])
    for each in scene.sides:
        assert differing(scene, each, expected) == {}, each


@pytest.mark.real
@pytest.mark.parametrize("side", SIDES)
def test_a_card_made_on_any_side_comes_to_stand_on_all(edited, side):
    scene = edited
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    hands = scene.hands(side)
    title = f"Récolter les pommes 🍎 ({side})"
    fields = {"description": "Deux caisses.\n\nUne pour le jus.", "due": "2026-10-03T08:00:00Z"}
    hands.make(title, **fields)
    report = scene.sync()
    assert report.ok, report
    expected = scene.hands("trello").cards(archived=True)
    for hub, value in fields.items():
        assert same(hub, expected[title][hub], value), hub
    for each in scene.sides:
        assert differing(scene, each, expected) == {}, each


@pytest.mark.real
@pytest.mark.parametrize("side", SIDES)
def test_a_card_deleted_on_any_side_is_archived_or_deleted_on_all(edited, side):
    scene = edited
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    title = next(t for t, c in scene.hands("trello").cards().items() if c["due"])
    scene.hands(side).delete(title)
    report = scene.sync()
    assert report.ok, report
    for each in scene.sides:
        assert title not in scene.hands(each).cards(), each
    if side != "trello":
        assert scene.hands("trello").cards(archived=True)[title]["archived"]


@pytest.mark.real
def test_edits_of_different_fields_of_one_card_on_two_sides_both_survive(edited):
    scene = edited
    title = next(t for t, c in scene.hands("trello").cards().items() if c["due"])
    for one, other in pairwise(scene.sides):
        scene.hands(one).edit(title, description=f"Écrit sur {one}")
        scene.hands(other).edit(title, due=DAYS[other])
        report = scene.sync()
        assert (report.ok, report.conflicts) == (True, 0), report
        for each in scene.sides:
            card = scene.hands(each).cards()[title]
            assert card["description"] == f"Écrit sur {one}", each
            assert same("due", card["due"], DAYS[other]), each


@pytest.mark.real
def test_of_edits_of_one_field_on_two_sides_one_stands_and_the_other_is_kept_and_listed(edited):
    scene = edited
    title = next(t for t, c in scene.hands("trello").cards().items() if c["due"])
    for one, other in pairwise(scene.sides):
        dates = {f"2027-06-01T{next(HOURS):02}:00:00Z", f"2027-06-01T{next(HOURS):02}:00:00Z"}
        for side, date in zip((one, other), sorted(dates), strict=True):
            scene.hands(side).edit(title, due=date)
        report = scene.sync()
        assert report.conflicts == 1, (one, other, report)
        stands = {each: scene.hands(each).cards()[title]["due"] for each in scene.sides}
        with scene.app() as running:
            kept = running.store.kept(open_only=True)[0].salvage
        assert {kept.value, kept.kept} == dates
        assert all(same("due", value, kept.kept) for value in stands.values()), stands
        assert title in scene.command("conflicts").stdout


HOURS = count()
DAYS = {side: f"2027-05-{day:02}T10:00:00Z" for day, side in enumerate(SIDES, 3)}
