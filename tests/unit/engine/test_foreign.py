from __future__ import annotations

import pytest

from sync.errors import Foreign
from sync.model import Record
from tests.unit.engine.pair import Pair


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Pair:
    """The right side is a wiki of sorts: a page without a title of ours is people's own."""
    made = Pair(powers={"stubs": True})
    wiki = made.connectors["right"]
    read = wiki.get_many

    def get_many(collection, refs):
        for ref, found in read(collection, refs):
            own = isinstance(found, Record) and str(found.fields["title"]).startswith("page ")
            yield ref, Foreign("the page has no block of properties") if own else found

    monkeypatch.setattr(wiki, "get_many", get_many)
    made.left.add("b", {"title": "one"})
    made.left.add("b", {"title": "two"})
    made.right.add("b", {"title": "page of the house"})
    made.engine.sync(accept=True)
    return made


def test_a_page_of_peoples_own_is_left_alone_and_troubles_nobody(pair: Pair) -> None:
    report = pair.engine.sync()
    assert report.ok, report
    assert report.written == 0
    assert pair.titles(pair.left) == ["one", "two"]
    assert pair.titles(pair.right) == ["one", "page of the house", "two"]


def test_a_page_of_peoples_own_is_read_once_and_not_in_every_cycle(pair: Pair) -> None:
    pair.engine.sync()
    reads = pair.right.calls["get"]
    pair.engine.sync()
    assert pair.right.calls["get"] == reads


def test_a_record_that_people_made_a_page_of_their_own_is_named_and_not_deleted(pair: Pair) -> None:
    pair.right.edit("b", pair.ref(pair.right, "one"), {"title": "page that was a card"})
    report = pair.engine.sync()
    assert list(report.quarantined.values()) == ["the page has no block of properties"]
    assert pair.titles(pair.left) == ["one", "two"]
