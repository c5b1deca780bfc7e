"""A record that cannot be read blocks only itself, and is named."""

from __future__ import annotations

import sqlite3

import pytest

from tests.system.troubles import files
from tests.system.world import DEMO, SIDES, some


def spoil(scene, side, title):
    """Break a record behind the server's back; what its ref is called."""
    record = scene.hands(side).find(title)
    if side == "trello":
        card = scene.sandboxes[side].state.cards[record.ref]
        card["idList"] = None
        card["name"] = None
        return record.ref
    if side == "wiki":
        _spoil_wiki(scene, title)
        return record.ref
    broken = {
        "notes": b"---\ntitle: [\n---\n\xff\xfe",
        "agenda": None,
        "doku": b"Rien que du texte \xff\xfe, sans bloc.\n",
    }[side]
    if side == "agenda":
        scene.sandboxes[side].spoil("tasks", scene.collections[side], record.ref)
        return record.ref
    name = record.ref.rpartition(":")[2]
    file = next(f for f in files(scene, side) if name in {f.stem, f.name})
    file.write_bytes(broken)
    return record.ref


def _spoil_wiki(scene, title):
    base = scene.sandboxes["wiki"].folder / "db" / "wiki.sqlite"
    with sqlite3.connect(base) as db:
        rows = db.execute(
            "select old_id from page join slots on slot_revision_id = page_latest"
            " join content on content_id = slot_content_id"
            " join text on content_address = 'tt:' || old_id where cast(old_text as text) like ?",
            (f"%= {title} =%",),
        ).fetchall()
        assert rows
        for (number,) in rows:
            db.execute("update text set old_text = ? where old_id = ?", (b"\xff\xfe", number))
    db.close()


@pytest.mark.real
@pytest.mark.parametrize("side", SIDES)
def test_a_record_that_cannot_be_read_is_named_and_all_others_go_on(scenes, tmp_path, side):
    scene = scenes(some(DEMO, 8, tmp_path))
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    assert scene.sync().ok
    titles = [t for t, c in scene.hands("trello").cards().items() if c["due"]]
    bad, good = titles[0], titles[1]
    ref = spoil(scene, side, bad)
    other = next(one for one in scene.sides if one != side)
    scene.hands(other).edit(bad, description="Écrit ailleurs")
    scene.hands(other).edit(good, description="Écrit sur un bon")
    report = scene.sync()
    assert any(ref in name for name in report.quarantined), report
    assert not report.failures
    for one in scene.sides:
        assert scene.hands(one).cards()[good]["description"] == "Écrit sur un bon", one
        if one != side:
            assert scene.hands(one).cards()[bad]["description"] == "Écrit ailleurs", one
    status = scene.command("status")
    assert status.returncode == 1
    assert bad in status.stdout, status.stdout


@pytest.mark.real
@pytest.mark.parametrize("side", ["trello", "notes"])
def test_a_record_that_could_never_be_read_is_named_at_a_first_meeting(scenes, tmp_path, side):
    scene = scenes(some(DEMO, 8, tmp_path))
    if side not in scene.sides:
        pytest.skip(f"{side} cannot be started here")
    if side == "trello":
        ref = spoil(scene, side, next(iter(scene.hands("trello").cards())))
    else:
        scene.hands(side).make("Illisible")
        ref = spoil(scene, side, "Illisible")
    standing = scene.hands("trello").cards()
    report = scene.sync()
    assert any(ref in name for name in report.quarantined), report
    assert not report.failures
    for one in scene.sides:
        assert scene.hands(one).cards().keys() == standing.keys(), one
