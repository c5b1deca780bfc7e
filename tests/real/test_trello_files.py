"""Files and links that are attached to cards."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO

import pytest

from connectors.trello import Trello, TrelloSettings
from sync.connector import Origin, Tools
from sync.errors import Gone, Malformed, Refused, Stale
from sync.model import Stub

CONTENT = b"0123456789abcdef" * 2**16


class Sipped(BytesIO):
    """Content that may not be swallowed whole."""

    def read(self, size=-1, /):
        assert 0 <= size <= 2**20, "a file was read at once"
        return super().read(size)


@contextmanager
def blobs(blob):
    if blob["size"] > len(CONTENT):
        raise AssertionError("content was opened that cannot be sent")
    yield Sipped(CONTENT[: blob["size"]])


def blob(size=2**20, **more):
    digest = hashlib.sha256(CONTENT[:size]).hexdigest()
    return {"name": "x", "size": size, "hash": f"sha256:{digest}"} | more


@pytest.fixture
def trello(sandbox):
    connector = Trello(TrelloSettings(**sandbox.settings()), Tools(name="trello", blobs=blobs))
    yield connector
    connector.close()


@pytest.fixture
def board(sandbox, trello):
    return trello.locate("board", sandbox.make("board"))


@pytest.fixture
def files(board):
    return board.of_children("file")


@pytest.fixture
def card(trello, board):
    return trello.create(board, {"name": "Devis / toit"}, origin=origin()).ref


def origin(key=None):
    return Origin("n" * 20, datetime.now(UTC), key or {})


def attach(trello, files, card, path="devis.pdf", **fields):
    sent = {"path": path, "content": blob()} | fields
    return trello.create(files, sent, origin=origin(sent), parent=card)


def listed(trello, collection):
    """What stands there, read where a listing tells no more than a version."""
    found = [r for page in trello.changes(collection, None) for r in page.records]
    return {r.ref: trello.get(collection, r.ref) if isinstance(r, Stub) else r for r in found}


def sent(sandbox, act):
    before = len(sandbox.service.seen)
    act()
    return sandbox.service.seen[before:]


def test_a_file_goes_up_and_down_in_pieces_and_is_the_same(trello, files, card):
    made = attach(trello, files, card, content=blob(mime="application/pdf"))
    assert made.fields["content"]["size"] == len(CONTENT)
    assert made.fields["content"]["mime"] == "application/pdf"
    with trello.open(files, made.ref) as stream:
        assert b"".join(iter(lambda: stream.read(2**16), b"")) == CONTENT
    assert trello.get(files, made.ref).fields == made.fields


@pytest.mark.parametrize("name", ["été (1).pdf", 'a"b\r\nc.txt', "漢字.odt", "n" * 256])
def test_a_file_keeps_its_name_whatever_it_is(trello, files, card, name):
    made = attach(trello, files, card, name)
    assert trello.get(files, made.ref).fields["path"] == name


def test_a_link_is_kept_as_a_link_and_has_no_content(trello, files, card):
    sent = {"path": "Plan", "content": None, "link": "https://example.org/plan?x=1"}
    made = trello.create(files, sent, origin=origin(sent), parent=card)
    assert made.fields["link"] == "https://example.org/plan?x=1"
    assert made.fields["content"] is None
    assert trello.get(files, made.ref).fields == made.fields
    with pytest.raises(Refused), trello.open(files, made.ref):
        pass


def test_no_credential_goes_to_where_files_are_kept(sandbox, trello, files, card):
    made = attach(trello, files, card)
    assert sandbox.state.storage != sandbox.state.base
    with trello.open(files, made.ref) as stream:
        assert stream.read(4) == CONTENT[:4]


def test_a_file_that_is_the_cover_says_so_and_can_become_it(sandbox, trello, board, files, card):
    made = attach(trello, files, card, cover=True)
    assert made.fields["cover"] is True
    other = attach(trello, files, card, "autre.png")
    trello.update(files, other.ref, {"cover": True}, expect=None)
    shown = {r.fields["path"]: r.fields["cover"] for r in trello.children(files, card)}
    assert shown == {"devis.pdf": None, "autre.png": True}
    trello.update(files, made.ref, {"cover": None}, expect=None)
    assert trello.get(files, other.ref).fields["cover"] is True
    trello.update(files, other.ref, {"cover": None}, expect=None)
    assert sandbox.state.cards[card]["cover"]["idAttachment"] is None
    assert trello.get(board, card).fields["cover"] is None


def test_a_file_is_renamed_and_its_content_never_changes(trello, files, card):
    made = attach(trello, files, card)
    trello.update(files, made.ref, {"path": "facture.pdf"}, expect=None)
    assert trello.get(files, made.ref).fields["path"] == "facture.pdf"
    with pytest.raises(Refused):
        trello.update(files, made.ref, {"content": blob()}, expect=None)


def test_nothing_is_attached_under_a_name_that_is_taken(trello, files, card):
    attach(trello, files, card)
    with pytest.raises(Stale):
        attach(trello, files, card)
    assert len(list(trello.children(files, card))) == 1


def test_two_attachments_of_one_name_are_told_apart(sandbox, trello, files, card):
    first, second = attach(trello, files, card, "a.pdf"), attach(trello, files, card, "b.pdf")
    sandbox.state.cards[card]["attachments"][1]["name"] = "a.pdf"
    shown = {r.ref: r.fields["path"] for r in trello.children(files, card)}
    assert shown == {first.ref: "a.pdf", second.ref: "a\u00a0(2).pdf"}


def test_a_file_too_large_for_any_account_is_refused_before_it_is_opened(
    sandbox, trello, files, card
):
    def tried():
        with pytest.raises(Refused):
            attach(trello, files, card, content=blob(size=251 * 10**6))

    assert {method for method, _ in sent(sandbox, tried)} == {"GET"}


def test_a_file_of_ours_is_found_by_its_name(trello, files, card):
    made = attach(trello, files, card)
    attach(trello, files, card, "autre.pdf")
    assert [r.ref for r in trello.find(files, origin({"path": "devis.pdf"}))] == [made.ref]


def test_a_file_that_was_taken_off_is_gone(trello, files, card):
    made = attach(trello, files, card)
    cursor = next(iter(trello.changes(files, None))).cursor
    trello.delete(files, made.ref, expect=None)
    with pytest.raises(Gone):
        trello.get(files, made.ref)
    [page] = trello.changes(files, cursor)
    assert page.gone == (made.ref,)


def test_cards_comments_and_files_of_a_board_are_one_request(sandbox, trello, board, files, card):
    attach(trello, files, card)
    trello.begin()
    parts = (board, board.of_children("comment"), files)
    costs = sent(sandbox, lambda: [list(trello.changes(part, None)) for part in parts])
    assert costs == [("GET", f"/1/boards/{board.id}")]


def test_the_files_of_a_board_are_a_collection_with_a_folder_for_each_card(
    trello, board, files, card
):
    made = attach(trello, files, card)
    link = {"path": "Plan", "content": None, "link": "https://example.org/"}
    trello.create(files, link, origin=origin(), parent=card)
    whole = trello.locate("attachments", board.name)
    [found] = listed(trello, whole).values()
    assert found.fields["path"] == "Devis - toit (1)/devis.pdf"
    assert (found.ref, found.parent) == (made.ref, None)
    with trello.open(whole, found.ref) as stream:
        assert stream.read(4) == CONTENT[:4]


def test_cards_and_the_files_of_their_board_are_one_request(sandbox, trello, board):
    whole = trello.locate("attachments", board.name)
    trello.begin()
    costs = sent(sandbox, lambda: [list(trello.changes(part, None)) for part in (board, whole)])
    assert costs == [("GET", f"/1/boards/{board.id}")]


def test_a_listing_tells_of_content_no_more_than_its_version(trello, files, card):
    made = attach(trello, files, card)
    [page] = trello.changes(files, None)
    assert page.records == (Stub(made.ref, made.version, card),)
    trello.update(files, made.ref, {"path": "facture.pdf"}, expect=None)
    [renamed] = next(iter(trello.changes(files, None))).records
    assert renamed.version != made.version
    assert trello.get(files, made.ref).version == renamed.version


def test_a_content_that_passed_through_here_is_known_by_its_hash(sandbox, trello, files, card):
    made = attach(trello, files, card)
    assert made.fields["content"]["hash"] == blob()["hash"]
    name = sandbox.state.cards[card]["attachments"][0]["id"]
    sandbox.state.files[name] = CONTENT[::-1]
    fresh = Trello(TrelloSettings(**sandbox.settings()), Tools(name="trello"))
    assert fresh.get(files, made.ref).fields["content"]["hash"] is None
    with fresh.open(files, made.ref) as stream:
        read = stream.read()
    known = fresh.get(files, made.ref).fields["content"]["hash"]
    fresh.close()
    assert known == f"sha256:{hashlib.sha256(read).hexdigest()}"


def test_one_of_several_of_one_name_is_mirrored_under_that_name(sandbox, trello, files, card):
    for path in ("a.pdf", "a\u00a0(2).pdf", "a\u00a0(3).pdf"):
        assert attach(trello, files, card, path).fields["path"] == path
    assert [one["name"] for one in sandbox.state.cards[card]["attachments"]] == ["a.pdf"] * 3
    assert len({r.fields["path"] for r in listed(trello, files).values()}) == 3


def test_one_of_several_of_one_name_is_found_as_that(trello, files, card):
    made = [attach(trello, files, card, path) for path in ("a.pdf", "a\u00a0(2).pdf")]
    for one in made:
        assert [r.ref for r in trello.find(files, origin(one.fields))] == [one.ref]


def test_a_twin_whose_first_is_not_there_bears_its_own_name(trello, files, card):
    assert attach(trello, files, card, "a\u00a0(2).pdf").fields["path"] == "a\u00a0(2).pdf"


def test_the_files_of_many_cards_are_read_together(sandbox, trello, board, files):
    cards = [trello.create(board, {"name": f"{n}"}, origin=origin()).ref for n in range(5)]
    made = [attach(trello, files, card).ref for card in cards]
    trello.begin()
    costs = sent(sandbox, lambda: [list(trello.children(files, card)) for card in cards])
    assert [path for _, path in costs] == [*(f"/1/cards/{c}" for c in cards[:2]), *shown(board)]
    costs = sent(sandbox, lambda: list(trello.get_many(files, made)))
    assert [path for _, path in costs] == shown(board)


def shown(board):
    return [f"/1/boards/{board.id}"]


def test_children_that_were_read_together_are_read_anew_after_a_write(trello, board, files):
    cards = [trello.create(board, {"name": f"{n}"}, origin=origin()).ref for n in range(4)]
    trello.begin()
    assert [list(trello.children(files, card)) for card in cards] == [[]] * 4
    made = attach(trello, files, cards[3])
    assert [r.ref for r in trello.children(files, cards[3])] == [made.ref]


def test_a_file_that_nobody_has_is_malformed_and_no_failure(sandbox, trello, files, card):
    made = attach(trello, files, card)
    sandbox.state.cards[card]["attachments"].clear()
    with pytest.raises(Malformed), trello.open(files, made.ref):
        pass


def test_a_file_is_fetched_from_the_api_wherever_it_is_said_to_lie(sandbox, trello, files, card):
    made = attach(trello, files, card)
    [one] = sandbox.state.cards[card]["attachments"]
    one |= {"url": "https://trello-attachments.s3.amazonaws.com/b/c/h/devis%20du%20toit.pdf"}
    one["fileName"] = None
    with trello.open(files, made.ref) as stream:
        assert stream.read(4) == CONTENT[:4]
