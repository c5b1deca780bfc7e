"""Every hold is released by the very command that `sync` and `status` show below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.system import gate
from tests.system.admin import Admin, Remedy, remedies
from tests.system.gate import Answer
from tests.system.troubles import emptied, files

pytestmark = pytest.mark.real
ROUNDS = 4
"""Commands after which nothing is wrong any more: some wrong has two halves."""
Trouble = Callable[[Admin], Iterator[str]]
"""Brings a hold about, and tells a part of its cause; then people put right what is theirs."""


def begun(admin: Admin, **rules) -> list[str]:
    """The titles of the cards of a mirror that is in step."""
    admin.scene.map(rules)
    assert admin.type("sync", "--yes").status == 0
    return sorted(admin.scene.hands("trello").cards())


def first_meeting(admin):
    admin.scene.hands("notes").make("Une note")
    yield "a first meeting waits for your word"


def many_deletions(admin):
    for title in begun(admin, budget={"count": 1})[:2]:
        admin.scene.hands("notes").delete(title)
    yield "deletions are more than the 1 that are allowed"


def most_of_a_side_gone(admin):
    for title in begun(admin)[:3]:
        admin.scene.hands("notes").delete(title)
    yield "3 of 5 records are missing"


def an_emptied_server(admin):
    title = begun(admin)[0]
    admin.scene.hands("notes").edit(title, description="Entre-temps")
    with emptied(admin.scene, "agenda"):
        yield "5 of 5 records are missing"


def an_emptied_folder_that_was_meant(admin):
    begun(admin)
    for file in files(admin.scene, "notes"):
        file.unlink()
    yield "5 of 5 records are missing"


def a_board_that_shows_nothing(admin):
    admin.scene.hands("notes").edit(begun(admin)[0], description="Entre-temps")
    with emptied(admin.scene, "trello"):
        yield "nothing there can be read"


def records_of_one_name(admin):
    title = min(admin.scene.hands("trello").cards())
    tasks = admin.scene.hands("agenda")
    for _copy in range(2):
        tasks.make(title)
    admin.type("sync", "--yes")
    yield "told apart by name"
    record = next(r for r, _ in tasks._read() if r.fields["summary"] == title)
    other = {"summary": "Autre chose"}
    tasks.connector.update(tasks.collection, record.ref, other, expect=record.version)


def a_field_that_differed_when_they_met(admin):
    title = min(admin.scene.hands("trello").cards())
    admin.scene.hands("notes").make(title, due="2027-03-02T08:00:00Z")
    admin.type("sync", "--yes")
    yield "Due: differs since the first meeting"


def a_lost_store(admin):
    begun(admin)
    (admin.scene.folder / "state.db").unlink()
    yield "the store was lost, or replaced"


def an_older_store(admin):
    begun(admin)
    store = admin.scene.folder / "state.db"
    backup = store.read_bytes()
    admin.scene.hands("notes").make("Entre-temps")
    admin.type("sync")
    store.write_bytes(backup)
    yield "it comes from a backup"


def a_token_that_is_refused(admin):
    admin.scene.hands("notes").edit(begun(admin)[0], description="Entre-temps")
    with shut(admin, "trello"):
        yield "HTTP 401"


def a_token_that_is_refused_for_writing(admin):
    admin.scene.hands("notes").edit(begun(admin)[0], description="Entre-temps")
    with shut(admin, "agenda", "PUT"):
        yield "HTTP 401"


def a_deletion_that_a_side_cannot_see_yet(admin):
    admin.scene.hands("notes").delete(begun(admin)[0])
    with shut(admin, "agenda", "REPORT"):
        yield "deleted, and waits until agenda can be seen"


def a_value_that_is_refused(admin):
    admin.scene.hands("notes").edit(begun(admin)[0], description="Entre-temps")
    with shut(admin, "trello", "PUT", 400):
        yield "trello: refused: "


def a_deletion_that_cannot_be_undone(admin):
    admin.scene.hands("notes").delete(begun(admin, deletions="delete")[0])
    yield "on trello a deletion can neither be checked nor undone"


def what_was_held_by_hand(admin):
    title = begun(admin)[0]
    assert admin.type("hold", title).status == 0
    admin.scene.hands("notes").edit(title, description="Entre-temps")
    yield f"{title}: held by hand"


def a_conflict_that_is_asked(admin):
    title = begun(admin, conflicts="ask")[0]
    admin.scene.hands("notes").edit(title, due="2027-03-01T08:00:00Z")
    admin.scene.hands("agenda").edit(title, due="2027-03-02T08:00:00Z")
    yield f"{title}, Due: two sides changed it at once"


def an_edit_since_a_run_that_was_undone(admin):
    title = begun(admin)[0]
    admin.scene.hands("notes").edit(title, description="Premier")
    run = admin.data("sync")["run"]
    admin.scene.hands("agenda").edit(title, description="Second")
    admin.type("undo", run)
    yield f"{title}, Description: edited since the run that was to be undone"


def an_oscillation(admin):
    title = begun(admin)[0]
    for text in "ABABA":
        side = {"A": "notes", "B": "agenda"}[text]
        admin.scene.hands(side).edit(title, description=text)
        admin.type("sync")
    yield f"{title}, Description: two sides rewrite each other's value"


def a_page_that_cannot_be_read(admin):
    title = begun(admin)[0]
    page = next(file for file in files(admin.scene, "notes") if file.stem == title)
    kept = page.read_bytes()
    page.write_bytes(b"---\ntitle: [\n---\n\xff\xfe")
    yield f"{title} (notes/folder:folder-1): it cannot be read, mend it there"
    page.write_bytes(kept)


def a_side_that_left_with_a_write_unresolved(admin):
    admin.scene.hands("notes").edit(begun(admin)[0], description="Entre-temps")
    agenda = admin.scene.gates["agenda"]

    def no_more(asked, answer):
        if asked.method != "PUT":
            return answer
        agenda.instead = gate.status(401)
        return Answer(500, b"no")

    agenda.bend = no_more
    assert admin.type("sync").status == 1
    del admin.scene.collections["agenda"]
    admin.scene.map({})
    yield "this side was taken out of the mapping"


class shut:  # noqa: N801 - reads as a verb
    """A gate that refuses some requests, until people have put it right."""

    def __init__(self, admin: Admin, side: str, method: str = "", status: int = 401) -> None:
        self.gate = admin.scene.gates[side]
        self.method, self.status = method, status

    def __enter__(self) -> None:
        refusal = Answer(self.status, b"no")
        self.gate.instead = lambda asked: refusal if self.method in asked.method else None

    def __exit__(self, *_error: object) -> None:
        self.gate.reset()


TROUBLES: list[Trouble] = [
    first_meeting,
    many_deletions,
    most_of_a_side_gone,
    an_emptied_server,
    an_emptied_folder_that_was_meant,
    a_board_that_shows_nothing,
    records_of_one_name,
    a_field_that_differed_when_they_met,
    a_lost_store,
    an_older_store,
    a_token_that_is_refused,
    a_token_that_is_refused_for_writing,
    a_deletion_that_a_side_cannot_see_yet,
    a_value_that_is_refused,
    a_deletion_that_cannot_be_undone,
    what_was_held_by_hand,
    a_conflict_that_is_asked,
    an_edit_since_a_run_that_was_undone,
    an_oscillation,
    a_page_that_cannot_be_read,
    a_side_that_left_with_a_write_unresolved,
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_the_command_that_is_shown_releases(admin, trouble):
    story = trouble(admin)
    cause = next(story)
    ended, status = admin.type("sync"), admin.type("status")
    assert (ended.status, status.status) == (1, 1), (ended, status)
    told = remedies(ended.said)
    assert any(cause in remedy.said for remedy in told), ended
    assert {one.command for one in told} == {one.command for one in remedies(status.said)}, status
    next(story, None)
    obeyed(admin, told)
    admin.in_step()


def obeyed(admin: Admin, told: list[Remedy]) -> None:
    """Do what is said until nothing is wrong any more."""
    for _round in range(ROUNDS):
        if not told:
            return
        for command in dict.fromkeys(remedy.command for remedy in told):
            admin.obey(command)
        told = remedies(admin.type("sync").said)
    assert not told
